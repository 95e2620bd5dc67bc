"""The what-if that needs no kernel: one chart whose figures its reader's browser works out again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

import altair as alt
import pandas as pd

from workbook import facts, style
from workbook.arr import Scenario, months_between, signals
from workbook.commercialization import series
from workbook.commercialization.controls import (
    SHAPES,
    Control,
    Readout,
    controls,
    readouts,
    start_scenario,
)
from workbook.commercialization.run_rate import arr_points, scope
from workbook.dossier import Dossier
from workbook.style import COLORS, Language
from workbook.words import text, titled

STEPS = 16
"""Pieces of the path; enough for a smooth curve, few enough to be redrawn within a frame."""
FAN_SHARES = (0, 0.005, 0.034, 0.148, 0.422, 0.573, 0.904, 1)
"""Where the fan's levels are searched for, as shares of the way: close together at the start, where it opens
fastest, and with one near the end, which gives the curve its slope there. Placed by a search for the least
error of the drawn curve; a test holds it to one pixel, and to 1.8 with the largest volatilities assumed."""
_BANDS = {(0.05, 0.95): 0.16, (0.25, 0.75): 0.26}
_PATH = style.CATEGORIES[0]


def whatif_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the guidance as a chart to play with: every assumption is a control, the level asked for a line.

    Path, fan, figures and P(target), the chance of being at the red line or above at the end, are computed in
    the browser by the formulas of `workbook.arr`, without a kernel or a network: in JupyterLab, in a page
    saved with `chart.save("x.html", inline=True)`, in a report. The line is dragged.

    Raises
    ------
    ValueError
        As `guidance`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = whatif_chart(wb.open(as_of="2026-06-30")).to_dict()
    >>> [parameter["name"] for parameter in spec["params"] if "bind" in parameter][:4]
    ['start', 'start_arr', 'end', 'end_arr']
    """
    scenario, claims = start_scenario(book)
    points = arr_points(book)
    unit = f"{scenario.currency} bn"
    guided_top = _top(scenario, points)
    # A band to hold, with the level asked for in its middle. No button is the tenth: a click beside the band
    # draws no other one.
    grip = guided_top / 30
    asked = scenario.target or scenario.end_arr
    drag = alt.selection_interval(
        name="drag",
        encodings=["y"],
        value={"y": [asked - grip, asked + grip]},
        on="[mousedown[event.button > 9], window:mouseup] > window:mousemove!",
        clear=False,
        zoom=False,
        mark=alt.BrushConfig(
            fill=COLORS["alert"], fillOpacity=0.08, stroke="transparent", cursor="ns-resize"
        ),
    )
    shown = {control.field: control for control in controls(book, lang) if control.field != "target"}
    fields: list[alt.Parameter] = []
    for control in shown.values():
        fields += _bound(control, scenario, lang)
    fields += [
        alt.param(name=name, value=value)
        for name, value in field_values(scenario).items()
        if name not in {*shown, "target"}
    ]
    others = comparables(book)
    if len(others):
        everyone = f"{_NOBODY[lang][1]} ({shown_of(others, lang)})"
        names = {"": _NOBODY[lang][0], "all": everyone} | {name: name for name in others["company"]}
        select = alt.binding_select(options=list(names), labels=list(names.values()), name=_NOBODY[lang][2])
        fields.append(alt.param(name="compared", value="", bind=select))
    target = alt.param(name="target", expr=f"isValid(drag.arr) ? (drag.arr[0] + drag.arr[1]) / 2 : {asked:g}")
    top = alt.param(name="top", expr=f"max({guided_top:g}, 1.35 * max(start_arr, end_arr))")
    layers = layers_of(book, scenario, lang)
    if len(others):
        layers.insert(1, comparable_lines(others, unit, lang))
    shown_figures = readouts(scenario, lang)
    layers += _table(scenario, shown_figures, lang)
    # Last, so that nothing lies over the band and takes the pointer.
    line = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(arr="target")
    layers.append(
        line.mark_rule(color=COLORS["alert"], strokeWidth=1.6).encode(y=_y(unit, lang)).add_params(drag)
    )
    chart = alt.LayerChart(layer=layers).add_params(
        *fields, target, top, *axis_params(book, scenario), *figure_params(scenario)
    )
    return style.dress(
        chart,
        title=title
        or _finding(facts.named(book, scope(points), lang), scenario.figures(), scenario.months, lang),
        subtitle=_NOTE[lang],
        lang=lang,
        footer=facts.footer(book, [*claims, *points["claim"]], lang),
        description=(
            f"Run rate from {scenario.start_arr:g} to {scenario.end_arr:g} {unit} with a fan. Controls "
            "for dates, levels, shape and assumptions, and a line to drag, recompute path, fan and figures."
        ),
        width=560,
        height=300,
        below=66 + _LINE * len(shown_figures),
    )


