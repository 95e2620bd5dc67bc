"""The what-if that needs no kernel: one chart whose figures its reader's browser works out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.arr import Scenario
from workbook.arr.scenario import SHAPES
from workbook.commercialization import layers
from workbook.commercialization.controls import CEILING_ROOM, Control, controls, start_scenario
from workbook.commercialization.readouts import ASKED_DIGITS, Readout, readouts
from workbook.commercialization.run_rate import arr_points, scope
from workbook.commercialization.windows import comparables, shown_of
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

__all__ = ["whatif_chart"]


def whatif_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the guidance as a chart to play with: every assumption is a control, the level asked for a line.

    Path, fan, figures and P(target), the chance of being at the red line or above at the end, are computed in
    the browser by the formulas of `workbook.arr`, without a kernel or a network: in JupyterLab, in a page
    saved with `chart.save("x.html", inline=True)`, in a report. The line is dragged.

    Parameters
    ----------
    book
        The dossier.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

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
    guided_top = layers.least_top(scenario, points)
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
        for name, value in layers.field_values(scenario).items()
        if name not in {*shown, "target"}
    ]
    others = comparables(book, lang=lang)
    if len(others):
        fields.append(_compared(others, lang))
    target = alt.param(name="target", expr=f"isValid(drag.arr) ? (drag.arr[0] + drag.arr[1]) / 2 : {asked:g}")
    top = alt.param(name="top", expr=layers.top(scenario, points))
    drawn = layers.layers_of(book, scenario, lang)
    if len(others):
        drawn.insert(1, layers.comparable_lines(others, unit, lang))
    shown_figures = readouts(book, scenario, lang)
    drawn += _table(scenario, shown_figures, lang)
    # Last, so that nothing lies over the band and takes the pointer.
    line = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(arr="target")
    drawn.append(
        line.mark_rule(color=COLORS["alert"], strokeWidth=1.6)
        .encode(y=layers.level_axis(unit, lang))
        .add_params(drag)
    )
    chart = alt.LayerChart(layer=drawn).add_params(
        *fields, target, top, *layers.axis_params(book, scenario), *layers.figure_params(scenario)
    )
    return style.dress(
        chart,
        title=title
        or _finding(facts.named(book, scope(points), lang), scenario.figures(), scenario.months, lang),
        subtitle=words.text("whatif.note", lang),
        lang=lang,
        footer=facts.footer(book, [*claims, *points["claim"]], lang),
        description=words.text(
            "whatif.alt",
            lang,
            start=style.money(scenario.start_arr, unit, lang),
            end=style.money(scenario.end_arr, unit, lang),
        ),
        width=560,
        height=300,
        below=66 + _LINE * len(shown_figures),
    )


def _compared(table: pd.DataFrame, lang: Language) -> alt.Parameter:
    """Return the choice of whose growth to draw from the start on."""
    names = {
        "": words.text("whatif.none", lang),
        "all": words.text("whatif.all", lang, shown=shown_of(table, lang)),
    }
    names |= {name: name for name in table["company"]}
    title = words.text("whatif.compared", lang)
    select = alt.binding_select(options=list(names), labels=list(names.values()), name=title)
    return alt.param(name="compared", value="", bind=select)


def _bound(control: Control, scenario: Scenario, lang: Language) -> list[alt.Parameter]:
    """Bind a field to an input; one shown in another unit gets a parameter of its own for it."""
    value = getattr(scenario, control.field)
    label = control.label
    if control.group in ("from", "to"):
        label = words.text(f"control.{control.group}", lang, label=label)
    name = words.text("control.bound", lang, label=label, basis=control.basis_words)
    if control.kind == "date":
        return [alt.param(name=control.field, value=str(value), bind=alt.binding(input="date", name=name))]
    if control.kind == "shape":
        labels = [words.text(f"shape.{shape}", lang) for shape in SHAPES]
        select = alt.binding_select(options=list(SHAPES), labels=labels, name=name)
        return [alt.param(name=control.field, value=value, bind=select)]
    slider = alt.binding_range(min=control.low, max=control.high, step=control.step, name=name)
    shown = round(value * control.scale, 9)
    if control.field == "ceiling":
        # An S-curve tends to a level above both its ends.
        free = alt.param(name="ceiling_chosen", value=shown, bind=slider)
        above = f"max(ceiling_chosen / {control.scale:g}, {CEILING_ROOM:g} * max(start_arr, end_arr))"
        return [free, alt.param(name="ceiling", expr=above)]
    if control.scale == 1:
        return [alt.param(name=control.field, value=shown, bind=slider)]
    as_shown = f"{control.field}_shown"
    return [
        alt.param(name=as_shown, value=shown, bind=slider),
        alt.param(name=control.field, expr=f"{as_shown} / {control.scale:g}"),
    ]


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
    asked = f"format({style.billions(scenario.currency, lang)[1]} * target, '.{ASKED_DIGITS}~r')"
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

    titles = [words.text(f"whatif.{column}", lang) for column in ("now", "guidance", "change")]
    heads = alt.Chart(pd.DataFrame({"head": titles, "right": list(_RIGHT.values())}))
    return [
        column("what", "left", 0),
        column("now", "right", _RIGHT["now"], fontWeight="bold", color=layers.PATH),
        column("guided", "right", _RIGHT["guided"], color=COLORS["guidance"]),
        column("change", "right", _RIGHT["change"], color=COLORS["muted"]),
        heads.mark_text(align="right", baseline="top", fontSize=11, color=COLORS["muted"]).encode(
            x=alt.value(alt.expr("datum.right")), y=alt.value(alt.expr("height + 38")), text="head:N"
        ),
    ]


def _finding(subject: str, figures: Mapping[str, float], months: float, lang: Language) -> str:
    return words.text(
        "whatif.finding",
        lang,
        subject=subject,
        multiple=figures["multiple"],
        cmgr=100 * figures["cmgr"],
        months=months,
    )
