"""Figures by quarter as a table and on an axis: places for those not found, a rule where the basis changes.

Two bases are never joined: figures on a recast basis stand on their own side of a break, beside the
prior-year base they may be compared with, and a quarter without a figure stays an empty place.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from workbook import facts, style, words
from workbook.dossier import Dossier
from workbook.style import COLORS, Language

WIDTH = 720
"""Pixels of the plotting area."""
_BREAK = "break"


def by_quarter(book: Dossier, role: str, *also: str) -> pd.DataFrame:
    """Tabulate the series of these roles by quarter, on either side of a change of basis.

    Where a quarter has several prints on one basis, a printed figure goes before a computed one, an exact
    one before a rounded one, and the first print before a later one.

    Parameters
    ----------
    book
        The dossier.
    role, *also
        Roles of the table `series`, such as "revenue", "growth", "external_growth".

    Returns
    -------
    pandas.DataFrame
        One row a quarter and side, quarters nobody gives a figure for included: side ("as reported" or
        "recast"), period_end, subject, and for each role the value in a column of its name (its unit in
        `attrs["units"]`; NaN where not found), with <role>_basis, <role>_bound and <role>_claim.

    Raises
    ------
    ValueError
        If the dossier, as known on its `as_of`, has no figure of the first role for a quarter, or has one
        role in two units, or the figures on one side are of two of its own subjects.

    Examples
    --------
    >>> table = by_quarter(book, "revenue", "growth")
    >>> row = table.iloc[-1]
    >>> row["period_end"].date().isoformat(), float(row["revenue"]), float(row["growth"])
    ('2031-06-28', 1400.0, 33.0)
    """
    rows = facts.read(book, role, *also)
    rows = rows[(rows["kind"] == "actual") & (facts.months(rows) == 3)]
    if not (rows["role"] == role).any():
        raise ValueError(f"no figure of the role {role} is for a quarter in {book!r}")
    rows = rows.assign(
        side=rows["basis"].map(lambda basis: "recast" if basis == "recast" else "as reported"),
        computed=rows["basis"] == "derived",
        rounded=rows["bound"] != "exact",
    ).sort_values(["computed", "rounded", "published"], kind="stable")
    parts = []
    for side, group in rows.groupby("side", sort=True):
        frame = pd.DataFrame({"side": side, "period_end": filled(group["period_end"])})
        frame["subject"] = facts.one_subject(group)
        for each in (role, *also):
            found = group[group["role"] == each].drop_duplicates("period_end")
            columns = {"value": each} | {name: f"{each}_{name}" for name in ("basis", "bound", "claim")}
            found = found[["period_end", *columns]].rename(columns=columns)
            frame = frame.merge(found, on="period_end", how="left")
        parts.append(frame)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["units"] = {
        each: facts.one_unit(rows[rows["role"] == each])
        for each in (role, *also)
        if each in set(rows["role"])
    }
    return table


def before(end: pd.Timestamp, count: int) -> pd.Timestamp:
    """Return the quarter end `count` quarters before one that is a month's end."""
    return end if count == 0 else (end + pd.offsets.MonthEnd(-3 * count))


def filled(ends: pd.Series[Any]) -> list[pd.Timestamp]:
    """Return the quarter ends there are and, between them, those that are missing."""
    known: list[pd.Timestamp] = sorted(ends.unique())
    every = known[:1]
    for end in known[1:]:
        missing = round((end - every[-1]).days / 91.31) - 1
        every += [before(end, count) for count in range(missing, 0, -1)] + [end]
    return every


def slots(table: pd.DataFrame) -> list[str]:
    """Name the place of each row on the axis: its day, and a mark for the recast side."""
    return [
        f"{end:%Y-%m-%d}" + (" recast" if side == "recast" else "")
        for end, side in zip(table["period_end"], table["side"], strict=True)
    ]


def axis(table: pd.DataFrame, lang: Language) -> alt.X:
    """Give every slot its place, in order, and an empty one to the change of basis."""
    places = table["slot"].tolist()
    first_new = next((i for i, place in enumerate(places) if place.endswith("recast")), 0)
    if first_new:
        places.insert(first_new, _BREAK)
    form = words.entry("form.axis_month_lines", lang)
    # Dates as text are read, and written again, in UTC: a reader's time zone moves no quarter.
    month = f"split(utcFormat(toDate(slice(datum.value, 0, 10)), '{form}'), '|')"
    return alt.X(
        "slot:N",
        title=words.text("quarter.ended", lang),
        sort=places,
        scale=alt.Scale(domain=places, type="band"),
        axis=alt.Axis(
            labelExpr=f"datum.value == '{_BREAK}' ? '' : {month}",
            labelOverlap=False,
            ticks=False,
        ),
    )


def gaps(places: list[str], x: alt.X, lang: Language) -> list[alt.Chart]:
    """Say where a quarter has no figure."""
    if not places:
        return []
    missing = words.text("quarter.not_found", lang)
    texts = alt.Chart(pd.DataFrame({"slot": places})).mark_text(
        angle=270, align="left", dx=6, color=COLORS["muted"], fontSize=10, text=missing
    )
    return [texts.encode(x=x, y=alt.value(alt.expr("height")))]


def rule_between(book: Dossier, table: pd.DataFrame, x: alt.X, lang: Language) -> list[alt.Chart]:
    """Draw the rule between two bases and the name of what is measured on each side."""
    sides = [group for _, group in table.groupby("side", sort=True)]
    if len(sides) < 2:
        return []
    data = pd.DataFrame({"slot": [_BREAK]})
    rule = alt.Chart(data).mark_rule(strokeDash=[5, 4], color=COLORS["alert"], strokeWidth=1.4)
    layers = [rule.encode(x=x)]
    subjects = [group["subject"].dropna().iloc[-1:].tolist() for group in sides]
    if subjects[0] == subjects[1]:
        names = [words.text(f"quarter.{basis}_basis", lang) for basis in ("old", "new")]
    else:
        names = [facts.named(book, subject, lang) for side in subjects for subject in side]
    for name, group in zip(names, sides, strict=False):
        room = WIDTH / (len(table) + 1) * (len(group) + 0.5)
        left = group is sides[0]
        text = alt.Chart(data).mark_text(
            align="right" if left else "left",
            baseline="top",
            dx=-8 if left else 8,
            color=COLORS["muted"],
            text=style.wrap(name, room, 11),
            lineHeight=13,
        )
        layers.append(text.encode(x=x, y=alt.value(0)))
    return layers


def break_note(table: pd.DataFrame, lang: Language) -> str:
    """Warn of the change of basis, where there is one."""
    if table["side"].nunique() < 2:
        return ""
    return words.text("quarter.break_note", lang)
