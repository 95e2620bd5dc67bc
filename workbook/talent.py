"""Talent: which named executive held which post when, and who moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from workbook import evidence, style, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.expressions import quoted
from workbook.style import COLORS, Language

__all__ = ["holders", "moves", "posts", "posts_by_date", "posts_chart"]

AHEAD = pd.Timedelta(days=45)
"""How far a chart of posts runs on after the last move."""


def posts(book: Dossier, *, lang: Language = "en") -> pd.DataFrame:
    """Return every post with its holder, unit and dates.

    Parameters
    ----------
    book
        The dossier.
    lang
        "en" or "zh", for names and texts.

    Returns
    -------
    pandas.DataFrame
        Columns person, unit, title (in the language asked for where it was found), start, end (missing:
        not found, or still held), claim, ended_by, statement, source; by person and start.

    Examples
    --------
    >>> posts(book)[["person", "unit", "start", "end"]].astype(str).values.tolist()[-1]
    ['Richard Roe', 'Northlight Works', '2030-10-01', '2031-03-03']
    """
    roles = book.roles
    people, units = book.people.set_index("id"), book.org_units.set_index("id")
    texts = evidence.statements(book, roles["claim"])

    def named(ids: pd.Series[str], table: pd.DataFrame) -> pd.Series[str]:
        return ids.map(words.localised(table, "name", lang))

    return pd.DataFrame(
        {
            "person": named(roles["person"], people),
            "unit": named(roles["unit"], units),
            "title": words.localised(roles, "title", lang),
            "start": roles["start"],
            "end": roles["end"],
            "claim": roles["claim"],
            "ended_by": roles["ended_by"],
            "statement": texts["statement"],
            "source": texts["source"],
        }
    ).sort_values(["person", "start"], na_position="first", ignore_index=True)


def holders(book: Dossier, *, at: str | dt.date, lang: Language = "en") -> pd.DataFrame:
    """Return who holds what on a day: start <= day < end.

    Parameters
    ----------
    book
        The dossier.
    at
        Day on which the posts are held.
    lang
        "en" or "zh", for names and texts.

    Returns
    -------
    pandas.DataFrame
        As `posts`, only the posts held on that day.

    Raises
    ------
    ValueError
        If `at` is not a date.

    Examples
    --------
    >>> now = holders(book, at="2031-06-30")
    >>> now.loc[now["unit"] == "Northlight Labs", ["person", "title"]].values.tolist()
    [['Jane Doe', 'Head']]
    """
    day = pd.Timestamp(read_day("at", at))
    table = posts(book, lang=lang)
    held = (table["start"].isna() | (table["start"] <= day)) & (table["end"].isna() | (day < table["end"]))
    return table[held].reset_index(drop=True)


def moves(
    book: Dossier, *, since: str | dt.date, until: str | dt.date, lang: Language = "en"
) -> pd.DataFrame:
    """List posts taken up and given up from one day to another, both included.

    Parameters
    ----------
    book
        The dossier.
    since
        First day.
    until
        Last day.
    lang
        "en" or "zh", for names and texts.

    Returns
    -------
    pandas.DataFrame
        Columns date, person, what ("takes up", "leaves"), title, unit, claim; oldest first.

    Raises
    ------
    ValueError
        If `until` comes before `since`, or one of them is not a date.

    Examples
    --------
    >>> table = moves(book, since="2031-03-03", until="2031-03-03")
    >>> table[["person", "what"]].values.tolist()
    [['Jane Doe', 'takes up'], ['Richard Roe', 'leaves']]
    """
    first, last = (pd.Timestamp(read_day(*each)) for each in (("since", since), ("until", until)))
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
    book
        The dossier.
    since
        First day shown; a year before the last move when not given.
    lang
        "en" or "zh", for every text of the chart.
    title
        A title in place of the one that states the finding.

    Raises
    ------
    ValueError
        If the dossier has no post, as known on its `as_of`, or `since` is not a date.

    Examples
    --------
    >>> posts_chart(book, lang="zh").to_dict()["layer"][0]["layer"][0]["mark"]["type"]
    'bar'
    """
    rows, first, last_move, left_out = _shown(book, since, lang)
    moved = rows["started"].notna() | rows["end"].notna()
    finding = words.text(
        "posts.finding",
        lang,
        moved=rows.loc[moved, "person"].nunique(),
        people=rows["person"].nunique(),
        month=style.day(first, "month", lang),
    )
    bars, *others = _marks(rows, first, last_move + AHEAD, lang)
    color = alt.Color(
        "state:N",
        legend=None,
        scale=alt.Scale(domain=["held", "ended"], range=[COLORS["actual"], "#b9cbdb"]),
    )
    return style.dress(
        alt.layer(bars.encode(color=color), *others),
        title=title or finding,
        subtitle=words.text("posts.note", lang) + left_out,
        lang=lang,
        footer=style.footer(book, rows["claim"], lang=lang),
        description=f"Gantt chart: {len(rows)} posts of {rows['person'].nunique()} executives. {finding}.",
        width=430,
        height=alt.Step(19),
        below=34,
    )


