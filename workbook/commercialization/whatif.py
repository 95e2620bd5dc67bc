"""The what-if that needs no kernel: one chart whose figures its reader's browser works out again."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from workbook import style
from workbook.arr import add_months, formulas, vega
from workbook.commercialization import series
from workbook.commercialization.run_rate import arr_points, guidance
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

STEPS = 24
"""Pieces of the path; enough for a smooth curve, few enough to be redrawn within a frame."""
_BANDS = {"5% to 95%": (0.05, 0.95, 0.16), "25% to 75%": (0.25, 0.75, 0.26)}


def whatif_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the guidance as a chart to play with: sliders for levels and volatility, a target to drag.

    The path is exponential; the logarithm of the level walks at random around it, so that the fan and
    P(target), the chance of being at the dragged line or above at the end, have a closed form. All of it is
    computed in the browser from the formulas of `workbook.arr`, without a kernel or a network: in
    JupyterLab, in a page saved with `chart.save("x.html", inline=True)`, in a report.

    The volatility starts at the one the assumptions of the two drivers imply for their sum.

    Raises
    ------
    ValueError
        As `guidance`.

    Examples
    --------
    >>> import workbook as wb
    >>> spec = whatif_chart(wb.open(as_of="2026-06-30")).to_dict()
    >>> [parameter["name"] for parameter in spec["params"] if "bind" in parameter]
    ['start_level', 'end_level', 'volatility']
    """
    scenario, claims = guidance(book)
    points = arr_points(book)
    points = points[points["kind"] == "actual"]
    unit = f"{scenario.currency} bn"
    months = scenario.months
    start, end = (style.day(day, lang=lang) for day in (scenario.start, scenario.end))
    top = max(2 * scenario.end_arr, 1.2 * float(points["value"].max() if len(points) else 0))
    controls = [
        _slider(
            "start_level",
            scenario.start_arr,
            scenario.start_arr / 2,
            2 * scenario.start_arr,
            f"ARR, {start}, {unit} ",
        ),
        _slider(
            "end_level", scenario.end_arr, scenario.end_arr / 2, 2 * scenario.end_arr, f"ARR, {end}, {unit} "
        ),
        alt.param(
            name="volatility",
            value=round(_volatility(scenario), 3),
            bind=alt.binding_range(
                min=0.01, max=0.3, step=0.005, name=f"{style.label('volatility a month', lang)} "
            ),
        ),
    ]
    # A band to hold, with the target in its middle. No button is the tenth: a click beside the band draws no
    # other one.
    grip = top / 30
    drag = alt.selection_interval(
        name="drag",
        encodings=["y"],
        value={"y": [scenario.end_arr - grip, scenario.end_arr + grip]},
        on="[mousedown[event.button > 9], window:mouseup] > window:mousemove!",
        clear=False,
        zoom=False,
        mark=alt.BrushConfig(
            fill=COLORS["alert"], fillOpacity=0.08, stroke="transparent", cursor="ns-resize"
        ),
    )
    target = alt.param(
        name="target", expr=f"isValid(drag.arr) ? (drag.arr[0] + drag.arr[1]) / 2 : {scenario.end_arr:g}"
    )
    names: dict[str, str | float] = {"start": "start_level", "end": "end_level", "span": months}
    x = alt.X(
        "date:T",
        title=None,
        axis=alt.Axis(format="%b %Y" if lang == "en" else "%Y年%-m月", tickCount="month"),
        scale=alt.Scale(padding=40),
    )
    y_title = f"{style.label('annualised recurring revenue', lang)} (ARR), {unit}"
    y, y_low = (alt.Y(field, title=y_title, scale=alt.Scale(domain=[0, top])) for field in ("arr:Q", "low:Q"))
    grid = [months * step / STEPS for step in range(STEPS + 1)]
    path = alt.Chart(
        pd.DataFrame(
            {
                "t": [round(t, 6) for t in grid],
                "date": pd.to_datetime([add_months(scenario.start, t) for t in grid]),
            }
        )
    ).transform_calculate(
        arr=vega(formulas.exponential, **names, t="datum.t"),
        sd=vega(formulas.log_sd, volatility="volatility", months="datum.t"),
    )
    layers: list[alt.Chart] = []
    for low, high, opacity in _BANDS.values():
        band = path.transform_calculate(
            low=vega(formulas.quantile_one_driver, median="datum.arr", sd="datum.sd", probability=low),
            high=vega(formulas.quantile_one_driver, median="datum.arr", sd="datum.sd", probability=high),
        )
        area = band.mark_area(opacity=opacity, color=style.CATEGORIES[0], clip=True)
        layers.append(area.encode(x=x, y=y_low, y2="high:Q"))
    guided = scenario.path()[["date", "arr"]].round({"arr": 6})
    layers += [
        alt.Chart(guided)
        .mark_line(strokeDash=[5, 4], color=COLORS["guidance"], strokeWidth=1.4)
        .encode(x=x, y=y),
        path.mark_line(color=style.CATEGORIES[0], strokeWidth=2.5, clip=True)
        .encode(x=x, y=y)
        .add_params(drag),
    ]
    if len(points):
        layers.append(_observed(points, x, y, lang))
    layers += _readouts(scenario.end, unit, months, names, lang)
    # Last, so that nothing lies over the band and takes the pointer.
    asked = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(arr="target")
    asked = asked.mark_rule(color=COLORS["alert"], strokeWidth=1.6).encode(y=y).add_params(drag)
    layers.append(asked)
    chart = alt.LayerChart(layer=layers).add_params(*controls, target)
    return style.dress(
        chart,
        title=title or _finding(scenario.figures(), months, lang),
        subtitle=style.label(
            "Sliders move both levels; drag the red line for another target. Shaded: 5 to 95%, 25 to 75%.",
            lang,
        ),
        footer=style.footer(book, [*claims, *points["claim"]], lang),
        description=(
            f"Run rate from {scenario.start_arr:g} to {scenario.end_arr:g} {unit} with a fan around. Sliders "
            "for levels and volatility, and a line to drag, recompute growth, revenue and P(target)."
        ),
        width=720,
        height=360,
        below=36,
    )


