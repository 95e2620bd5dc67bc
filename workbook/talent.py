"""Talent: which named executive held which post when, and who moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from workbook import evidence, style
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

__all__ = ["holders", "moves", "posts", "posts_chart"]


def posts(book: Dossier, *, lang: Language = "en") -> pd.DataFrame:
    """Return every post with its holder, unit and dates.

    Returns
    -------
    pandas.DataFrame
        Columns person, unit, title (in the language asked for where it was found), start, end (missing:
        not found, or still held), claim, ended_by, statement, source; by person and start.

    Raises
    ------
    ValueError
        If the dossier has no post, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> table = posts(wb.open())
    >>> bool((table["end"].isna() | table["start"].isna() | (table["end"] > table["start"])).all())
    True
    """
    roles = book.roles
    if roles.empty:
        raise ValueError(f"no roles in {book!r}; add rows, or try a later as_of")
    people, units = book.people.set_index("id"), book.org_units.set_index("id")
    told = evidence.said(book, roles["claim"])

    def named(ids: pd.Series[str], table: pd.DataFrame) -> pd.Series[str]:
        plain = ids.map(table["name"])
        return plain if lang == "en" else ids.map(table["name_zh"]).fillna(plain)

    return pd.DataFrame(
        {
            "person": named(roles["person"], people),
            "unit": named(roles["unit"], units),
            "title": roles["title"] if lang == "en" else roles["title_zh"].fillna(roles["title"]),
            "start": roles["start"],
            "end": roles["end"],
            "claim": roles["claim"],
            "ended_by": roles["ended_by"],
            "statement": told["statement"],
            "source": told["source"],
        }
    ).sort_values(["person", "start"], na_position="first", ignore_index=True)


def holders(book: Dossier, *, at: str | dt.date, lang: Language = "en") -> pd.DataFrame:
    """Return who holds what on a day: start <= day < end.

    Returns
    -------
    pandas.DataFrame
        As `posts`, only the posts held on that day.

    Examples
    --------
    >>> import workbook as wb
    >>> now = holders(wb.open(), at="2026-06-30")
    >>> bool((now["end"].isna() | (now["end"] > pd.Timestamp("2026-06-30"))).all())
    True
    """
    day = pd.Timestamp(at)
    table = posts(book, lang=lang)
    held = (table["start"].isna() | (table["start"] <= day)) & (table["end"].isna() | (day < table["end"]))
    return table[held].reset_index(drop=True)


def moves(
    book: Dossier, *, since: str | dt.date, until: str | dt.date, lang: Language = "en"
) -> pd.DataFrame:
    """List posts taken up and given up from one day to another, both included.

    Returns
    -------
    pandas.DataFrame
        Columns date, person, what ("takes up", "leaves"), title, unit, claim; oldest first.

    Raises
    ------
    ValueError
        If `until` comes before `since`.

    Examples
    --------
    >>> import workbook as wb
    >>> table = moves(wb.open(), since="2026-06-08", until="2026-06-08")
    >>> set(table["what"]) <= {"takes up", "leaves"}
    True
    """
    first, last = pd.Timestamp(since), pd.Timestamp(until)
    if last < first:
        raise ValueError(f"until ({last:%Y-%m-%d}) must not come before since ({first:%Y-%m-%d})")
    table = posts(book, lang=lang)
    columns = ["date", "person", "what", "title", "unit", "claim"]
    taken = table.assign(date=table["start"], what="takes up")
    left = table.assign(date=table["end"], what="leaves", claim=table["ended_by"])
    both = pd.concat([taken[columns], left[columns]])
    both = both[both["date"].between(first, last)]
    return both.sort_values(["date", "person", "what"], ignore_index=True)


def posts_chart(
    book: Dossier, *, since: str | dt.date | None = None, lang: Language = "en", title: str | None = None
) -> alt.LayerChart:
    """Draw posts over time, one line a post, by person; faded where a post has ended.

    A post whose start was not found begins at the left edge without a start mark; one still held runs
    to the right edge.

    Parameters
    ----------
    since
        First day shown; a year before the last move when not given.

    Raises
    ------
    ValueError
        If the dossier has no post, as known on its `as_of`.

    Examples
    --------
    >>> import workbook as wb
    >>> posts_chart(wb.open(), lang="zh").to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'bar'
    """
    table = posts(book, lang=lang)
    dates = pd.concat([table["start"], table["end"]]).dropna()
    last_move = dates.max() if len(dates) else pd.Timestamp(book.sources["published"].max())
    first: Any = last_move - pd.Timedelta(days=365) if since is None else pd.Timestamp(since)
    last = last_move + pd.Timedelta(days=45)
    shown = table[table["end"].isna() | (table["end"] > first)]
    rows = shown.assign(
        begin=shown["start"].fillna(first).clip(lower=first),
        finish=shown["end"].fillna(last),
        state=["ended" if ended else "held" for ended in shown["end"].notna()],
        started=shown["start"].where(shown["start"] >= first),
        row=[f"{person}|{i:02d}" for i, person in enumerate(shown["person"])],
        text=shown["title"] + " · " + shown["unit"],
    )
    # A person's name stands once, at the first of their lines.
    heads = set(rows.drop_duplicates("person")["row"])
    rows["person_shown"] = rows["person"].where(rows["row"].isin(heads), "")
    moved = rows["started"].notna() | rows["end"].notna()
    words = {
        "en": (
            f"{rows.loc[moved, 'person'].nunique()} of {rows['person'].nunique()} executives took up or left "
            f"a post since {style.day(first, 'month')}",
            "A dot is a start that was found; a bar from the left edge began before, or no start was found.",
        ),
        "zh": (
            f"自{style.day(first, 'month', 'zh')}以来，{rows['person'].nunique()}位高管中"
            f"{rows.loc[moved, 'person'].nunique()}位履新或离任",
            "圆点为已知的起始日；自左缘开始的条形表示更早开始或起始日未找到。",
        ),
    }[lang]
    order = list(rows["row"])
    y = alt.Y("row:N", title=None, scale=alt.Scale(domain=order), axis=None)
    x_scale = style.span(first, last)
    tooltip = [
        "person:N",
        "title:N",
        "unit:N",
        alt.Tooltip("start:T", format="%Y-%m-%d"),
        alt.Tooltip("end:T", format="%Y-%m-%d"),
        "statement:N",
        "source:N",
    ]
    base = alt.Chart(rows).encode(y=y)
    bars = base.mark_bar(height=9).encode(
        x=alt.X("begin:T", title=None, scale=x_scale),
        x2="finish:T",
        color=alt.Color(
            "state:N",
            legend=None,
            scale=alt.Scale(domain=["held", "ended"], range=[COLORS["actual"], "#b9cbdb"]),
        ),
        tooltip=tooltip,
    )
    dots = (
        base.transform_filter("isValid(datum.started)")
        .mark_circle(size=55, color=COLORS["ink"], opacity=1)
        .encode(x=alt.X("started:T", scale=x_scale), tooltip=tooltip)
    )
    names = base.mark_text(align="right", dx=-8, fontWeight=600).encode(x=alt.value(0), text="person_shown:N")
    texts = base.mark_text(align="left", dx=6, fontSize=10, color=COLORS["ink"]).encode(
        x=alt.value(alt.expr("width")), text="text:N"
    )
    return style.dress(
        alt.layer(bars, dots, names, texts),
        title=title or words[0],
        subtitle=words[1],
        footer=style.footer(book, rows["claim"], lang=lang),
        description=f"Gantt chart: {len(rows)} posts of {rows['person'].nunique()} executives. {words[0]}.",
        width=430,
        height=alt.Step(19),
        below=34,
    )
