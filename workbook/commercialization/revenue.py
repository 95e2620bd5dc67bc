"""Cloud revenue by quarter, its growth, the AI share of it, and the streak of doublings.

Two bases are never joined: figures on a recast basis stand on their own side of a break, beside the
prior-year base they may be compared with, and a quarter without a figure stays an empty place.
"""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from workbook import style
from workbook.commercialization import series
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

REVENUE = "cloud_revenue"
GROWTH = "cloud_revenue_growth"
EXTERNAL_GROWTH = "cloud_external_revenue_growth"
AI_SHARE = "ai_share_of_external_revenue"
STREAK = "ai_triple_digit_streak"
AI_REVENUE = "ai_product_revenue"
"""Names of the metrics read; any dossier that uses them gets these tables and charts."""

LONGEST_QUARTER = 100
"""Days; a longer period is a half year or a year, and no bar among quarters."""
_BREAK = "break"
WIDTH = 720


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
        If the dossier, as known on its `as_of`, has no cloud revenue by quarter, or has it in two units.

    Examples
    --------
    >>> import workbook as wb
    >>> table = cloud_revenue(wb.open())
    >>> row = table[(table["side"] == "recast") & table["revenue"].notna()].iloc[-1]
    >>> row["period_end"].date().isoformat(), float(row["revenue"]), float(row["growth"])
    ('2026-06-30', 48437.0, 45.0)
    """
    rows = series.read(book, REVENUE, GROWTH, EXTERNAL_GROWTH)
    length = (rows["period_end"] - rows["period_start"]).dt.days
    rows = rows[(rows["kind"] == "actual") & (length <= LONGEST_QUARTER)]
    if not (rows["metric"] == REVENUE).any():
        raise ValueError(f"{REVENUE} has no row whose period is a quarter in the metrics of {book!r}")
    rows = rows.assign(
        side=rows["basis"].map(lambda basis: "recast" if basis == "recast" else "as reported"),
        computed=rows["basis"] == "derived",
        rounded=rows["bound"] != "exact",
    ).sort_values(["computed", "rounded", "published"], kind="stable")
    unit = series.one_unit(rows[rows["metric"] == REVENUE])
    parts = []
    for side, group in rows.groupby("side", sort=True):
        frame = pd.DataFrame({"side": side, "period_end": _quarters(group["period_end"])})
        for metric, columns in {
            REVENUE: {
                "subject": "subject",
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
    table["amount"] = (table["revenue"] / {"m": 1000, "bn": 1}[scale]).round(3)
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
    table["slot"] = _slots(table)
    shown = table.dropna(subset=["amount"])
    claims = shown["claim"].tolist() + table["growth_claim"].dropna().tolist()
    data = shown[["slot", "amount", "what", "bound"]].assign(
        figure=[
            style.figure(value, unit, bound, lang)
            for value, bound in zip(shown["revenue"], shown["bound"], strict=True)
        ],
        **_said(book, shown["claim"]),
    )
    colors = {
        "as reported": COLORS["actual"],
        "computed by us": COLORS["derived"],
        "year before, on the new basis": "#d3e0ea",
        "new basis": COLORS["recast"],
    }
    colors = {style.label(what, lang): color for what, color in colors.items()}
    colors = {what: color for what, color in colors.items() if what in set(data["what"])}
    x = _axis(table, lang)
    base = alt.Chart(data)
    bars = base.mark_bar(width={"band": 0.72}).encode(
        x=x,
        y=alt.Y(
            "amount:Q",
            title=f"{style.label('quarterly revenue', lang)}, {currency} bn",
            scale=alt.Scale(domainMax=float(table["amount"].max()) * 1.15),
        ),
        color=alt.Color(
            "what:N", title=None, scale=alt.Scale(domain=list(colors), range=list(colors.values()))
        ),
        tooltip=series.tooltip("what"),
    )
    numbers = base.mark_text(dy=-7, fontSize=10).encode(
        x=x, y="amount:Q", text=alt.Text("amount:Q", format=".1f")
    )
    layers = [bars, numbers, *_gaps(table.loc[table["amount"].isna(), "slot"].tolist(), x, lang)]
    layers += _break(book, table, x, lang)
    newest = shown.loc[shown["period_end"] == shown["period_end"].max()].iloc[-1]
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _revenue_finding(newest, unit, lang),
        subtitle=_break_note(table, lang),
        footer=style.footer(book, claims, lang),
        description=(
            f"Bars: {REVENUE} by quarter, {len(shown)} figures, {int(table['amount'].isna().sum())} quarters not "
            f"found; the latest is {style.figure(float(newest['revenue']), unit, newest['bound'])}."
        ),
        width=WIDTH,
        below=64,
    )


def _revenue_finding(newest: pd.Series[Any], unit: str, lang: Language) -> str:
    amount = style.figure(float(newest["revenue"]), unit, newest["bound"], lang)
    quarter = style.day(newest["period_end"], "month", lang)
    recast = newest["side"] == "recast"
    grown = pd.notna(newest["growth"])
    growth = style.figure(float(newest["growth"]), "%", newest["growth_bound"], lang) if grown else ""
    if lang == "zh":
        rise = f"，同比增长{growth}" if growth else ""
        return f"截至{quarter}的季度云收入为{amount}{rise}" + (
            "；分部口径已变，不可与此前季度直接相比" if recast else ""
        )
    rise = f", up {growth} on the year" if growth else ""
    basis = ", on a new basis that earlier quarters do not share" if recast else ""
    return f"Cloud revenue was {amount} in the quarter to {quarter}{rise}{basis}"


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
    table = table.assign(slot=_slots(table))
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
        unit="%", place=lower.map({True: "below", False: "above"}), **_said(book, data["claim"])
    ).assign(figure=lambda t: series.figures(t, lang))
    data = data.drop(columns=["side", "claim", "unit"])
    x = _axis(table, lang)
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
            .encode(text=alt.Text("value:Q", format=".0f"))
        )
    layers += _break(book, table, x, lang)
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _growth_finding(table, lang),
        subtitle=_break_note(table, lang),
        footer=style.footer(book, claims, lang),
        description=f"Lines: growth of {REVENUE} on the year by quarter, total and external; {len(data)} figures.",
        width=WIDTH,
        below=64,
    )


def _growth_finding(table: pd.DataFrame, lang: Language) -> str:
    rates = table.dropna(subset=["growth"]) if table["growth"].notna().any() else table
    column = "growth" if table["growth"].notna().any() else "external_growth"
    rates = rates.dropna(subset=[column])
    first, last = rates.iloc[0], rates.iloc[-1]
    span = [style.day(row["period_end"], "month", lang) for row in (first, last)]
    if lang == "zh":
        change = f"云收入同比增速从{span[0]}的{first[column]:g}%变为{span[1]}的{last[column]:g}%"
        return change + ("，末段为新口径" if last["side"] == "recast" else "")
    verb = "rose" if last[column] > first[column] else "fell" if last[column] < first[column] else "stayed"
    change = f"from {first[column]:g}% in {span[0]} to {last[column]:g}% in {span[1]}"
    return f"Growth of cloud revenue {verb} {change}" + (
        ", the last step on a new basis" if last["side"] == "recast" else ""
    )


def ai_share_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the share of external cloud revenue that AI products make, floors as floors, guidance as guidance.

    Shares of another total are other metrics and are not drawn here: they cannot be compared.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no such share.

    Examples
    --------
    >>> import workbook as wb
    >>> ai_share_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'AI products, % of external cloud revenue'
    """
    rows = series.read(book, AI_SHARE)
    series.one_unit(rows)
    colors = {"actual": COLORS["actual"], "guidance": COLORS["guidance"], "derived": COLORS["derived"]}
    rows["what"] = rows["kind"].mask(rows["basis"] == "derived", "derived")
    words = {what: style.label(what, lang) for what in colors if what in set(rows["what"])}
    data = pd.DataFrame(
        {
            "date": rows["period_end"],
            "value": rows["value"].round(3),
            "bound": rows["bound"],
            "what": rows["what"].map(words),
            "figure": series.figures(rows, lang),
            "when": [style.day(day, "month", lang) for day in rows["period_end"]],
            **series.texts(rows),
        }
    )
    base = alt.Chart(data).encode(
        x=alt.X(
            "date:T",
            title=style.label("quarter ended, or date of the target", lang),
            axis=alt.Axis(format="%b %Y" if lang == "en" else "%Y年%-m月", tickCount=8),
            scale=alt.Scale(padding=50),
        ),
        y=alt.Y(
            "value:Q",
            title=style.label("AI products, % of external cloud revenue", lang),
            scale=alt.Scale(domain=[0, min(100.0, float(rows["value"].max()) * 1.35)]),
        ),
        color=alt.Color(
            "what:N",
            title=None,
            scale=alt.Scale(domain=list(words.values()), range=[colors[what] for what in words]),
        ),
    )
    points = base.mark_point(size=260, opacity=1, strokeWidth=2).encode(
        shape=series.shape(lang, data["bound"]), tooltip=series.tooltip("what", "when")
    )
    labels = (
        base.mark_text(dy=20, lineBreak="|")
        .encode(text="label:N")
        .transform_calculate(label="datum.figure + '|' + datum.when")
    )
    return style.dress(
        alt.LayerChart(layer=[points, labels]),
        title=title or _share_finding(rows, lang),
        subtitle=style.label(
            "An arrow marks a floor: the share is at least that much, how much more is not said.", lang
        ),
        footer=style.footer(book, rows["claim"], lang),
        description=f"Points: {AI_SHARE} by date: {'; '.join(data['figure'] + ' ' + data['when'])}.",
        width=WIDTH,
    )


