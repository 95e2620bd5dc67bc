"""Capital expenditure against the plan, as a chart."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style
from workbook.dossier import Dossier
from workbook.strategy.capital import capex
from workbook.style import COLORS, Language


def capex_chart(
    book: Dossier, *, plan: str | None = None, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw what was spent since the plan was announced against the plan, drawn as the bound it is.

    Parameters
    ----------
    plan
        As in `capex`.
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `capex`.

    Examples
    --------
    >>> import workbook as wb
    >>> capex_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'RMB bn, cumulative since the plan'
    """
    table = capex(book, plan=plan)
    attrs = table.attrs
    words = _words(book, table, lang)
    x = style.span(attrs["start"] - pd.Timedelta(days=60), attrs["end"])
    y = alt.Scale(domain=[0, float(f"{1.2 * max(attrs['level'], table['cumulative'].iloc[-1]):.6g}")])
    layers = [
        *_spending(book, table, words["axis"], x, y, lang),
        *_plan(book, attrs, f"{words['plan']}: {words['level']}", x, y),
        *_even_pace(attrs, words["pace"], x, y),
    ]
    counted = attrs["stated"]
    if counted:
        layers += _company_count(book, counted, f"{words['counted_by']}: {words['counted']}", x, y)
    if attrs["missing"]:
        middles = [first + (last - first) / 2 for first, last in attrs["missing"]]
        layers.append(
            alt.Chart(pd.DataFrame({"mid": middles, "text": words["not_found"]}))
            .mark_text(color=COLORS["muted"], angle=270, align="left", baseline="middle")
            .encode(x=alt.X("mid:T", scale=x), y=alt.value(alt.expr("height - 8")), text="text:N")
        )
    claims = [*table["claim"], attrs["claim"], *([counted["claim"]] if counted else [])]
    return style.dress(
        alt.layer(*layers),
        title=title or words["finding"],
        subtitle=words["note"],
        lang=lang,
        footer=facts.footer(book, claims, lang),
        description=(
            f"Stacked steps: capital expenditure since the plan, beside the plan. {words['finding']}."
        ),
        width=700,
        below=30,
    )


def _words(book: Dossier, table: pd.DataFrame, lang: Language) -> dict[str, str]:
    """Say what the chart says; the finding is the company's own count where there is one."""
    attrs = table.attrs
    currency, counted, gaps = attrs["currency"], attrs["stated"], bool(attrs["missing"])
    total, last = table["cumulative"].iloc[-1], table["period_end"].iloc[-1]
    months = f"{(last - attrs['start']).days / 30.4375:.0f}"
    whole = f"{(attrs['end'] - attrs['start']).days / 30.4375:.0f}"
    level = style.figure(attrs["level"], f"{currency} bn", attrs["bound"], lang)
    spent = style.figure(total, f"{currency} bn", attrs["sum_bound"] or "exact", lang)
    subject = facts.named(book, attrs["subject"], lang)
    series = facts.series_name(book, "capex", lang)
    unit = style.billions(currency, lang)[0]
    bounded = attrs["sum_bound"] is not None
    said = {"level": level}
    if counted:
        said["counted"] = style.figure(counted["level"], f"{currency} bn", counted["bound"], lang)
        day = style.day(counted["end"], lang=lang)
    if lang == "zh":
        months = f"{whole}个月中的前{months}个月" if bounded else f"前{months}个月查到的合计"
        return said | {
            "finding": f"{subject}自计：计划投入{level}，截至{day}已投入{said['counted']}"
            if counted
            else f"{subject}资本开支：{months}{spent}，计划为{level}",
            "note": f"柱为全部{series}，不论是否计入该计划。"
            + ("未查到的时段不计入，因此合计并非总额。" if gaps else ""),
            "axis": f"{unit}，计划以来累计",
            "not_found": "未查到",
            "plan": "计划",
            "counted_by": "公司自计",
            "pace": "均匀投入",
        }
    span = f"{months} of {whole} months"
    what = f"of {spent} in {span}" if bounded else f"found in {span} sums to {spent}"
    return said | {
        "finding": f"{subject} counts {said['counted']} of a plan of {level} as spent by {day}"
        if counted
        else f"{subject}: capital expenditure {what}; the plan is {level}",
        "note": f"Bars: all {series}, whether or not it counts towards the plan."
        + (" Periods not found are missing, so the sum is no total." if gaps else ""),
        "axis": f"{unit}, cumulative since the plan",
        "not_found": "not found",
        "plan": "the plan",
        "counted_by": "counted by the company",
        "pace": "even pace",
    }


def _mark(book: Dossier, claim: str) -> str:
    return facts.marks(book, pd.Series([claim]))[0]