_NOBODY = {
    "en": ("none", "all", "Other companies' growth from the same start "),
    "zh": ("不显示", "全部", "其他公司自同一起点的增长 "),
}
_NOTE = {
    "en": "Orange: the guidance. Blue: what was observed. Shaded: 5 to 95% and 25 to 75% of outcomes. "
    "Controls below; drag the red line to ask for another level.",
    "zh": "橙色为指引；蓝色为已披露值；阴影为5–95%与25–75%区间。下方控件可改；拖动红线询问其他水平。",
}


def panel_chart(book: Dossier, table: pd.DataFrame, *, lang: Language = "en") -> alt.LayerChart:
    """Return the drawing of the what-if panel: the same layers, moved from outside, without words around.

    Its parameters are the fields of a scenario, `top` (end of the level axis), `compared` (whose windows of
    `table`, as from `comparables`, to draw: a company, "all" or "") and `saved_first` and `saved_last` (days
    the time axis has to have). Its data sets `saved` (name, color, date, arr, and label, the level its name
    stands at) and `simulated` (date, low, mid, high) are filled from outside; marks with a `handle` are there
    to be dragged.

    Examples
    --------
    >>> import workbook as wb
    >>> book = wb.open()
    >>> sorted(panel_chart(book, comparables(book)).to_dict()["datasets"])[-2:]
    ['saved', 'simulated']
    """
    scenario, _ = start_scenario(book)
    points = arr_points(book)
    unit = f"{scenario.currency} bn"
    x, y = _x(lang), _y(unit, lang)
    layers = layers_of(book, scenario, lang)
    if len(table):
        layers.insert(1, comparable_lines(table, unit, lang))
    color = alt.Color("color:N", legend=None, scale=None)
    saved = alt.Chart(alt.NamedData(name="saved"))
    simulated = alt.Chart(alt.NamedData(name="simulated")).encode(x=x)
    names = saved.transform_joinaggregate(last="max(date)", groupby=["name"])
    names = names.transform_filter("datum.date == datum.last")
    handles = alt.Chart(pd.DataFrame({"handle": ["start_arr", "end_arr"]})).transform_calculate(
        date=signals.local_day("datum.handle == 'start_arr' ? start : end"),
        arr="datum.handle == 'start_arr' ? start_arr : end_arr",
    )
    figure = "format(10 * datum.arr, ',.5~r') + '亿'" if lang == "zh" else "format(datum.arr, ',.5~r')"
    layers += [
        saved.mark_line(strokeWidth=1.6, clip=True).encode(x=x, y=y, color=color, detail="name:N"),
        names.mark_text(align="right", dx=-4, dy=-6, clip=True).encode(
            x=x, y=_y(unit, lang, "label"), text="name:N", color=color
        ),
        *(
            simulated.mark_line(color=COLORS["ink"], strokeWidth=1.6, strokeDash=dash, clip=True).encode(
                y=_y(unit, lang, field)
            )
            for field, dash in {"low": [2, 2], "mid": [1, 0], "high": [2, 2]}.items()
        ),
        handles.transform_calculate(words=figure)
        .mark_text(align="right", dx=-12, dy=-9, fontWeight="bold", color=_PATH)
        .encode(x=x, y=y, text="words:N"),
        handles.mark_point(
            shape="circle", size=170, filled=True, fill=_PATH, stroke="white", strokeWidth=2, opacity=1,
            cursor="ns-resize", tooltip=None,
        ).encode(x=x, y=y),
    ]  # fmt: skip
    fields = [alt.param(name=name, value=value) for name, value in field_values(scenario).items()]
    chart = alt.LayerChart(layer=layers, datasets={"saved": [], "simulated": []}).add_params(
        *fields,
        alt.param(name="top", value=_top(scenario, points)),
        alt.param(name="compared", value=""),
        alt.param(name="saved_first", value=None),
        alt.param(name="saved_last", value=None),
        *axis_params(book, scenario, "saved_first", "saved_last"),
        *figure_params(scenario),
    )
    return chart.properties(width=640, height=330)


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
    x, y = _x(lang), _y(unit, lang)
    shares = pd.DataFrame({"share": FAN_SHARES})
    levels = pd.DataFrame({"probability": [level for band in _BANDS for level in band]})
    bands = [
        alt.Chart()
        .transform_filter(f"datum.probability == {low} || datum.probability == {high}")
        .transform_aggregate(low="min(quantile)", high="max(quantile)", groupby=["date"])
        .mark_area(opacity=opacity, color=_PATH, clip=True, interpolate="monotone", tooltip=None)
        .encode(x=x, y=_y(unit, lang, "low"), y2="high:Q")
        for (low, high), opacity in _BANDS.items()
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
        path.mark_line(color=_PATH, strokeWidth=2.5, clip=True, interpolate="monotone").encode(x=x, y=y),
    ]
    return [*layers, *_stated(arr_points(book, lang), x, y, lang)]


