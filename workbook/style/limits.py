"""How much a chart can hold, and which rows it leaves out where there are more."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import words
from workbook.words import Language

__all__ = ["MOST_LINES", "MOST_ROWS", "newest", "within"]

MOST_ROWS = 5000
"""Rows of a table that Altair lets into a chart; with more it raises an error."""
MOST_LINES = 500
"""Items of a chart that gives each a line of its own: more are no chart but a scroll."""


def newest(
    rows: pd.DataFrame, days: pd.Series[Any], lang: Language = "en", most: int | None = None
) -> tuple[pd.DataFrame, str]:
    """Return the newest rows, in their order, and a sentence for the subtitle on those left out.

    Parameters
    ----------
    rows
        The items of a chart.
    days
        The day of each; one without a day is the oldest.
    lang
        "en" or "zh", for every text of the chart.
    most
        How many to keep; None keeps `MOST_LINES`.

    Examples
    --------
    >>> rows = pd.DataFrame({"day": pd.to_datetime(["2026-01-01", "2024-01-01", "2025-01-01"])})
    >>> kept, note = newest(rows, rows["day"], most=2)
    >>> list(kept.index), note
    ([0, 2], ' Drawn: the newest 2 of 3; the others are left out.')
    """
    most = MOST_LINES if most is None else most
    if len(rows) <= most:
        return rows, ""
    places = days.reset_index(drop=True).sort_values(ascending=False, kind="stable").index[:most]
    note = words.text("sources.newest", lang, shown=most, whole=len(rows))
    return rows.iloc[sorted(places)], note


def within(chart: Any, cuts: dict[int, tuple[pd.DataFrame, str]], lang: Language) -> Any:
    """Return a chart without the rows that are too many for one, the oldest of each table."""
    data = chart.data
    if isinstance(data, pd.DataFrame) and len(data) > MOST_ROWS:
        if id(data) not in cuts:  # layers of one table keep one table
            dated = data.select_dtypes("datetime")
            days = dated.max(axis=1) if len(dated.columns) else pd.Series(pd.NaT, index=data.index)
            cuts[id(data)] = newest(data, days, lang, MOST_ROWS)
        chart = chart.copy(deep=False)
        chart.data = cuts[id(data)][0]
    if isinstance(chart, alt.LayerChart):
        layers = [within(layer, cuts, lang) for layer in chart.layer]
        if any(new is not old for new, old in zip(layers, chart.layer, strict=True)):
            chart = chart.copy(deep=False)
            chart.layer = layers
    return chart