def _spending(
    book: Dossier, table: pd.DataFrame, axis: str, x: alt.Scale, y: alt.Scale, lang: Language
) -> list[alt.Chart]:
    """Draw a bar a period, each on top of the one before."""
    _, units = style.billions(table.attrs["currency"], lang)
    digits = 1 if units == 1 else 0
    bars = table.assign(
        before=(table["cumulative"] - table["spent"]).round(9),
        statement=table["claim"].map(book.claims.set_index("id")["statement"]),
        shown=[
            style.BOUND_WORDS[lang][bound] + style.number(spent * units, digits, bound, lang) + mark
            for bound, spent, mark in zip(
                table["bound"], table["spent"], facts.marks(book, table["claim"]), strict=True
            )
        ],
        next=table["period_end"] + pd.Timedelta(days=1),
        mid=table["period_start"] + (table["period_end"] - table["period_start"]) / 2,
    )
    base = alt.Chart(bars)
    return [
        base.mark_rect(color=COLORS["actual"]).encode(
            x=alt.X("period_start:T", title=None, scale=x, axis=style.month_axis(lang)),
            x2="next:T",
            y=alt.Y("before:Q", title=axis, scale=y, axis=style.billions_axis(lang)),
            y2="cumulative:Q",
            tooltip=["statement:N", "shown:N", "cumulative:Q"],
        ),
        base.mark_text(baseline="bottom", dy=-4).encode(
            x=alt.X("mid:T", scale=x), y=alt.Y("cumulative:Q", scale=y), text="shown:N"
        ),
    ]


def _plan(book: Dossier, attrs: dict[Any, Any], text: str, x: alt.Scale, y: alt.Scale) -> list[alt.Chart]:
    """Draw the plan as a line over its span, with an arrow where it is a floor or a ceiling."""
    row = {name: attrs[name] for name in ("start", "end", "level")}
    target = alt.Chart(pd.DataFrame([row | {"text": text + _mark(book, attrs["claim"])}]))
    level = alt.Y("level:Q", scale=y)
    layers = [
        target.mark_rule(color=COLORS["guidance"], strokeWidth=2).encode(
            x=alt.X("start:T", scale=x), x2="end:T", y=level
        ),
        target.mark_text(color=COLORS["guidance"], align="right", baseline="bottom", dy=-5).encode(
            x=alt.X("end:T", scale=x), y=level, text="text:N"
        ),
    ]
    arrows: dict[str, tuple[str, Any]] = {"at_least": ("↑", "bottom"), "at_most": ("↓", "top")}
    if attrs["bound"] in arrows:
        arrow, baseline = arrows[attrs["bound"]]
        layers.append(
            target.mark_text(
                color=COLORS["guidance"], text=arrow, fontSize=20, baseline=baseline, dx=4
            ).encode(x=alt.X("start:T", scale=x), y=level)
        )
    return layers


def _even_pace(attrs: dict[Any, Any], text: str, x: alt.Scale, y: alt.Scale) -> list[alt.Chart]:
    """Draw a pace even in time, from nothing on the plan's first day to its level on the last."""
    start, end, level = attrs["start"], attrs["end"], attrs["level"]
    pace = pd.DataFrame({"day": [start, end], "level": [0, level]})
    label = pd.DataFrame([{"day": start + 0.75 * (end - start), "level": 0.75 * level, "text": text}])
    place: dict[str, Any] = {"x": alt.X("day:T", scale=x), "y": alt.Y("level:Q", scale=y)}
    return [
        alt.Chart(pace)
        .mark_line(color=COLORS["guidance"], strokeDash=[4, 4], strokeWidth=1.2)
        .encode(**place),
        alt.Chart(label)
        .mark_text(color=COLORS["guidance"], align="left", dx=8, dy=8)
        .encode(**place, text="text:N"),
    ]


def _company_count(
    book: Dossier, counted: dict[str, Any], text: str, x: alt.Scale, y: alt.Scale
) -> list[alt.Chart]:
    """Draw what the company itself counts towards the plan as a point."""
    row = {"end": counted["end"], "level": counted["level"], "text": text + _mark(book, counted["claim"])}
    row["statement"] = book.claims.set_index("id")["statement"][counted["claim"]]
    base = alt.Chart(pd.DataFrame([row])).encode(x=alt.X("end:T", scale=x), y=alt.Y("level:Q", scale=y))
    shape = style.BOUND_SHAPES[counted["bound"]]
    point = base.mark_point(shape=shape, size=130, filled=True, opacity=1, color=COLORS["derived"])
    return [
        point.encode(tooltip=["statement:N", "text:N"]),
        base.mark_text(align="left", dx=8, dy=30, color=COLORS["ink"]).encode(text="text:N"),
    ]