def _share_finding(rows: pd.DataFrame, lang: Language) -> str:
    def last(kind: str) -> tuple[str, str] | None:
        found = rows[rows["kind"] == kind]
        if found.empty:
            return None
        return series.figures(found, lang)[-1], style.day(found["period_end"].iloc[-1], "month", lang)

    said, guided = last("actual"), last("guidance")
    parts = []
    if lang == "zh":
        parts += [f"{said[1]}季度AI产品占外部云收入{said[0]}"] if said else []
        parts += [f"指引：{guided[1]}前{guided[0]}"] if guided else []
        return "；".join(parts)
    parts += (
        [f"AI products made {said[0]} of external cloud revenue in the quarter to {said[1]}"] if said else []
    )
    parts += [f"{'the guidance is' if said else 'Guidance:'} {guided[0]} by {guided[1]}"] if guided else []
    return "; ".join(parts)


def streak(book: Dossier) -> pd.DataFrame:
    """Tabulate the latest unbroken streak of quarters that at least doubled on the year, and what follows.

    In quarter k of the streak revenue is at least twice that of the same quarter a year before; if that one
    is in the streak too, at least four times that of two years before, and so on. So it is at least
    2^ceil(k / 4) times the same quarter of the last year before the streak, and nothing is said on how much
    more. Where the revenue itself is known, that quarter of the base year had at most revenue over multiple.

    Returns
    -------
    pandas.DataFrame
        One row a quarter of the streak: period_end, quarter (1 for the first), counted (the count printed
        for it; missing where only a later count implies it), multiple_at_least, base_period_end, revenue
        and base_at_most (in `attrs["units"]`), claim and revenue_claim.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, counts no such streak.

    Examples
    --------
    >>> import workbook as wb
    >>> last = streak(wb.open()).iloc[-1]
    >>> int(last["quarter"]), int(last["multiple_at_least"]), last["base_period_end"].date().isoformat()
    (12, 8, '2023-06-30')
    """
    rows = series.read(book, STREAK, AI_REVENUE)
    rows = rows[rows["kind"] == "actual"]
    counts = rows[rows["metric"] == STREAK].drop_duplicates("period_end", keep="last")
    levels = rows[(rows["metric"] == AI_REVENUE) & (rows["bound"] == "exact")]
    if counts.empty:
        raise ValueError(f"no quarter's {STREAK} is an actual in the metrics of {book!r}")
    length, end = int(counts["value"].iloc[-1]), counts["period_end"].iloc[-1]
    table = pd.DataFrame({"quarter": range(1, length + 1)})
    table["period_end"] = [_quarters_before(end, length - k) for k in table["quarter"]]
    years = table["quarter"].map(lambda k: math.ceil(k / 4))
    table["multiple_at_least"] = 2**years
    table["base_period_end"] = [
        _quarters_before(day, 4 * n) for day, n in zip(table["period_end"], years, strict=True)
    ]
    counts = counts[["period_end", "value", "claim"]].rename(columns={"value": "counted"})
    unit = series.one_unit(levels) if len(levels) else ""
    levels = levels.drop_duplicates("period_end")[["period_end", "value", "claim"]].rename(
        columns={"value": "revenue", "claim": "revenue_claim"}
    )
    table = table.merge(counts, on="period_end", how="left").merge(levels, on="period_end", how="left")
    table["counted"] = table["counted"].astype("Int64")
    table["base_at_most"] = (table["revenue"] / table["multiple_at_least"]).round(3)
    table.attrs["units"] = {"revenue": unit, "base_at_most": unit}
    return table[
        [
            "period_end",
            "quarter",
            "counted",
            "multiple_at_least",
            "base_period_end",
            "revenue",
            "base_at_most",
            "claim",
            "revenue_claim",
        ]
    ]


