"""Who belongs to whom on a day, and what changed between two days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from workbook import evidence, words
from workbook.dates import read_day
from workbook.dossier import Dossier
from workbook.style import Language

RECENT = pd.Timedelta(days=90)
"""A unit younger than this on the day of an org chart is marked as new."""
BY_THEN = " by then"
"""Added to a change whose source gives no day: it had happened by the day shown."""
SEGMENT = "segment"
"""Kind of a unit that only says how results are reported."""


def units(book: Dossier, *, at: str | dt.date, lang: Language = "en") -> pd.DataFrame:
    """Return the units alive on a day with the unit each is part of and who leads it.

    A row holds where start <= day < end; an empty start means "before the period covered". Segments are
    no units of management: they stand in the column `reports_in` of those whose results they hold.

    Parameters
    ----------
    book
        The dossier.
    at
        Day on which the units are alive.
    lang
        "en" or "zh", for names and texts.

    Returns
    -------
    pandas.DataFrame
        Columns unit, name, name_zh, kind, role, formed, parent (empty for the top of the group and where
        no parent is known on `as_of`), lead (names, in the language asked for, of
        those who head the whole of it), claim, reports_in (names of segments, empty where none is known).

    Raises
    ------
    ValueError
        If `at` is not a date.

    Examples
    --------
    >>> table = units(book, at="2031-06-30")
    >>> table.loc[table["unit"] == "labs", ["parent", "lead"]].values.tolist()
    [['northlight', 'Jane Doe']]
    """
    day = pd.Timestamp(read_day("at", at))
    alive = managed(in_force(book.org_units, day, "formed", "dissolved"))
    roles = in_force(book.roles, day)
    roles = roles[roles["leads"].astype(bool)]
    people = book.people.set_index("id")
    names = words.localised(people, "name", lang)
    reported = reporting(book, day, lang).groupby("child")["segment"].agg("; ".join).to_dict()
    leads = roles["person"].map(names).groupby(roles["unit"]).agg(lambda s: ", ".join(dict.fromkeys(s)))
    parent = alive["id"].map(pd.Series(_parents(book, day), dtype="str"))
    return (
        pd.DataFrame(
            {
                "unit": alive["id"],
                "name": alive["name"],
                "name_zh": alive["name_zh"],
                "kind": alive["kind"].astype("str"),
                "role": alive["role"],
                "formed": alive["formed"],
                "parent": parent.where(parent.isin(alive["id"])),
                "lead": [leads.get(unit, "") for unit in alive["id"]],
                "claim": alive["claim"],
                "reports_in": [reported.get(unit, "") for unit in alive["id"]],
            }
        )
        .astype({"lead": "str", "reports_in": "str"})
        .reset_index(drop=True)
    )


def _parents(book: Dossier, day: pd.Timestamp) -> dict[str, str]:
    """Return which unit each is part of on a day, whatever the order of the rows.

    Of two sides of a dispute the one that stands counts, and neither while it is open. In a view of an
    earlier day the end of a link may not have been known: the newest counts, and no older one closes a loop.
    """
    links = in_force(book.org_links, day)
    links = links[links["relation"] == "part_of"].sort_values("start", ascending=False, kind="stable")
    gives_way: set[tuple[str, str]] = set()
    for row in book.disputes.to_dict("records"):
        if row["standing"] != "resolved_for":
            gives_way.add((row["claim"], row["against"]))
        if row["standing"] != "resolved_against":
            gives_way.add((row["against"], row["claim"]))
    parents: dict[str, str] = {}
    for child, rivals in links.groupby("child", sort=False):
        for parent, claim in zip(rivals["parent"], rivals["claim"], strict=True):
            above = parent
            while above in parents:
                above = parents[above]
            if above != child and not any((claim, other) in gives_way for other in rivals["claim"]):
                parents[str(child)] = parent
                break
    return parents


def in_force(table: pd.DataFrame, day: pd.Timestamp, start: str = "start", end: str = "end") -> pd.DataFrame:
    """Return the rows that are true on a day; the end is the first day on which one no longer is."""
    begun = table[start].isna() | (table[start] <= day)
    return table[begun & (table[end].isna() | (day < table[end]))]


def managed(units: pd.DataFrame) -> pd.DataFrame:
    """Return all units but segments, which only say how results are reported."""
    return units[units["kind"].astype("str") != SEGMENT]


def reporting(book: Dossier, day: pd.Timestamp, lang: Language) -> pd.DataFrame:
    """Return child, segment (its name) and claim of the reporting ties in force on a day."""
    links = in_force(book.org_links, day)
    links = links[links["relation"] == "reports_in"]
    links = links[links["child"].isin(managed(book.org_units)["id"])]
    names = {row["id"]: display_name(row, lang) for row in book.org_units.to_dict("records")}
    return links.assign(segment=links["parent"].map(names))[["child", "segment", "claim"]]


def without_a_day(claims: pd.DataFrame) -> pd.Series[bool]:
    """Tell which claims give no day: what they report happened on the day in the table or before it."""
    return claims["precision"].notna() & (claims["precision"].astype("str") != "day")


def display_name(row: Any, lang: Language) -> str:
    """Return the name of a unit in a language, or its own name where there is none in it."""
    own = row.get(f"name_{lang}")
    return str(row["name"] if own is None or pd.isna(own) else own)


def changes(
    book: Dossier, *, before: str | dt.date, after: str | dt.date, lang: Language = "en"
) -> pd.DataFrame:
    """List what was created, merged, moved, dissolved or reported anew after one day and up to another.

    Parameters
    ----------
    book
        The dossier.
    before
        Day whose state is compared: changes of that day are left out.
    after
        Last day of the changes.
    lang
        "en" or "zh", for names and texts.

    Returns
    -------
    pandas.DataFrame
        Columns date, what ("created", "merged into", "moved", "dissolved", "reports in", each with
        " by then" where the claim gives no day), unit, to (the successor, the new parent or the segment;
        both in the language asked for), claim, statement, source; oldest first.

    Raises
    ------
    ValueError
        If `after` does not come after `before`, or one of them is not a date.

    Examples
    --------
    >>> table = changes(book, before="2031-03-01", after="2031-03-31")
    >>> sorted(set(table["what"]))[:2]
    ['created', 'merged into']
    """
    since, until = (pd.Timestamp(read_day(*each)) for each in (("before", before), ("after", after)))
    if until <= since:
        raise ValueError(f"after ({until:%Y-%m-%d}) must come after before ({since:%Y-%m-%d})")
    names = {row["id"]: display_name(row, lang) for row in book.org_units.to_dict("records")}
    links = book.org_links
    rows: list[dict[str, Any]] = []

    def inside(day: Any) -> bool:
        return bool(pd.notna(day) and since < day <= until)

    started = links[links["start"].between(since, until, inclusive="right")]
    merged = started[started["relation"] == "merged_into"]
    for link in merged.to_dict("records"):
        rows.append(
            {
                "date": link["start"],
                "what": "merged into",
                "unit": link["child"],
                "to": link["parent"],
                "claim": link["claim"],
            }
        )
    for unit in managed(book.org_units).to_dict("records"):
        if inside(unit["formed"]):
            rows.append(
                {
                    "date": unit["formed"],
                    "what": "created",
                    "unit": unit["id"],
                    "to": None,
                    "claim": unit["claim"],
                }
            )
        if inside(unit["dissolved"]) and unit["id"] not in set(merged["child"]):
            rows.append(
                {
                    "date": unit["dissolved"],
                    "what": "dissolved",
                    "unit": unit["id"],
                    "to": None,
                    "claim": unit["ended_by"],
                }
            )
    part = links[links["relation"] == "part_of"]
    for link in started[started["relation"] == "part_of"].to_dict("records"):
        earlier = part[(part["child"] == link["child"]) & (part["end"] == link["start"])]
        if len(earlier):
            rows.append(
                {
                    "date": link["start"],
                    "what": "moved",
                    "unit": link["child"],
                    "to": link["parent"],
                    "claim": link["claim"],
                }
            )
    movable = set(managed(book.org_units)["id"])
    for link in started[started["relation"] == "reports_in"].to_dict("records"):
        if link["child"] in movable:
            rows.append(
                {
                    "date": link["start"],
                    "what": "reports in",
                    "unit": link["child"],
                    "to": link["parent"],
                    "claim": link["claim"],
                }
            )
    vague = set(book.claims.loc[without_a_day(book.claims), "id"])
    for row in rows:
        row["what"] += BY_THEN if row["claim"] in vague else ""
    table = pd.DataFrame(rows, columns=["date", "what", "unit", "to", "claim"])
    table["date"] = pd.to_datetime(table["date"])
    texts = evidence.statements(book, table["claim"])
    return (
        table.assign(
            unit=table["unit"].map(names),
            to=table["to"].map(names).fillna(""),
            statement=texts["statement"],
            source=texts["source"],
        )
        .astype({"unit": "str", "to": "str"})
        .sort_values(["date", "what", "unit"], ignore_index=True)
    )
