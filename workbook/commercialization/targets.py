"""The run rate as a chart: observations, targets and scenarios."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.arr import FLOATS, Scenario, formulas, months_between
from workbook.commercialization import series
from workbook.commercialization.run_rate import arr_points, observed
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
    book
        The dossier.
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
    >>> arr_chart(book).to_dict()["layer"][0]["layer"][1]["encoding"]["y"]["title"]
    'annualised recurring revenue (ARR), EUR bn'
    """
    points = arr_points(book, lang)
    unit = points.attrs["units"]["value"]
    subjects = points["subject"].unique()
    scope = _newest(points)["subject"]
    kinds = {
        "actual": words.text("run_rate.observed", lang),
        "guidance": words.text("run_rate.guidance", lang),
    }
    points["what"] = points["kind"].map(kinds)
    points["label"] = [
        "|".join(
            [figure + mark, style.day(date, "day", lang)]
            + (
                [words.text("run_rate.scope", lang, subject=facts.named(book, subject, lang))]
                if len(subjects) > 1 and subject != scope
                else []
            )
        )
        for figure, mark, date, subject in zip(
            points["figure"], points["mark"], points["date"], points["subject"], strict=True
        )
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
        title=words.titled(
            words.text("run_rate.axis", lang),
            style.billions(unit.split()[0], lang)[0],
            lang,
        ),
        axis=style.billions_axis(lang),
        scale=alt.Scale(domain=[0, float(f"{top * 1.35:.6g}")]),
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
        written = alt.Chart(texts[["date", "arr", "what", "label"]])
        written = written.mark_text(dy=-34 - 13 * lines, baseline="bottom", lineBreak="|", lineHeight=13)
        layers.append(written.encode(x=x, y=y, color=color, text="label:N"))
    for name, path in paths.items():
        line = path[["date", "arr"]].assign(arr=path["arr"].round(6), what=name)
        layers.append(alt.Chart(line).mark_line(strokeWidth=2).encode(x=x, y=y, color=color))
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _arr_finding(book, points, unit, lang),
        subtitle=words.text("run_rate.note", lang),
        lang=lang,
        footer=facts.footer(book, points["claim"], lang),
        description=words.text(
            "run_rate.alt",
            lang,
            points=words.text("join.items", lang).join(
                words.text("run_rate.alt_point", lang, what=what, label=label)
                for what, label in zip(
                    points["what"],
                    points["label"].str.replace("|", words.text("join.list", lang), regex=False),
                    strict=True,
                )
            ),
        ),
        width=720,
        height=360,
        below=36,
    )


def _paths(
    scenario: Scenario | Mapping[str, Scenario] | None, unit: str, lang: Language
) -> dict[str, pd.DataFrame]:
    if scenario is None:
        return {}
    named = {words.text("run_rate.scenario", lang): scenario} if isinstance(scenario, Scenario) else scenario
    for name, each in named.items():
        if each.currency and each.unit != unit:
            raise ValueError(
                f"{name} is in {each.currency} and the dossier's run rate in {unit}: convert one"
            )
    return {name: each.path() for name, each in named.items()}


def _target_lines(points: pd.DataFrame, x: alt.X, y: alt.Y, lang: Language) -> list[alt.Chart]:
    """Join each two targets by the exponential path between them, and write its growth on it."""
    targets = points[points["kind"] == "guidance"].drop_duplicates(["subject", "date"], keep="last")
    layers = []
    pairs = [itertools.pairwise(group.to_dict("records")) for _, group in targets.groupby("subject")]
    for start, end in itertools.chain(*pairs):
        guided = Scenario(
            start=start["date"].date(), end=end["date"].date(), start_arr=start["value"], end_arr=end["value"]
        )
        path = guided.path()[["date", "arr"]].round({"arr": 6})
        figures = guided.figures()
        multiple, cmgr = figures["multiple"], 100 * figures["cmgr"]
        growth = words.text("run_rate.growth_between", lang, multiple=multiple, cmgr=cmgr)
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
                text=[growth, words.text("run_rate.both_exact", lang)],
                lineHeight=13,
            )
            .encode(x=x, y=y),
        ]
    return layers


def _newest(points: pd.DataFrame) -> pd.Series[Any]:
    """Return the last target, or the last observation where there is no target."""
    targets = points[points["kind"] == "guidance"]
    return (points if targets.empty else targets).iloc[-1]


def _arr_finding(book: Dossier, points: pd.DataFrame, unit: str, lang: Language) -> str:
    """State the growth still needed from the latest floor of the same scope, or the target alone."""
    targets = points[points["kind"] == "guidance"]
    newest = _newest(points)
    scope = facts.named(book, newest["subject"], lang)
    day = style.day(newest["date"], "day" if targets.empty else "month", lang)
    if targets.empty:
        return words.text("run_rate.observed_alone", lang, scope=scope, figure=newest["figure"], day=day)
    level = style.figure(float(newest["value"]), unit, newest["bound"], lang, newest["value_high"])
    floors = points[observed(points, newest["subject"]) & (points["date"] < newest["date"])]
    floors = floors[floors["bound"].isin(["exact", "at_least", "between"])]
    if floors.empty:
        return words.text("run_rate.target_alone", lang, scope=scope, figure=level, day=day)
    floor = floors.iloc[-1]
    months = months_between(floor["date"].date(), newest["date"].date())
    bounded = floor["bound"] in ("at_least", "between")
    growth = 100 * formulas.cmgr(FLOATS, floor["value"], newest["value"], months)
    aim = style.money(float(newest["value"]), unit, lang, newest["bound"])
    if newest["bound"] == "between":
        aim = words.text("run_rate.low_end", lang, amount=aim)
    reached = floor["value"] >= newest["value"]
    return words.text(
        "run_rate.reached" if reached else "run_rate.needed_at_most" if bounded else "run_rate.needed",
        lang,
        scope=scope,
        figure=floor["figure"],
        seen=style.day(floor["date"], lang=lang),
        aim=aim,
        day=day,
        rate=style.number(growth, 1, "at_most" if bounded else "exact", lang),
    )
