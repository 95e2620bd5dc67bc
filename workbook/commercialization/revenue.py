"""Cloud revenue by quarter and its growth on the year.

Two bases are never joined: figures on a recast basis stand on their own side of a break, beside the
prior-year base they may be compared with, and a quarter without a figure stays an empty place.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style
from workbook.commercialization import quarters, series
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

REVENUE = "cloud_revenue"
GROWTH = "cloud_revenue_growth"
EXTERNAL_GROWTH = "cloud_external_revenue_growth"
"""Names of the metrics read; any dossier that uses them gets these tables and charts."""


def cloud_revenue(book: Dossier) -> pd.DataFrame:
    """Tabulate cloud revenue and its growth by quarter, on either side of a change of basis.

    Where a quarter has several prints on one basis, a printed figure goes before a computed one, an exact
    one before a rounded one, and the first print before a later one.

    Returns
    -------
    pandas.DataFrame
        One row a quarter and side, quarters nobody gives a figure for included: side ("as reported" or
        "recast"), period_end, subject, revenue (in `attrs["units"]`; NaN where not found), basis, bound,
        growth and external_growth (percent on the year, total and external customers), and the ids of the
        claims: claim, growth_claim, external_claim.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no cloud revenue by quarter, or has it in two units, or
        the figures on one side are of two of its own subjects.

    Examples
    --------
    >>> import workbook as wb
    >>> table = cloud_revenue(wb.open())
    >>> row = table[(table["side"] == "recast") & table["revenue"].notna()].iloc[-1]
    >>> row["period_end"].date().isoformat(), float(row["revenue"]), float(row["growth"])
    ('2026-06-30', 48437.0, 45.0)
    """
    rows = facts.read(book, REVENUE, GROWTH, EXTERNAL_GROWTH)
    rows = rows[(rows["kind"] == "actual") & (facts.months(rows) == 3)]
    if not (rows["metric"] == REVENUE).any():
        raise ValueError(f"{REVENUE} has no row whose period is a quarter in the metrics of {book!r}")
    rows = rows.assign(
        side=rows["basis"].map(lambda basis: "recast" if basis == "recast" else "as reported"),
        computed=rows["basis"] == "derived",
        rounded=rows["bound"] != "exact",
    ).sort_values(["computed", "rounded", "published"], kind="stable")
    unit = facts.one_unit(rows[rows["metric"] == REVENUE])
    parts = []
    for side, group in rows.groupby("side", sort=True):
        frame = pd.DataFrame({"side": side, "period_end": quarters.filled(group["period_end"])})
        frame["subject"] = facts.one_subject(group)
        for metric, columns in {
            REVENUE: {
                "value": "revenue",
                "basis": "basis",
                "bound": "bound",
                "claim": "claim",
            },
            GROWTH: {"value": "growth", "bound": "growth_bound", "claim": "growth_claim"},
            EXTERNAL_GROWTH: {
                "value": "external_growth",
                "bound": "external_bound",
                "claim": "external_claim",
            },
        }.items():
            found = group[group["metric"] == metric].drop_duplicates("period_end")
            frame = frame.merge(
                found[["period_end", *columns]].rename(columns=columns), on="period_end", how="left"
            )
        parts.append(frame)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["units"] = {"revenue": unit, "growth": "%", "external_growth": "%"}
    return table


def cloud_revenue_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw cloud revenue by quarter: a change of basis as a break, a quarter without a figure as a gap.

    Parameters
    ----------
    lang
        "en" or "zh".
    title
        Instead of the finding computed from the data.

    Raises
    ------
    ValueError
        As `cloud_revenue`.

    Examples
    --------
    >>> import workbook as wb
    >>> cloud_revenue_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'quarterly revenue, RMB bn'
    """
    table = cloud_revenue(book)
    unit = table.attrs["units"]["revenue"]
    currency, scale = unit.split()
    shown_unit, shown_units = style.billions(currency, lang)
    table["amount"] = table["revenue"] / {"m": 1000, "bn": 1}[scale]
    old_end = table.loc[table["side"] == "as reported", "period_end"].max()
    table["what"] = table["basis"].map(
        {
            "as_reported": "as reported",
            "derived": "computed by us",
            "recast": "new basis",
        }
    )
    table.loc[(table["basis"] == "recast") & (table["period_end"] <= old_end), "what"] = (
        "year before, on the new basis"
    )
    table["what"] = table["what"].map(lambda what: style.label(what, lang), na_action="ignore")
    table["slot"] = quarters.slots(table)
    shown = table.dropna(subset=["amount"])
    claims = shown["claim"].tolist() + table["growth_claim"].dropna().tolist()
    data = shown[["slot", "amount", "what", "bound"]].assign(
        figure=[
            style.figure(value, unit, bound, lang)
            for value, bound in zip(shown["revenue"], shown["bound"], strict=True)
        ],
        written=[
            style.number(shown_units * amount, 1 if shown_units == 1 else 0, bound, lang) + mark
            for amount, bound, mark in zip(
                shown["amount"], shown["bound"], facts.marks(book, shown["claim"]), strict=True
            )
        ],
        **series.said(book, shown["claim"]),
    )
    colors = {
        "as reported": COLORS["actual"],
        "computed by us": COLORS["derived"],
        "year before, on the new basis": "#d3e0ea",
        "new basis": COLORS["recast"],
    }
    colors = {style.label(what, lang): color for what, color in colors.items()}
    colors = {what: color for what, color in colors.items() if what in set(data["what"])}
    x = quarters.axis(table, lang)
    base = alt.Chart(data)
    bars = base.mark_bar(width={"band": 0.72}).encode(
        x=x,
        y=alt.Y(
            "amount:Q",
            title=f"{style.label('quarterly revenue', lang)}, {shown_unit}",
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
        description=(
            f"Bars: {REVENUE} by quarter, {len(shown)} figures, {len(table) - len(shown)} not found; "
            f"the latest is {style.figure(float(newest['revenue']), unit, newest['bound'])}."
        ),
        width=quarters.WIDTH,
        below=64,
    )


def _revenue_finding(book: Dossier, newest: pd.Series[Any], unit: str, lang: Language) -> str:
    amount = style.figure(float(newest["revenue"]), unit, newest["bound"], lang)
    quarter = style.day(newest["period_end"], "month", lang)
    subject = facts.named(book, newest["subject"], lang)
    recast = newest["side"] == "recast"
    rise = ""
    if pd.notna(newest["growth"]):
        # A fall is told without its sign, which turns its bound round.
        fell, bound = float(newest["growth"]) < 0, str(newest["growth_bound"])
        bound = {"at_least": "at_most", "at_most": "at_least"}.get(bound, bound) if fell else bound
        growth = style.figure(abs(float(newest["growth"])), "%", bound, lang)
        way = {"en": ("up", "down"), "zh": ("增长", "下降")}[lang][fell]
        rise = f"，同比{way}{growth}" if lang == "zh" else f", {way} {growth} on the year"
    if lang == "zh":
        return f"截至{quarter}的季度{subject}收入为{amount}{rise}" + (
            "；分部口径已变，不可与此前季度直接相比" if recast else ""
        )
    basis = ", on a new basis that earlier quarters do not share" if recast else ""
    return f"Revenue of {subject} was {amount} in the quarter to {quarter}{rise}{basis}"


def cloud_growth_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the growth of cloud revenue on the year, total and from external customers, by quarter.

    Lines stop at a quarter without a figure and at a change of basis.

    Raises
    ------
    ValueError
        As `cloud_revenue`, and if no quarter has a growth rate.

    Examples
    --------
    >>> import workbook as wb
    >>> cloud_growth_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'growth on the year, %'
    """
    table = cloud_revenue(book)
    # The base of a comparison has a growth rate on the other side already.
    table = table[
        (table["side"] == "as reported") | table["growth"].notna() | table["external_growth"].notna()
    ]
    table = table.assign(slot=quarters.slots(table))
    kinds = {
        style.label("total", lang): ("growth", "growth_bound", "growth_claim"),
        style.label("external customers", lang): ("external_growth", "external_bound", "external_claim"),
    }
    colors = [COLORS["actual"], style.CATEGORIES[1]]
    parts = []
    for name, columns in kinds.items():
        part = table[["side", "slot", *columns]].set_axis(["side", "slot", "value", "bound", "claim"], axis=1)
        # A new piece of line after every gap and on each side of the break.
        part = part.assign(what=name, piece=lambda t: t["side"] + t["value"].isna().cumsum().astype("str"))
        parts.append(part.dropna(subset=["value"]))
    data = pd.concat(parts, ignore_index=True)
    if data.empty:
        raise ValueError(f"no {GROWTH} or {EXTERNAL_GROWTH} by quarter in the metrics of {book!r}")
    # The lower of two numbers goes below its point, so that no two are written over each other.
    lower = data.sort_values("value", kind="stable").duplicated("slot", keep="last").sort_index()
    claims = data["claim"].tolist()
    data = data.assign(
        unit="%", place=lower.map({True: "below", False: "above"}), **series.said(book, data["claim"])
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
    y = alt.Y(
        "value:Q",
        title=f"{style.label('growth on the year', lang)}, %",
        scale=alt.Scale(domainMax=float(data["value"].max()) * 1.25),
    )
    color = alt.Color("what:N", title=None, scale=alt.Scale(domain=list(kinds), range=colors))
    base = alt.Chart(data).encode(x=x, y=y, color=color)
    layers: list[Any] = [
        base.mark_line(strokeWidth=2).encode(detail="piece:N"),
        base.mark_circle(size=70, opacity=1).encode(color=alt.value("white")),
        base.mark_point(size=70, opacity=1, strokeWidth=1.8).encode(
            shape=series.shape(lang, data["bound"]), tooltip=series.tooltip("what")
        ),
    ]
    for place, shift in {"above": -14, "below": 15}.items():
        layers.append(
            base.transform_filter(alt.datum.place == place)
            .mark_text(dy=shift, fontSize=10)
            .encode(text="written:N")
        )
    layers += quarters.rule_between(book, table, x, lang)
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _growth_finding(book, table, lang),
        subtitle=quarters.break_note(table, lang),
        lang=lang,
        footer=facts.footer(book, claims, lang),
        description=f"Lines: growth of {REVENUE} by quarter, total and external; {len(data)} figures.",
        width=quarters.WIDTH,
        below=64,
    )


def _growth_finding(book: Dossier, table: pd.DataFrame, lang: Language) -> str:
    column = "growth" if table["growth"].notna().any() else "external_growth"
    bound = {"growth": "growth_bound", "external_growth": "external_bound"}[column]
    rates = table.dropna(subset=[column])
    first, last = rates.iloc[0], rates.iloc[-1]
    span = [style.day(row["period_end"], "month", lang) for row in (first, last)]
    said = [style.figure(float(row[column]), "%", row[bound], lang) for row in (first, last)]
    subject = facts.named(book, rates["subject"].dropna().iloc[-1], lang)
    external = column == "external_growth"
    if lang == "zh":
        what = f"{subject}{'外部' if external else ''}收入同比增"
        if len(rates) == 1:
            return f"{span[0]}季度{what}长{said[0]}"
        change = f"{what}速从{span[0]}的{said[0]}变为{span[1]}的{said[1]}"
        return change + ("，末段为新口径" if last["side"] == "recast" else "")
    what = f"{'external revenue' if external else 'revenue'} of {subject}"
    if len(rates) == 1:
        return f"{what[0].upper()}{what[1:]} grew {said[0]} on the year in the quarter to {span[0]}"
    verb = facts.moved((first[column], first[bound]), (last[column], last[bound]))
    change = f"Growth of the {what} {verb} from {said[0]} in {span[0]} to {said[1]} in {span[1]}"
    return change + (", the last step on a new basis" if last["side"] == "recast" else "")