def _slider(name: str, value: float, low: float, high: float, words: str) -> alt.Parameter:
    return alt.param(
        name=name,
        value=value,
        bind=alt.binding_range(min=round(low, 1), max=round(high, 1), step=0.1, name=words),
    )


def _volatility(scenario: Any) -> float:
    """Return the log volatility a month of the sum of both drivers, at the start, to first order."""
    apps = scenario.apps_share * scenario.volatility_apps
    services = (1 - scenario.apps_share) * scenario.volatility_services
    own = services**2 + apps**2 + 2 * scenario.correlation * services * apps
    return math.sqrt(own + scenario.volatility_retention**2)


def _observed(points: pd.DataFrame, x: alt.X, y: alt.Y, lang: Language) -> alt.Chart:
    data = points.rename(columns={"value": "arr"})[
        ["date", "arr", "bound", "figure", "statement", "grade", "source"]
    ]
    data = data.astype({"statement": "str", "grade": "str", "source": "str"})
    marks = alt.Chart(data).mark_point(size=220, opacity=1, strokeWidth=2, color=COLORS["actual"])
    drawn: alt.Chart = marks.encode(
        x=x, y=y, shape=series.shape(lang, data["bound"], legend=False), tooltip=series.tooltip()
    )
    return drawn


def _readouts(
    end: Any, unit: str, months: float, names: dict[str, str | float], lang: Language
) -> list[alt.Chart]:
    """Write the figures of the scenario as it stands, and what the dragged line asks."""
    sd = vega(formulas.log_sd, volatility="volatility", months=months)
    multiple = vega(formulas.multiple, start="start_level", end="end_level")
    cmgr = vega(formulas.cmgr, **names)
    revenue = vega(formulas.revenue_exponential, **names, since=0, until=months)
    chance = vega(formulas.p_target_one_driver, median="end_level", sd=sd, target="target")
    day = style.day(end, lang=lang)
    if lang == "zh":
        # Chinese counts money in hundred millions.
        hundred_m = style.money(0, unit, "zh").removeprefix("0")
        growth = f"format({multiple}, '.2f') + '倍，每月' + format({cmgr}, '.1%')"
        earned = f"'期内确认收入' + format(10 * ({revenue}), ',.0f') + '{hundred_m}'"
        reached = (
            f"'{day}不低于' + format(10 * target, ',.0f') + '{hundred_m}的概率 ' + format({chance}, '.0%')"
        )
    else:
        growth = (
            f"format({multiple}, '.2f') + 'x in {months:.3g} months, ' + format({cmgr}, '.1%') + ' a month'"
        )
        earned = f"'recognised revenue on the way {unit[:-3]} ' + format({revenue}, '.1f') + ' bn'"
        reached = (
            f"'P(at least {unit[:-3]} ' + format(target, '.1f') + ' bn on {day}) ' + format({chance}, '.0%')"
        )
    layers: list[alt.Chart] = []
    for line, text in enumerate((growth, earned, reached)):
        words = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(words=text)
        mark = words.mark_text(
            align="left",
            baseline="top",
            fontSize=13,
            fontWeight="bold" if line == 2 else "normal",
            color=COLORS["alert"] if line == 2 else COLORS["ink"],
        )
        layers.append(mark.encode(x=alt.value(8), y=alt.value(6 + 19 * line), text="words:N"))
    return layers


def _finding(figures: dict[str, float], months: float, lang: Language) -> str:
    multiple, cmgr = figures["multiple"], 100 * figures["cmgr"]
    if lang == "zh":
        return f"指引意味着{months:.3g}个月增至{multiple:.3g}倍，每月{cmgr:.1f}%；试改目标"
    return (
        f"As guided, ARR grows {multiple:.3g}x in {months:.3g} months, {cmgr:.1f}% a month: try other targets"
    )