def _calculated(texts: Mapping[str, str]) -> list[alt.CalculateTransform]:
    return [alt.CalculateTransform(calculate=text, **{"as": name}) for name, text in texts.items()]


def axis_params(book: Dossier, guided: Scenario, *also: str) -> list[alt.Parameter]:
    """Return both ends of the time axis: what was observed, the guidance and the scenario, with some room.

    `also` are names of parameters with a day, null or midnight where the reader is, to have on it as well.
    """
    points = arr_points(book)["date"]
    ends = [
        f"'{day}'" for day in (min(points.dt.date.min(), guided.start), max(points.dt.date.max(), guided.end))
    ]
    low, high = (signals.local_day(end) for end in ends)
    days = [signals.local_day(end) for end in ("start", "end")]
    days += [f"(isValid({name}) ? {name} : {low})" for name in also]
    first, last = f"min({', '.join([low, *days])})", f"max({', '.join([high, *days])})"
    room = f"0.04 * ({last} - {first})"
    return [
        alt.param(name="first_day", expr=f"{first} - {room}"),
        alt.param(name="last_day", expr=f"{last} + {room}"),
    ]


def comparables(book: Dossier, months: float = 24) -> pd.DataFrame:
    """Return what became of other companies from each published run rate on, as multiples of it.

    Every published level is a start, so that no company's best months are picked; a level that is only a
    target, or of no core company, is left out.

    Returns
    -------
    pandas.DataFrame
        company, window (company and start date), t (months since the window's start, up to `months`),
        multiple. A window has two points or more; none if the dossier has no such figures. Of more rows than
        a chart can have, the windows that began last; `attrs` has how many there are in all.

    Examples
    --------
    >>> import workbook as wb
    >>> table = comparables(wb.open())
    >>> bool((table.loc[table["t"] == 0, "multiple"] == 1).all())
    True
    """
    rows: list[dict[str, Any]] = []
    known = book.comparables
    known = known[known["use"] == "core"]
    for (company, _), figures in known[known["kind"] != "target"].groupby(["company", "currency"], sort=True):
        figures = figures.sort_values("date").drop_duplicates("date", keep="last")
        dated = [
            (day.date(), float(value)) for day, value in zip(figures["date"], figures["value"], strict=True)
        ]
        for number, (first, level) in enumerate(dated[:-1]):
            later = [(months_between(first, day), value / level) for day, value in dated[number:]]
            later = [(t, multiple) for t, multiple in later if t <= months]
            if len(later) > 1:
                window = f"{company}, {style.day(first, 'month')}"
                each = {"company": company, "window": window, "first": first}
                rows += [each | {"t": round(t, 4), "multiple": round(multiple, 4)} for t, multiple in later]
    table = pd.DataFrame(rows, columns=["company", "window", "first", "t", "multiple"])
    longest = table.groupby(["first", "window"]).size().sort_index(ascending=False).cumsum()
    kept = longest[longest <= style.MOST_ROWS].index.get_level_values("window")
    shown = table.loc[table["window"].isin(kept), ["company", "window", "t", "multiple"]]
    shown.attrs["windows"] = table["window"].nunique()
    return shown.reset_index(drop=True)


