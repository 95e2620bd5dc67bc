"""What two correlated lognormal drivers imply, exactly: P(target), the quantile fan, expected shortfall.

The logarithms of model services S and applications A are jointly normal, so the total is a sum of two
lognormals, which has no closed form; but with one normal variable Z held fixed it has:

    total = offset(Z) + scale(Z) * inner,    inner lognormal given Z,

and a chance, a density or a mean shortfall is the mean over Z of the lognormal's own (for the shortfall:
Black's formula for a put). Z is the logarithm of A / S, given which the total is a multiple of one driver and
nothing has a kink; where one driver is nearly certain, Z is that driver and the total is an offset plus the
other.

The mean over Z is the trapezoidal rule. For what dies off like the normal density at both ends it converges
faster than any power of the step (Trefethen and Weideman, SIAM Review 56, 2014), and with fewer nodes than
Gauss-Legendre, which crowds its own at the ends where nothing is. Where the offset has a kink the rule is
tanh-sinh up to it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbook.arr import formulas
from workbook.arr.calendar import months_between
from workbook.arr.operations import NUMPY
from workbook.dates import read_day

if TYPE_CHECKING:
    from workbook.arr.scenario import Scenario

Array: TypeAlias = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
FAN_COLUMNS = tuple(f"{quantile:.0%}" for quantile in QUANTILES)

_REACH = 8.5  # the normal density has 2e-17 beyond it
# Found by trial on 6,000 random cases: error below 2e-14 with a step of 0.6 of either length, 1e-9 with 0.9.
_STEP_SHARE = 0.6
# From here on the nearly certain driver itself is the better Z.
_STEEPEST = 30.0
# A plan that ends on its target meets it, whatever the rounding of its last step.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Probability:
    """What the scenario's assumptions imply, without sampling error."""

    p_target: float
    """Chance that ARR on `end` is at the target or above."""
    fan: pd.DataFrame
    """ARR that is undershot with chance 5, 25, 50, 75 and 95% (columns) on each date (index), bn."""
    expected_shortfall: float
    """Mean amount by which ARR on `end` falls short of the target, bn; 0 counts where it does not."""


def probability(scenario: Scenario, dates: Iterable[date | str] | None = None) -> Probability:
    """Return P(target), the quantile fan and the expected shortfall.

    The median of each driver is `scenario.medians`; around it the logarithm moves with independent normal
    shocks every month, correlated between the drivers, and a retention shock common to both.

    Parameters
    ----------
    scenario
        Levels, growth and volatilities; see `Scenario`.
    dates
        Where to read the fan; the scenario's own (start, month ends, end) when not given.

    Raises
    ------
    ValueError
        When one of the dates is none, or lies before `start` or after `end`.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> result = probability(s)
    >>> round(result.p_target, 4), round(result.expected_shortfall, 3)
    (0.511, 1.683)
    >>> result.fan.loc["2026-12-31"].round(2).tolist()
    [23.16, 27.04, 30.13, 33.62, 39.41]
    """
    days = scenario.dates() if dates is None else [read_day("dates", day) for day in dates]
    for day in days:
        if not scenario.start <= day <= scenario.end:
            raise ValueError(f"dates has {day}: give dates from {scenario.start} to {scenario.end}")
    months = np.array([months_between(scenario.start, day) for day in days])
    fan = np.repeat(np.sum(scenario.medians(months), axis=0)[:, None], len(QUANTILES), axis=1)
    moving = _sds(scenario, months).any(axis=0)
    if moving.any():
        medians = scenario.medians(months[moving])
        x, y, c = _sds(scenario, months[moving])
        split = _split(*medians, volatilities(scenario), scenario.correlation, months[moving])
        fan[moving] = _quantiles(split, np.array(medians), np.hypot([x, y], c))
    target = scenario.target or scenario.end_arr
    if not _uncertain(scenario):
        end = float(sum(scenario.medians(scenario.months)))
        met = end >= target * (1 - _ROUNDING)
        return Probability(float(met), fan_table(days, fan, scenario.currency), 0.0 if met else target - end)
    span = np.array([scenario.months])
    level = np.array([target])
    given = _split(*scenario.medians(span), volatilities(scenario), scenario.correlation, span)(level)
    return Probability(
        p_target=float(_chance(given, level)[0][0]),
        fan=fan_table(days, fan, scenario.currency),
        expected_shortfall=_shortfall(given, target),
    )