def _shown(
    book: Dossier, since: str | dt.date | None, lang: Language
) -> tuple[pd.DataFrame, pd.Timestamp, pd.Timestamp, str]:
    """Return the posts with their bars from the first day shown, that day, and the day of the last move.

    The last of the four says how many other posts there are, where they are too many for a chart.
    """
    table = posts(book, lang=lang)
    if table.empty:
        raise ValueError(f"no roles in {book!r}; add rows, or try a later as_of")
    dates = pd.concat([table["start"], table["end"]]).dropna()
    last_move = dates.max() if len(dates) else pd.Timestamp(book.sources["published"].max())
    first: Any = (
        last_move - pd.Timedelta(days=365) if since is None else pd.Timestamp(read_day("since", since))
    )
    shown = table[table["end"].isna() | (table["end"] > first)]
    shown, left_out = style.newest(shown, shown[["start", "end"]].max(axis=1), lang)
    rows = shown.assign(
        begin=shown["start"].fillna(first).clip(lower=first),
        finish=shown["end"].fillna(last_move + AHEAD),
        state=["ended" if ended else "held" for ended in shown["end"].notna()],
        started=shown["start"].where(shown["start"] >= first),
        row=[f"{person}|{i:02d}" for i, person in enumerate(shown["person"])],
        text=shown["title"] + " · " + shown["unit"],
    )
    # A person's name stands once, at the first of their lines.
    heads = set(rows.drop_duplicates("person")["row"])
    rows["person_shown"] = rows["person"].where(rows["row"].isin(heads), "")
    return rows, first, last_move, left_out


def _marks(rows: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, lang: Language) -> list[alt.Chart]:
    """Draw a bar for each post, the starts that were found, who holds it, and what it is."""
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
        x=alt.X("begin:T", title=None, scale=x_scale, axis=style.month_axis(lang)),
        x2="finish:T",
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
    return [bars, dots, names, texts]


