"""Other companies' figures as they are read: what is known of each company's level on each date."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import NamedTuple, cast

import pandas as pd

from workbook.arr.calendar import months_between
from workbook.dates import read_day
from workbook.hints import closest

_COLUMNS = ("company", "date", "value", "bound", "currency", "kind", "claim")
_KINDS = ("run_rate", "quarter_x4", "annual", "target")


class Point(NamedTuple):
    """What is known of a level on a date: no less than `low`, no more than `high`."""

    date: date
    low: float
    high: float
    stated: float
    claims: tuple[str, ...]


class Figure(NamedTuple):
    """A level as one claim has it, both ends of a range, and the day on which it was known."""

    day: date
    low: float
    high: float
    known: date
    claim: str


def figures_by_company(
    comparables: pd.DataFrame, kinds: Sequence[str]
) -> dict[tuple[str, str], list[Figure]]:
    """Return the figures of each company and currency, bounds as levels; with no column `known`, by date."""
    rows = _read(comparables, kinds)
    known = rows["known"] if "known" in rows else rows["date"]
    found: dict[tuple[str, str], list[Figure]] = {}
    for company, currency, day, low, high, seen, claim in zip(
        *(rows[name] for name in ("company", "currency", "date", "value", "upper")),
        known,
        rows["claim"],
        strict=True,
    ):
        figure = Figure(
            read_day("date of a comparable", day), low, high, read_day("known of a comparable", seen), claim
        )
        found.setdefault((company, currency), []).append(figure)
    return {key: sorted(found[key]) for key in sorted(found)}


class Step(NamedTuple):
    """From one figure of a company to its next."""

    months: float
    growth: float
    """Of the logarithm."""


def levels(figures: Sequence[Figure], min_gap: float) -> list[tuple[date, float]]:
    """Return a company's dates, in order, and the logarithm of its level on each.

    Of several figures on a date it is the geometric mean of the lowest and the highest; a date nearer than
    `min_gap` months to the one before is left out, for rounding and bounds would make much growth of little.

    Examples
    --------
    >>> days = [date(2025, 1, 31), date(2025, 2, 10), date(2025, 2, 28), date(2025, 2, 28)]
    >>> figures = [Figure(day, x, x, day, "") for day, x in zip(days, (1, 9, 2, 8), strict=True)]
    >>> [(day.day, round(math.exp(level), 9)) for day, level in levels(figures, 1.0)]
    [(31, 1.0), (28, 4.0)]
    """
    found: list[tuple[date, float]] = []
    for day, same in groupby(sorted(figures), key=lambda figure: figure.day):
        if not found or months_between(found[-1][0], day) >= min_gap:
            ends = [(figure.low, figure.high) for figure in same]
            level = (math.log(min(low for low, _ in ends)) + math.log(max(high for _, high in ends))) / 2
            found.append((day, level))
    return found


def steps(figures: Sequence[Figure], min_gap: float) -> list[Step]:
    """Return the steps between a company's figures, in order; empty where there are not two."""
    return [Step(months_between(a, b), y - x) for (a, x), (b, y) in pairwise(levels(figures, min_gap))]


def points_by_company(
    comparables: pd.DataFrame, kinds: Sequence[str], as_levels: bool
) -> Iterator[tuple[tuple[str, str], list[Point]]]:
    """Yield each company and currency with its points in order of date; the table is that of `reference`."""
    rows = _read(comparables, kinds)
    for key, group in rows.groupby(["company", "currency"], sort=True):
        points = []
        company, currency = map(str, key)
        for day, same in group.groupby("date", sort=True):
            # One side of a bound is open: nothing is known there.
            low = same["value"].where(as_levels | (same["bound"] != "at_most"), 0.0)
            high = same["upper"].where(as_levels | (same["bound"] != "at_least"), math.inf)
            claims = tuple(same["claim"])
            points.append(
                Point(
                    read_day("date of a comparable", cast(date, day)),
                    float(low.min()),
                    float(high.max()),
                    float(same["value"].min()),
                    claims,
                )
            )
        yield (company, currency), sorted(points)


def _read(comparables: pd.DataFrame, kinds: Sequence[str]) -> pd.DataFrame:
    """Check the table and return its rows of those kinds, with `upper`, where a range ends."""
    for column in _COLUMNS:
        if column not in comparables:
            raise ValueError(f"comparables has no column {column!r}{closest(column, map(str, comparables))}")
    for kind in kinds:
        among("kinds", kind, _KINDS)
    rows = comparables[comparables["kind"].isin(list(kinds))]
    if "use" in rows:
        rows = rows[rows["use"] == "core"]
    upper = rows["value"] if "value_high" not in rows else rows["value_high"].fillna(rows["value"])
    rows = rows.assign(upper=upper)
    wrong = rows[~(rows["value"] > 0)]
    if len(wrong):
        raise ValueError(f"value of {wrong['claim'].iloc[0]} is {wrong['value'].iloc[0]}: it must be above 0")
    return rows


def above(name: str, value: float, least: float) -> None:
    """Refuse a number that is not above the least."""
    if not (value > least and math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}: it must be above {least}")


def among(name: str, value: str, allowed: Collection[str]) -> None:
    """Refuse a word that is none of those allowed."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}: give one of {', '.join(allowed)}{closest(value, allowed)}")
