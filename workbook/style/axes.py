"""Scales and axes that more than one chart has: time, months, billions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from workbook import words
from workbook.words import Language, billions

__all__ = ["billions_axis", "month_axis", "span"]


def span(first: dt.date | pd.Timestamp, last: dt.date | pd.Timestamp) -> alt.Scale:
    """Return the scale of a time axis that runs from one day to another.

    Both ends are given by themselves, in milliseconds: the Vega-Lite 5 of JupyterLab takes a `domain` of
    dates for two different domains as soon as a bar has a start and an end on that axis.

    Parameters
    ----------
    first
        First day.
    last
        Last day.

    Examples
    --------
    >>> span(dt.date(1970, 1, 2), dt.date(1970, 1, 3)).to_dict()
    {'domainMax': 172800000, 'domainMin': 86400000}
    """
    ends = [int(pd.Timestamp(day).timestamp() * 1000) for day in (first, last)]
    return alt.Scale(domainMin=ends[0], domainMax=ends[1])


def billions_axis(lang: Language = "en", **options: Any) -> alt.Axis:
    """Return an axis for amounts held in billions, labelled in the unit of `billions`.

    Parameters
    ----------
    lang
        "en" or "zh", for every text of the chart.
    **options
        Passed on to `altair.Axis`.

    Examples
    --------
    >>> billions_axis("zh").to_dict()
    {'labelExpr': "format(10 * datum.value, ',')"}
    """
    _, scale = billions("RMB", lang)
    if scale != 1:
        options["labelExpr"] = f"format({scale} * datum.value, ',')"
    return alt.Axis(**options)


def month_axis(lang: Language = "en", **options: Any) -> alt.Axis:
    """Return a time axis whose every label says the month and the year.

    Parameters
    ----------
    lang
        "en" or "zh", for every text of the chart.
    **options
        Passed on to `altair.Axis`.

    Examples
    --------
    >>> month_axis("zh", tickCount="month").to_dict()
    {'format': '%Y年%-m月', 'labelOverlap': True, 'labelSeparation': 8, 'tickCount': 'month'}
    """
    form = words.entry("form.axis_month", lang)
    return alt.Axis(format=form, labelOverlap=True, labelSeparation=8, **options)
