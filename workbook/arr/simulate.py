"""Simulated paths, for what has no closed form: first passage, conditioning, more drivers, fat tails.

Paths are simulated in blocks of a fixed size. Each driver in each block has a random generator of its own,
derived from the seed and from the numbers of the block and the driver, and the blocks' sums are added in the
blocks' order. So the seed alone decides the result: the number of threads does not change it, and one more
driver leaves the random numbers of the others as they were.

The drivers' own shocks and the retention shock they share are jointly normal, so k drivers need k normals a
month, not k + 1. The normals are float32, with seven digits; a million paths settle only three. Quantiles are
read off a histogram with at least 180 bins to a standard deviation of the log level, on a straight line
inside each bin, so the histogram moves a quantile by less than a 180th of a standard deviation and usually by
much less. The sampling error of a million paths is an 800th or more.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbook.arr import formulas
from workbook.arr.calendar import months_between
from workbook.arr.chance import Array, fan_table
from workbook.arr.histogram import Bins
from workbook.arr.observation import ROUNDING, Observation
from workbook.arr.operations import NUMPY
from workbook.arr.plan import Plan
from workbook.arr.walks import Floats, random_walks, sobol_walks

BLOCK = 32_768


@dataclass(frozen=True)
class Driver:
    """A part of ARR that grows at its own rate and has shocks of its own."""

    name: str
    """What an observation calls it."""
    start: float
    """ARR at the scenario's `start`, bn; above 0."""
    growth: float
    """Monthly growth of the median; above -1."""
    volatility: float
    """Standard deviation of a month's log growth; 0 or more."""

    def __post_init__(self) -> None:
        for field, fits, rule in (
            ("start", self.start > 0, "above 0"),
            ("growth", self.growth > -1, "above -1"),
            ("volatility", self.volatility >= 0, "0 or more"),
        ):
            value = getattr(self, field)
            if not fits or not math.isfinite(value):
                raise ValueError(f"{field} of driver {self.name!r} is {value!r}: it must be {rule}")


@dataclass(frozen=True)
class Simulation:
    """What the simulated paths say."""

    paths: int
    """Paths drawn, before any was discarded."""
    seed: int
    """Seed they were drawn from."""
    fan: pd.DataFrame
    """ARR that 5, 25, 50, 75 and 95% of the paths stay below (columns) on each date (index), bn."""
    p_target: float
    """Share of the paths at the target or above on `end`."""
    standard_error: float
    """Sampling error of `p_target`, one standard deviation; NaN for Sobol points, whose error is smaller and
    is seen by repeating with other seeds."""
    expected_shortfall: float
    """Mean amount by which ARR on `end` falls short of the target, bn; 0 counts where it does not."""
    first_passage: pd.DataFrame
    """One row a date: share of the paths that are at the target or above for the `first` time on that date,
    that have been there `by` it, and that are there `at` it. Looked at on these dates only, not between."""
    effective_sample_size: float
    """Equally weighted paths that would tell as much: all of them unless observations weigh them."""