def p_target(
    services: float,
    apps: float,
    sd_services: float,
    sd_apps: float,
    correlation: float,
    sd_retention: float,
    target: float,
) -> float:
    """Return the chance that two correlated lognormal drivers together reach the target, for a slider.

    The same integral as `probability`, in plain floats for one target. The arguments are those of
    `formulas.p_target_two_drivers`, which gives the same in any reading, in more time and to 2e-9.

    Parameters
    ----------
    services, apps
        Medians on the target's date, bn; 0 or more, not both 0.
    sd_services, sd_apps
        Standard deviations of their logarithms on that date, from the drivers' own shocks; 0 or more.
    correlation
        Of those shocks; -0.95 to 0.95.
    sd_retention
        Standard deviation of a log shock common to both; 0 or more.
    target
        bn, above 0.

    Examples
    --------
    >>> round(p_target(14, 16, 0.15, 0.25, 0.5, 0.05, 32), 4)
    0.373
    """
    x, y, c = sd_services if services else 0.0, sd_apps if apps else 0.0, sd_retention
    if not (x or y or c):
        return float(services + apps >= target * (1 - _ROUNDING))
    if not services or not apps:
        return 0.5 * math.erfc(math.log(target / (services + apps)) / (math.hypot(x, y, c) * math.sqrt(2)))
    ratio_sd, rest, tilt, tilt_apps, steepness = _by_ratio(x, y, c, correlation)
    if steepness >= _STEEPEST:
        level, one = np.array([target]), np.ones(1)
        given = _split(services * one, apps * one, (x, y, c), correlation, one)(level)
        return float(_chance(given, level)[0][0])
    base, other = services, apps
    if apps > services:
        base, other, tilt, ratio_sd = apps, services, tilt_apps, -ratio_sd
    distance, ratio, scale = math.log(base / target), other / base, -1 / (rest * math.sqrt(2))
    exp, erfc, log1p = math.exp, math.erfc, math.log1p
    total = 0.0
    for z, weight in _pairs(_reach(steepness, ratio_sd)):
        total += weight * erfc((distance + tilt * z + log1p(ratio * exp(ratio_sd * z))) * scale)
    return min(total / 2, 1.0)


def chances(scenario: Scenario, services: Array, apps: Array, targets: Array) -> Array:
    """Return the chance of each target, given medians at the end that go with it.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> chances(s, np.array([18.0, 18.0]), np.array([12.0, 12.0]), np.array([25.0, 30.0])).round(3)
    array([0.878, 0.511])
    """
    if not _uncertain(scenario):
        return np.asarray(services + apps >= targets * (1 - _ROUNDING), dtype=float)
    months = np.full(targets.size, scenario.months)
    given = _split(services, apps, volatilities(scenario), scenario.correlation, months)(targets)
    return _mean(normal_cdf(_strike(given, targets)[1]), given)


def normal_cdf(x: ArrayLike) -> Array:
    """Return the chance that a standard normal is at most `x`, for arrays, by numpy alone.

    Taylor's series around 64 tabulated values (of `math.erfc`) to the unit; the error is below 1e-15.

    Examples
    --------
    >>> normal_cdf([-1.96, 0.0, 1.0]).round(6)
    array([0.024998, 0.5     , 0.841345])
    """
    near = np.clip(np.asarray(x, dtype=float), -9.0, 9.0)
    index = np.rint(near * 64)
    c = index / 64
    d = near - c
    row = index.astype(np.intp) + 576
    c2 = c * c
    series = 1 + d * (-c / 2 + d * ((c2 - 1) / 6 + d * (c * (3 - c2) / 24 + d * ((c2 - 6) * c2 + 3) / 120)))
    return np.asarray(_CDF[row] + _PDF[row] * d * series)


_CDF = np.array([0.5 * math.erfc(-k / 64 * math.sqrt(0.5)) for k in range(-576, 577)])
_PDF = np.array([math.exp(-((k / 64) ** 2) / 2) / math.sqrt(2 * math.pi) for k in range(-576, 577)])


def fan_table(days: Sequence[date], fan: Array, currency: str) -> pd.DataFrame:
    """Label quantiles with their dates and unit."""
    table = pd.DataFrame(fan, index=pd.DatetimeIndex(list(days), name="date"), columns=list(FAN_COLUMNS))
    table.attrs["unit"] = f"{currency} bn"
    return table


