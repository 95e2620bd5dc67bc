"""How strong the evidence of a dossier is, and how much of it was known when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from workbook import style, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.evidence.claims import looked_up
from workbook.style import Language

__all__ = ["coverage", "grades_chart", "known_chart"]


def coverage(book: Dossier) -> pd.DataFrame:
    """Count what each theme rests on.

    Parameters
    ----------
    book
        The dossier.

    Returns
    -------
    pandas.DataFrame
        A row a theme: claims, documents, claims with a figure, claims in a dispute; how many claims have a
        document seen as a page, how many one seen as an excerpt and how many one seen as relayed text, which
        add up to the claims; how many have an undated document; and the first and last date of publication
        of the others.

    Examples
    --------
    >>> table = coverage(book)
    >>> table[["theme", "claims", "documents", "seen as page", "seen as excerpt"]].values.tolist()[-1]
    ['talent', 3, 2, 3, 0]
    """
    claims = book.claims.merge(
        book.sources[["id", "published", "seen", "dated"]],
        left_on="source",
        right_on="id",
        suffixes=("", "_source"),
    )
    # Of an undated document only the day of retrieval is known, which is no day of publication.
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
        If the dossier has no claims, as known on its `as_of`.

    Examples
    --------
    >>> grades_chart(book).to_dict()["layer"][0]["encoding"]["x"]["title"]
    'claims'
    """
    claims = book.claims
    if claims.empty:
        raise ValueError(f"no claims in {book!r}; try a later as_of")
    counts = claims.groupby(["theme", "grade"], observed=True).size().rename("claims").reset_index()
    order = [g for g in claims["grade"].cat.categories if g in set(counts["grade"])]
    counts = counts.astype({"theme": str, "grade": str})
    counts["rank"] = counts["grade"].map(order.index)
    # The columns are translated, so that tooltips are in the language of the chart too.
    for column in ("theme", "grade"):
        counts[column] = [words.word(column, value, lang) for value in counts[column]]
    themes = [words.word("theme", theme, lang) for theme in claims["theme"].cat.categories]
    bars = (
        alt.Chart(counts)
        .mark_bar(height=20)
        .encode(
            x=alt.X("claims:Q", title=words.text("evidence.claims", lang), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("theme:N", title=None, sort=themes),
            color=alt.Color(
                "grade:N",
                title=words.text("evidence.grade", lang),
                scale=alt.Scale(
                    domain=[words.word("grade", grade, lang) for grade in order],
                    range=[style.GRADE_COLORS[grade] for grade in order],
                ),
            ),
            order=alt.Order("rank:Q"),
            tooltip=["theme:N", "grade:N", "claims:Q"],
        )
    )
    return style.dress(
        bars,
        title=title or _grades_finding(claims["grade"], order, lang),
        subtitle=words.text("evidence.grades_note", lang),
        lang=lang,
        footer=style.footer(book, claims["id"], lang=lang, most=3),
        description=words.text("evidence.grades_alt", lang, n=len(claims)),
        height=alt.Step(30),
    )


_OWN = ("reported", "guidance")
"""Grades of what a company says of itself."""


def _grades_finding(grades: pd.Series[Any], present: list[str], lang: Language) -> str:
    """Say how many claims are companies' own, of whichever company, and what the others are."""
    count, own = len(grades), int(grades.isin(_OWN).sum())
    others = [words.text(f"evidence.other.{grade}", lang) for grade in present if grade not in _OWN]
    if own == count:
        return words.text("evidence.all_own", lang, n=count)
    rest = words.joined(others, lang)
    if own == 0:
        return words.text("evidence.none_own", lang, n=count, rest=rest)
    key = "evidence." + ("one_own" if own == 1 else "some_own") + ("_one_left" if count - own == 1 else "")
    return words.text(key, lang, own=own, count=count, rest=rest)


def _first_public(book: Dossier) -> pd.Series[Any]:
    """Return of each claim the day it was first public; NaT where only an undated document has it."""
    known = book.known
    # Of an undated document only the day of retrieval is known, which is no day of publication.
    dated = looked_up(known["source"], book.sources.set_index("id")["dated"]).ne("retrieved")
    return known["day"].where(dated).reset_index(drop=True)


def known_chart(
    book: Dossier, *, on: str | dt.date, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw how much was known when: claims by the day they were first public, theme by theme.

    As in a view `as_of` a day, that is when the first document came out that says the same. Claims without a
    dated document are left out; the subtitle counts them.

    Parameters
    ----------
    book
        The dossier.
    on
        A day to mark, such as that of an announcement; the axis begins a year and a half before it.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If no claim of the dossier has a dated document, or `on` is not a date.

    Examples
    --------
    >>> known_chart(book, on="2026-06-08").to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'line'
    """
    day = pd.Timestamp(read_day("on", on))
    claims = book.claims[["id", "theme"]].astype({"theme": "str"}).assign(published=_first_public(book))
    undated = claims["published"].isna()
    dated = claims[~undated]
    if dated.empty:
        raise ValueError(f"no claim of {book!r} rests on a dated document")
    counts = (
        dated.groupby(["theme", "published"]).size().groupby("theme").cumsum().rename("claims").reset_index()
    )
    first, last = day - pd.Timedelta(days=550), dated["published"].max()
    # What came out before the first day of the axis counts from that day on.
    counts["published"] = counts["published"].clip(lower=min(first, last))
    counts = counts.drop_duplicates(["theme", "published"], keep="last")
    monthly = len(counts) > style.limits.MOST_ROWS // 2
    if monthly:
        counts = counts.groupby(["theme", counts["published"].dt.to_period("M")]).tail(1)
    ends = counts.groupby("theme").tail(1).assign(published=last)
    counts = pd.concat([counts, ends], ignore_index=True)
    counts["theme"] = [words.word("theme", theme, lang) for theme in counts["theme"]]
    themes = [words.word("theme", theme, lang) for theme in book.claims["theme"].cat.categories]
    then = int((dated["published"] <= day).sum())
    finding = words.text("evidence.public", lang, n=then, dated=len(dated), day=style.day(day, lang=lang))
    note = words.text("evidence.public_note", lang)
    if monthly:
        note += words.text("evidence.public_monthly", lang)
    if undated.any():
        note += words.text("evidence.public_undated", lang, n=undated.sum())
    base = alt.Chart(counts)
    lines = base.mark_line(interpolate="step-after", clip=True).encode(
        x=alt.X(
            "published:T",
            title=words.text("evidence.published", lang),
            scale=style.span(first, last),
            axis=style.month_axis(lang),
        ),
        y=alt.Y("claims:Q", title=words.text("evidence.claims", lang)),
        color=alt.Color("theme:N", title=None, sort=themes),
        tooltip=["theme:N", alt.Tooltip("published:T", format="%Y-%m-%d"), "claims:Q"],
    )
    rule = (
        alt.Chart(pd.DataFrame({"day": [day]}))
        .mark_rule(strokeDash=[4, 3], color=style.COLORS["ink"])
        .encode(x="day:T")
    )
    return style.dress(
        alt.layer(lines, rule),
        title=title or finding,
        subtitle=note,
        lang=lang,
        footer=style.footer(book, dated["id"], lang=lang, most=3),
        description=words.text("evidence.public_alt", lang, day=style.day(day, lang=lang), finding=finding),
    )
