"""Revenue by quarter as bars."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.commercialization import quarters, series
from workbook.dossier import Dossier
from workbook.style import COLORS, Language


def revenue_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw revenue by quarter: a change of basis as a break, a quarter without a figure as a gap.

    Parameters
    ----------
    book
        The dossier.
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `by_quarter`.

    Examples
    --------
    >>> revenue_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'quarterly revenue, EUR bn'
    """
    table = quarters.by_quarter(book, "revenue", "growth")
    unit = table.attrs["units"]["revenue"]
    currency, scale = unit.split()
    shown_unit, shown_units = style.billions(currency, lang)
    table["amount"] = table["revenue"] / {"m": 1000, "bn": 1}[scale]
    old_end = table.loc[table["side"] == "as reported", "period_end"].max()
    table["what"] = table["revenue_basis"].astype("str").where(table["revenue_basis"].notna())
    table.loc[(table["revenue_basis"] == "recast") & (table["period_end"] <= old_end), "what"] = "year_before"
    table["what"] = table["what"].map(lambda what: words.text(f"revenue.{what}", lang), na_action="ignore")
    table["slot"] = quarters.slots(table)
    shown = table.dropna(subset=["amount"])
    claims = shown["revenue_claim"].tolist() + table["growth_claim"].dropna().tolist()
    data = shown[["slot", "amount", "what"]].assign(
        bound=shown["revenue_bound"],
        figure=[
            style.figure(value, unit, bound, lang)
            for value, bound in zip(shown["revenue"], shown["revenue_bound"], strict=True)
        ],
        written=[
            style.number(shown_units * amount, 1 if shown_units == 1 else 0, bound, lang) + mark
            for amount, bound, mark in zip(
                shown["amount"],
                shown["revenue_bound"],
                facts.marks(book, shown["revenue_claim"]),
                strict=True,
            )
        ],
        **series.statements(book, shown["revenue_claim"]),
    )
    colors = {
        "as_reported": COLORS["actual"],
        "derived": COLORS["derived"],
        "year_before": "#d3e0ea",
        "recast": COLORS["recast"],
    }
    colors = {words.text(f"revenue.{what}", lang): color for what, color in colors.items()}
    colors = {what: color for what, color in colors.items() if what in set(data["what"])}
    x = quarters.axis(table, lang)
    base = alt.Chart(data)
    bars = base.mark_bar(width={"band": 0.72}).encode(
        x=x,
        y=alt.Y(
            "amount:Q",
            title=words.titled(words.text("revenue.axis", lang), shown_unit, lang),
            axis=style.billions_axis(lang),
            scale=alt.Scale(domainMax=float(table["amount"].max()) * 1.15),
        ),
        color=alt.Color(
            "what:N", title=None, scale=alt.Scale(domain=list(colors), range=list(colors.values()))
        ),
        tooltip=series.tooltip("what"),
    )
    numbers = base.mark_text(dy=-7, fontSize=10).encode(x=x, y="amount:Q", text="written:N")
    layers = [bars, numbers, *quarters.gaps(table.loc[table["amount"].isna(), "slot"].tolist(), x, lang)]
    layers += quarters.rule_between(book, table, x, lang)
    newest = shown.loc[shown["period_end"] == shown["period_end"].max()].iloc[-1]
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _revenue_finding(book, newest, unit, lang),
        subtitle=quarters.break_note(table, lang),
        lang=lang,
        footer=facts.footer(book, claims, lang),
        description=words.text(
            "revenue.alt",
            lang,
            name=facts.series_name(book, "revenue", lang),
            n=len(shown),
            missing=len(table) - len(shown),
            latest=style.figure(float(newest["revenue"]), unit, newest["revenue_bound"], lang),
        ),
        width=quarters.WIDTH,
        below=64,
    )


def _revenue_finding(book: Dossier, newest: pd.Series[Any], unit: str, lang: Language) -> str:
    amount = style.figure(float(newest["revenue"]), unit, newest["revenue_bound"], lang)
    quarter = style.day(newest["period_end"], "month", lang)
    subject = facts.named(book, newest["subject"], lang)
    finding = words.text("revenue.finding", lang, subject=subject, amount=amount, quarter=quarter)
    if pd.notna(newest["growth"]):
        # A fall is written without its minus sign, which turns its bound round.
        fell, bound = float(newest["growth"]) < 0, str(newest["growth_bound"])
        bound = {"at_least": "at_most", "at_most": "at_least"}.get(bound, bound) if fell else bound
        growth = style.figure(abs(float(newest["growth"])), "%", bound, lang)
        finding += words.text("revenue.fell" if fell else "revenue.rose", lang, growth=growth)
    return finding + (words.text("revenue.on_new_basis", lang) if newest["side"] == "recast" else "")