class _Given(NamedTuple):
    """The total given Z: offset + scale * inner. The last axis of every array runs over the nodes of Z."""

    inner: Array  # median of the lognormal
    rest: Array  # standard deviation of its logarithm
    scale: Array
    offset: Array
    weights: Array


def _by_ratio(x: float, y: float, c: float, r: float) -> tuple[float, float, float, float, float]:
    """Return the sd of ln(A / S), what it leaves to ln S and ln A, their tilts to it, and the steepness."""
    ratio_sd = math.sqrt(max(x * x + y * y - 2 * r * x * y, 0.0))
    if not ratio_sd:
        return 0.0, c, 0.0, 0.0, 0.0 if c else math.inf
    rest = math.hypot(x * y / ratio_sd * math.sqrt(1 - r * r), c)
    tilt_services, tilt_apps = x * (r * y - x) / ratio_sd, y * (y - r * x) / ratio_sd
    steepness = max(abs(tilt_services), abs(tilt_apps)) / rest if rest else math.inf
    return ratio_sd, rest, tilt_services, tilt_apps, steepness


def _split(
    services: Array, apps: Array, volatilities: tuple[float, float, float], correlation: float, months: Array
) -> Callable[[Array], _Given]:
    """Return how the total splits given Z after each of `months`, for levels one of which goes to each."""
    (x, y, c), r = volatilities, correlation
    root = np.sqrt(months)[:, None]
    services, apps = services[:, None], apps[:, None]

    ratio_sd, rest, tilt_services, tilt_apps, steepness = _by_ratio(x, y, c, r)
    if steepness < _STEEPEST:
        # The larger driver is the one multiplied, so that a driver which is not there divides nothing.
        swap = apps > services
        base, other = np.where(swap, apps, services), np.where(swap, services, apps)
        z, weights = _nodes(_reach(steepness, ratio_sd * root.max()))
        z = root * z
        inner = base * np.exp(np.where(swap, tilt_apps, tilt_services) * z)
        scale = 1 + other / base * np.exp(np.where(swap, -ratio_sd, ratio_sd) * z)
        by_ratio = _Given(inner, rest * root, scale, np.zeros(1), weights)
        return lambda level: by_ratio

    swap = apps * y > services * x
    inner, outer = np.where(swap, apps, services), np.where(swap, services, apps)
    sd_inner, sd_own = np.where(swap, y, x) * root, np.where(swap, x, y) * root
    common = c * root
    # A driver that is quite certain is its own median at every node.
    sd_outer = np.maximum(np.hypot(sd_own, common), 1e-300)
    tilt = (r * sd_inner * sd_own + common**2) / sd_outer
    rests = np.sqrt(np.maximum(sd_inner**2 + common**2 - tilt**2, 0))

    def by_offset(level: Array) -> _Given:
        with np.errstate(divide="ignore"):
            kink = np.log(level[..., None] / outer) / sd_outer
        top = np.clip(kink, -_REACH, _REACH)
        z = (top - _REACH) / 2 + (top + _REACH) / 2 * _TANH_SINH
        weights = (top + _REACH) / 2 * _TANH_SINH_WEIGHTS * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        # Above the kink the target is met whatever the inner driver does: one more node, of no gap.
        z, above = np.concatenate([z, top], axis=-1), normal_cdf(-top)
        offset = np.concatenate([outer * np.exp(sd_outer * z[..., :-1]), level[..., None]], axis=-1)
        return _Given(
            inner * np.exp(tilt * z), rests, np.ones(1), offset, np.concatenate([weights, above], axis=-1)
        )

    return by_offset


def _chance(given: _Given, level: Array) -> tuple[Array, Array]:
    """Return the chance of a level or more, and its derivative in the logarithm of the level."""
    strike, d = _strike(given, level)
    density = np.exp(-d * d / 2) * (level[..., None] / math.sqrt(2 * math.pi))
    slope = density / (given.rest * given.scale * np.where(strike > 0, strike, np.inf))
    return _mean(normal_cdf(d), given), -_mean(slope, given)


