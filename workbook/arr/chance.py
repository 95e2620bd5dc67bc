"""What two correlated lognormal drivers imply, without sampling: P(target), quantile fan, expected shortfall.

The chance and the shortfall are `workbook.arr.formulas`' own; a quantile is the level at which that chance
is the one asked for, found by SciPy's root finder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbook.arr import figures, formulas
from workbook.arr.calendar import months_between
from workbook.arr.operations import FLOATS, NUMPY
from workbook.arr.plan import Plan
from workbook.dates import read_day

Array: TypeAlias = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.50, 0.75, 0.95)
FAN_COLUMNS = tuple(f"{quantile:.0%}" for quantile in QUANTILES)


@dataclass(frozen=True)
class Probability:
    """What the scenario's assumptions imply, without sampling error."""

    p_target: float
    """Chance that ARR on `end` is at the target or above."""
    fan: pd.DataFrame
    """ARR that is undershot with chance 5, 25, 50, 75 and 95% (columns) on each date (index), bn."""
    expected_shortfall: float
    """Mean amount by which ARR on `end` falls short of the target, bn; 0 counts where it does not."""


def probability(plan: Plan, dates: Iterable[date | str] | None = None) -> Probability:
    """Return P(target), the quantile fan and the expected shortfall.

    The median of each driver is `plan.medians`; around it the logarithm moves with independent normal shocks
    every month, correlated between the drivers, and a retention shock common to both.

    Parameters
    ----------
    plan
        A `Scenario`: its levels, growth and volatilities are read.
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
    days = plan.dates() if dates is None else [read_day("dates", day) for day in dates]
    for day in days:
        if not plan.start <= day <= plan.end:
            raise ValueError(f"dates has {day}: give dates from {plan.start} to {plan.end}")
    months = np.array([months_between(plan.start, day) for day in days])
    at_end = (*figures.forecast_at_end(FLOATS, plan.fields), plan.fields.target)
    return Probability(
        p_target=float(formulas.p_target_two_drivers(FLOATS, *at_end)),
        fan=fan_table(days, quantiles(plan, months, QUANTILES), plan.unit),
        expected_shortfall=float(formulas.shortfall_two_drivers(FLOATS, *at_end)),
    )


def quantiles(plan: Plan, months: Array, probabilities: Sequence[float]) -> Array:
    """Return the ARR undershot with each chance (column) after each of `months` (row), bn.

    Examples
    --------
    >>> from workbook.arr import Scenario
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> quantiles(s, np.array([0.0, 6.0]), [0.5]).round(2).tolist()
    [[10.0], [30.13]]
    """
    total = np.sum(plan.medians(months), axis=0)
    found = np.repeat(total[:, None], len(probabilities), axis=1)
    moving = (months > 0) & plan.uncertain
    if moving.any():
        found[moving] = _searched(plan, months[moving], np.array(probabilities))
    return found


def _searched(plan: Plan, months: Array, probabilities: Array) -> Array:
    from scipy.optimize import elementwise
    from scipy.special import ndtri

    at = plan.level(months)
    services, apps = plan.drivers(months)
    ahead = figures.Forecast(
        *(
            np.broadcast_to(each, months.shape)[:, None]
            for each in figures.forecast(NUMPY, plan.fields, at, services, apps, months)
        )
    )

    def largest_part(score: Array) -> Array:
        services = np.log(ahead.services) + np.hypot(ahead.sd_services, ahead.sd_retention) * score
        apps = np.log(np.maximum(ahead.apps, 1e-300)) + np.hypot(ahead.sd_apps, ahead.sd_retention) * score
        return np.asarray(np.maximum(services, apps))

    # A total is above its larger part, and above K only where a part is above K / 2: so the logarithm of its
    # quantile lies between these two, which are set a little apart for rounding.
    low = largest_part(ndtri(probabilities)) - 1e-6
    high = largest_part(ndtri((1 + probabilities) / 2)) + np.log(2) + 1e-6

    def excess(log_level: Array, wanted: Array, *ahead: Array) -> Array:
        arguments = (*ahead, np.exp(log_level))
        return np.asarray(formulas.p_target_two_drivers(NUMPY, *arguments)) - wanted

    search = elementwise.find_root(
        excess, (low, high), args=(1 - probabilities, *ahead), tolerances={"xatol": 1e-13}
    )
    if not np.all(search.success):
        raise ArithmeticError(f"no quantile found for {plan}")
    return np.asarray(np.exp(search.x))


def fan_table(days: Sequence[date], fan: Array, unit: str) -> pd.DataFrame:
    """Label quantiles with their dates and unit."""
    table = pd.DataFrame(fan, index=pd.DatetimeIndex(list(days), name="date"), columns=list(FAN_COLUMNS))
    table.attrs["unit"] = unit
    return table
