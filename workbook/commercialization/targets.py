"""The run rate as a chart: observations, targets and scenarios."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import altair as alt
import pandas as pd

from workbook import style
from workbook.arr import FLOATS, Scenario, formulas, months_between
from workbook.commercialization import series
from workbook.commercialization.run_rate import arr_points
from workbook.dossier import Dossier
from workbook.style import COLORS, Language


def arr_chart(
    book: Dossier,
    scenario: Scenario | Mapping[str, Scenario] | None = None,
    *,
    lang: Language = "en",
    title: str | None = None,
) -> alt.LayerChart:
    """Draw what was said about the run rate: floors as floors, targets as targets, with the growth between.

    Parameters
    ----------
    scenario
        A scenario, or several by name, whose paths are drawn over the points.
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `arr_points`, and if a scenario is in another currency.

    Examples
    --------
    >>> import workbook as wb
    >>> arr_chart(wb.open()).to_dict()["layer"][0]["layer"][1]["encoding"]["y"]["title"]
    'annualised recurring revenue (ARR), RMB bn'
    """
    points = arr_points(book)
    unit = points.attrs["units"]["value"]
    scope = (
        points["subject"].mode().iloc[0]
        if not (points["kind"] == "guidance").any()
        else (points.loc[points["kind"] == "guidance", "subject"].iloc[-1])
    )
    kinds = {"actual": style.label("observed", lang), "guidance": style.label("guidance", lang)}
    points["what"] = points["kind"].map(kinds)
    points["figure"] = [
        style.figure(float(value), unit, bound, lang)
        for value, bound in zip(points["value"], points["bound"], strict=True)
    ]
    points["label"] = [
        "|".join(
            [figure, style.day(date, "day", lang)]
            + (
                [f"{style.label('scope', lang)}: {series.named(book, subject, lang)}"]
                if subject != scope
                else []
            )
        )
        for figure, date, subject in zip(points["figure"], points["date"], points["subject"], strict=True)
    ]
    paths = _paths(scenario, unit, lang)
    top = max([float(points["value"].max()), *(float(p["arr"].max()) for p in paths.values())])
    x = alt.X(
        "date:T",
        title=None,
        axis=style.month_axis(lang, tickCount="month"),
        scale=alt.Scale(padding=60),
    )
    y = alt.Y(
        "arr:Q",
        title=f"{style.label('annualised recurring revenue', lang)} (ARR), "
        f"{style.billions(unit.split()[0], lang)[0]}",
        axis=style.billions_axis(lang),
        scale=alt.Scale(domain=[0, round(top * 1.35, 3)]),
    )
    drawn = [kind for kind in kinds.values() if kind in set(points["what"])]
    color = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(
            domain=[*drawn, *paths],
            range=[COLORS["actual" if kind == kinds["actual"] else "guidance"] for kind in drawn]
            + [style.CATEGORIES[i % len(style.CATEGORIES)] for i in range(len(paths))],
        ),
    )
    data = points.rename(columns={"value": "arr"})[
        ["date", "arr", "bound", "what", "label", "figure", "statement", "grade", "source"]
    ].astype({"statement": "str", "grade": "str", "source": "str"})
    layers = [
        *_target_lines(points, x, y, lang),
        alt.Chart(data)
        .mark_point(size=280, opacity=1, strokeWidth=2.2)
        .encode(
            x=x,
            y=y,
            color=color,
            shape=series.shape(lang, data["bound"], legend=False),
            tooltip=series.tooltip("what"),
        ),
    ]
    # Vega shifts a text of several lines by its first one only.
    for lines, texts in data.groupby(data["label"].str.count(r"\|")):
        words = alt.Chart(texts[["date", "arr", "what", "label"]])
        words = words.mark_text(dy=-34 - 13 * lines, baseline="bottom", lineBreak="|", lineHeight=13)
        layers.append(words.encode(x=x, y=y, color=color, text="label:N"))
    for name, path in paths.items():
        line = path[["date", "arr"]].assign(arr=path["arr"].round(6), what=name)
        layers.append(alt.Chart(line).mark_line(strokeWidth=2).encode(x=x, y=y, color=color))
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _arr_finding(book, points, unit, lang),
        subtitle=style.label(_NOTE, lang),
        footer=style.footer(book, points["claim"], lang),
        description="Points: run rate by date: "
        + "; ".join(points["what"] + " " + points["label"].str.replace("|", ", ", regex=False))
        + ".",
        width=720,
        height=360,
        below=36,
    )


_NOTE = "An arrow marks a floor; the dashed line joins two targets as if both held exactly."


def _paths(
    scenario: Scenario | Mapping[str, Scenario] | None, unit: str, lang: Language
) -> dict[str, pd.DataFrame]:
    if scenario is None:
        return {}
    named = {style.label("scenario", lang): scenario} if isinstance(scenario, Scenario) else scenario
    for name, each in named.items():
        if f"{each.currency} bn" != unit:
            raise ValueError(
                f"{name} is in {each.currency} and the dossier's run rate in {unit}: convert one"
            )
    return {name: each.path() for name, each in named.items()}


def _target_lines(points: pd.DataFrame, x: alt.X, y: alt.Y, lang: Language) -> list[alt.Chart]:
    """Join each two targets by the exponential path between them, and write its growth on it."""
    targets = points[points["kind"] == "guidance"].drop_duplicates("date", keep="last")
    layers = []
    for start, end in itertools.pairwise(targets.to_dict("records")):
        guided = Scenario(
            start=start["date"].date(), end=end["date"].date(), start_arr=start["value"], end_arr=end["value"]
        )
        path = guided.path()[["date", "arr"]].round({"arr": 6})
        figures = guided.figures()
        words = f"{figures['multiple']:.3g}x, {100 * figures['cmgr']:.1f}%"
        words += "/月" if lang == "zh" else " a month"
        middle = path.iloc[[len(path) // 2]]
        layers += [
            alt.Chart(path)
            .mark_line(strokeDash=[5, 4], strokeWidth=1.4, color=COLORS["guidance"])
            .encode(x=x, y=y),
            alt.Chart(middle)
            .mark_text(
                align="left",
                dx=10,
                dy=14,
                color=COLORS["guidance"],
                text=[words, style.label("if both held exactly", lang)],
                lineHeight=13,
            )
            .encode(x=x, y=y),
        ]
    return layers


def _arr_finding(book: Dossier, points: pd.DataFrame, unit: str, lang: Language) -> str:
    """State the growth still needed from the latest floor, or the growth that the targets imply."""
    actual = points[points["kind"] == "actual"]
    targets = points[points["kind"] == "guidance"]
    if targets.empty:
        last = actual.iloc[-1]
        day = style.day(last["date"], lang=lang)
        return f"{day}的ARR为{last['figure']}" if lang == "zh" else f"ARR was {last['figure']} on {day}"
    target = targets.iloc[-1]
    end = style.day(target["date"], "month", lang)
    floors = actual[(actual["date"] < target["date"]) & actual["bound"].isin(["exact", "at_least"])]
    if floors.empty:
        return (
            f"指引：{end}ARR{target['figure']}"
            if lang == "zh"
            else f"The target is an ARR of {target['figure']} by {end}"
        )
    floor = floors.iloc[-1]
    months = months_between(floor["date"].date(), target["date"].date())
    rate = 100 * formulas.cmgr(FLOATS, floor["value"], target["value"], months)
    day = style.day(floor["date"], lang=lang)
    level = style.figure(float(target["value"]), unit, "exact", lang)
    bounded = floor["bound"] == "at_least"
    scope = ""
    if floor["subject"] != target["subject"]:
        scope = f" ({series.named(book, floor['subject'], lang)})"
    if lang == "zh":
        most = "至多" if bounded else ""
        return f"{day}ARR为{floor['figure']}{scope}；{end}达到{level}{most}还需月增{rate:.1f}%"
    most = "at most " if bounded else ""
    said = f"ARR{scope} was {floor['figure']} on {day}"
    return f"{said}; {level} by {end} needs {most}{rate:.1f}% growth a month from there"