def posts_by_date(book: Dossier, *, lang: Language = "en", title: str | None = None) -> alt.LayerChart:
    """Draw posts over the year before the last move with a slider for the day; who held what stands out.

    A post whose start was not found is never counted as held: it may not have begun yet, and has a colour
    and a number of its own. A post whose end was not found counts as still held. The slider starts at the
    last move. The browser works all of it out, without a kernel.

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
        If the dossier has no post, as known on its `as_of`.

    Examples
    --------
    >>> spec = posts_by_date(book).to_dict()
    >>> spec["params"][0]["value"] == spec["params"][0]["bind"]["max"]
    True
    """
    rows, first, last_move, left_out = _shown(book, None, lang)
    length = (last_move - first).days
    # Days are counted, so that no time zone moves a post to the day before.
    rows = rows.assign(start_day=(rows["start"] - first).dt.days, end_day=(rows["end"] - first).dt.days)
    now = rows[(rows["start"] <= last_move) & (rows["end"].isna() | (last_move < rows["end"]))]
    finding = words.text(
        "posts.day_finding",
        lang,
        posts=len(now),
        people=now["person"].nunique(),
        day=style.day(last_move, lang=lang),
    )
    slider = words.text("posts.day_slider", lang, day=style.day(first, lang=lang))
    day = alt.param(name="day", value=length, bind=alt.binding_range(min=0, max=length, step=1, name=slider))
    begun = "(!isValid(datum.start_day) || datum.start_day <= day)"
    going = "(!isValid(datum.end_day) || day < datum.end_day)"
    known = "(isValid(datum.start_day) ? 'held' : 'perhaps')"
    status = f"{begun} && {going} ? {known} : 'not'"
    looks = {"held": COLORS["actual"], "perhaps": "#8fb3cf", "not": "#e3eaf0"}
    color = alt.Color(
        "status:N", legend=None, scale=alt.Scale(domain=list(looks), range=list(looks.values()))
    )
    bars, dots, names, texts = _marks(rows, first, last_move + AHEAD, lang)
    shade = alt.condition("datum.status == 'not'", alt.value("#a3abb5"), alt.value(COLORS["ink"]))
    # Counted from the first day in the reader's time zone, in which Vega reads the dates of the bars too.
    moment = f"datetime({first.year}, {first.month - 1}, {first.day} + day)"
    written = f"timeFormat({moment}, {quoted(words.entry('form.axis_day', lang))})"
    line = alt.Chart(pd.DataFrame({"_": [0]})).transform_calculate(moment=moment, written=written)
    x = alt.X("moment:T", scale=style.span(first, last_move + AHEAD))
    count = (
        alt.Chart(rows[["person", "start_day", "end_day"]])
        .transform_calculate(status=status)
        .transform_calculate(
            post="datum.status == 'held' ? 1 : 0",
            perhaps="datum.status == 'perhaps' ? 1 : 0",
            holder="datum.status == 'held' ? datum.person : ''",
        )
        .transform_aggregate(
            posts="sum(post)", unknown="sum(perhaps)", all="count()", holders="distinct(holder)"
        )
    )
    layers = [
        bars.transform_calculate(status=status).encode(color=color),
        dots,
        names,
        texts.transform_calculate(status=status).encode(color=shade),
        line.mark_rule(color=COLORS["alert"], strokeWidth=1.6).encode(x=x),
        line.mark_text(color=COLORS["alert"], baseline="bottom", fontWeight="bold").encode(
            x=x, y=alt.value(-4), text="written:N"
        ),
        # Rows of posts not held on the day have an empty name, which counts as one more holder.
        count.transform_calculate(people="datum.holders - (datum.posts < datum.all ? 1 : 0)")
        .transform_calculate(said=_held(written, lang))
        .mark_text(align="left", baseline="top", fontSize=13, fontWeight="bold")
        .encode(x=alt.value(0), y=alt.value(alt.expr("height + 30")), text="said:N"),
    ]
    return style.dress(
        alt.layer(*layers).add_params(day),
        title=title or finding,
        subtitle=words.text("posts.day_note", lang) + left_out,
        lang=lang,
        footer=style.footer(book, rows["claim"], lang=lang),
        description=(
            f"Gantt chart with a slider for the day: {len(rows)} posts of {rows['person'].nunique()} "
            f"executives, those held on that day in a strong colour. {finding}."
        ),
        width=430,
        height=alt.Step(19),
        below=56,
    )


def _held(day: str, lang: Language) -> str:
    """Return the expression that counts the posts held on a day: one text for one, another for several."""
    parts = {"day": day} | {name: f"datum.{name}" for name in ("posts", "people", "unknown")}
    texts = {
        (posts, people): words.expression(f"posts.held_{posts}_by_{people}", lang, **parts)
        for posts in ("one", "many")
        for people in ("one", "many")
    }
    one, many = (
        f"(datum.people == 1 ? {texts[posts, 'one']} : {texts[posts, 'many']})" for posts in ("one", "many")
    )
    return f"datum.posts == 1 ? {one} : {many}"
