"""The look of every chart: fonts, the palette, the marks of a bound, and the theme that Altair is given."""

from __future__ import annotations

from typing import Any, cast

import altair as alt

__all__ = ["BOUND_SHAPES", "CATEGORIES", "COLORS", "FONT", "GRADE_COLORS", "enable", "theme", "themed"]

FONT = "'Source Sans 3', 'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', Arial, sans-serif"
COLORS = {
    "actual": "#1f5a8a",  # what was reported
    "guidance": "#c8641b",  # what the company said would come
    "recast": "#6c9bbf",  # reported again on another basis
    "derived": "#8a8f98",  # computed by us
    "ink": "#222831",
    "muted": "#6b7280",
    "grid": "#e5e7eb",
    "alert": "#b3261e",
    "good": "#2e7d4f",
}
"""Colours by meaning; a colour means the same thing in every chart."""
GRADE_COLORS = {
    "reported": "#1f5a8a",
    "guidance": "#c8641b",
    "press": "#5b8c85",
    "derived": "#8a8f98",
    "opinion": "#9b7fb0",
    "illustration": "#c9c0a8",
    "assumption": "#d7d7d7",
}
CATEGORIES = ["#0f766e", "#7b5ea7", "#b58a00", "#4a8fa8", "#a8475c", "#6a994e", "#374151", "#b08968"]
"""For categories without a meaning of their own; distinguishable with the common colour-vision defects."""

BOUND_SHAPES = {
    "exact": "circle",
    # A floor with an arrow up, a ceiling with an arrow down: the figure may lie anywhere that way.
    "at_least": "M-1,0L1,0M0,0L0,-2.4M-0.6,-1.7L0,-2.4L0.6,-1.7",
    "at_most": "M-1,0L1,0M0,0L0,2.4M-0.6,1.7L0,2.4L0.6,1.7",
    "about": "diamond",
    # A bracket from the low end upwards: the range has an upper end.
    "between": "M-1,0L1,0M0,0L0,-2.4M-1,-2.4L1,-2.4",
}


def _theme() -> alt.theme.ThemeConfig:
    """Return the look of every chart, registered with Altair as "workbook"; `enable` switches it on."""
    text: Any = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelColor": COLORS["ink"],
        "titleColor": COLORS["muted"],
    }
    config: Any = {
        "config": {
            "background": "white",
            "font": FONT,
            "padding": 12,
            "view": {"stroke": None, "continuousWidth": 640, "continuousHeight": 320},
            "title": {
                "anchor": "start",
                "frame": "group",
                "fontSize": 16,
                "fontWeight": 600,
                "color": COLORS["ink"],
                "subtitleColor": COLORS["muted"],
                "subtitleFontSize": 12,
                "subtitlePadding": 4,
                "offset": 14,
            },
            "axis": {
                **text,
                "labelFontSize": 11,
                "titleFontSize": 11,
                "titleFontWeight": "normal",
                "gridColor": COLORS["grid"],
                "domainColor": COLORS["muted"],
                "tickColor": COLORS["muted"],
                "labelLimit": 260,
            },
            "axisX": {"labelAngle": 0, "labelOverlap": True},
            "legend": {**text, "labelFontSize": 11, "titleFontSize": 11, "orient": "top", "labelLimit": 320},
            "header": {**text, "labelFontSize": 12, "titleFontSize": 12},
            "range": {"category": CATEGORIES},
            "text": {"font": FONT, "fontSize": 11, "color": COLORS["ink"]},
        }
    }
    return cast("alt.theme.ThemeConfig", config)


theme = alt.theme.register("workbook", enable=False)(_theme)


def enable() -> None:
    """Switch the chart theme on for this session; `%load_ext workbook` does so too.

    Importing the library changes no global state, so a script that wants the look asks for it.

    Examples
    --------
    >>> enable()
    >>> alt.theme.active
    'workbook'
    """
    alt.theme.enable("workbook")


def themed() -> Any:
    """Return a context in which charts get the theme, leaving the session's own choice alone.

    Examples
    --------
    >>> with themed():
    ...     inside = alt.theme.active
    >>> inside
    'workbook'
    """
    return alt.theme.enable("workbook")