def streak_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw what the streak implies at the least: each quarter as a floor on the multiple of its base quarter.

    Raises
    ------
    ValueError
        As `streak`.

    Examples
    --------
    >>> import workbook as wb
    >>> streak_chart(wb.open()).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["scale"]["type"]
    'log'
    """
    table = streak(book)
    unit = table.attrs["units"]["revenue"]
    printed, implied = style.label("count printed", lang), style.label("implied by a later count", lang)
    slot = table["period_end"].dt.strftime("%Y-%m-%d")
    data = pd.DataFrame(
        {
            "slot": slot,
            "floor": table["multiple_at_least"],
            "base": 1,
            "bound": "at_least",
            "what": [printed if pd.notna(count) else implied for count in table["counted"]],
            "figure": [style.figure(float(m), "x", "at_least", lang) for m in table["multiple_at_least"]],
            "quarter": table["quarter"],
            **_said(book, table["claim"]),
        }
    )
    steps = data.iloc[[i for i in range(len(data)) if i % 4 == 0]]
    x = _axis(table.assign(slot=slot), lang)
    y = alt.Y(
        "floor:Q",
        title=style.label("multiple of its base quarter, at the least", lang),
        scale=alt.Scale(type="log", base=2, domain=[1, float(data["floor"].max()) * 1.9]),
        axis=alt.Axis(
            values=[2**n for n in range(int(math.log2(data["floor"].max())) + 1)],
            labelExpr="datum.value + 'x'",
        ),
    )
    color = alt.Color(
        "what:N",
        title=None,
        scale=alt.Scale(domain=[printed, implied], range=[COLORS["actual"], COLORS["derived"]]),
        sort=[printed, implied],
    )
    base = alt.Chart(data)
    layers = [
        base.mark_bar(width={"band": 0.72}, opacity=0.25).encode(x=x, y=y, y2="base:Q", color=color),
        base.mark_point(size=340, opacity=1, strokeWidth=2).encode(
            x=x,
            y=y,
            color=color,
            shape=series.shape(lang, ["at_least"], legend=False),
            tooltip=series.tooltip("quarter", "what"),
        ),
        alt.Chart(steps)
        .mark_text(dy=-34, align="left", dx=-14, fontWeight="bold")
        .encode(x=x, y=y, text="figure:N"),
    ]
    last = table.iloc[-1]
    claims = table["claim"].dropna().tolist() + table["revenue_claim"].dropna().tolist()
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _streak_finding(last, lang),
        subtitle=_streak_note(last, unit, lang),
        footer=style.footer(book, claims, lang),
        description=(
            f"Bars with arrows up: {len(table)} quarters in a row that at least doubled on the year; the floor on the "
            f"multiple of the base year's quarter is {last['multiple_at_least']} in the last."
        ),
        width=WIDTH,
        below=64,
    )


def _streak_finding(last: pd.Series[Any], lang: Language) -> str:
    quarters, multiple = int(last["quarter"]), int(last["multiple_at_least"])
    end, base = (style.day(last[column], "month", lang) for column in ("period_end", "base_period_end"))
    if lang == "zh":
        return f"连续{quarters}个季度至少翻倍：{end}季度AI收入至少为{base}的{multiple}倍"
    return (
        f"{quarters} quarters in a row of at least +100%: AI revenue in the quarter to {end} is at least "
        f"{multiple} times that of {base}"
    )


def _streak_note(last: pd.Series[Any], unit: str, lang: Language) -> str:
    note = style.label(
        "Each doubling on the year is chained to the one before; the true multiple is not given.", lang
    )
    if pd.notna(last["base_at_most"]):
        base = style.day(last["base_period_end"], "month", lang)
        level, most = (
            style.money(float(last["revenue"]), unit, lang),
            _ceiling(last["base_at_most"], unit, lang),
        )
        if lang == "zh":
            note += f"{level}意味着{base}季度至多{most}。"
        else:
            note += f" From {level} it follows that the quarter to {base} had at most {most}."
    return note


def _ceiling(value: float, unit: str, lang: Language) -> str:
    """Write a ceiling, rounded up: rounded down it would be one that does not hold."""
    currency, scale = unit.split()
    millions = value * {"m": 1, "bn": 1000}[scale]
    if lang == "zh":
        return style.money(math.ceil(millions / 10) * 10, f"{currency} m", lang)
    return f"{currency} {math.ceil(millions):,} m"


# Quarters on an axis ------------------------------------------------------------------------------


def _quarters_before(end: pd.Timestamp, count: int) -> pd.Timestamp:
    """Return the quarter end `count` quarters before one that is a month's end."""
    return end if count == 0 else (end + pd.offsets.MonthEnd(-3 * count))


