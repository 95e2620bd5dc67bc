"""What other companies did: how often one grew as much in as long, and how unevenly they grow.

Both read a table with one row a figure: company, date, value (bn), bound (exact, at_least, at_most, about,
between), currency, kind (run_rate, quarter_x4, annual, target) and claim, which names the source. Where there
is a column use its core rows are read; value_high is where a range ends. Figures are published when they look
good, so both answers lean towards fast growth; no interval below shows that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd

from workbook.arr.calendar import add_months, months_between
from workbook.arr.hints import closest
from workbook.dates import read_day

_COLUMNS = ("company", "date", "value", "bound", "currency", "kind", "claim")
_KINDS = ("run_rate", "quarter_x4", "annual", "target")
_INTERVALS = ("wilson", "clopper-pearson")
_COUNTS = ("windows", "companies")


@dataclass(frozen=True)
class BaseRate:
    """How often a multiple was reached within some months."""

    multiple: float
    """The multiple asked for."""
    months: float
    """Within how many months."""
    reached: int
    """Cases that surely reached it."""
    trials: int
    """Cases that surely did or surely did not."""
    undetermined: int
    """Cases that the published bounds leave open; not among the trials."""
    rate: float
    """reached / trials; NaN without a trial."""
    low: float
    """Lower end of the confidence interval of the rate."""
    high: float
    """Upper end."""
    lowest: float
    """The rate if none of the undetermined cases had reached it; NaN without a case."""
    highest: float
    """The rate if all of them had."""
    cases: pd.DataFrame
    """One row a window: company, currency, start, start_level (bn), end, multiple_low and multiple_high (what
    the bounds allow), outcome, how (observed or interpolated), counted, claims."""


@dataclass(frozen=True)
class Volatility:
    """How far growth strays from its company's own average."""

    monthly: float
    """Standard deviation of a month's log growth, pooled over companies."""
    steps: int
    """Degrees of freedom: steps between figures, less one a company."""
    companies: pd.DataFrame
    """One row a company and currency: company, currency, steps, months, cmgr (per month, over all its
    figures), volatility (its own estimate; NaN with one step)."""


class _Point(NamedTuple):
    """What is known of a level on a date: no less than `low`, no more than `high`."""

    date: date
    low: float
    high: float
    stated: float
    claims: tuple[str, ...]