def simulate(
    scenario: Plan,
    paths: int = 1_000_000,
    seed: int = 0,
    *,
    observed: Iterable[Observation | tuple[Any, ...]] = (),
    method: str = "random",
    threads: int = 1,
    df: float | None = None,
    drivers: Sequence[Driver] | None = None,
    correlation: ArrayLike | None = None,
) -> Simulation:
    """Simulate paths of ARR and tabulate them.

    Parameters
    ----------
    scenario
        Dates, medians, volatilities and target; see `Scenario`.
    paths
        How many; 1 or more. The memory used does not depend on it.
    seed
        0 or more. The same seed gives the same numbers on any number of threads and in any executor.
    observed
        What became known since `start`, as `Observation` or as its fields in a tuple:
        ``("2026-08-20", 16, "at_least")``.
    method
        "random": independent pseudorandom normals. "sobol": scrambled Sobol points, with the shock up to
        `end` in the first, best spread dimensions and the way there by Brownian bridge; then `paths` is a
        power of two.
    threads
        Threads to work on, 1 or more.
    df
        Degrees of freedom of Student-t shocks, above 2, for fat tails: in each step one chi-squared variable
        stretches the shocks of all drivers, and volatility stays their standard deviation. None: normal
        shocks.
    drivers
        Parts of ARR in place of the scenario's model services and applications; together they start at
        `start_arr`. The scenario's retention shock is common to all.
    correlation
        Matrix of the drivers' own shocks; the scenario's `correlation` between any two when not given.

    Raises
    ------
    ValueError
        When an argument is out of range, or no path meets the observations.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> result = simulate(s, paths=50_000)
    >>> abs(result.p_target - s.probability().p_target) < 4 * result.standard_error
    True
    >>> late = simulate(s, paths=50_000, observed=[("2026-08-31", 16, "at_least")])
    >>> late.p_target > result.p_target, late.effective_sample_size < 50_000
    (True, True)
    """
    _whole("paths", paths, 1)
    _whole("seed", seed, 0)
    _whole("threads", threads, 1)
    layout = _layout(scenario, paths, seed, list(observed), method, df, drivers, correlation)
    blocks = range(-(-paths // BLOCK))
    if threads == 1:
        tally = _added(map(layout.tally, blocks))
    else:
        with ThreadPoolExecutor(threads) as pool:
            tally = _added(pool.map(layout.tally, blocks))
    if not tally.weight:
        raise ValueError(
            f"observed is met by none of {paths:,} paths: {', '.join(map(str, layout.observed))}; "
            "compare the levels with the fan without them"
        )
    return layout.simulation(tally, scenario.unit)


@dataclass
class _Tally:
    """What paths add up to: counts of paths, or sums of their weights."""

    counts: NDArray[Any]  # date, bin
    first: NDArray[Any]  # date
    at: NDArray[Any]  # date
    short: float
    weight: float
    squared: float

    def __iadd__(self, other: _Tally) -> _Tally:
        self.counts += other.counts
        self.first += other.first
        self.at += other.at
        self.short += other.short
        self.weight += other.weight
        self.squared += other.squared
        return self


@dataclass(frozen=True)
class _Layout:
    """A simulation laid out: all that a block needs."""

    dates: tuple[date, ...]
    months: Array
    names: tuple[str, ...]
    medians: Floats  # logarithms; driver, date
    factor: Floats  # lower triangular root of a month's covariance; driver, normal
    target: float
    observed: tuple[Observation, ...]
    df: float | None
    method: str
    paths: int
    seed: int
    bins: Sequence[Bins]

    def tally(self, block: int) -> _Tally:
        """Simulate one block and add it up."""
        size = min(BLOCK, self.paths - block * BLOCK)
        totals, weights = self._totals(block, size)
        if weights is not None and not any(each.weighs for each in self.observed):
            totals, weights = totals[:, weights > 0], None
        paths = totals.shape[1]
        counts, first, at = [], [], []
        reached = np.zeros(paths, dtype=bool)
        for total, bins in zip(totals, self.bins, strict=True):
            counts.append(bins.count(total, weights))
            hit = total >= self.target * (1 - ROUNDING)
            at.append(_sum(hit, weights))
            first.append(_sum(hit & ~reached, weights))
            reached |= hit
        gap = np.maximum(np.float32(self.target) - totals[-1], 0)
        return _Tally(
            counts=np.array(counts),
            first=np.array(first),
            at=np.array(at),
            short=float(gap.sum(dtype=float) if weights is None else gap @ weights),
            weight=float(paths if weights is None else weights.sum()),
            squared=float(paths if weights is None else weights @ weights),
        )

    def _totals(self, block: int, size: int) -> tuple[Floats, Array | None]:
        """Return ARR by date and path, and how the observations weigh the paths."""
        drivers = len(self.names)
        if self.method == "sobol":
            walks = sobol_walks(self.months, drivers, self.seed, block * BLOCK, size)
        else:
            walks = random_walks(self.months, drivers, self.seed, block, size, self.df)
        totals = np.zeros((len(self.dates), size), dtype=np.float32)
        weights = np.ones(size) if self.observed else None
        level, term = np.empty(size, dtype=np.float32), np.empty(size, dtype=np.float32)
        for step, sums in enumerate(walks):
            levels: dict[str, Floats] = {"arr": totals[step]}
            observations = [each for each in self.observed if each.date == self.dates[step]]
            for driver, name in enumerate(self.names):
                np.multiply(sums[0], self.factor[driver, 0], out=level)
                for normal in range(1, driver + 1):
                    np.multiply(sums[normal], self.factor[driver, normal], out=term)
                    level += term
                level += self.medians[driver, step]
                np.exp(level, out=level)
                totals[step] += level
                if observations:
                    levels[name] = level.copy()
            for each in observations:
                weights *= each.likelihood(levels[each.of])
        return totals, weights

    def simulation(self, tally: _Tally, unit: str) -> Simulation:
        """Turn sums into shares, quantiles and their errors."""
        p_target = tally.at[-1] / tally.weight
        size = tally.weight**2 / tally.squared
        error = math.sqrt(p_target * (1 - p_target) / size)
        fan = np.array([bins.quantiles(counts) for bins, counts in zip(self.bins, tally.counts, strict=True)])
        first, at = tally.first / tally.weight, tally.at / tally.weight
        return Simulation(
            paths=self.paths,
            seed=self.seed,
            fan=fan_table(self.dates, fan, unit),
            p_target=float(p_target),
            standard_error=math.nan if self.method == "sobol" else error,
            expected_shortfall=tally.short / tally.weight,
            first_passage=pd.DataFrame(
                {"first": first, "by": np.minimum(first.cumsum(), 1), "at": at},
                index=pd.DatetimeIndex(list(self.dates), name="date"),
            ),
            effective_sample_size=size,
        )


def _layout(
    scenario: Plan,
    paths: int,
    seed: int,
    observed: Iterable[Observation | tuple[Any, ...]],
    method: str,
    df: float | None,
    drivers: Sequence[Driver] | None,
    correlation: ArrayLike | None,
) -> _Layout:
    if method not in ("random", "sobol"):
        raise ValueError(f"method is {method!r}: give 'random' or 'sobol'")
    if method == "sobol" and paths & (paths - 1):
        raise ValueError(
            f"paths is {paths}: Sobol points come in powers of two, such as {1 << paths.bit_length()}"
        )
    if df is not None and not (2 < df < math.inf):
        raise ValueError(f"df is {df!r}: it must be above 2, for the shocks to have a standard deviation")
    if df is not None and method == "sobol":
        raise ValueError("method is 'sobol': Student-t shocks (df) need method 'random'")
    names = ("services", "apps") if drivers is None else tuple(driver.name for driver in drivers)
    if not names or len({*names, "arr"}) <= len(names):
        raise ValueError(
            f"drivers are named {names}: give one or more, each a name of its own, none of them 'arr'"
        )
    observations = tuple(each if isinstance(each, Observation) else Observation(*each) for each in observed)
    for each in observations:
        if not scenario.start < each.date <= scenario.end:
            raise ValueError(
                f"date of an observation is {each.date}: it must be after {scenario.start} and not after "
                f"{scenario.end}"
            )
        if each.of not in ("arr", *names):
            raise ValueError(f"of of an observation is {each.of!r}: give one of arr, {', '.join(names)}")
    dates = tuple(sorted({*scenario.dates(), *(each.date for each in observations)}))
    months = np.array([months_between(scenario.start, day) for day in dates])
    if drivers is None:
        medians = np.array(scenario.medians(months))
        own = np.array([scenario.volatility_services, scenario.volatility_apps])
    else:
        total = sum(driver.start for driver in drivers)
        if not math.isclose(total, scenario.start_arr, rel_tol=1e-9):
            raise ValueError(f"drivers start at {total:g} together: start_arr is {scenario.start_arr:g}")
        medians = np.array(
            [formulas.level_reached(NUMPY, each.start, each.growth, months) for each in drivers]
        )
        own = np.array([driver.volatility for driver in drivers])
    covariance = np.outer(own, own) * _correlation(correlation, scenario.correlation, len(names))
    covariance += scenario.volatility_retention**2
    with np.errstate(divide="ignore"):  # a driver that is not there has a logarithm of minus infinity
        log_medians = np.log(medians)
    widest = math.sqrt(covariance.diagonal()[medians.any(axis=1)].max())
    return _Layout(
        dates=dates,
        months=months,
        names=names,
        medians=log_medians.astype(np.float32),
        factor=_root(covariance).astype(np.float32),
        target=scenario.target or scenario.end_arr,
        observed=observations,
        df=df,
        method=method,
        paths=paths,
        seed=seed,
        bins=[
            Bins.around(float(total), widest * math.sqrt(month))
            for total, month in zip(medians.sum(axis=0), months, strict=True)
        ],
    )


def _correlation(given: ArrayLike | None, between: float, size: int) -> Array:
    if given is None:
        matrix = np.full((size, size), between)
        np.fill_diagonal(matrix, 1)
    else:
        matrix = np.asarray(given, dtype=float)
    fits = matrix.shape == (size, size) and np.isfinite(matrix).all() and (matrix == matrix.T).all()
    if not fits or (matrix.diagonal() != 1).any() or np.linalg.eigvalsh(matrix)[0] < -1e-12:
        raise ValueError(
            f"correlation is {matrix.tolist()}: give a symmetric {size} x {size} matrix with ones on the "
            "diagonal that has no negative eigenvalue"
        )
    return matrix


def _root(covariance: Array) -> Array:
    """Return the lower triangular root; unlike numpy's, of a covariance without full rank too."""
    root = np.zeros_like(covariance)
    for column in range(len(covariance)):
        left = covariance[column:, column] - root[column:, :column] @ root[column, :column]
        if left[0] > 1e-14 * covariance[column, column]:
            root[column:, column] = left / math.sqrt(left[0])
    return root


def _sum(chosen: NDArray[np.bool_], weights: Array | None) -> float:
    return int(np.count_nonzero(chosen)) if weights is None else float(weights[chosen].sum())


def _added(tallies: Iterable[_Tally]) -> _Tally:
    return functools.reduce(operator.iadd, tallies)


def _whole(name: str, value: object, least: int) -> None:
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}: give a whole number, {least} or more")
