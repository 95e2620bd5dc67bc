"""The rule on texts that tell of a day later than their row was known."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

import pandas as pd

from workbook.dossier import Dossier
from workbook.dossier.package import foreign_keys
from workbook.reading import DATES, date_parts
from workbook.review.records import Found, records

__all__ = ["told_too_early"]


def told_too_early(book: Dossier) -> Iterator[Found]:
    """Find texts that tell of a day later than their row was known: an earlier view would show them."""
    known = book.known["day"].to_dict()
    about = {
        row["id"]: {row[column] for column in ("event_date", "period_end") if row[column]}
        for row in records(book, "claims")
    }
    for table in book.tables:
        if table == "sources" or not (texts := _texts(book, table)):
            continue
        keys = _keys(book, table) + ([("id", _PROSE)] if table == "claims" else [])
        for row, column in itertools.product(records(book, table), texts):
            # A text that reverts with an end or a verdict is known from that day on.
            rests_on = [row[key] for key, alone in keys if row[key] in known and column in alone]
            if not rests_on or not row[column]:
                continue
            since = max(known[claim] for claim in rests_on)
            # A target may name the day it is set for.
            own_days = set().union(*(about[claim] for claim in rests_on))
            for found in DATES.finditer(row[column]):
                day = _first_day(found)
                if day and day > since and not any(_is(found, other) for other in own_days):
                    detail = f"tells of {found[0]}, known from {since:%Y-%m-%d}: {row[column]}"
                    yield Found(table, str(next(iter(row.values()))), column, detail)


_PROSE = (
    "note",
    "why",
    "why_zh",
    "mechanism",
    "mechanism_zh",
    "title",
    "title_zh",
    "role",
    "role_zh",
    "name",
)


def _texts(book: Dossier, table: str) -> list[str]:
    return [column for column in getattr(book, table).columns if column in _PROSE]


def _keys(book: Dossier, table: str) -> list[tuple[str, tuple[str, ...]]]:
    """Columns by which a row names claims, with those whose text stands once that claim is known."""
    keys = []
    for name, key, field in foreign_keys(book.package):
        if name == table and key["resource"] == "claims":
            reverts = field.get("untilKnown")
            keys.append((field["name"], _PROSE if reverts is None else tuple(reverts)))
    return keys


def _is(found: re.Match[str], day: pd.Timestamp) -> bool:
    return all(getattr(day, part) == number for part, number in date_parts(found).items())


def _first_day(found: re.Match[str]) -> pd.Timestamp | None:
    parts = date_parts(found)
    if "year" not in parts or "month" not in parts:
        return None
    try:
        return pd.Timestamp(dt.date(parts["year"], parts["month"], parts.get("day", 1)))
    except ValueError:  # 31 June
        return None
