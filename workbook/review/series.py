"""Rules on the figures of a series: which contradict one another, came late, or are in no series."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workbook.dossier import Dossier
from workbook.dossier.formula import interval, measure
from workbook.dossier.joined import NO_DATUM, losing_sides
from workbook.dossier.period import months
from workbook.hints import closest
from workbook.review.records import Found, Row, records

__all__ = ["contradiction", "known_late", "one_series_a_role", "unknown_metric"]


_LATE = 200  # days from the end of a period to its figure: annual reports take half of that


def known_late(book: Dossier) -> Iterator[Found]:
    """Find figures known long after their period: the source is not the first that had them."""
    known = book.known["day"].to_dict()
    lost = set(losing_sides(book.disputes))
    late: list[tuple[Row, int]] = []
    in_time: dict[Any, list[Row]] = {}
    for claim in records(book, "claims"):
        if claim["value"] is None or claim["period_end"] is None or claim["formula"] is not None:
            continue  # what is computed is known as early as what it is computed from
        days = (known[claim["id"]] - claim["period_end"]).days
        if days <= _LATE:
            in_time.setdefault(_series(claim), []).append(claim)
        # A misprint has no release, and a figure is recast with the release of the next year.
        elif claim["id"] not in lost and claim["basis"] != "recast":
            late.append((claim, days))
    for claim, days in late:
        if not any(_agree(claim, other) for other in in_time.get(_series(claim), [])):
            detail = f"the period ended {days} days before {known[claim['id']]:%Y-%m-%d}: find the release"
            yield Found("claims", claim["id"], "source", detail)


def contradiction(book: Dossier) -> Iterator[Found]:
    """Find figures of one series, period, basis and kind that cannot both be true, in no dispute."""
    in_dispute = {frozenset((row["claim"], row["against"])) for row in records(book, "disputes")}
    claims = records(book, "claims")
    passed = {*losing_sides(book.disputes), *(row["replaces"] for row in claims)}
    # A price or a rank is one of a tier or a board: its own table tells them apart.
    passed |= {row["claim"] for table in ("prices", "rankings") for row in records(book, table)}
    groups: dict[Any, list[Row]] = {}
    for row in claims:
        if row["value"] is None or row["period_end"] is None or row["id"] in passed:
            continue
        if row["grade"] not in NO_DATUM:
            key = (*_series(row), row["basis"], row["grade"] == "guidance")
            groups.setdefault(key, []).append(row)
    for rows in groups.values():
        for one, two in itertools.combinations(rows, 2):
            if not _agree(one, two) and frozenset((one["id"], two["id"])) not in in_dispute:
                pair = " against ".join(f"{r['bound']} {r['value']:g} {r['unit']}" for r in (one, two))
                yield Found("claims", one["id"], "value", f"{pair} of {two['id']}, in no dispute")


def _series(claim: Row) -> tuple[Any, ...]:
    counts = measure(claim["unit"])[1]
    return claim["subject"], claim["metric"], claim["period_start"], claim["period_end"], counts


def _agree(one: Row, two: Row) -> bool:
    (low, high), (least, most) = _span(one), _span(two)
    return low <= most and least <= high


def _span(claim: Row) -> tuple[float, float]:
    """Return a figure's ends as printed: half a last decimal to a side, of an about its last digit."""
    factor, _ = measure(claim["unit"])
    last = int(Decimal(repr(float(claim["value"]))).normalize().as_tuple().exponent)
    low, high = interval(claim["value"], claim["bound"], claim["value_high"] or math.nan)
    # Less than half a step, so that 10 and 11, rounded, are not taken to agree at 10.5.
    slack = 10.0**last if claim["bound"] == "about" else 0.499 * 10.0 ** min(last, 0)
    if claim["bound"] in ("exact", "about"):
        low, high = low - slack, high + slack
    return low * factor, high * factor


def one_series_a_role(book: Dossier) -> Iterator[Found]:
    """Find roles under which a chart has more than one series of the own subject to take."""
    roles = {row["id"]: row["role"] for row in records(book, "series") if row["role"]}
    under: dict[tuple[str, int], dict[str, str]] = {}
    rows = book.metrics
    for row, length in zip(records(book, "metrics"), months(rows), strict=True):
        if row["metric"] in roles and row["subject"] in book.subjects:
            under.setdefault((roles[row["metric"]], length), {})[row["metric"]] = row["claim"]
    for (role, length), series in under.items():
        if len(series) > 1:
            taken = ", ".join(f"{metric} ({claim})" for metric, claim in series.items())
            over = f"{length} months" if length else "a day"
            yield Found("series", next(iter(series)), "role", f"{role} over {over} has {taken}")


def unknown_metric(book: Dossier) -> Iterator[Found]:
    """Find figures of a metric that is in no series, nor a price, a rank or a comparable."""
    series = [row["id"] for row in records(book, "series")]
    if not series:
        return
    elsewhere = {
        row["claim"] for name in ("prices", "rankings", "comparables") for row in records(book, name)
    }
    for claim in records(book, "claims"):
        if claim["value"] is None or claim["period_end"] is None or claim["id"] in elsewhere:
            continue
        if claim["metric"] not in series and claim["grade"] not in NO_DATUM:
            detail = f"{claim['metric']} is in no series{closest(claim['metric'], series)}"
            yield Found("claims", claim["id"], "metric", detail)
