"""What a scenario assumes: two dated run-rate levels, the path between them, and the drivers' uncertainty.

`Scenario` adds to it what is asked of a plan. The functions that answer (`workbook.arr.chance`, `simulate`,
`inverse`) take a `Plan`, so that they need not know of `Scenario`, which calls them.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import Any, Self

import numpy as np
import pandas as pd

from workbook.arr import figures, formulas
from workbook.arr.calendar import month_ends, months_between
from workbook.arr.operations import FLOATS, NUMPY, Number, Ops
from workbook.dates import read_day
from workbook.hints import closest

SHAPES = ("exponential", "linear", "s_curve")

# What each number may be. An interval prints itself, so the error and the rule cannot differ.
RANGES: dict[str, pd.Interval[Any]] = {
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
class Plan:
    """Two dated levels of annualised recurring revenue, the path between them, and the assumptions."""

    start: date
    """Date of the first level; a date or ISO text, read as the end of that day."""
    end: date
    """Date of the second level; after `start`."""
    start_arr: float
    """ARR at `start`, bn of `currency`; above 0."""
    end_arr: float
    """ARR at `end`, bn of `currency`; above 0."""
    currency: str = ""
    """Currency of every amount; empty where none is named."""
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
    token_price: float | None = None
    """Blended price of a million tokens, in `currency`; above 0; None: not known."""
    token_share: float = 1.0
    """Share of the ARR billed by the token, 0 to 1."""
    external_revenue: float | None = None
    """Revenue of a year that ARR is compared with, bn of `currency`, above 0; None: not known."""
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

    def __new__(cls, *_: Any, **fields: Any) -> Self:
        """Refuse a field that does not exist, with a hint."""
        names = [field.name for field in dataclasses.fields(cls)]
        for name in fields:
            if name not in names:
                raise TypeError(
                    f"a scenario has no field {name!r}{closest(name, names)}: it has {', '.join(names)}"
                )
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            object.__setattr__(self, name, read_day(name, getattr(self, name)))
        if self.end <= self.start:
            raise ValueError(f"end is {self.end}: it must come after start, {self.start}")
        if not isinstance(self.currency, str) or self.currency != self.currency.strip():
            raise ValueError(f"currency is {self.currency!r}: name it, as in 'EUR'")
        if self.shape not in SHAPES:
            hint = closest(self.shape, SHAPES)
            raise ValueError(f"shape is {self.shape!r}{hint}: give one of {', '.join(SHAPES)}")
        for name, allowed in RANGES.items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), allowed))
        top = max(self.start_arr, self.end_arr)
        if self.shape == "s_curve" and (self.ceiling is None or self.ceiling <= top):
            raise ValueError(f"ceiling is {self.ceiling}: an s_curve needs one above both levels, {top:g}")
        if self.apps_cmgr is not None:
            self._refuse_more_applications_than_arr(self.apps_cmgr)

    def _refuse_more_applications_than_arr(self, apps_cmgr: float) -> None:
        # Relative to the total, growing applications weigh most at one of the path's two ends.
        first = self.start_arr * self.apps_share
        apps = formulas.apps(FLOATS, self.start_arr, self.apps_share, apps_cmgr, self.months)
        if apps > self.end_arr * (1 + 1e-12):
            most = formulas.apps_growth_needed(FLOATS, self.end_arr, 0.0, first, self.months)
            raise ValueError(
                f"apps_cmgr is {apps_cmgr}: the applications alone would be at {apps:g} on {self.end}; "
                f"at most {most:.6g} keeps them within {self.end_arr:g}"
            )

    # The plan ----------------------------------------------------------------------------------------------

    @property
    def months(self) -> float:
        """Months from `start` to `end`.

        Examples
        --------
        >>> Plan(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30).months
        6.0
        """
        return months_between(self.start, self.end)

    @property
    def unit(self) -> str:
        """Unit of its amounts.

        Examples
        --------
        >>> plan = Plan(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, currency="EUR")
        >>> plan.unit
        'EUR bn'
        """
        return f"{self.currency} bn".strip()

    @property
    def fields(self) -> figures.Fields:
        """What `workbook.arr.figures` computes from, as floats; a driver that is not there moves nothing."""
        optional = {
            name: getattr(self, name)
            for name in ("apps_cmgr", "token_price", "external_revenue", "services_growth", "apps_growth")
        }
        return figures.Fields(
            start_arr=self.start_arr,
            end_arr=self.end_arr,
            months=self.months,
            linear=self.shape == "linear",
            s_curve=self.shape == "s_curve",
            ceiling=self.ceiling,
            apps_share=self.apps_share,
            churn=self.churn,
            expansion=self.expansion,
            token_share=self.token_share,
            volatility_services=self.volatility_services if self.apps_share < 1 else 0.0,
            volatility_apps=self.volatility_apps if self.apps_share > 0 else 0.0,
            volatility_retention=self.volatility_retention,
            correlation=self.correlation,
            target=self.target or self.end_arr,
            unknown=math.nan,
            **optional,
            **{f"{name}_given": value is not None for name, value in optional.items()},
        )

    @property
    def uncertain(self) -> bool:
        """Whether anything moves: without volatility the plan is what happens."""
        fields = self.fields
        return (fields.volatility_services, fields.volatility_apps, fields.volatility_retention) != (0, 0, 0)

    def level(self, months: Number) -> Number:
        """Return the planned ARR some months after `start`, in bn; `months` is a float or an array.

        Examples
        --------
        >>> s = Plan(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, shape="linear")
        >>> s.level(3.0)
        20.0
        """
        o = _operations(months)
        # The last level is given: working it out again would round it.
        return o.where(
            months == self.months, lambda: self.end_arr, lambda: figures.level(o, self.fields, months)
        )

    def drivers(self, months: Number) -> tuple[Number, Number]:
        """Return the planned ARR of model services and of applications, which add up to `level` exactly.

        Examples
        --------
        >>> s = Plan(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.drivers(0.0)
        (6.0, 4.0)
        """
        total = self.level(months)
        services, _ = figures.drivers(_operations(months), self.fields, total, months)
        # Of the two differences the one that leaves the larger part is rounded and the other one is exact
        # (Sterbenz's lemma), so the parts add up to the total to the last bit.
        return services, total - services

    def medians(self, months: Number) -> tuple[Number, Number]:
        """Return the median of both drivers in the uncertain forecast, in bn.

        The plan's own path, except for a driver whose growth is expected to differ (`services_growth`,
        `apps_growth`).

        Examples
        --------
        >>> s = Plan(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, apps_growth=0.0)
        >>> s.medians(6.0)
        (18.0, 4.0)
        """
        services, apps = self.drivers(months)
        return figures.medians(_operations(months), self.fields, services, apps, months)

    def dates(self) -> list[date]:
        """List the start, the month ends and the end.

        Examples
        --------
        >>> s = Plan(start="2026-06-30", end="2026-08-20", start_arr=10, end_arr=16)
        >>> [str(day) for day in s.dates()]
        ['2026-06-30', '2026-07-31', '2026-08-20']
        """
        return sorted({self.start, *month_ends(self.start, self.end), self.end})

    def replace(self, **changes: Any) -> Self:
        """Return the scenario with some fields changed.

        Raises
        ------
        TypeError, ValueError
            As the class itself does, for a field it has not and for a value out of range.

        Examples
        --------
        >>> s = Plan(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.replace(end_arr=25).end_arr
        25.0
        """
        return dataclasses.replace(self, **changes)


_OPTIONAL = frozenset(field.name for field in dataclasses.fields(Plan) if "None" in str(field.type))


def _operations(months: Number) -> Ops:
    return NUMPY if isinstance(months, np.ndarray) else FLOATS


def _checked(name: str, value: Any, allowed: pd.Interval[Any]) -> float | None:
    if value is None and name in _OPTIONAL:
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{name} is {value!r}: give a number in {allowed}")
    number = float(value)
    if number not in allowed:
        raise ValueError(f"{name} is {number:g}: it must be in {allowed}")
    return number
