"""What the what-if draws, with a kernel or without: fan, guidance, path, observations, other companies."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from workbook import style, words
from workbook.arr import Scenario, signals
from workbook.commercialization import series
from workbook.commercialization.run_rate import arr_points
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

__all__ = [
    "BANDS",
    "FAN_SHARES",
    "PATH",
    "STEPS",
    "axis_params",
    "comparable_lines",
    "field_values",
    "figure_params",
    "layers_of",
    "least_top",
    "level_axis",
    "time_axis",
    "top",
]

STEPS = 16
"""Pieces of the path; enough for a smooth curve, few enough to be redrawn within a frame."""
FAN_SHARES = (0, 0.005, 0.034, 0.148, 0.422, 0.573, 0.904, 1)
"""Where the fan's levels are searched for, as shares of the way: close together at the start, where it opens
fastest, and with one near the end, which gives the curve its slope there. Placed by a search for the least
error of the drawn curve; a test holds it to one pixel, and to 1.8 with the largest volatilities assumed."""
BANDS = {(0.05, 0.95): 0.16, (0.25, 0.75): 0.26}
"""Opacity of each band of the fan, by its two probabilities."""
PATH = style.CATEGORIES[0]
"""Colour of the scenario: path, fan and handles."""


def field_values(scenario: Scenario) -> dict[str, Any]:
    """Return the fields of a scenario as Vega takes them: dates as ISO text.

    Examples
    --------
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> field_values(s)["start"], field_values(s)["target"]
    ('2026-06-30', None)
    """
    values = dataclasses.asdict(scenario)
    del values["currency"]
    return values | {"start": str(scenario.start), "end": str(scenario.end)}


def figure_params(guided: Scenario) -> list[alt.Parameter]:
    """Return the figures as parameters, each an expression of the fields and of those before it.

    `guided_p_target` is the chance that the guidance has of the level asked for.
    """
    written = signals.figures() | signals.chance(guided, "guided_", "target_asked")
    return [alt.param(name=name, expr=text) for name, text in written.items()]


def layers_of(book: Dossier, guided: Scenario, lang: Language) -> list[alt.Chart | alt.LayerChart]:
    """Draw fan, guidance, path and observations from parameters named like the fields, `top` and `months`.

    The level axis runs from 0 to the parameter `top`.
    """
    unit = f"{guided.currency} bn"
    x, y = time_axis(lang), level_axis(unit, lang)
    shares = pd.DataFrame({"share": FAN_SHARES})
    levels = pd.DataFrame({"probability": [level for band in BANDS for level in band]})
    bands = [
        alt.Chart()
        .transform_filter(f"datum.probability == {low} || datum.probability == {high}")
        .transform_aggregate(low="min(quantile)", high="max(quantile)", groupby=["date"])
        .mark_area(opacity=opacity, color=PATH, clip=True, interpolate="monotone", tooltip=None)
        .encode(x=x, y=level_axis(unit, lang, "low"), y2="high:Q")
        for (low, high), opacity in BANDS.items()
    ]
    searched = signals.date_after("datum.share") | signals.fan("datum.probability")
    # Both bands share one search for the levels.
    fan = alt.LayerChart(
        layer=bands,
        # A row that has all its fields from the start is read several times faster by a browser than one
        # that gains them one by one.
        data=shares.merge(levels, how="cross").assign(**dict.fromkeys(searched, 0)),
        transform=_calculated(searched),
    )
    path = alt.Chart(
        pd.DataFrame({"share": [step / STEPS for step in range(STEPS + 1)]}),
        transform=_calculated(signals.date_after("datum.share") | {"arr": signals.level("datum.t")}),
    )
    guidance = guided.path()[["date", "arr"]].round({"arr": 6})
    layers: list[alt.Chart | alt.LayerChart] = [
        fan,
        alt.Chart(guidance)
        .mark_line(strokeDash=[5, 4], color=COLORS["guidance"], strokeWidth=1.4, clip=True)
        .encode(x=x, y=y),
        path.mark_line(color=PATH, strokeWidth=2.5, clip=True, interpolate="monotone").encode(x=x, y=y),
    ]
    return [*layers, *_stated(arr_points(book, lang), x, y, lang)]


def _calculated(texts: Mapping[str, str]) -> list[alt.CalculateTransform]:
    return [alt.CalculateTransform(calculate=text, **{"as": name}) for name, text in texts.items()]


def axis_params(book: Dossier, guided: Scenario, *also: str) -> list[alt.Parameter]:
    """Return both ends of the time axis: what was observed, the guidance and the scenario, with some room.

    `also` are names of parameters with a day as ISO text, or null, to have on it as well.
    """
    points = arr_points(book)["date"]
    ends = [
        f"'{day}'" for day in (min(points.dt.date.min(), guided.start), max(points.dt.date.max(), guided.end))
    ]
    low, high = (signals.local_day(end) for end in ends)
    days = [signals.local_day(end) for end in ("start", "end")]
    days += [f"(isValid({name}) ? {signals.local_day(name)} : {low})" for name in also]
    first, last = f"min({', '.join([low, *days])})", f"max({', '.join([high, *days])})"
    room = f"0.04 * ({last} - {first})"
    return [
        alt.param(name="first_day", expr=f"{first} - {room}"),
        alt.param(name="last_day", expr=f"{last} + {room}"),
    ]


def comparable_lines(table: pd.DataFrame, unit: str, lang: Language) -> alt.Chart:
    """Draw other companies' windows from the scenario's own start, where `compared` names them."""
    lines = alt.Chart(table).transform_filter(
        "datum.t <= months && (compared == 'all' || compared == datum.company)"
    )
    lines = lines.transform_calculate(
        arr="start_arr * datum.multiple",
        utc="time(toDate(start)) + datum.t / months * (toDate(end) - toDate(start))",
    ).transform_calculate(date=signals.local_day("datum.utc"))
    drawn: alt.Chart = lines.mark_line(
        color=COLORS["derived"],
        strokeWidth=1,
        opacity=0.7,
        clip=True,
        point=alt.OverlayMarkDef(size=9, color=COLORS["derived"]),
    ).encode(
        x=time_axis(lang),
        y=level_axis(unit, lang),
        detail="window:N",
        tooltip=[
            alt.Tooltip("window:N"),
            alt.Tooltip("multiple:Q", format=".2f"),
            alt.Tooltip("t:Q", format=".1f"),
        ],
    )
    return drawn


def time_axis(lang: Language, field: str = "date") -> alt.X:
    """Return the time axis, between the parameters `first_day` and `last_day`."""
    return alt.X(
        f"{field}:T",
        title=None,
        # A tick a month, as long as there is room for it.
        axis=style.month_axis(lang, tickCount=alt.ExprRef("last_day - first_day > 1e11 ? 8 : 'month'")),
        scale=alt.Scale(domain=[alt.ExprRef("first_day"), alt.ExprRef("last_day")], nice=False),
    )


def level_axis(unit: str, lang: Language, field: str = "arr") -> alt.Y:
    """Return the level axis, from 0 to the parameter `top`."""
    shown, _ = style.billions(unit.split()[0], lang)
    return alt.Y(
        f"{field}:Q",
        title=words.titled(words.text("run_rate.axis", lang), shown, lang),
        axis=style.billions_axis(lang, minExtent=40),
        scale=alt.Scale(domain=[0, alt.ExprRef("top")], nice=False),
    )


def least_top(guided: Scenario, points: pd.DataFrame) -> float:
    """Return the end of the level axis where nothing is higher than the guidance and what was observed."""
    return max(2 * guided.end_arr, 1.2 * float(points["value"].max()))


def top(guided: Scenario, points: pd.DataFrame, *also: str) -> str:
    """Write the end of the level axis: what `least_top` gives, or more for a scenario that is higher.

    `also` are expressions of levels to have on it as well.

    Examples
    --------
    >>> s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30)
    >>> top(s, pd.DataFrame({"value": [16.0]}), "1.1 * highest")
    'max(60, 1.35 * max(start_arr, end_arr), 1.1 * highest)'
    """
    return f"max({', '.join([f'{least_top(guided, points):g}', '1.35 * max(start_arr, end_arr)', *also])})"


def _stated(points: pd.DataFrame, x: alt.X, y: alt.Y, lang: Language) -> list[alt.Chart]:
    """Draw targets and observations as what they are: exact or a bound."""
    data = points.rename(columns={"value": "arr"})[
        ["date", "kind", "arr", "bound", "figure", "mark", "statement", "grade", "source"]
    ]
    data = data.astype({"statement": "str", "grade": "str", "source": "str"})
    shape = series.shape(lang, data["bound"], legend=False)
    return [
        alt.Chart(data[data["kind"] == kind])
        .mark_point(size=220, opacity=1, strokeWidth=2, color=COLORS[kind])
        .encode(x=x, y=y, shape=shape, tooltip=series.tooltip())
        for kind in ("guidance", "actual")
        if (data["kind"] == kind).any()
    ] + [
        # The footer explains the mark, so it has to stand here too.
        alt.Chart(rows[["date", "arr", "mark"]])
        .mark_text(align="left", dx=10, dy=-4, color=COLORS[str(kind)])
        .encode(x=x, y=y, text="mark:N")
        for kind, rows in data[data["mark"] != ""].groupby("kind", observed=True)
    ]
