"""What the dossier rests on: citations, grades, disputes, coverage, and what is overdue."""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from typing import Any
from urllib.parse import quote

import altair as alt
import numpy as np
import pandas as pd

from workbook import style
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.style import Language

__all__ = [
    "cards",
    "cite",
    "coverage",
    "disputes",
    "find",
    "grades_chart",
    "known_chart",
    "latest",
    "said",
    "stale",
    "then_and_now",
]

_VERDICTS = ["target due", "series late", "target ahead", "target answered"]
LAG_QUANTILE = 0.9
"""A series counts as late once nine in ten of its own figures had come out by then."""


def cite(book: Dossier, claim: str) -> str:
    """Return the reference behind a claim: who, what, when, how much of it we saw, where.

    Parameters
    ----------
    claim
        Id of the claim.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no such claim.

    Examples
    --------
    >>> import workbook as wb
    >>> cite(wb.open(), "arr-guided-december-2026").split(",")[0]
    'Deep News via ttmblog.com'
    """
    claims = book.claims
    rows = claims[claims["id"] == claim]
    if rows.empty:
        near = [c for c in claims["id"] if set(claim.split("-")) & set(c.split("-"))][:5]
        raise ValueError(
            f"no claim {claim!r} in {book!r}" + (f"; near it: {', '.join(near)}" if near else "")
        )
    return " ".join(_references(book, rows)[0])


_DATED = {"printed": "{}", "inferred": "{} (inferred)", "month": "{}", "retrieved": "undated, retrieved {}"}
_SEEN = {"page": "page seen", "excerpt": "excerpt seen", "relay": "seen as relayed text", "none": "not seen"}


def _references(book: Dossier, claims: pd.DataFrame) -> list[tuple[str, str]]:
    """Return of each claim the words of its reference, and the address or what stands for it."""
    documents = {}
    sources = book.sources
    for source in sources[sources["id"].isin(claims["source"])].to_dict("records"):
        title = f"“{source['title']}”, " if pd.notna(source["title"]) else ""
        precision = "month" if source["dated"] == "month" else "day"
        when = _DATED[source["dated"]].format(style.day(source["published"], precision))
        url = source["url"] if pd.notna(source["url"]) else "no public address"
        documents[source["id"]] = f"{source['publisher']}, {title}{when}", _SEEN[source["seen"]], url
    found = []
    for source_id, place, grade in zip(claims["source"], claims["locator"], claims["grade"], strict=True):
        document, seen, url = documents[source_id]
        where = f", {place}" if pd.notna(place) else ""
        found.append((f"{document}{where} ({grade}; {seen}).", url))
    return found


def said(book: Dossier, claims: pd.Series[str]) -> pd.DataFrame:
    """Return what each claim says, how sure it is and who published it, for tables and tooltips.

    Parameters
    ----------
    claims
        Ids of claims; a missing id gives missing values.

    Returns
    -------
    pandas.DataFrame
        Columns statement, grade (as text), source (the publisher), on the index of `claims`.

    Examples
    --------
    >>> import workbook as wb
    >>> book = wb.open()
    >>> said(book, book.metrics["claim"].head(1)).columns.to_list()
    ['statement', 'grade', 'source']
    """
    known = book.claims.set_index("id")
    publisher = book.sources.set_index("id")["publisher"]
    return pd.DataFrame(
        {
            "statement": _looked_up(claims, known["statement"]),
            "grade": _looked_up(claims, known["grade"].astype("str")),
            "source": _looked_up(_looked_up(claims, known["source"]), publisher),
        }
    )


