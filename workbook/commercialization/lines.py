"""Percentages by quarter as lines: growth on the year, and the margin."""

from __future__ import annotations

from typing import Any, NamedTuple

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.commercialization import quarters, series
from workbook.dossier import Dossier
from workbook.style import COLORS, Language


class _Line(NamedTuple):
    """One line of a chart."""

    name: str
    """As the legend says it."""
    role: str
    """Its column in the table by quarter."""
    color: str


def growth_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the growth of revenue on the year, total and from external customers, by quarter.

    Lines stop at a quarter without a figure and at a change of basis.

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
        If no quarter has a figure of the role "growth" or "external_growth"; as `by_quarter`.

    Examples
    --------
    >>> growth_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'growth on the year, %'
    """
    roles = [role for role in ("growth", "external_growth") if facts.has(book, role)] or ["growth"]
    table = quarters.by_quarter(book, *roles)
    lines = [
        _Line(words.text("growth.total", lang), "growth", COLORS["actual"]),
        _Line(words.text("growth.external", lang), "external_growth", style.CATEGORIES[1]),
    ]
    lines = [line for line in lines if line.role in roles]
    return _lines_chart(
        book,
        table,
        lines,
        axis=words.titled(words.text("growth.axis", lang), "%", lang),
        title=title or _growth_finding(book, table, roles[0], lang),
        description=words.joined([facts.series_name(book, role, lang) for role in roles], lang),
        lang=lang,
    )


def _growth_finding(book: Dossier, table: pd.DataFrame, role: str, lang: Language) -> str:
    external = role == "external_growth"
    rates = table.dropna(subset=[role])
    subject = facts.named(book, rates["subject"].dropna().iloc[-1], lang)
    if len(rates) == 1:
        key = "growth.single_external" if external else "growth.single"
        figure, month = _figure(rates.iloc[0], role, lang), _month(rates.iloc[0], lang)
        return words.text(key, lang, subject=subject, figure=figure, month=month)
    what = words.text("growth.of_external" if external else "growth.of_total", lang, subject=subject)
    return _change(rates, role, what, lang)


def margin_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the margin by quarter: as the company gives it, elsewhere profit over revenue.

    A margin is computed only where profit and revenue of the quarter are exact and on one basis. Lines stop
    at a quarter without a figure and at a change of basis.

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
        If no quarter has a margin, or a profit and the revenue it was made on; as `by_quarter`.

    Examples
    --------
    >>> margin_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'profit margin, %'
    """
    roles = [role for role in ("margin", "operating_profit", "revenue") if facts.has(book, role)]
    if not {"margin", "operating_profit"} & set(roles):
        roles = ["margin"]  # reading it raises the error that says what is missing
    table = _margins(quarters.by_quarter(book, *roles))
    if table["shown"].isna().all():
        raise ValueError(f"no quarter of {book!r} has a margin, or a profit with the revenue it was made on")
    lines = [
        _Line(words.text("revenue.as_reported", lang), "margin", COLORS["actual"]),
        _Line(words.text("revenue.derived", lang), "computed", COLORS["derived"]),
    ]
    name = facts.series_name(book, "margin", lang)
    return _lines_chart(
        book,
        table,
        [line for line in lines if table[line.role].notna().any()],
        axis=words.titled(name, "%", lang),
        title=title or _margin_finding(book, table, name, lang),
        description=name,
        lang=lang,
        joined="shown",
        claims=table.loc[table["computed"].notna(), "revenue_claim"].tolist(),
    )


def _margin_finding(book: Dossier, table: pd.DataFrame, name: str, lang: Language) -> str:
    """Say the latest margin, and how it went on its own basis; levels on two bases are never compared."""
    shown = table.dropna(subset=["shown"])
    last = shown.iloc[-1]
    same = shown[shown["side"] == last["side"]]
    subject = facts.named(book, last["subject"], lang)
    what = words.text("margin.of", lang, subject=subject, name=name[0].upper() + name[1:])
    if len(same) > 1:
        return _change(same, "shown", what, lang)
    figure, month = _figure(last, "shown", lang), _month(last, lang)
    finding = words.text("margin.single", lang, what=what, figure=figure, month=month)
    return finding + (words.text("margin.other_basis", lang) if len(shown) > 1 else "")


def _margins(table: pd.DataFrame) -> pd.DataFrame:
    """Add the margin of quarters for which none is given: columns computed, and shown for either."""
    roles = ("margin", "operating_profit", "revenue")
    needed = [f"{role}{part}" for role in roles for part in ("", "_bound", "_claim")]
    table = table.reindex(columns=[*dict.fromkeys([*table, *needed])])
    exact = (table["operating_profit_bound"] == "exact") & (table["revenue_bound"] == "exact")
    computed = (100 * table["operating_profit"] / table["revenue"]).round(1)
    same_unit = len({table.attrs["units"].get(role) for role in ("operating_profit", "revenue")}) == 1
    given = table["margin"].notna()
    return table.assign(
        computed=computed.where(exact & ~given) if same_unit else float("nan"),
        computed_bound="exact",
        computed_claim=table["operating_profit_claim"],
        shown=table["margin"].where(given, computed.where(exact) if same_unit else float("nan")),
        shown_bound=table["margin_bound"].where(given, "exact"),
    )


