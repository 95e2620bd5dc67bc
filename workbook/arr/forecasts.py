"""How far a run rate may come: a forecast made of how other companies grew, whatever was promised."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from workbook.arr import formulas
from workbook.arr.comparables import Step, above, among, figures_by_company, steps
from workbook.arr.operations import FLOATS

KINDS = ("run_rate", "quarter_x4")
MIN_GAP = 1.0
FEWEST = 3
"""Companies below which nothing is said: two do not tell how much companies differ."""
_BOUNDS = ("exact", "about", "at_least", "at_most", "between")


class Growth(NamedTuple):
    """How companies grew, per month and of the logarithm."""

    drift: float
    between: float
    within: float
    volatility: float
    companies: int
    steps: int


@dataclass(frozen=True)
class Forecast:
    """A lognormal level, and what it was made of.

    The logarithm of the growth over h months is normal with mean `drift` h and variance
    `volatility`² h + `between`² h² / `companies`: how unevenly companies grew, and how well their mean drift
    is known. Drift and volatility are of a month's log growth.
    """

    level: float
    """Where it starts, bn."""
    months: float
    """How far ahead it looks."""
    bound: str
    """What the level is, and so the median, each quantile and each chance: of a floor, all are floors."""
    drift: float
    """Mean of the companies' own average growth, each company counted once."""
    between: float
    """Standard deviation of the companies' own average growth."""
    within: float
    """Standard deviation of a company's growth around its own average; NaN where none has three figures."""
    volatility: float
    """Standard deviation of a company's growth around the drift: both of the above at work."""
    companies: int
    """With two figures or more; of each currency and scope."""
    steps: int
    """From one figure of a company to its next."""

    @property
    def mean(self) -> float:
        """Mean of the logarithm of the growth."""
        return self.drift * self.months

    @property
    def sd(self) -> float:
        """Standard deviation of the logarithm of the growth."""
        return math.sqrt(
            self.volatility**2 * self.months + (self.between * self.months) ** 2 / self.companies
        )

    @property
    def median(self) -> float:
        """Level as likely to be passed as not, bn."""
        return self.level * math.exp(self.mean)

    def quantile(self, probability: float) -> float:
        """Return the level that is undershot with that chance, bn."""
        if not 0 < probability < 1:
            raise ValueError(f"probability is {probability!r}: it must be between 0 and 1")
        return float(formulas.quantile_one_driver(FLOATS, self.median, self.sd, probability))

    def chance(self, target: float) -> float:
        """Return the chance that the level is at the target or above."""
        above("target", target, 0)
        return float(formulas.p_target_one_driver(FLOATS, self.median, self.sd, target))

    def after(self, months: float) -> Forecast:
        """Return the same forecast for another time ahead."""
        above("months", months, 0)
        return replace(self, months=months)


def forecast(
    level: float,
    months: float,
    comparables: pd.DataFrame,
    *,
    bound: str = "exact",
    kinds: Sequence[str] = KINDS,
    min_gap: float = MIN_GAP,
) -> Forecast:
    """Say where a run rate may be in some months, if the company grows as others did.

    The other companies' figures are read as levels, bounds too; of several figures on a date the geometric
    mean of the lowest and the highest; those nearer than `min_gap` months to the one before are left out. A
    company's average growth is that from its first figure to its last. Nothing is read of the company itself
    but its level, and nothing of what it promised. How often the bands of this function held is what
    `backtest` counts; it looked 2 to 14 months ahead, and no further.

    Parameters
    ----------
    level
        Last known level, bn; above 0. Of a range the low end.
    months
        How far ahead to look; above 0.
    comparables
        The table described in `workbook.arr.reference`; its rows of the company itself are for the caller to
        leave out.
    bound
        What the level is: "exact", "about", "at_least", "at_most" or "between".
    kinds
        Kinds of figures to read.
    min_gap
        Months; above 0.

    Raises
    ------
    ValueError
        When an argument is out of range, or fewer than three companies have two figures far enough apart.

    Examples
    --------
    >>> import workbook as wb
    >>> ahead = forecast(16, 4, wb.open(as_of="2026-08-31").comparables, bound="at_least")
    >>> ahead.bound, ahead.quantile(0.05) < ahead.median < ahead.quantile(0.95)
    ('at_least', True)
    >>> round(ahead.chance(ahead.median), 3)
    0.5
    """
    above("level", level, 0)
    above("months", months, 0)
    among("bound", bound, _BOUNDS)
    above("min_gap", min_gap, 0)
    found = growth(steps(figures, min_gap) for figures in figures_by_company(comparables, kinds).values())
    if found is None:
        raise ValueError(
            f"comparables has fewer than {FEWEST} companies with two figures of kind {', '.join(kinds)} that "
            f"are {min_gap:g} months apart: how companies differ cannot be told"
        )
    return Forecast(level, months, "at_least" if bound == "between" else bound, *found)


def growth(companies: Iterable[Sequence[Step]]) -> Growth | None:
    """Return how companies grew, given the steps of each, or None where too few did.

    Examples
    --------
    >>> found = growth([[Step(1, 0.1)], [Step(2, 0.4)], [Step(1, 0.2), Step(1, 0.4)]])
    >>> round(found.drift, 9), round(found.between, 9), round(found.within, 9), round(found.volatility, 9)
    (0.2, 0.1, 0.141421356, 0.129099445)
    """
    histories = [history for history in companies if history]
    if len(histories) < FEWEST:
        return None
    rates = [average_growth(each) for each in histories]
    count, every = len(rates), sum(map(len, histories))
    drift = sum(rates) / count
    inside = sum(_strayed(each, rate) for each, rate in zip(histories, rates, strict=True))
    return Growth(
        drift,
        math.sqrt(sum((rate - drift) ** 2 for rate in rates) / (count - 1)),
        math.sqrt(inside / (every - count)) if every > count else math.nan,
        math.sqrt(sum(_strayed(each, drift) for each in histories) / (every - 1)),
        count,
        every,
    )


def average_growth(history: Sequence[Step]) -> float:
    """Return a company's mean log growth a month, from its first figure to its last.

    Examples
    --------
    >>> round(average_growth([Step(1, 0.2), Step(3, 0.2)]), 9)
    0.1
    """
    return sum(step.growth for step in history) / sum(step.months for step in history)


def _strayed(history: Sequence[Step], rate: float) -> float:
    return math.fsum((step.growth - rate * step.months) ** 2 / step.months for step in history)
