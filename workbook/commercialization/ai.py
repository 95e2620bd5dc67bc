"""The AI part of revenue: its share, and the streak of quarters in which it doubled on the year."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.commercialization import quarters, series
from workbook.dossier import Dossier
from workbook.style import COLORS, Language


def share_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw the share of revenue that AI makes, floors as floors, guidance as guidance.

    It is the series of the role "ai_share"; shares of another total are other series and not drawn here:
    they cannot be compared.

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
        If the dossier, as known on its `as_of`, has no such share, or has it for two of its own subjects.

    Examples
    --------
    >>> share_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["title"]
    'AI share of outside sales, %'
    """
    rows = facts.read(book, "ai_share")
    facts.one_unit(rows)
    subject = facts.named(book, facts.one_subject(rows), lang)
    name = facts.series_name(book, "ai_share", lang)
    colors = {"actual": COLORS["actual"], "guidance": COLORS["guidance"], "derived": COLORS["derived"]}
    rows["what"] = rows["kind"].mask(rows["basis"] == "derived", "derived")
    names = {what: words.text(f"kind.{what}", lang) for what in colors if what in set(rows["what"])}
    data = pd.DataFrame(
        {
            "date": rows["period_end"],
            "value": rows["value"],
            "bound": rows["bound"],
            "what": rows["what"].map(names),
            "figure": series.figures(rows, lang),
            "mark": facts.marks(book, rows["claim"]),
            "when": [style.day(day, "month", lang) for day in rows["period_end"]],
            **series.texts(rows),
        }
    )
    base = alt.Chart(data).encode(
        x=alt.X(
            "date:T",
            title=words.text("share.axis_date", lang),
            axis=alt.Axis(format=words.entry("form.axis_month", lang), tickCount=8),
            scale=alt.Scale(padding=50),
        ),
        y=alt.Y(
            "value:Q",
            title=words.titled(name, "%", lang),
            scale=alt.Scale(domain=[0, min(100.0, float(rows["value"].max()) * 1.35)]),
        ),
        color=alt.Color(
            "what:N",
            title=None,
            scale=alt.Scale(domain=list(names.values()), range=[colors[what] for what in names]),
        ),
    )
    points = base.mark_point(size=260, opacity=1, strokeWidth=2).encode(
        shape=series.shape(lang, data["bound"]), tooltip=series.tooltip("what", "when")
    )
    labels = (
        base.mark_text(dy=20, lineBreak="|")
        .encode(text="label:N")
        .transform_calculate(label="datum.figure + datum.mark + '|' + datum.when")
    )
    return style.dress(
        alt.LayerChart(layer=[points, labels]),
        title=title or _share_finding(rows, subject, name, lang),
        subtitle=words.text("share.note", lang),
        lang=lang,
        footer=facts.footer(book, rows["claim"], lang),
        description=words.text(
            "share.alt",
            lang,
            name=name,
            points=words.text("join.items", lang).join(
                words.text("share.alt_point", lang, figure=figure, when=when)
                for figure, when in zip(data["figure"], data["when"], strict=True)
            ),
        ),
        width=quarters.WIDTH,
    )


def _share_finding(rows: pd.DataFrame, subject: str, name: str, lang: Language) -> str:
    def last(kind: str) -> dict[str, str]:
        found = rows[rows["kind"] == kind]
        if found.empty:
            return {}
        month = style.day(found["period_end"].iloc[-1], "month", lang)
        return {"figure": series.figures(found, lang)[-1], "month": month}

    actual, guided = last("actual"), last("guidance")
    parts = []
    if actual:
        parts.append(words.text("share.actual", lang, name=name, subject=subject, **actual))
    if guided:
        key = "share.guided_too" if actual else "share.guided_alone"
        parts.append(words.text(key, lang, name=name, subject=subject, **guided))
    finding = words.text("join.items", lang).join(parts)
    return finding[0].upper() + finding[1:]


