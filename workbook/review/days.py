"""The rule on texts that tell of a day later than their row was known."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from workbook.dossier import Dossier
from workbook.dossier.package import foreign_keys
from workbook.reading import DATES, date_parts
from workbook.review.records import Found, Row, records

__all__ = ["told_too_early"]


def told_too_early(book: Dossier) -> Iterator[Found]:
    """Find texts that tell of a day later than their row was known: an earlier view would show them.

    A text tells of a later day by a date, by a figure that its company gave later only, or by a fiscal year
    that had not ended. A claim tells of its own day too: a document of an earlier day can only confirm the
    figure of another.
    """
    known = book.known["day"].to_dict()
    claims = {row["id"]: row for row in records(book, "claims")}
    about = {
        name: {row[column] for column in ("event_date", "period_end") if row[column]}
        for name, row in claims.items()
    }
    by_whom = book.known["source"].to_dict()
    guided = {name for name, row in claims.items() if row["grade"] == "guidance"}
    first = _first_told(claims.values(), known)
    for table in book.tables:
        if table == "sources" or not (texts := _texts(book, table)):
            continue
        keys = _keys(book, table) + ([("id", _PROSE)] if table == "claims" else [])
        for row, column in itertools.product(records(book, table), texts):
            # A text that reverts with an end or a verdict is known from that day on.
            rests_on = [row[key] for key, alone in keys if row[key] in known and column in alone]
            if not rests_on or not row[column]:
                continue
            if "statement" in column and row["source"] == by_whom[row["id"]]:
                continue  # what the first document said of days ahead
            since = max(known[claim] for claim in rests_on)
            # The day a target is set for is told with it.
            own_days = set().union(*(about[claim] for claim in rests_on))
            later = [
                found[0]
                for found in DATES.finditer(row[column])
                if (day := _first_day(found))
                and day > since
                and not any(_is(found, other) for other in own_days)
            ]
            of = {claims[claim]["subject"] for claim in rests_on}
            later += [figure for figure, day in _figures_told(row[column], of, first) if day > since]
            if not guided.intersection(rests_on):  # guidance is about years ahead
                ended = _years_ended(row[column], book.package.get("fiscalYearEnd", "12-31"))
                later += [year for year, day in ended if day > since and day not in own_days]
            for text in dict.fromkeys(later):
                detail = f"tells of {text}, known from {since:%Y-%m-%d}: {row[column]}"
                yield Found(table, str(next(iter(row.values()))), column, detail)
    for name, row in claims.items():
        day = row["event_date"]
        if row["grade"] != "guidance" and row["precision"] == "day" and day and day > known[name]:
            detail = f"is of {day:%Y-%m-%d}, and a document of {known[name]:%Y-%m-%d} is to say the same"
            yield Found("claims", name, "event_date", detail)


def _first_told(
    claims: Iterable[Row], known: dict[Any, pd.Timestamp]
) -> dict[tuple[str, float], pd.Timestamp]:
    """Of each figure of a subject, whatever its unit, the day it was first known."""
    first: dict[tuple[str, float], pd.Timestamp] = {}
    for claim in claims:
        for figure in (claim["value"], claim["value_high"]):
            if figure is not None:
                of = claim["subject"], abs(figure)
                first[of] = min(first.get(of, known[claim["id"]]), known[claim["id"]])
    return first


_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w|\.\d)")


def _figures_told(
    text: str, of: set[str], first: dict[tuple[str, float], pd.Timestamp]
) -> Iterator[tuple[str, pd.Timestamp]]:
    """Yield the figures of a text that are a claim's, of three digits or more: fewer meet by chance."""
    for found in _NUMBER.finditer(DATES.sub(" ", text)):
        number = found[0].replace(",", "")
        days = [first[subject, float(number)] for subject in of if (subject, float(number)) in first]
        if days and len(number.replace(".", "").strip("0")) >= 3:
            yield found[0].rstrip(","), min(days)


_FISCAL_YEAR = re.compile(r"\b(?:fiscal(?: year)?|FY) ?(\d{4})\b|(\d{4})财年", re.IGNORECASE)


def _years_ended(text: str, end: str) -> Iterator[tuple[str, pd.Timestamp]]:
    """Yield the fiscal years that a text names, with the day on which each ends."""
    for found in _FISCAL_YEAR.finditer(text):
        yield found[0], pd.Timestamp(f"{found[1] or found[2]}-{end}")


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
    "statement",
    "statement_zh",
    "rule",
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