def _looked_up(keys: pd.Series[Any], column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the value of a column for each key, in the column's own type even where there is no key."""
    # `keys.map(column)` fails where both are empty and the column is of dates.
    return pd.Series(column.reindex(keys).array, index=keys.index)


def find(
    book: Dossier,
    *,
    theme: str | None = None,
    grade: str | None = None,
    subject: str | None = None,
    metric: str | None = None,
    text: str | None = None,
) -> pd.DataFrame:
    """Return the claims that meet every filter given, newest first.

    Parameters
    ----------
    theme, grade, metric
        Exact values as in the claims table.
    subject, text
        A part of the subject, of the statement; upper and lower case are one.

    Returns
    -------
    pandas.DataFrame
        Columns claim, date, theme, grade, statement, figure (with unit and bound), publisher, seen, note.

    Raises
    ------
    ValueError
        If a theme, grade or metric is none of those in use; the error lists them.

    Examples
    --------
    >>> import workbook as wb
    >>> list(find(wb.open(), metric="arr", grade="guidance")["claim"])[:1]
    ['arr-guided-december-2026']
    """
    claims = book.claims
    for column, wanted in {"theme": theme, "grade": grade, "metric": metric}.items():
        if wanted is None:
            continue
        if wanted not in set(claims[column].dropna()):
            allowed = ", ".join(sorted({str(v) for v in claims[column].dropna()}))
            raise ValueError(f"{column} must be one of {allowed}, not {wanted!r}")
        claims = claims[claims[column] == wanted]
    for column, part in {"subject": subject, "statement": text}.items():
        if part is not None:
            claims = claims[claims[column].str.contains(part, case=False, regex=False, na=False)]
    sources = book.sources.set_index("id")
    table = pd.DataFrame(
        {
            "claim": claims["id"],
            "date": claims["event_date"].fillna(_looked_up(claims["source"], sources["published"])),
            "theme": claims["theme"].astype("str"),
            "grade": claims["grade"].astype("str"),
            "statement": claims["statement"],
            "figure": _figures(claims),
            "publisher": claims["source"].map(sources["publisher"]),
            "seen": claims["source"].map(sources["seen"]).astype("str"),
            "note": claims["note"].fillna(""),
        }
    )
    # One key after the other is twice as fast as both at once.
    return table.sort_values("claim").sort_values("date", ascending=False, kind="stable", ignore_index=True)


def _figures(rows: pd.DataFrame) -> pd.Series[str]:
    """Write the figure of each row with its unit and bound; empty where it has none."""
    # As lists: of a column of text every single cell costs as much as writing a short figure.
    columns = (rows[column].to_list() for column in ("value", "unit", "bound", "value_high"))
    written = [
        "" if math.isnan(value) else style.figure(value, unit, bound, high=high)
        for value, unit, bound, high in zip(*columns, strict=True)
    ]
    return pd.Series(written, index=rows.index, dtype="str")


def coverage(book: Dossier) -> pd.DataFrame:
    """Count what each theme rests on.

    Returns
    -------
    pandas.DataFrame
        A row a theme: claims, documents, claims with a figure, claims in a dispute; how many claims have a
        document seen as a page, how many one seen as an excerpt and how many one seen as relayed text, which
        add up to the claims; how many have an undated document; and the first and last date of publication
        of the others.

    Examples
    --------
    >>> import workbook as wb
    >>> table = coverage(wb.open())
    >>> bool((table.filter(like="seen as").sum(axis=1) == table["claims"]).all())
    True
    """
    claims = book.claims.merge(
        book.sources[["id", "published", "seen", "dated"]],
        left_on="source",
        right_on="id",
        suffixes=("", "_source"),
    )
    # An undated document stands at the day we retrieved it, which is no day of publication.
    claims["out"] = claims["published"].where(claims["dated"] != "retrieved")
    claims["undated"] = claims["out"].isna()
    claims["disputed"] = claims["id"].isin({*book.disputes["claim"], *book.disputes["against"]})
    seen = {f"seen as {how}": claims["seen"] == how for how in claims["seen"].cat.categories}
    table = (
        claims.assign(**seen)
        .groupby("theme", observed=True)
        .agg(
            **{
                "claims": ("id", "size"),
                "documents": ("source", "nunique"),
                "with a figure": ("value", "count"),
                "in a dispute": ("disputed", "sum"),
                **{how: (how, "sum") for how in seen},
                "undated": ("undated", "sum"),
                "first document": ("out", "min"),
                "last document": ("out", "max"),
            }
        )
        .reset_index()
    )
    days = {each: table[each].dt.date for each in ("first document", "last document")}
    return table.assign(theme=table["theme"].astype("str"), **days)


def grades_chart(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw how strong the evidence of each theme is: claims by theme and grade.

    Raises
    ------
    ValueError
        If the dossier has no claims, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> grades_chart(wb.open()).to_dict()["layer"][0]["encoding"]["x"]["title"]
    'claims'
    """
    claims = book.claims
    if claims.empty:
        raise ValueError(f"no claims in {book!r}; try a later as_of")
    counts = claims.groupby(["theme", "grade"], observed=True).size().rename("claims").reset_index()
    order = [g for g in claims["grade"].cat.categories if g in set(counts["grade"])]
    counts = counts.astype({"theme": str, "grade": str})
    counts["rank"] = counts["grade"].map(order.index)
    bars = (
        alt.Chart(counts)
        .mark_bar(height=20)
        .encode(
            x=alt.X("claims:Q", title=style.label("claims", lang), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("theme:N", title=None, sort=list(claims["theme"].cat.categories)),
            color=alt.Color(
                "grade:N",
                title=style.label("grade", lang),
                scale=alt.Scale(domain=order, range=[style.GRADE_COLORS[g] for g in order]),
            ),
            order=alt.Order("rank:Q"),
            tooltip=["theme:N", "grade:N", "claims:Q"],
        )
    )
    return style.dress(
        bars,
        title=title or _grades_finding(claims["grade"], order, lang),
        subtitle=style.label("grades from the strongest to the weakest", lang),
        footer=style.footer(book, claims["id"], lang=lang, most=3),
        description=f"Stacked bars: number of claims by theme and grade; claims in all: {len(claims)}.",
        height=alt.Step(30),
    )


_OTHERS = {
    "press": ("press", "媒体报道"),
    "derived": ("our own sums", "自行计算"),
    "opinion": ("opinion", "评论"),
    "illustration": ("illustration", "示意"),
    "assumption": ("assumption", "假设"),
}
"""What stands behind a claim that no company made, in English and Chinese."""


def _grades_finding(grades: pd.Series[Any], present: list[str], lang: Language) -> str:
    """Say how many claims are companies' own, of whichever company, and what the others are."""
    count, own = len(grades), int(grades.isin(["reported", "guidance"]).sum())
    others = [_OTHERS[grade][lang == "zh"] for grade in present if grade in _OTHERS]
    if lang == "zh":
        rest = "、".join(others)
        if own in (0, count):
            return f"{count}条陈述均" + ("出自公司披露或指引" if own else f"非公司披露或指引，而是{rest}")
        return f"{count}条陈述中，{own}条出自公司披露或指引，其余为{rest}"
    rest = " and ".join(filter(None, [", ".join(others[:-1]), *others[-1:]]))
    if own == count == 1:
        return "The one claim is a company's own statement or guidance"
    if own == count:
        return f"All {count} claims are companies' own statements or guidance"
    if own == 0:
        whole = "The one claim is no" if count == 1 else f"None of the {count} claims is a"
        return f"{whole} company's own statement or guidance; {'it is' if count == 1 else 'they are'} {rest}"
    whole = "claims is a company's own statement" if own == 1 else "claims are companies' own statements"
    are = "is" if count - own == 1 else "are"
    return f"{own} of {count} {whole} or guidance; the rest {are} {rest}"


def disputes(book: Dossier) -> pd.DataFrame:
    """List the claims that cannot both stand, open ones first.

    Returns
    -------
    pandas.DataFrame
        Columns dispute, standing ("open", or which side stands), claim and against (statement, grade and
        publisher of both sides), why.

    Examples
    --------
    >>> import workbook as wb
    >>> set(disputes(wb.open())["standing"]) <= {"open", "the claim stands", "the other stands"}
    True
    """

    def side(ids: pd.Series[str]) -> pd.Series[str]:
        told = said(book, ids)
        return told["statement"] + " (" + told["grade"] + ", " + told["source"] + ")"

    table = book.disputes
    words = {"open": "open", "resolved_for": "the claim stands", "resolved_against": "the other stands"}
    return pd.DataFrame(
        {
            "dispute": table["id"],
            "standing": table["standing"].astype("str").map(words),
            "claim": side(table["claim"]),
            "against": side(table["against"]),
            "why": table["why"],
        }
    ).sort_values("standing", key=lambda s: s != "open", kind="stable", ignore_index=True)


def latest(book: Dossier, *, kind: str = "actual") -> pd.DataFrame:
    """Return the newest figure of every series: one row per subject and metric.

    Parameters
    ----------
    kind
        "actual" or "guidance".

    Returns
    -------
    pandas.DataFrame
        Columns subject, metric, figure, period_end, basis, published, claim.

    Examples
    --------
    >>> import workbook as wb
    >>> "arr" in set(latest(wb.open(), kind="guidance")["metric"])
    True
    """
    rows = _dated(book)
    rows = rows[rows["kind"] == kind].sort_values(["period_end", "published"])
    newest = rows.groupby(["subject", "metric"], as_index=False).tail(1)
    return pd.DataFrame(
        {
            "subject": newest["subject"],
            "metric": newest["metric"],
            "figure": _figures(newest),
            "period_end": newest["period_end"].dt.date,
            "basis": newest["basis"].astype("str"),
            "published": newest["published"].dt.date,
            "claim": newest["claim"],
        }
    ).sort_values(["subject", "metric"], ignore_index=True)


def then_and_now(then: Dossier, now: Dossier) -> pd.DataFrame:
    """Set the newest figure of each series as known on two days side by side.

    Parameters
    ----------
    then, now
        The same dossier opened with two values of `as_of`.

    Returns
    -------
    pandas.DataFrame
        Columns subject, metric, kind, then, now (figure and period end; empty where not known), claim
        (behind `now`); only series whose newest figure differs, new ones included.

    Examples
    --------
    >>> import workbook as wb
    >>> table = then_and_now(wb.open(as_of="2026-06-08"), wb.open())
    >>> bool((table["then"] != table["now"]).all())
    True
    """

    def read(book: Dossier) -> pd.DataFrame:
        rows = pd.concat([latest(book, kind=kind).assign(kind=kind) for kind in ("actual", "guidance")])
        shown = [f"{f} ({style.day(d)})" for f, d in zip(rows["figure"], rows["period_end"], strict=True)]
        rows["shown"] = pd.Series(shown, index=rows.index, dtype="str")
        return rows[["subject", "metric", "kind", "shown", "claim"]]

    keys = ["subject", "metric", "kind"]
    table = read(now).merge(read(then)[[*keys, "shown"]], on=keys, how="left", suffixes=("_now", "_then"))
    table["then"], table["now"] = table["shown_then"].fillna(""), table["shown_now"]
    changed = table[table["then"] != table["now"]]
    return changed[[*keys, "then", "now", "claim"]].reset_index(drop=True)


def known_chart(
    book: Dossier, *, on: str | dt.date, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw how much was known when: claims by the day their document came out, theme by theme.

    Documents without a date are left out; the subtitle counts them.

    Parameters
    ----------
    on
        A day to mark, such as that of an announcement; the axis begins a year and a half before it.

    Raises
    ------
    ValueError
        If no claim of the dossier has a dated document, or `on` is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> known_chart(wb.open(), on="2026-06-08").to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'line'
    """
    day = pd.Timestamp(read_day("on", on))
    sources = book.sources.set_index("id")
    claims = book.claims[["id", "theme", "source"]].astype({"theme": "str"})
    claims = claims.assign(
        published=_looked_up(claims["source"], sources["published"]),
        dated=_looked_up(claims["source"], sources["dated"]),
    )
    undated = claims["dated"].eq("retrieved")
    dated = claims[~undated]
    if dated.empty:
        raise ValueError(f"no claim of {book!r} rests on a dated document")
    counts = (
        dated.groupby(["theme", "published"]).size().groupby("theme").cumsum().rename("claims").reset_index()
    )
    first, last = day - pd.Timedelta(days=550), dated["published"].max()
    # What came out before the axis begins is known from its first day on.
    counts["published"] = counts["published"].clip(lower=min(first, last))
    counts = counts.drop_duplicates(["theme", "published"], keep="last")
    monthly = len(counts) > style.MOST_ROWS // 2
    if monthly:
        counts = counts.groupby(["theme", counts["published"].dt.to_period("M")]).tail(1)
    ends = counts.groupby("theme").tail(1).assign(published=last)
    counts = pd.concat([counts, ends], ignore_index=True)
    then = int((dated["published"] <= day).sum())
    words = {
        "en": (
            f"{then} of {len(dated)} dated claims {'was' if then == 1 else 'were'} public by "
            + style.day(day),
            "claims by the day their document came out"
            + ("; a step a month" if monthly else "")
            + (f"; claims without such a day, left out: {undated.sum()}" if undated.any() else ""),
            "date of publication",
        ),
        "zh": (
            f"截至{style.day(day, lang='zh')}，{len(dated)}条载明日期的陈述中，{then}条当时已公开",
            "按来源发布日累计的陈述数"
            + ("；每月一级" if monthly else "")
            + (f"；另有{undated.sum()}条来源无日期，未计入" if undated.any() else ""),
            "发布日期",
        ),
    }[lang]
    base = alt.Chart(counts)
    lines = base.mark_line(interpolate="step-after", clip=True).encode(
        x=alt.X("published:T", title=words[2], scale=style.span(first, last)),
        y=alt.Y("claims:Q", title=style.label("claims", lang)),
        color=alt.Color("theme:N", title=None, sort=list(book.claims["theme"].cat.categories)),
        tooltip=["theme:N", alt.Tooltip("published:T", format="%Y-%m-%d"), "claims:Q"],
    )
    rule = (
        alt.Chart(pd.DataFrame({"day": [day]}))
        .mark_rule(strokeDash=[4, 3], color=style.COLORS["ink"])
        .encode(x="day:T")
    )
    return style.dress(
        alt.layer(lines, rule),
        title=title or words[0],
        subtitle=words[1],
        footer=style.footer(book, dated["id"], lang=lang, most=3),
        description=f"Step lines: claims known over time by theme, {day:%Y-%m-%d} marked. {words[0]}.",
    )


def stale(book: Dossier, today: str | dt.date) -> pd.DataFrame:
    """List what should be known by a day and is not: targets past due, and series that have gone quiet.

    A target is due on its `period_end`; it is answered by the first actual of the same metric and subject
    for that day or later. A series of at least four periods is late when the next period, at its usual
    spacing, ended longer ago than nine in ten of its dated figures took to come out.

    Parameters
    ----------
    today
        The day to judge from, ISO text or a date.

    Returns
    -------
    pandas.DataFrame
        Columns what ("target due", "target answered", "target ahead", "series late"), subject, metric,
        figure, due, days (overdue; negative: still to go), answer (figure that answers a target), claim.

    Raises
    ------
    ValueError
        If `today` is not a date.

    Examples
    --------
    >>> import workbook as wb
    >>> table = stale(wb.open(), today="2026-11-23")
    >>> row = table[table["claim"] == "arr-guided-december-2026"].iloc[0]
    >>> row["what"], int(row["days"])
    ('target ahead', -38)
    """
    day = pd.Timestamp(read_day("today", today))
    rows = _dated(book)
    actual = rows[rows["kind"] == "actual"].sort_values("period_end")
    keys = ["metric", "subject"]
    targets = rows[rows["kind"] == "guidance"].sort_values("period_end", kind="stable")
    # The first actual of the same metric and subject for the day a target is due, or later.
    answers = actual[[*keys, "period_end"]].assign(end=actual["period_end"], reached=_figures(actual))
    targets = pd.merge_asof(targets, answers, on="period_end", by=keys, direction="forward")
    targets["due"] = targets["period_end"]
    ahead, none = targets["due"] > day, targets["end"].isna()
    targets["what"] = np.select([ahead, none], ["target ahead", "target due"], "target answered")
    told = [
        f"{figure} on {style.day(end)}" if what == "target answered" else ""
        for what, figure, end in zip(targets["what"], targets["reached"], targets["end"], strict=True)
    ]
    targets["answer"] = pd.Series(told, dtype="str")
    series = actual[actual["period_start"].notna()]
    ends = series.drop_duplicates([*keys, "period_end"])
    periods = ends.assign(spacing=ends.groupby(keys)["period_end"].diff()).groupby(keys)
    lag = (series["published"] - series["period_end"])[series["dated"]]
    usual = pd.DataFrame(
        {
            "due": periods["period_end"].last()
            + periods["spacing"].median()
            + lag.groupby([series[key] for key in keys]).quantile(LAG_QUANTILE)
        }
    )[periods.size() >= 4]
    late = series.drop_duplicates(keys, keep="last").join(usual[usual["due"] < day], on=keys, how="inner")
    table = pd.concat([targets, late.assign(what="series late", answer="")], ignore_index=True)
    table["figure"] = _figures(table)
    table["due"] = pd.to_datetime(table["due"]).dt.normalize()
    table["days"] = (day - table["due"]).dt.days
    table["what"] = pd.Categorical(table["what"], _VERDICTS, ordered=True)
    table = table.sort_values(["what", "due", "metric"], ignore_index=True).astype({"what": "str"})
    return table[["what", "subject", "metric", "figure", "due", "days", "answer", "claim"]]


def _dated(book: Dossier) -> pd.DataFrame:
    """Metrics with the day their document came out, and whether that day was found at all."""
    rows = book.metrics
    source = _looked_up(rows["claim"], book.claims.set_index("id")["source"])
    sources = book.sources.set_index("id")
    return rows.assign(
        published=_looked_up(source, sources["published"]),
        dated=_looked_up(source, sources["dated"]).ne("retrieved"),
    )


def cards(book: Dossier, theme: str) -> str:
    """Return one theme's claims as Markdown, a heading per claim: the anchor that links in prose reach.

    Text from the dossier is escaped, so that a statement cannot become markup; web addresses become links.

    Raises
    ------
    ValueError
        If the theme has no claims.

    Examples
    --------
    >>> import workbook as wb
    >>> "#### arr-guided-december-2026" in cards(wb.open(), "commercialization")
    True
    """
    claims = book.claims[book.claims["theme"] == theme]
    if claims.empty:
        raise ValueError(f"no claims of theme {theme!r} in {book!r}")
    clashes: dict[str, list[str]] = {}
    for clash in book.disputes.to_dict("records"):
        why = _plain(clash["why"])
        for one, other in ((clash["claim"], clash["against"]), (clash["against"], clash["claim"])):
            told = f"Disputed ({clash['standing']}): [{other}](#{other}). {why}"
            clashes.setdefault(one, []).append(told)
    parts = []
    for claim, figure, (words, address) in zip(
        claims.to_dict("records"), _figures(claims), _references(book, claims), strict=True
    ):
        lines = [f"#### {claim['id']}", "", _plain(claim["statement"])]
        if figure:
            lines.append(f"**{_plain(figure)}**")
        if pd.notna(claim["formula"]):
            lines.append(f"Computed: {_plain(claim['formula'])}.")
        lines.append(f"*{_plain(words)} {_link(address)}*")
        if pd.notna(claim["note"]):
            lines.append(f"Note: {_plain(claim['note'])}")
        lines += clashes.get(claim["id"], [])
        parts.append("\n".join(lines[:2]) + "\n" + "  \n".join(lines[2:]))
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    """Escape what Markdown and HTML would take for markup, but for the web addresses in it."""
    # A stop after an address ends the sentence.
    words = re.split(r"(https?://[^\s<>，。；、）]+(?<![.,;:!?)]))", text)
    words[::2] = [
        re.sub(r"([\\`*_\[\]#|$~])", r"\\\1", html.escape(part, quote=False)) for part in words[::2]
    ]
    words[1::2] = [_link(address) for address in words[1::2]]
    return "".join(words)


def _link(address: str) -> str:
    """Write a web address in the one form in which Markdown takes every character for itself."""
    if not re.match("https?://", address):  # no other kind of address may become a link
        return _plain(address)
    # These end an address or have no place in it; two dollars JupyterLab would read as a formula.
    whole = re.sub(r'[\s<>"`{|}\\^$]', lambda found: quote(found[0]), address)
    return f"<{whole}>"