def shown_of(table: pd.DataFrame, lang: Language) -> str:
    """Say how many windows of `comparables` are shown, and of how many where not all are."""
    shown, whole = table["window"].nunique(), table.attrs["windows"]
    if shown == whole:
        return f"{shown}"
    return f"the newest {shown:,} of {whole:,}" if lang == "en" else f"最新{shown:,}个，共{whole:,}个"


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
        x=_x(lang),
        y=_y(unit, lang),
        detail="window:N",
        tooltip=[
            alt.Tooltip("window:N"),
            alt.Tooltip("multiple:Q", format=".2f"),
            alt.Tooltip("t:Q", format=".1f"),
        ],
    )
    return drawn


def _x(lang: Language) -> alt.X:
    return alt.X(
        "date:T",
        title=None,
        # A tick a month, as long as there is room for it.
        axis=style.month_axis(lang, tickCount=alt.ExprRef("last_day - first_day > 1e11 ? 8 : 'month'")),
        scale=alt.Scale(domain=[alt.ExprRef("first_day"), alt.ExprRef("last_day")], nice=False),
    )


def _y(unit: str, lang: Language, field: str = "arr") -> alt.Y:
    shown, _ = style.billions(unit.split()[0], lang)
    return alt.Y(
        f"{field}:Q",
        title=titled(text("run_rate.axis", lang), shown, lang),
        axis=style.billions_axis(lang, minExtent=40),
        scale=alt.Scale(domain=[0, alt.ExprRef("top")], nice=False),
    )


def _top(scenario: Scenario, points: pd.DataFrame) -> float:
    return max(2 * scenario.end_arr, 1.2 * float(points["value"].max()))


def _bound(control: Control, scenario: Scenario, lang: Language) -> list[alt.Parameter]:
    """Bind a field to an input; one shown in another unit gets a parameter of its own for it."""
    value = getattr(scenario, control.field)
    ends = {"start": ("From: ", "起点："), "end": ("To: ", "终点：")}.get(control.field.removesuffix("_arr"))
    words = f"{ends[lang == 'zh'] if ends else ''}{control.label} ({control.basis_words}) "
    if control.kind == "date":
        return [alt.param(name=control.field, value=str(value), bind=alt.binding(input="date", name=words))]
    if control.kind == "shape":
        labels = [forms[lang] for forms in SHAPES.values()]
        select = alt.binding_select(options=list(SHAPES), labels=labels, name=words)
        return [alt.param(name=control.field, value=value, bind=select)]
    slider = alt.binding_range(min=control.low, max=control.high, step=control.step, name=words)
    shown = round(value * control.scale, 9)
    if control.field == "ceiling":
        # An S-curve tends to a level above both its ends.
        free = alt.param(name="ceiling_chosen", value=shown, bind=slider)
        above = f"max(ceiling_chosen / {control.scale:g}, 1.05 * max(start_arr, end_arr))"
        return [free, alt.param(name="ceiling", expr=above)]
    if control.scale == 1:
        return [alt.param(name=control.field, value=shown, bind=slider)]
    as_shown = f"{control.field}_shown"
    return [
        alt.param(name=as_shown, value=shown, bind=slider),
        alt.param(name=control.field, expr=f"{as_shown} / {control.scale:g}"),
    ]


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


