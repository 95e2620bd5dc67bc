"""Capital expenditure against the plan, as a chart."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.dossier import Dossier
from workbook.expressions import heading
from workbook.strategy.capital import capex
from workbook.style import COLORS, Language


def capex_chart(
    book: Dossier, *, plan: str | None = None, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw what was spent since the plan was announced against the plan, drawn as the bound it is.

    Parameters
    ----------
    book
        The dossier.
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
    >>> capex_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'EUR bn, cumulative since the plan'
    """
    table = capex(book, plan=plan)
    attrs = table.attrs
    bn, counted = f"{attrs['currency']} bn", attrs["stated"]
    x = style.span(attrs["start"] - pd.Timedelta(days=60), attrs["end"])
    y = alt.Scale(domain=[0, float(f"{1.2 * max(attrs['level'], table['cumulative'].iloc[-1]):.6g}")])
    level = style.figure(attrs["level"], bn, attrs["bound"], lang)
    layers = [
        *_spending(book, table, x, y, lang),
        *_plan(book, attrs, words.text("capex.plan", lang, level=level), x, y),
        *_even_pace(attrs, words.text("capex.pace", lang), x, y),
    ]
    if counted:
        figure = style.figure(counted["level"], bn, counted["bound"], lang)
        text = words.text("capex.by_company", lang, counted=figure)
        layers += _company_count(book, counted, text, x, y)
    if attrs["missing"]:
        middles = [first + (last - first) / 2 for first, last in attrs["missing"]]
        layers.append(
            alt.Chart(pd.DataFrame({"mid": middles, "text": words.text("capex.not_found", lang)}))
            .mark_text(color=COLORS["muted"], angle=270, align="left", baseline="middle")
            .encode(x=alt.X("mid:T", scale=x), y=alt.value(alt.expr("height - 8")), text="text:N")
        )
    finding = _finding(book, table, lang)
    note = words.text("capex.note", lang, series=facts.series_name(book, "capex", lang))
    gaps = words.text("capex.gaps", lang) if attrs["missing"] else ""
    claims = [*table["claim"], attrs["claim"], *([counted["claim"]] if counted else [])]
    return style.dress(
        alt.layer(*layers),
        title=title or finding,
        subtitle=words.sentences([note, gaps], lang),
        lang=lang,
        footer=facts.footer(book, claims, lang),
        description=words.text("capex.alt", lang, finding=finding),
        width=700,
        below=30,
    )


def _finding(book: Dossier, table: pd.DataFrame, lang: Language) -> str:
    """Say how much of the plan is spent: by the company's own count where there is one."""
    attrs = table.attrs
    bn, counted = f"{attrs['currency']} bn", attrs["stated"]
    subject = facts.named(book, attrs["subject"], lang)
    level = style.figure(attrs["level"], bn, attrs["bound"], lang)
    if counted:
        figure = style.figure(counted["level"], bn, counted["bound"], lang)
        day = style.day(counted["end"], lang=lang)
        return words.text("capex.counted", lang, subject=subject, counted=figure, level=level, day=day)
    bound = attrs["sum_bound"]
    last = table["period_end"].iloc[-1]
    return words.text(
        "capex.bounded" if bound else "capex.unbounded",
        lang,
        subject=subject,
        level=level,
        spent=style.figure(table["cumulative"].iloc[-1], bn, bound or "exact", lang),
        months=f"{(last - attrs['start']).days / 30.4375:.0f}",
        whole=f"{(attrs['end'] - attrs['start']).days / 30.4375:.0f}",
    )


def _mark(book: Dossier, claim: str) -> str:
    return facts.marks(book, pd.Series([claim]))[0]


def _spending(
    book: Dossier, table: pd.DataFrame, x: alt.Scale, y: alt.Scale, lang: Language
) -> list[alt.Chart]:
    """Draw a bar a period, each on top of the one before."""
    unit, units = style.billions(table.attrs["currency"], lang)
    axis = heading(words.text("capex.axis", lang, unit=unit))
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
