"""The drawing of the panel: the layers of the kernel-free what-if, moved from outside, and its own."""

from __future__ import annotations

import altair as alt
import pandas as pd

from workbook import style
from workbook.arr import Scenario, signals
from workbook.commercialization import layers
from workbook.commercialization.controls import start_scenario
from workbook.commercialization.run_rate import arr_points
from workbook.dossier import Dossier
from workbook.style import COLORS, Language
from workbook.whatif.settings import LABEL, SAVED_ROOM

__all__ = ["panel_chart"]


def panel_chart(book: Dossier, table: pd.DataFrame, *, lang: Language = "en") -> alt.LayerChart:
    """Return the drawing of the what-if panel, without words around it.

    Its parameters are the fields of a scenario, `compared` (whose windows of `table`, as from `comparables`,
    to draw: a company, "all" or ""), `saved_first` and `saved_last` (days the time axis has to have, as ISO
    text), `saved_highest` (a level that the level axis has to have) and `held_top` (where the level axis ends
    while a hand moves, or null). Its data sets `saved` (name, color, day, arr) and `simulated` (date, low,
    mid, high) are filled from outside; marks with a `handle` are there to be dragged.

    Examples
    --------
    >>> import workbook as wb
    >>> from workbook.commercialization.windows import comparables
    >>> book = wb.open()
    >>> sorted(panel_chart(book, comparables(book)).to_dict()["datasets"])[-2:]
    ['saved', 'simulated']
    """
    scenario, _ = start_scenario(book)
    drawn = layers.layers_of(book, scenario, lang)
    if len(table):
        drawn.insert(1, layers.comparable_lines(table, f"{scenario.currency} bn", lang))
    drawn += [*_saved(scenario, lang), *_simulated(scenario, lang), *_handles(scenario, lang)]
    top = layers.top(scenario, arr_points(book), f"{SAVED_ROOM} * saved_highest")
    values = layers.field_values(scenario) | {
        "compared": "",
        "saved_first": None,
        "saved_last": None,
        "saved_highest": 0,
        "held_top": None,
    }
    chart = alt.LayerChart(layer=drawn, datasets={"saved": [], "simulated": []}).add_params(
        *(alt.param(name=name, value=value) for name, value in values.items()),
        alt.param(name="top", expr=f"isValid(held_top) ? held_top : {top}"),
        *layers.axis_params(book, scenario, "saved_first", "saved_last"),
        *layers.figure_params(scenario),
    )
    return chart.properties(width=640, height=330)


def _saved(scenario: Scenario, lang: Language) -> list[alt.Chart]:
    """Draw the saved paths, with their names at their ends, one above the other where the ends are near."""
    unit, x = f"{scenario.currency} bn", layers.time_axis(lang)
    color = alt.Color("color:N", legend=None, scale=None)
    paths = alt.Chart(alt.NamedData(name="saved")).transform_calculate(date=signals.local_day("datum.day"))
    ends = paths.transform_joinaggregate(last="max(date)", groupby=["name"])
    ends = ends.transform_filter("datum.date == datum.last")
    # A name stands at its level, or a line above the name below it, whichever is higher. Counted in lines
    # below its own place, each name's level is at most as high as where it ends up.
    ends = ends.transform_window(
        place="row_number()", sort=[alt.SortField("arr"), alt.SortField("name")], frame=[None, 0]
    )
    ends = ends.transform_calculate(lowered=f"datum.arr - {LABEL} * top * datum.place")
    ends = ends.transform_window(highest="max(lowered)", sort=[alt.SortField("place")], frame=[None, 0])
    ends = ends.transform_calculate(label=f"datum.highest + {LABEL} * top * datum.place")
    return [
        paths.mark_line(strokeWidth=1.6, clip=True).encode(
            x=x, y=layers.level_axis(unit, lang), color=color, detail="name:N"
        ),
        ends.mark_text(align="right", dx=-4, dy=-6, clip=True).encode(
            x=x, y=layers.level_axis(unit, lang, "label"), text="name:N", color=color
        ),
    ]


def _simulated(scenario: Scenario, lang: Language) -> list[alt.Chart]:
    data = alt.Chart(alt.NamedData(name="simulated")).transform_calculate(day=signals.local_day("datum.date"))
    data = data.encode(x=layers.time_axis(lang, "day"))
    return [
        data.mark_line(color=COLORS["ink"], strokeWidth=1.6, strokeDash=dash, clip=True).encode(
            y=layers.level_axis(f"{scenario.currency} bn", lang, field)
        )
        for field, dash in {"low": [2, 2], "mid": [1, 0], "high": [2, 2]}.items()
    ]


def _handles(scenario: Scenario, lang: Language) -> list[alt.Chart]:
    """Draw both ends of the path, to be taken hold of, with their levels."""
    x, y = layers.time_axis(lang), layers.level_axis(f"{scenario.currency} bn", lang)
    handles = alt.Chart(pd.DataFrame({"handle": ["start_arr", "end_arr"]})).transform_calculate(
        date=signals.local_day("datum.handle == 'start_arr' ? start : end"),
        arr="datum.handle == 'start_arr' ? start_arr : end_arr",
    )
    scale = style.billions(scenario.currency, lang)[1]
    # Without its unit: the axis beside it says that.
    figure = f"format({scale} * datum.arr, ',.5~r')"
    return [
        handles.transform_calculate(words=figure)
        .mark_text(align="right", dx=-12, dy=-9, fontWeight="bold", color=layers.PATH)
        .encode(x=x, y=y, text="words:N"),
        handles.mark_point(
            shape="circle", size=170, filled=True, fill=layers.PATH, stroke="white", strokeWidth=2, opacity=1,
            cursor="ns-resize", tooltip=None,
        ).encode(x=x, y=y),
    ]  # fmt: skip