def base_rate(
    comparables: pd.DataFrame,
    multiple: float = 3.0,
    months: float = 6.0,
    *,
    scale: Mapping[str, tuple[float, float]] | None = None,
    kinds: Sequence[str] = ("run_rate", "quarter_x4"),
    count: str = "windows",
    as_levels: bool = False,
    max_gap: float | None = None,
    interval: str = "wilson",
    confidence: float = 0.95,
) -> BaseRate:
    """Count how often a company at similar scale reached a multiple of its run rate within some months.

    Every figure of a company opens a window of exactly `months`. The rules of reading it:

    - A window counts only if a figure exists on or after its end. Windows that are not over are listed as
      "unfinished" whatever happened in them: to count those which had reached the multiple already, and not
      the others, would bend the rate upwards.
    - Figures are bounds. "Reached" is certain when a lower bound within the window is at least `multiple`
      times the upper bound of the start; "not reached" when the upper bound at the end, or at a later figure,
      is less than `multiple` times the lower bound of the start (a run rate is taken not to fall). So an
      at_least at the end may understate and at the start may overstate the multiple, and what the bounds
      leave open is "undetermined". exact and about are read as the level. Figures of one date are read
      together, from the lowest to the highest.
    - Windows rarely end on a figure's date. Where the figures around the end do not settle it, the level at
      the end is read on the exponential path between the last figure before and the first after, if they are
      at most `max_gap` months apart.
    - Windows of one company that overlap are not independent. With count="windows" the settled windows are
      taken in order of date, each starting no earlier than the last one's end, and undetermined ones where
      none is in the way; with count="companies" a company counts once, as reached if any window of it was.
      Windows of one company one after the other are still alike, so the interval is too narrow rather than
      too wide.

    Parameters
    ----------
    comparables
        The table described at the top of this module.
    multiple
        Above 1.
    months
        Above 0.
    scale
        Lowest and highest level at the start of a window, bn, by currency: ``{"USD": (1, 10)}``. Figures in
        other currencies are left out; nothing is converted. None: any scale.
    kinds
        Kinds of figures to read. A year's revenue is no level on a date, a target no fact.
    count
        "windows" or "companies".
    as_levels
        Read bounds as levels: what a company has just passed is about where it is. Settles more cases, less
        surely.
    max_gap
        Months between figures across which a level is read; `months` when not given.
    interval
        "wilson", or "clopper-pearson", which never covers less than `confidence`.
    confidence
        Of the interval; between 0 and 1.

    Raises
    ------
    ValueError
        When an argument is out of range, a column is missing or a figure is not above 0.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("A", "2025-01-31", 1.0, "about", "USD", "run_rate", "a1"),
    ...      ("A", "2025-07-31", 3.5, "at_least", "USD", "run_rate", "a2"),
    ...      ("B", "2025-01-31", 2.0, "at_least", "USD", "run_rate", "b1"),
    ...      ("B", "2025-08-31", 4.0, "about", "USD", "run_rate", "b2")],
    ...     columns=["company", "date", "value", "bound", "currency", "kind", "claim"])
    >>> result = base_rate(table)
    >>> result.reached, result.trials, round(result.low, 3), round(result.high, 3)
    (1, 2, 0.095, 0.905)
    """
    _above("multiple", multiple, 1)
    _above("months", months, 0)
    _above("max_gap", max_gap := months if max_gap is None else max_gap, 0)
    _among("count", count, _COUNTS)
    _among("interval", interval, _INTERVALS)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence!r}: it must be between 0 and 1")
    rows = []
    for (company, currency), points in _points(comparables, kinds, as_levels):
        windows = [
            {"company": company, "currency": currency, **window}
            for window in _windows(points, multiple, months, max_gap)
            if _at_scale(window["start_level"], currency, scale)
        ]
        _choose(windows)
        rows += windows
    cases = pd.DataFrame(rows, columns=_CASE_COLUMNS)
    if count == "companies":
        outcomes = [_of_company(group) for _, group in cases.groupby("company")["outcome"]]
    else:
        outcomes = cases.loc[cases["counted"].astype(bool), "outcome"].tolist()
    reached, missed, undetermined = (
        outcomes.count(outcome) for outcome in ("reached", "not reached", "undetermined")
    )
    trials, every = reached + missed, reached + missed + undetermined
    limits = wilson if interval == "wilson" else clopper_pearson
    low, high = limits(reached, trials, confidence)
    return BaseRate(
        multiple=multiple,
        months=months,
        reached=reached,
        trials=trials,
        undetermined=undetermined,
        rate=reached / trials if trials else math.nan,
        low=low,
        high=high,
        lowest=reached / every if every else math.nan,
        highest=(reached + undetermined) / every if every else math.nan,
        cases=cases,
    )


