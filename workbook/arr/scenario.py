"""A scenario: two dated run-rate levels, the path between them, what is assumed about it, and what follows.

Modules import one way: `formulas`, then `figures`, `plan`, then `chance`, `simulate` and `inverse`, whose
functions take a plan, then this module, which makes them methods, then what compares many scenarios
(`swings`, `grid`, `sweeps`, `store`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbook.arr import chance, figures, inverse, simulate
from workbook.arr.calendar import months_between
from workbook.arr.figures import FIGURE_UNITS
from workbook.arr.operations import FLOATS
from workbook.arr.plan import RANGES, SHAPES, Plan

__all__ = ["FIGURE_UNITS", "RANGES", "SHAPES", "Scenario"]


class Scenario(Plan):
    """Two dated levels of annualised recurring revenue, the path between them, and the assumptions."""

    # The figures -------------------------------------------------------------------------------------------

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
        table.attrs["units"] = dict.fromkeys(("arr", "services", "apps"), self.unit)
        return table

    def figures(self) -> dict[str, float]:
        """Return the figures of `summary` as plain floats, without building a table.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.figures()["net_new_arr"]
        20.0
        """
        return figures.figures(FLOATS, self.fields)

    def summary(self) -> pd.Series[float]:
        """Return the figures an analyst quotes, by name.

        Returns
        -------
        pandas.Series
            multiple (end over start), cmgr (per month), annualised_growth (per year), net_new_arr,
            gross_new_arr, recognised_revenue (bn, over the span), tokens_per_day (a count, at the end; NaN
            without a price),
            p_target (the chance that ARR is at `target` or above on `end`), then expansion_arr (the part of
            gross new ARR from customers already there), grr and nrr over the span, both drivers' ARR at the
            end and their monthly growth, and ARR as a share of external revenue (NaN when that is not
            known). Units are in `attrs["units"]`.

        Examples
        --------
        >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
        >>> s.summary()[["multiple", "cmgr", "recognised_revenue"]].round(4).to_dict()
        {'multiple': 3.0, 'cmgr': 0.2009, 'recognised_revenue': 9.1024}
        """
        summary = pd.Series(self.figures(), name="value")
        summary.attrs["units"] = {
            figure: unit.format(money=self.unit) for figure, unit in FIGURE_UNITS.items()
        }
        return summary

    # What if -----------------------------------------------------------------------------------------------

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
        if self.currency and other.currency and self.currency != other.currency:
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
        return inverse.solve(self, field, **condition)

    # Uncertainty -------------------------------------------------------------------------------------------

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
        fields = self.fields if target is None else self.fields._replace(target=target)
        return float(figures.p_target(FLOATS, fields))

    def probability(self) -> chance.Probability:
        """Return P(target), the quantile fan and expected shortfall; see `workbook.arr.chance`."""
        return chance.probability(self)

    def simulate(self, paths: int = 100_000, seed: int = 0, **options: Any) -> simulate.Simulation:
        """Simulate paths, for what has no closed form; see `workbook.arr.simulate`."""
        return simulate.simulate(self, paths, seed, **options)