_HEADS = {
    "en": ("as changed", "guidance", "change"),
    "zh": ("改后", "指引", "变化"),
}
_RIGHT = {"now": 330, "guided": 445, "change": 560}
"""Where the columns of the table end, in pixels from the left of the plot."""
_LINE = 19
"""Pixels from a line of the table to the next."""


def _table(scenario: Scenario, shown: list[Readout], lang: Language) -> list[alt.Chart]:
    """Write the figures as they stand beside those of the guidance, below the plot."""
    guided = scenario.figures()
    rows = pd.DataFrame(
        [
            {
                "line": line,
                "label": readout.label,
                "scale": readout.scale,
                "form": f",.{readout.digits}f",
                "prefix": readout.prefix,
                "suffix": readout.suffix,
                "unit": readout.change,
                "guidance": guided[readout.figure],
            }
            for line, readout in enumerate(shown)
        ]
    )
    value = "NaN"
    for line, readout in reversed(list(enumerate(shown))):
        value = f"datum.line == {line} ? figure_{readout.figure} : {value}"
    asked = f"format({10 if lang == 'zh' else 1} * target, '.6~r')"
    moved = "(datum.value - datum.guidance) * datum.scale"
    # No figure is one of a scenario that ends before it starts.
    base = alt.Chart(rows).transform_calculate(value=f"months > 0 ? ({value}) : NaN")
    # The guidance's chance too is that of the level asked for.
    chance = shown.index(next(readout for readout in shown if readout.figure == "p_target"))
    guidance = f"datum.line == {chance} ? guided_p_target : datum.guidance"
    base = base.transform_calculate(guidance=guidance)
    written = "datum.prefix + format({0} * datum.scale, datum.form) + datum.suffix"
    base = base.transform_calculate(
        guided=f"isFinite(datum.guidance) ? {written.format('datum.guidance')} : '–'",
        what=f"replace(datum.label, '{{target}}', {asked})",
        now=f"isFinite(datum.value) ? {written.format('datum.value')} : '–'",
        change=f"!isFinite({moved}) ? '–' : (+format(abs({moved}), replace(datum.form, ',', '')) == 0 ? '' : "
        f"{moved} < 0 ? '−' : '+') + format(abs({moved}), datum.form) + datum.unit",
    )

    def column(field: str, align: Literal["left", "right"], right: int, **mark: Any) -> alt.Chart:
        text = base.mark_text(align=align, baseline="top", fontSize=11.5, tooltip=None, **mark)
        drawn: alt.Chart = text.encode(
            x=alt.value(right),
            y=alt.value(alt.expr(f"height + 58 + {_LINE} * datum.line")),
            text=f"{field}:N",
        )
        return drawn

    heads = alt.Chart(pd.DataFrame({"head": _HEADS[lang], "right": list(_RIGHT.values())}))
    return [
        column("what", "left", 0),
        column("now", "right", _RIGHT["now"], fontWeight="bold", color=_PATH),
        column("guided", "right", _RIGHT["guided"], color=COLORS["guidance"]),
        column("change", "right", _RIGHT["change"], color=COLORS["muted"]),
        heads.mark_text(align="right", baseline="top", fontSize=11, color=COLORS["muted"]).encode(
            x=alt.value(alt.expr("datum.right")), y=alt.value(alt.expr("height + 38")), text="head:N"
        ),
    ]


def _finding(subject: str, figures: Mapping[str, float], months: float, lang: Language) -> str:
    multiple, cmgr = figures["multiple"], 100 * figures["cmgr"]
    if lang == "zh":
        return f"指引意味着{subject}的ARR在{months:.3g}个月内增至{multiple:.3g}倍，每月{cmgr:.1f}%：试改假设"
    return (
        f"As guided, ARR of {subject} grows {multiple:.3g}x in {months:.3g} months, "
        f"{cmgr:.1f}% a month: what if?"
    )