def calibrate_volatility(
    comparables: pd.DataFrame, *, kinds: Sequence[str] = ("run_rate", "quarter_x4"), min_gap: float = 1.0
) -> Volatility:
    """Estimate the standard deviation of a month's log growth from dated figures.

    Between two figures `t` months apart the log growth is taken as normal with mean `g * t` and variance
    `volatility ** 2 * t`, `g` being the company's own. The estimate is the root of the mean of
    (growth - g * t) ** 2 / t, one degree of freedom lost a company, pooled over companies in proportion to
    their degrees of freedom. A growth that slows down counts as noise here, and so does rounding: figures
    nearer than `min_gap` months to the one before are left out. Bounds are read as levels, and of several
    figures on one date the geometric mean of the lowest and the highest is taken.

    Parameters
    ----------
    comparables
        The table described at the top of this module.
    kinds
        Kinds of figures to read.
    min_gap
        Months; above 0.

    Raises
    ------
    ValueError
        When no company has three figures far enough apart, a column is missing or a figure is not above 0.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("A", "2025-01-31", 1.0, "about", "USD", "run_rate", "a1"),
    ...      ("A", "2025-02-28", 1.1, "about", "USD", "run_rate", "a2"),
    ...      ("A", "2025-03-31", 1.5, "about", "USD", "run_rate", "a3")],
    ...     columns=["company", "date", "value", "bound", "currency", "kind", "claim"])
    >>> round(calibrate_volatility(table).monthly, 4)
    0.1519
    """
    _above("min_gap", min_gap, 0)
    rows, squares, freedom = [], 0.0, 0
    for (company, currency), points in _points(comparables, kinds, as_levels=True):
        kept = points[:1]
        for point in points[1:]:
            if months_between(kept[-1].date, point.date) >= min_gap:
                kept.append(point)
        if len(kept) < 2:
            continue
        levels = np.log([math.sqrt(point.low * point.high) for point in kept])
        lengths = np.array([months_between(a.date, b.date) for a, b in pairwise(kept)])
        growth = (levels[-1] - levels[0]) / lengths.sum()
        square = float(((np.diff(levels) - growth * lengths) ** 2 / lengths).sum())
        squares, freedom = squares + square, freedom + lengths.size - 1
        rows.append(
            {
                "company": company,
                "currency": currency,
                "steps": lengths.size,
                "months": float(lengths.sum()),
                "cmgr": math.expm1(growth),
                "volatility": math.sqrt(square / (lengths.size - 1)) if lengths.size > 1 else math.nan,
            }
        )
    if not freedom:
        raise ValueError(
            f"comparables has no company with three figures of kind {', '.join(kinds)} that are {min_gap:g} "
            "months apart: volatility cannot be told from growth"
        )
    return Volatility(math.sqrt(squares / freedom), freedom, pd.DataFrame(rows))


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval for a share.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927); without a trial, 0 to 1.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(15, 148)]
    [0.0624, 0.1605]
    """
    if not trials:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, extra = successes / trials, z * z / trials
    centre = share + extra / 2
    reach = z * math.sqrt(share * (1 - share) / trials + extra / (4 * trials))
    # At no and at all successes the limit is 0 or 1 but for rounding.
    low = 0.0 if successes == 0 else (centre - reach) / (1 + extra)
    return low, 1.0 if successes == trials else (centre + reach) / (1 + extra)


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval for a share: what the binomial tails at either end do not rule out.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934); without a trial, 0 to 1.

    Examples
    --------
    >>> [round(limit, 4) for limit in clopper_pearson(15, 148)]
    [0.0578, 0.1617]
    """
    tail = (1 - confidence) / 2

    def at_least(k: int, share: float) -> float:
        return math.fsum(
            math.comb(trials, j) * share**j * (1 - share) ** (trials - j) for j in range(k, trials + 1)
        )

    def share_at(k: int, chance: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_least(k, middle) < chance else (low, middle)
        return low

    return (
        share_at(successes, tail) if successes else 0.0,
        share_at(successes + 1, 1 - tail) if successes < trials else 1.0,
    )


_CASE_COLUMNS = [
    "company",
    "currency",
    "start",
    "start_level",
    "end",
    "multiple_low",
    "multiple_high",
    "outcome",
    "how",
    "counted",
    "claims",
]


def _points(
    comparables: pd.DataFrame, kinds: Sequence[str], as_levels: bool
) -> Iterator[tuple[tuple[str, str], list[_Point]]]:
    for column in _COLUMNS:
        if column not in comparables:
            raise ValueError(f"comparables has no column {column!r}{closest(column, map(str, comparables))}")
    for kind in kinds:
        _among("kinds", kind, _KINDS)
    rows = comparables[comparables["kind"].isin(list(kinds))]
    if "use" in rows:
        rows = rows[rows["use"] == "core"]
    upper = rows["value"] if "value_high" not in rows else rows["value_high"].fillna(rows["value"])
    rows = rows.assign(upper=upper)
    wrong = rows[~(rows["value"] > 0)]
    if len(wrong):
        raise ValueError(f"value of {wrong['claim'].iloc[0]} is {wrong['value'].iloc[0]}: it must be above 0")
    for key, group in rows.groupby(["company", "currency"], sort=True):
        points = []
        company, currency = map(str, key)
        for day, same in group.groupby("date", sort=True):
            # One side of a bound is open: nothing is known there.
            low = same["value"].where(as_levels | (same["bound"] != "at_most"), 0.0)
            high = same["upper"].where(as_levels | (same["bound"] != "at_least"), math.inf)
            claims = tuple(same["claim"])
            points.append(
                _Point(
                    read_day("date of a comparable", cast(date, day)),
                    float(low.min()),
                    float(high.max()),
                    float(same["value"].min()),
                    claims,
                )
            )
        yield (company, currency), sorted(points)


def _windows(
    points: list[_Point], multiple: float, months: float, max_gap: float
) -> Iterator[dict[str, Any]]:
    for index, start in enumerate(points):
        end, later = add_months(start.date, months), points[index + 1 :]
        inside = [point for point in later if point.date <= end]
        after = next((point for point in later if point.date >= end), None)
        highest = max([start, *inside], key=lambda point: point.low)
        low, high = highest.low, after.high if after else math.inf
        outcome, how, used = "undetermined", "observed", [start, highest]
        if after is None:
            outcome = "unfinished"
        elif _reached(low, start.high, multiple):
            outcome = "reached"
        elif not _reached(high, start.low, multiple):
            outcome, used = "not reached", [start, after]
        else:
            before = inside[-1] if inside else start
            used = [start, before, after]
            gap = months_between(before.date, after.date)
            if before.date < end and gap <= max_gap:
                how, share = "interpolated", months_between(before.date, end) / gap
                low = max(low, _between(before.low, after.low, share))
                high = min(high, _between(before.high, after.high, share))
                if _reached(low, start.high, multiple):
                    outcome = "reached"
                elif not _reached(high, start.low, multiple):
                    outcome = "not reached"
        yield {
            "start": pd.Timestamp(start.date),
            "start_level": start.stated,
            "end": pd.Timestamp(end),
            "multiple_low": low / start.high,
            "multiple_high": high / start.low if start.low else math.inf,
            "outcome": outcome,
            "how": how,
            "counted": False,
            "claims": ", ".join(dict.fromkeys(claim for point in used for claim in point.claims)),
        }


def _reached(level: float, start: float, multiple: float) -> bool:
    return level >= multiple * start * (1 - 1e-9)  # 0.3 is three times 0.1, though not to a computer


def _between(first: float, last: float, share: float) -> float:
    """Return the level on the exponential path between two; 0 where one of them is not known."""
    return first ** (1 - share) * last**share if first and last else 0.0


def _choose(windows: list[dict[str, Any]]) -> None:
    """Mark windows of one company that do not overlap: settled ones first, then undetermined ones."""
    kept: list[dict[str, Any]] = []
    for outcomes in (("reached", "not reached"), ("undetermined",)):
        for window in windows:
            free = all(window["start"] >= other["end"] or window["end"] <= other["start"] for other in kept)
            if window["outcome"] in outcomes and free:
                window["counted"] = True
                kept.append(window)


def _of_company(outcomes: pd.Series[Any]) -> str:
    for outcome in ("reached", "undetermined", "not reached"):
        if (outcomes == outcome).any():
            return outcome
    return "unfinished"


def _at_scale(level: float, currency: str, scale: Mapping[str, tuple[float, float]] | None) -> bool:
    if scale is None:
        return True
    return currency in scale and scale[currency][0] <= level <= scale[currency][1]


def _above(name: str, value: float, least: float) -> None:
    if not (value > least and math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}: it must be above {least}")


def _among(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}: give one of {', '.join(allowed)}{closest(value, allowed)}")