def _quarters(ends: pd.Series[Any]) -> list[pd.Timestamp]:
    """Return the quarter ends there are and, between them, those that are missing."""
    known = sorted(ends.unique())
    filled = known[:1]
    for end in known[1:]:
        missing = round((end - filled[-1]).days / 91.31) - 1
        filled += [_quarters_before(end, count) for count in range(missing, 0, -1)] + [end]
    return filled


def _slots(table: pd.DataFrame) -> list[str]:
    """Name the place of each row on the axis: its day, and a mark for the recast side."""
    return [
        f"{end:%Y-%m-%d}" + (" recast" if side == "recast" else "")
        for end, side in zip(table["period_end"], table["side"], strict=True)
    ]


def _axis(table: pd.DataFrame, lang: Language) -> alt.X:
    places = table["slot"].tolist()
    first_new = next((i for i, place in enumerate(places) if place.endswith("recast")), 0)
    if first_new:
        places.insert(first_new, _BREAK)
    form = "%b|%Y" if lang == "en" else "%Y年|%-m月"
    return alt.X(
        "slot:N",
        title=style.label("quarter ended", lang),
        sort=places,
        scale=alt.Scale(domain=places, type="band"),
        axis=alt.Axis(
            labelExpr=f"datum.value == '{_BREAK}' ? '' : split(utcFormat(toDate(slice(datum.value, 0, 10)), '{form}'), '|')",
            labelOverlap=False,
            ticks=False,
        ),
    )


