"""A scenario: two dated run-rate levels, the path between them, and what is assumed about it."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from workbook.arr import formulas
from workbook.arr.calendar import month_ends, months_between
from workbook.arr.operations import FLOATS, NUMPY, Formula, Number, Ops
from workbook.dates import read_day

if TYPE_CHECKING:
    from workbook.arr.exact import Probability
    from workbook.arr.simulate import Simulation


class Shape(NamedTuple):
    """The formulas of one shape of path; each takes both levels, a ceiling if any, and the span first."""

    level: Formula
    revenue: Formula
    months: Formula


SHAPES = {
    "exponential": Shape(formulas.exponential, formulas.revenue_exponential, formulas.months_exponential),
    "linear": Shape(formulas.linear, formulas.revenue_linear, formulas.months_linear),
    "s_curve": Shape(formulas.s_curve, formulas.revenue_s_curve, formulas.months_s_curve),
}

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
    token_price: float = 4.0
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

    def __new__(cls, *_: Any, **fields: Any) -> Scenario:
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
        if not isinstance(self.currency, str) or not self.currency.strip():
            raise ValueError(f"currency is {self.currency!r}: name it, as in 'RMB'")
        if self.shape not in list(SHAPES):
            hint = closest(self.shape, SHAPES)
            raise ValueError(f"shape is {self.shape!r}{hint}: give one of {', '.join(SHAPES)}")
        for name, allowed in RANGES.items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), allowed))
        top = max(self.start_arr, self.end_arr)
        if self.shape == "s_curve" and (self.ceiling is None or self.ceiling <= top):
            raise ValueError(f"ceiling is {self.ceiling}: an s_curve needs one above both levels, {top:g}")
        # Relative to the total, growing applications weigh most at one of the path's two ends.
        apps = self._apps(FLOATS, self.end_arr, self.months)
        if apps > self.end_arr * (1 + 1e-12):
            first = self.start_arr * self.apps_share
            most = formulas.apps_growth_needed(FLOATS, self.end_arr, 0.0, first, self.months)
            raise ValueError(
                f"apps_cmgr is {self.apps_cmgr}: the applications alone would be at {apps:g} on {self.end}; "
                f"at most {most:.6g} keeps them within {self.end_arr:g}"
            )

    # The plan ----------------------------------------------------------------------------------------------

    @property
    def months(self) -> float:
        """Months from `start` to `end`.

        Examples
        --------
        >>> Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30).months
        6.0
        """
        return months_between(self.start, self.end)

    @property
    def ends(self) -> tuple[float, ...]:
        """The path's own arguments: both levels, the ceiling of an S-curve, and the months between."""
        if self.shape == "s_curve" and self.ceiling is not None:
            return self.start_arr, self.end_arr, self.ceiling, self.months
        return self.start_arr, self.end_arr, self.months

    def level(self, months: Number) -> Number:
        """Return the planned ARR some months after `start`, in bn; `months` is a float or an array.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, shape="linear")
        >>> s.level(3.0)
        20.0
        """
        o = _operations(months)
        # The last level is given: working it out again would round it.
        return o.where(
            months == self.months,
            lambda: self.end_arr,
            lambda: SHAPES[self.shape].level(o, *self.ends, months),
        )

    def drivers(self, months: Number) -> tuple[Number, Number]:
        """Return the planned ARR of model services and of applications, which add up to `level` exactly.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.drivers(0.0)
        (6.0, 4.0)
        """
        o = _operations(months)
        total = self.level(months)
        services = o.positive(formulas.services(o, total, self._apps(o, total, months)))
        # Of the two differences the one that leaves the larger part is rounded and the other one is exact
        # (Sterbenz's lemma), so the parts add up to the total to the last bit.
        return services, total - services

    def medians(self, months: Number) -> tuple[Number, Number]:
        """Return the median of both drivers in the uncertain forecast, in bn.

        The plan's own path, except for a driver whose growth is expected to differ (`services_growth`,
        `apps_growth`).

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, apps_growth=0.0)
        >>> s.medians(6.0)
        (18.0, 4.0)
        """
        o = _operations(months)
        services, apps = self.drivers(months)
        if self.services_growth is not None:
            start = self.start_arr * (1 - self.apps_share)
            services = formulas.level_reached(o, start, self.services_growth, months)
        if self.apps_growth is not None:
            apps = formulas.apps(o, self.start_arr, self.apps_share, self.apps_growth, months)
        return services, apps

    def dates(self) -> list[date]:
        """List the start, the month ends and the end.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-08-20", start_arr=10, end_arr=16)
        >>> [str(day) for day in s.dates()]
        ['2026-06-30', '2026-07-31', '2026-08-20']
        """
        return sorted({self.start, *month_ends(self.start, self.end), self.end})

    def path(self) -> pd.DataFrame:
        """Tabulate the planned ARR and its two drivers at the start, at every month end and at the end.

        Returns
        -------
        pandas.DataFrame
            date (datetime64), arr, services, apps (bn, annualised; units in `attrs["units"]`). services and
            apps add up to arr exactly.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-08-31", start_arr=10, end_arr=14, shape="linear")
        >>> s.path()
                date   arr  services  apps
        0 2026-06-30  10.0       6.0   4.0
        1 2026-07-31  12.0       7.2   4.8
        2 2026-08-31  14.0       8.4   5.6
        """
        dates = self.dates()
        months = np.array([months_between(self.start, day) for day in dates])
        services, apps = self.drivers(months)
        table = pd.DataFrame(
            {"date": pd.to_datetime(dates), "arr": self.level(months), "services": services, "apps": apps}
        )
        table.attrs["units"] = dict.fromkeys(("arr", "services", "apps"), f"{self.currency} bn")
        return table

    # The figures -------------------------------------------------------------------------------------------

    def figures(self) -> dict[str, float]:
        """Return the figures of `summary` as plain floats, for a caller in a hurry.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.figures()["net_new_arr"]
        20.0
        """
        o, start, end, span = FLOATS, self.start_arr, self.end_arr, self.months
        services, apps = self.drivers(span)
        services_start, apps_start = self.drivers(0.0)
        net_new = formulas.net_new_arr(o, start, end)
        revenue = SHAPES[self.shape].revenue(o, *self.ends, 0.0, span)
        return {
            "multiple": formulas.multiple(o, start, end),
            "cmgr": formulas.cmgr(o, start, end, span),
            "annualised_growth": formulas.annualised_growth(o, start, end, span),
            "net_new_arr": net_new,
            "gross_new_arr": formulas.gross_new_arr(o, net_new, self.churn, revenue),
            "recognised_revenue": revenue,
            "tokens_per_day": formulas.tokens_per_day(o, end, self.token_share, self.token_price),
            "p_target": self.p_target(),
            "expansion_arr": formulas.expansion_arr(o, self.churn, self.expansion, revenue),
            "grr": formulas.grr(o, self.churn, span),
            "nrr": formulas.nrr(o, self.churn, self.expansion, span),
            "services_arr": services,
            "apps_arr": apps,
            "services_cmgr": formulas.cmgr(o, services_start, services, span) if services_start else math.nan,
            "apps_cmgr": formulas.cmgr(o, apps_start, apps, span) if apps_start else math.nan,
            "external_share": formulas.external_share(o, end, self.external_revenue or math.nan),
        }

    def summary(self) -> pd.Series[float]:
        """Return the figures an analyst quotes, by name.

        Returns
        -------
        pandas.Series
            multiple (end over start), cmgr (per month), annualised_growth (per year), net_new_arr,
            gross_new_arr, recognised_revenue (bn, over the span), tokens_per_day (a count, at the end),
            p_target (the chance that ARR is at `target` or above on `end`), then expansion_arr (the part of
            gross new ARR from customers already there), grr and nrr over the span, both drivers' ARR at the
            end and their monthly growth, and ARR as a share of external cloud revenue (NaN when that is not
            known). Units are in `attrs["units"]`.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.summary()[["multiple", "cmgr", "recognised_revenue"]].round(4).to_dict()
        {'multiple': 3.0, 'cmgr': 0.2009, 'recognised_revenue': 9.1024}
        """
        summary = pd.Series(self.figures(), name="value")
        summary.attrs["units"] = {
            figure: unit.format(currency=self.currency) for figure, unit in FIGURE_UNITS.items()
        }
        return summary

    def p_target(self, target: float | None = None) -> float:
        """Return the chance that ARR is at the target or above on `end`.

        Parameters
        ----------
        target
            bn; the scenario's own when not given.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> round(s.p_target(), 3), round(s.p_target(20), 3)
        (0.511, 0.995)
        """
        from workbook.arr.exact import p_target

        o, span = FLOATS, self.months
        if target is None:
            target = self.target or self.end_arr
        services, apps = self.medians(span)
        sd_services, sd_apps, sd_retention = (
            formulas.log_sd(o, volatility, span)
            for volatility in (self.volatility_services, self.volatility_apps, self.volatility_retention)
        )
        return p_target(services, apps, sd_services, sd_apps, self.correlation, sd_retention, target)

    # What if -----------------------------------------------------------------------------------------------

    def replace(self, **changes: Any) -> Scenario:
        """Return the scenario with some fields changed.

        Raises
        ------
        TypeError, ValueError
            As the class itself does, for a field it has not and for a value out of range.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.replace(end_arr=25).end_arr
        25.0
        """
        return dataclasses.replace(self, **changes)

    def compare(self, other: Scenario) -> pd.DataFrame:
        """Set the figures beside those of another scenario.

        Returns
        -------
        pandas.DataFrame
            One row a figure of `summary`: figure, this, other, change (other minus this).

        Raises
        ------
        ValueError
            When the two are in different currencies.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.compare(s.replace(end_arr=25)).loc[3].to_dict()
        {'figure': 'net_new_arr', 'this': 20.0, 'other': 15.0, 'change': -5.0}
        """
        if self.currency != other.currency:
            raise ValueError(
                f"currency is {self.currency} here and {other.currency} there: convert one first"
            )
        this, that = self.summary(), other.summary()
        table = pd.DataFrame({"figure": this.index, "this": this.array, "other": that.array})
        table["change"] = table["other"] - table["this"]
        table.attrs["units"] = this.attrs["units"]
        return table

    def solve(self, field: str, **condition: Any) -> Any:
        """Answer what would have to be true; see `workbook.arr.inverse.solve` for what can be asked.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> round(s.solve("end_arr", cmgr=0.15), 4)
        23.1306
        >>> s.solve("end", level=30, cmgr=0.15)
        datetime.date(2027, 2, 25)
        """
        from workbook.arr.inverse import solve

        return solve(self, field, **condition)

    # Uncertainty -------------------------------------------------------------------------------------------

    def probability(self) -> Probability:
        """Return P(target), the quantile fan and expected shortfall, exact; see `workbook.arr.exact`."""
        from workbook.arr.exact import probability

        return probability(self)

    def simulate(self, paths: int = 100_000, seed: int = 0, **options: Any) -> Simulation:
        """Simulate paths, for what has no closed form; see `workbook.arr.simulate`."""
        from workbook.arr.simulate import simulate

        return simulate(self, paths, seed, **options)

    def _apps(self, o: Ops, total: Number, months: Number) -> Number:
        if self.apps_cmgr is None:
            return total * self.apps_share
        return formulas.apps(o, self.start_arr, self.apps_share, self.apps_cmgr, months)


FIGURE_UNITS = {
    "multiple": "times",
    "cmgr": "per month",
    "annualised_growth": "per year",
    "net_new_arr": "{currency} bn",
    "gross_new_arr": "{currency} bn",
    "recognised_revenue": "{currency} bn",
    "tokens_per_day": "tokens a day",
    "p_target": "probability",
    "expansion_arr": "{currency} bn",
    "grr": "share",
    "nrr": "share",
    "services_arr": "{currency} bn",
    "apps_arr": "{currency} bn",
    "services_cmgr": "per month",
    "apps_cmgr": "per month",
    "external_share": "share",
}

_OPTIONAL = frozenset(field.name for field in dataclasses.fields(Scenario) if "None" in str(field.type))


def closest(word: object, words: Iterable[str]) -> str:
    """Say which of the words was probably meant, or nothing.

    Examples
    --------
    >>> closest("end_ar", ["start_arr", "end_arr"])
    " (did you mean 'end_arr'?)"
    """
    close = difflib.get_close_matches(str(word), list(words), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


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
