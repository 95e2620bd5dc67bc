"""The life of every unit that came or went."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from workbook import style, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.structure.organisation import SEGMENT, display_name, managed, without_a_day
from workbook.style import COLORS, Language


def timeline_chart(
    book: Dossier, *, since: str | dt.date | None = None, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw the life of every unit that came or went, and the mergers between them.

    Segments have bars of another colour and are not counted: a new way to report results moves nobody.

    Parameters
    ----------
    book
        The dossier.
    since
        First day shown; a year before the last change when not given.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If no unit came or went, as known on the dossier's `as_of`, or `since` is not a date.

    Examples
    --------
    >>> timeline_chart(book).to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'bar'
    """
    lives = book.org_units
    lives = lives[lives["formed"].notna() | lives["dissolved"].notna()]
    if managed(lives).empty:
        raise ValueError(f"no unit was formed or dissolved in {book!r}; try a later as_of")
    vague = set(book.claims.loc[without_a_day(book.claims), "id"])
    dates = pd.concat([lives["formed"], lives["dissolved"]]).dropna()
    first: Any = (
        dates.max() - pd.Timedelta(days=365) if since is None else pd.Timestamp(read_day("since", since))
    )
    last = dates.max() + pd.Timedelta(days=60)
    lives = lives[(lives["formed"].isna() | (lives["formed"] <= last)) & ~(lives["dissolved"] < first)]
    lives, left_out = style.newest(lives, lives[["formed", "dissolved"]].max(axis=1), lang)
    lives = lives.sort_values(["formed", "id"], na_position="first")
    table = pd.DataFrame(
        {
            "unit": lives["id"],
            "name": [display_name(row, lang) for row in lives.to_dict("records")],
            "start": lives["formed"].fillna(first).clip(lower=first),
            "end": lives["dissolved"].fillna(last),
            "state": [
                "ended" if pd.notna(d) else "segment" if kind == SEGMENT else "standing"
                for d, kind in zip(lives["dissolved"], lives["kind"].astype("str"), strict=True)
            ],
            "formed": [
                ""
                if pd.isna(d)
                else words.text("timeline.by", lang, day=style.day(d, lang=lang))
                if claim in vague
                else style.day(d, lang=lang)
                for d, claim in zip(lives["formed"], lives["claim"], strict=True)
            ],
            "role": lives["role"],
        }
    )
    order = list(table["name"])
    links = book.org_links
    links = links[(links["relation"] == "merged_into") & links["start"].between(first, last)]
    place = dict(zip(table["unit"], table["name"], strict=True))
    mergers = pd.DataFrame(
        [
            {"date": r["start"], "from": place[r["child"]], "to": place[r["parent"]]}
            for r in links.to_dict("records")
            if r["child"] in place and r["parent"] in place
        ],
        columns=["date", "from", "to"],
    )
    moved = pd.concat([managed(lives)["formed"], managed(lives)["dissolved"]]).dropna()
    steps = sorted(set(moved[moved >= first]))
    if not steps:
        raise ValueError(f"no unit was formed or dissolved since {first:%Y-%m-%d} in {book!r}")
    reporting = bool((table["state"] == "segment").any())
    months = [style.day(step, "month", lang) for step in (steps[0], steps[-1])]
    finding = words.text("timeline.finding", lang, n=len(steps), first=months[0], last=months[1])
    notes = [words.text("timeline.note", lang), words.text("timeline.segments", lang) if reporting else ""]
    x = alt.X("start:T", title=None, scale=style.span(first, last), axis=style.month_axis(lang))
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=order), axis=alt.Axis(labelLimit=300))
    bars = (
        alt.Chart(table)
        .mark_bar(height=11)
        .encode(
            x=x,
            x2="end:T",
            y=y,
            color=alt.Color(
                "state:N",
                legend=None,
                scale=alt.Scale(
                    domain=["standing", "ended", "segment"],
                    range=[COLORS["actual"], "#b9cbdb", style.CATEGORIES[0]],
                ),
            ),
            tooltip=["name:N", "formed:N", "role:N"],
        )
    )
    layers: list[alt.Chart] = [bars]
    if len(mergers):
        at = alt.X("date:T")
        layers += [
            alt.Chart(mergers)
            .mark_rule(color=COLORS["alert"], strokeWidth=1.5)
            .encode(x=at, y=alt.Y("from:N"), y2="to:N"),
            alt.Chart(mergers)
            .mark_circle(color=COLORS["alert"], size=60, opacity=1)
            .encode(x=at, y=alt.Y("to:N"), tooltip=["from:N", "to:N", "date:T"]),
        ]
    return style.dress(
        alt.layer(*layers),
        title=title or finding,
        subtitle=words.sentences(notes, lang) + left_out,
        lang=lang,
        footer=style.footer(book, lives["claim"], lang=lang),
        description=words.text("timeline.alt", lang, units=len(table), mergers=len(mergers), finding=finding),
        width=560,
        height=alt.Step(23),
        below=34,
    )