def _gaps(places: list[str], x: alt.X, lang: Language) -> list[alt.Chart]:
    if not places:
        return []
    words = alt.Chart(pd.DataFrame({"slot": places})).mark_text(
        angle=270, align="left", dx=6, color=COLORS["muted"], fontSize=10, text=style.label("not found", lang)
    )
    return [words.encode(x=x, y=alt.value(alt.expr("height")))]


def _break(book: Dossier, table: pd.DataFrame, x: alt.X, lang: Language) -> list[alt.Chart]:
    """Draw the rule between two bases and the name of what is measured on each side."""
    sides = [group for _, group in table.groupby("side", sort=True)]
    if len(sides) < 2:
        return []
    data = pd.DataFrame({"slot": [_BREAK]})
    rule = alt.Chart(data).mark_rule(strokeDash=[5, 4], color=COLORS["alert"], strokeWidth=1.4)
    layers = [rule.encode(x=x)]
    subjects = [group["subject"].dropna().iloc[-1:].tolist() for group in sides]
    if subjects[0] == subjects[1]:
        names = [style.label("old basis", lang), style.label("new basis", lang)]
    else:
        names = [series.named(book, subject, lang) for side in subjects for subject in side]
    for name, group, align, shift in zip(names, sides, ("right", "left"), (-8, 8), strict=False):
        room = WIDTH / (len(table) + 1) * (len(group) + 0.5)
        text = alt.Chart(data).mark_text(
            align=align,
            baseline="top",
            dx=shift,
            color=COLORS["muted"],
            text=style.wrap(name, room, 11),
            lineHeight=13,
        )
        layers.append(text.encode(x=x, y=alt.value(0)))
    return layers


def _break_note(table: pd.DataFrame, lang: Language) -> str:
    if table["side"].nunique() < 2:
        return ""
    return style.label(
        "Figures on the two sides of the dashed line are on different bases and are not comparable.", lang
    )


def _said(book: Dossier, claims: pd.Series[Any]) -> dict[str, list[str]]:
    """Return what the claims say, for tooltips; empty where there is no claim."""
    known = book.claims.set_index("id")
    publisher = known["source"].map(book.sources.set_index("id")["publisher"])
    columns = {"statement": known["statement"], "grade": known["grade"].astype("str"), "source": publisher}
    return {
        name: ["" if pd.isna(claim) else str(column[claim]) for claim in claims]
        for name, column in columns.items()
    }