def _quantiles(split: Callable[[Array], _Given], medians: Array, sds: Array) -> Array:
    below = np.array([_NORMAL.inv_cdf(quantile) for quantile in QUANTILES])[:, None]
    either = np.array([_NORMAL.inv_cdf((1 + quantile) / 2) for quantile in QUANTILES])[:, None]
    # A total is above its larger part, and above K only where a part is above K / 2: so its quantiles lie
    # between these of its parts.
    low = np.max([median * np.exp(sd * below) for median, sd in zip(medians, sds, strict=True)], axis=0)
    high = 2 * np.max([median * np.exp(sd * either) for median, sd in zip(medians, sds, strict=True)], axis=0)
    # The logarithm of the total is nearly normal, and its mean and variance are at hand.
    given = split(medians.sum(axis=0))
    log_total = np.log(given.offset + given.scale * given.inner)
    mean = _mean(log_total, given)
    sd = np.sqrt(_mean((log_total - mean[:, None]) ** 2, given) + given.rest[:, 0] ** 2)
    level = np.clip(np.exp(mean + sd * below), low, high)
    # Newton's steps on the chance's normal score, which is nearly a straight line in the logarithm of the
    # level; bisection where a step would leave the bracket.
    for _ in range(200):
        chance, slope = _chance(split(level), level)
        chance = np.clip(chance, 1e-15, 1 - 1e-15)
        score = np.array([_NORMAL.inv_cdf(p) for p in chance.flat]).reshape(chance.shape)
        low, high = np.where(score > -below, level, low), np.where(score > -below, high, level)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            step = np.exp(-(below + score) * np.exp(-score * score / 2) / (math.sqrt(2 * math.pi) * slope))
        newton = level * step
        level = np.where((newton >= low) & (newton <= high), newton, np.sqrt(low * high))
        if (np.abs(step - 1) < 1e-10).all():  # the next step would be its square
            return np.asarray(level.T)
    raise ArithmeticError(f"the fan did not converge for medians {medians.tolist()}")


def _shortfall(given: _Given, target: float) -> float:
    strike, d = _strike(given, np.array([target]))
    mean_below = given.inner * np.exp(given.rest**2 / 2) * normal_cdf(-d - given.rest)
    return float(_mean(given.scale * (strike * normal_cdf(-d) - mean_below), given)[0])


def _strike(given: _Given, level: Array) -> tuple[Array, Array]:
    """Return the inner level at which the total is at `level`, and its distance below the median in sds."""
    strike = np.maximum(level[..., None] - given.offset, 0) / given.scale
    with np.errstate(divide="ignore"):
        return strike, np.log(given.inner / strike) / given.rest


def _mean(values: Array, given: _Given) -> Array:
    return np.asarray((values * given.weights).sum(axis=-1))


def volatilities(scenario: Scenario) -> tuple[float, float, float]:
    """Return the volatilities of the services, the applications, if there are any, and of retention."""
    return (
        scenario.volatility_services if scenario.apps_share < 1 else 0.0,
        scenario.volatility_apps if scenario.apps_share > 0 else 0.0,
        scenario.volatility_retention,
    )


def _sds(scenario: Scenario, months: Array) -> Array:
    return np.array([formulas.log_sd(NUMPY, volatility, months) for volatility in volatilities(scenario)])


def _uncertain(scenario: Scenario) -> bool:
    return any(volatilities(scenario))


def _reach(steepness: float, ratio_sd: float) -> int:
    """Return how many equal steps lead from 0 to where the density ends."""
    return math.ceil(_REACH / _STEP_SHARE * max(math.hypot(1, steepness), abs(ratio_sd)))


@functools.cache
def _nodes(reach: int) -> tuple[Array, Array]:
    step = _REACH / reach
    z = np.asarray(np.arange(-reach, reach + 1) * step, dtype=float)
    return z, step / math.sqrt(2 * math.pi) * np.asarray(np.exp(-z * z / 2))


@functools.cache
def _pairs(reach: int) -> list[tuple[float, float]]:
    z, weights = _nodes(reach)
    return list(zip(z.tolist(), weights.tolist(), strict=True))


_T = np.arange(-336, 337) / 96
_TANH_SINH = np.tanh(np.pi / 2 * np.sinh(_T))
_TANH_SINH_WEIGHTS = np.pi / 192 * np.cosh(_T) / np.cosh(np.pi / 2 * np.sinh(_T)) ** 2
_NORMAL = NormalDist()
