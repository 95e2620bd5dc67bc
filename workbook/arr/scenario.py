"""A scenario: two dated run-rate levels, the path between them, and what is assumed about it."""

from __future__ import annotations

import dataclasses
import difflib
import math
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any

import pandas as pd

from workbook.arr.calendar import as_date, months_between

SHAPES = ("exponential", "linear", "s_curve")

# What each number may be. An interval prints itself, so the error and the rule cannot differ.
RANGES = {
    "start_arr": pd.Interval(0, math.inf, closed="neither"),
    "end_arr": pd.Interval(0, math.inf, closed="neither"),
    "ceiling": pd.Interval(0, math.inf, closed="neither"),
    "apps_share": pd.Interval(0, 1, closed="both"),
    "apps_cmgr": pd.Interval(-1, math.inf, closed="neither"),
    "churn": pd.Interval(0, 1, closed="left"),
    "expansion": pd.Interval(0, math.inf, closed="left"),
    "token_price": pd.Interval(0, math.inf, closed="neither"),
    "token_share": pd.Interval(0, 1, closed="both"),
    "external_revenue": pd.Interval(0, math.inf, closed="neither"),
    "services_growth": pd.Interval(-1, math.inf, closed="neither"),
    "apps_growth": pd.Interval(-1, math.inf, closed="neither"),
    "volatility_services": pd.Interval(0, 1, closed="both"),
    "volatility_apps": pd.Interval(0, 1, closed="both"),
    "correlation": pd.Interval(-0.95, 0.95, closed="both"),
    "volatility_retention": pd.Interval(0, 1, closed="both"),
    "target": pd.Interval(0, math.inf, closed="neither"),
}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Two dated levels of annualised recurring revenue, the path between them, and the assumptions."""

    start: date
    """Date of the first level; a date or ISO text, read as the end of that day."""
    end: date
    """Date of the second level; after `start`."""
    start_arr: float
    """ARR at `start`, bn of `currency`; above 0."""
    end_arr: float
    """ARR at `end`, bn of `currency`; above 0."""
    currency: str = "RMB"
    """Currency of every amount."""
    shape: str = "exponential"
    """Path between the levels: "exponential", "linear" or "s_curve" (logistic)."""
    ceiling: float | None = None
    """Level the S-curve tends to, bn of `currency`; above both levels. Only the "s_curve" shape reads it."""
    apps_share: float = 0.4
    """Share of `start_arr` that comes from AI-native applications, 0 to 1; model services are the rest."""
    apps_cmgr: float | None = None
    """Monthly growth of the applications, above -1; the services take what is left of the total. None: the
    share stays the same."""
    churn: float = 0.0
    """Share of ARR lost a month, 0 to below 1."""
    expansion: float = 0.0
    """Share of ARR added a month by the customers already there, 0 or more."""
    token_price: float | None = 4.0
    """Blended price of a million tokens, in `currency`; above 0. The default is an illustration."""
    token_share: float = 1.0
    """Share of the ARR billed by the token, 0 to 1."""
    external_revenue: float | None = None
    """External cloud revenue of a year, bn of `currency`, above 0; None: not known."""
    services_growth: float | None = None
    """Monthly median growth expected of the model services, above -1; None: the plan's own path."""
    apps_growth: float | None = None
    """Monthly median growth expected of the applications, above -1; None: the plan's own path."""
    volatility_services: float = 0.06
    """Standard deviation of a month's log growth of the services, 0 to 1. The default is an illustration."""
    volatility_apps: float = 0.10
    """Standard deviation of a month's log growth of the applications, 0 to 1. The default is an
    illustration."""
    correlation: float = 0.5
    """Correlation of the two drivers' own shocks, -0.95 to 0.95. The default is an illustration."""
    volatility_retention: float = 0.0
    """Standard deviation of a month's log retention, a shock that hits both drivers alike, 0 to 1."""
    target: float | None = None
    """ARR whose chance of being reached by `end` is asked, bn of `currency`; None: `end_arr`."""

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, as_date(getattr(self, name), name))
        if self.end <= self.start:
            raise ValueError(f"end is {self.end}: it must come after start, {self.start}")
        if self.shape not in SHAPES:
            raise ValueError(
                f"shape is {self.shape!r}: give one of {', '.join(SHAPES)}{_closest(self.shape, SHAPES)}"
            )
        for name, allowed in RANGES.items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), allowed))

    @property
    def months(self) -> float:
        """Months from `start` to `end`.

        Examples
        --------
        >>> Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30).months
        6.0
        """
        return months_between(self.start, self.end)

    def replace(self, **changes: Any) -> Scenario:
        """Return the scenario with some fields changed.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.replace(end_arr=25).end_arr
        25.0
        """
        return dataclasses.replace(self, **changes)


def _checked(name: str, value: Any, allowed: pd.Interval) -> float | None:
    if value is None and name in OPTIONAL:
        return None
    if not isinstance(value, Real) or isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}: give a number in {allowed}")
    if value not in allowed or math.isinf(value):
        raise ValueError(f"{name} is {value!r}: it must be in {allowed}")
    return float(value)


def _closest(word: Any, words: Any) -> str:
    close = difflib.get_close_matches(str(word), list(words), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


OPTIONAL = frozenset(field.name for field in dataclasses.fields(Scenario) if "None" in str(field.type))