def streak(book: Dossier) -> pd.DataFrame:
    """Tabulate the latest unbroken streak of quarters that at least doubled on the year, and what follows.

    In quarter k of the streak revenue is at least twice that of the same quarter a year before; if that one
    is in the streak too, at least four times that of two years before, and so on. So it is at least
    2^ceil(k / 4) times the same quarter of the last year before the streak, and nothing is said on how much
    more. Where the revenue itself is known, that quarter of the base year had at most revenue over multiple.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        One row a quarter of the streak: period_end, quarter (1 for the first), counted (the count printed
        for it; missing where only a later count implies it), multiple_at_least, base_period_end, revenue
        and base_at_most (in `attrs["units"]`), claim and revenue_claim.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, counts no such streak, or counts it for two of its own
        subjects.

    Examples
    --------
    >>> last = streak(book).iloc[-1]
    >>> int(last["quarter"]), int(last["multiple_at_least"]), last["base_period_end"].date().isoformat()
    (5, 4, '2029-06-30')
    """
    rows = facts.read(book, "streak", "ai_revenue")
    rows = rows[rows["kind"] == "actual"]
    counts = rows[rows["role"] == "streak"].drop_duplicates("period_end", keep="last")
    levels = rows[(rows["role"] == "ai_revenue") & (rows["bound"] == "exact") & (facts.months(rows) == 3)]
    if counts.empty:
        raise ValueError(f"no figure of the role streak is an actual in {book!r}")
    subject = facts.one_subject(pd.concat([counts, levels]))
    length, end = int(counts["value"].iloc[-1]), counts["period_end"].iloc[-1]
    table = pd.DataFrame({"quarter": range(1, length + 1)})
    table["period_end"] = [quarters.before(end, length - k) for k in table["quarter"]]
    years = table["quarter"].map(lambda k: math.ceil(k / 4))
    table["multiple_at_least"] = 2**years
    table["base_period_end"] = [
        quarters.before(day, 4 * n) for day, n in zip(table["period_end"], years, strict=True)
    ]
    counts = counts[["period_end", "value", "claim"]].rename(columns={"value": "counted"})
    unit = facts.one_unit(levels) if len(levels) else ""
    levels = levels.drop_duplicates("period_end")[["period_end", "value", "claim"]].rename(
        columns={"value": "revenue", "claim": "revenue_claim"}
    )
    table = table.merge(counts, on="period_end", how="left").merge(levels, on="period_end", how="left")
    table["counted"] = table["counted"].astype("Int64")
    # Rounded up: it is a ceiling.
    table["base_at_most"] = [
        math.ceil(round(1000 * most, 6)) / 1000 if most == most else most
        for most in table["revenue"] / table["multiple_at_least"]
    ]
    table.attrs = {"units": {"revenue": unit, "base_at_most": unit}, "subject": subject}
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
        As `streak`.

    Examples
    --------
    >>> streak_chart(book).to_dict()["layer"][0]["layer"][0]["encoding"]["y"]["scale"]["type"]
    'log'
    """
    table = streak(book)
    unit = table.attrs["units"]["revenue"]
    printed, implied = (words.text(f"streak.{how}", lang) for how in ("printed", "implied"))
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
            "mark": facts.marks(book, table["claim"]),
            **series.statements(book, table["claim"]),
        }
    )
    steps = data.iloc[[i for i in range(len(data)) if i % 4 == 0]]
    x = quarters.axis(table.assign(slot=slot), lang)
    y = alt.Y(
        "floor:Q",
        title=words.text("streak.axis", lang),
        stack=False,
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
        base.mark_text(dy=10).encode(x=x, y=y, text="mark:N"),
    ]
    last = table.iloc[-1]
    claims = table["claim"].dropna().tolist() + table["revenue_claim"].dropna().tolist()
    return style.dress(
        alt.LayerChart(layer=layers),
        title=title or _streak_finding(book, table, lang),
        subtitle=_streak_note(last, unit, lang),
        lang=lang,
        footer=facts.footer(book, claims, lang),
        description=words.text("streak.alt", lang, n=len(table), multiple=last["multiple_at_least"]),
        width=quarters.WIDTH,
        below=64,
    )


def _streak_finding(book: Dossier, table: pd.DataFrame, lang: Language) -> str:
    last = table.iloc[-1]
    subject = facts.named(book, table.attrs["subject"], lang)
    # Without the series whose growth is counted, the count's own name says what it is.
    name = facts.series_name(book, "ai_revenue" if facts.has(book, "ai_revenue") else "streak", lang)
    count, multiple = int(last["quarter"]), int(last["multiple_at_least"])
    end, base = (style.day(last[column], "month", lang) for column in ("period_end", "base_period_end"))
    return words.text(
        "streak.finding",
        lang,
        subject=subject,
        name=name,
        count=count,
        multiple=multiple,
        end=end,
        base=base,
    )


def _streak_note(last: pd.Series[Any], unit: str, lang: Language) -> str:
    note = words.text("streak.note", lang)
    if pd.isna(last["base_at_most"]):
        return note
    base = style.day(last["base_period_end"], "month", lang)
    level = style.money(float(last["revenue"]), unit, lang)
    most = style.money(float(last["base_at_most"]), unit, lang, "at_most", 2)
    ceiling = words.text("streak.ceiling", lang, level=level, base=base, most=most)
    return words.sentences([note, ceiling], lang)