def _lines_chart(
    book: Dossier,
    table: pd.DataFrame,
    lines: list[_Line],
    *,
    axis: str,
    title: str,
    description: str,
    lang: Language,
    joined: str = "",
    claims: list[str] | None = None,
) -> alt.LayerChart:
    """Draw columns of a table by quarter; `joined` is the column that one line runs through, if one does.

    `claims` are those that figures rest on besides the claims of the columns.
    """
    # The base of a comparison has a figure on the other side already.
    shown = table[[line.role for line in lines]].notna().any(axis=1)
    table = table[(table["side"] == "as reported") | shown]
    table = table.assign(slot=quarters.slots(table))
    parts = []
    for line in lines:
        columns = [line.role, f"{line.role}_bound", f"{line.role}_claim"]
        part = table[["side", "slot", *columns]].set_axis(["side", "slot", "value", "bound", "claim"], axis=1)
        # A new piece of line after every gap and on each side of the break.
        broken = table[joined or line.role].isna().cumsum().astype("str")
        part = part.assign(what=line.name, piece=part["side"] + broken)
        parts.append(part.dropna(subset=["value"]))
    data = pd.concat(parts, ignore_index=True)
    # The lower of two numbers goes below its point, so that no two are written over each other.
    lower = data.sort_values("value", kind="stable").duplicated("slot", keep="last").sort_index()
    said = data["claim"].tolist() + (claims or [])
    data = data.assign(
        unit="%", place=lower.map({True: "below", False: "above"}), **series.statements(book, data["claim"])
    ).assign(
        figure=lambda t: series.figures(t, lang),
        written=[
            style.number(value, 1, bound, lang) + mark
            for value, bound, mark in zip(
                data["value"], data["bound"], facts.marks(book, data["claim"]), strict=True
            )
        ],
    )
    data = data.drop(columns=["side", "claim", "unit"])
    x = quarters.axis(table, lang)
    top, low = float(data["value"].max()), float(data["value"].min())
    y = alt.Y("value:Q", title=axis, scale=alt.Scale(domainMax=max(top * 1.25, top - low * 0.25)))
    color = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(domain=[line.name for line in lines], range=[line.color for line in lines]),
    )
    base = alt.Chart(data).encode(x=x, y=y, color=color)
    drawn = base.mark_line(strokeWidth=2).encode(detail="piece:N")
    layers: list[Any] = [
        drawn.encode(color=alt.value(COLORS["muted"])) if joined else drawn,
        base.mark_circle(size=70, opacity=1).encode(color=alt.value("white")),
        base.mark_point(size=70, opacity=1, strokeWidth=1.8).encode(
            shape=series.shape(lang, data["bound"]), tooltip=series.tooltip("what")
        ),
    ]
    # A layer without a row would be drawn too, and Vega would tell of its infinite extent.
    layers += [
        base.transform_filter(alt.datum.place == place)
        .mark_text(dy=shift, fontSize=10)
        .encode(text="written:N")
        for place, shift in {"above": -14, "below": 15}.items()
        if place in set(data["place"])
    ]
    if joined:
        layers += quarters.gaps(table.loc[table[joined].isna(), "slot"].tolist(), x, lang)
    layers += quarters.rule_between(book, table, x, lang)
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title,
        subtitle=quarters.break_note(table, lang),
        lang=lang,
        footer=facts.footer(book, said, lang),
        description=words.text("quarter.alt", lang, name=description, n=len(data)),
        width=quarters.WIDTH,
        below=64,
    )


def _figure(row: pd.Series[Any], role: str, lang: Language) -> str:
    return style.figure(float(row[role]), "%", row[f"{role}_bound"], lang)


def _month(row: pd.Series[Any], lang: Language) -> str:
    return style.day(row["period_end"], "month", lang)


def _change(rows: pd.DataFrame, role: str, what: str, lang: Language) -> str:
    """Say how a percentage went from the first quarter to the last."""
    first, last = rows.iloc[0], rows.iloc[-1]
    way = facts.moved(*((row[role], row[f"{role}_bound"]) for row in (first, last)))
    finding = words.text(
        f"change.{way}",
        lang,
        what=what,
        first=_figure(first, role, lang),
        start=_month(first, lang),
        last=_figure(last, role, lang),
        end=_month(last, lang),
    )
    return finding + (words.text("change.last_step_new", lang) if last["side"] == "recast" else "")
