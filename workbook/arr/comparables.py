"""Other companies' figures as they are read: what is known of each company's level on each date."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple, cast

import pandas as pd

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


def points_by_company(
    comparables: pd.DataFrame, kinds: Sequence[str], as_levels: bool
) -> Iterator[tuple[tuple[str, str], list[Point]]]:
    """Yield each company and currency with its points in order of date; the table is that of `reference`."""
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


def above(name: str, value: float, least: float) -> None:
    """Refuse a number that is not above the least."""
    if not (value > least and math.isfinite(value)):
        raise ValueError(f"{name} is {value!r}: it must be above {least}")


def among(name: str, value: str, allowed: Collection[str]) -> None:
    """Refuse a word that is none of those allowed."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}: give one of {', '.join(allowed)}{closest(value, allowed)}")
