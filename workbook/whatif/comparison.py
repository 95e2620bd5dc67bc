"""Figures side by side: of the scenario, of the guidance and of saved scenarios."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from workbook.arr import Scenario
from workbook.whatif.folder import COLUMNS

__all__ = ["beside_guidance", "beside_saved", "known"]


def beside_guidance(now: Scenario, guidance: Scenario) -> pd.DataFrame:
    """Return figure, unit, guidance, now and change; the chance is of the same level in both.

    Examples
    --------
    >>> plan = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> beside_guidance(plan.replace(end_arr=25), plan).head(1)
         figure   unit  guidance  now  change
    0  multiple  times       3.0  2.5    -0.5
    """
    rows = guidance.replace(target=now.target or now.end_arr).compare(now)
    units = now.summary().attrs["units"]
    return pd.DataFrame(
        {
            "figure": rows["figure"],
            "unit": rows["figure"].map(units),
            "guidance": rows["this"],
            "now": rows["other"],
            "change": rows["change"],
        }
    )


def known(names: tuple[str, ...], saved: Collection[str]) -> tuple[str, ...]:
    """Return the names; KeyError when there is no saved scenario of one of them."""
    for name in names:
        if name not in saved:
            raise KeyError(f"no saved scenario {name!r}: there is {', '.join(saved) or 'none'}")
    return names


def beside_saved(table: pd.DataFrame, saved: dict[str, Scenario]) -> pd.DataFrame:
    """Return a table of `beside_guidance` without the change, and with a column for each saved scenario."""
    beside = table[list(COLUMNS)]
    for name, scenario in saved.items():
        beside[name] = scenario.summary().array
    return beside
