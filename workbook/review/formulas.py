"""The rule on derived claims: a formula gives what its claim says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from workbook.dossier import Dossier
from workbook.dossier.formula import (
    FormulaError,
    Quantity,
    calculate,
    inputs,
    interval,
    kind,
    measure,
    unreadable,
)
from workbook.hints import closest
from workbook.review.records import Found, Row, records

__all__ = ["formula"]


def formula(book: Dossier) -> Iterator[Found]:
    """Hold a derived claim to what its formula gives, within rounding, and to the bound that follows."""
    claims = {row["id"]: row for row in records(book, "claims")}
    for claim in claims.values():
        if claim["formula"] is None:
            continue
        for fault in _formula_faults(claim, claims):
            yield Found("claims", claim["id"], "formula", f"{fault}: {claim['formula']}")


def _formula_faults(claim: Row, claims: dict[str, Row]) -> Iterator[str]:
    computed = claim["value"] is not None
    if fault := unreadable(claim["formula"], computed):
        yield fault
        return
    named = {name: claims.get(name) for name in inputs(claim["formula"])}
    faults = [
        f"there is no claim {name}{closest(name, claims)}" for name, row in named.items() if row is None
    ]
    if computed:
        faults += [f"{name} has no value" for name, row in named.items() if row and row["value"] is None]
    if faults or not computed:
        yield from faults
        return
    try:
        result = calculate(claim["formula"], lambda name: _quantity(claims[name]))
    except FormulaError as error:
        yield str(error)
        return
    if not result.bare and kind(result) != measure(claim["unit"])[1]:
        yield f"it gives another kind of figure than {claim['unit']}"
    else:
        yield from _result_faults(claim, result.low, result.high, result.about)


def _quantity(claim: Row) -> Quantity:
    low, high = interval(claim["value"], claim["bound"], claim["value_high"] or math.nan)
    # A percentage is a plain number: 100 + 45%.
    of = ((claim["unit"], 1),) if measure(claim["unit"])[1] else ()
    return Quantity(low, high, claim["bound"] == "about", of)


def _result_faults(claim: Row, low: float, high: float, about: bool) -> Iterator[str]:
    """Hold what a formula gives to what its claim says."""
    value, bound = claim["value"], claim["bound"]
    step = 10.0 ** int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    step = min(step, 1.0)
    slack = 1e-9 * max(abs(value), step)
    given = f"{low:.6g}" if math.isclose(low, high) else f"{low:.6g} to {high:.6g}"
    if math.isinf(low) and math.isinf(high):
        yield "no bound follows from those of the claims it names"
        return
    # A floor rounds down and a ceiling up; what is exact or about, to the nearest.
    holds = {
        "at_least": -slack <= low - value < step,
        "at_most": -slack <= value - high < step,
        "between": abs(low - value) <= step / 2 + slack
        and abs(high - (claim["value_high"] or math.nan)) <= step / 2 + slack,
    }.get(bound, abs(low - value) <= step / 2 + slack and abs(high - value) <= step / 2 + slack)
    if not holds:
        yield f"it gives {given} {claim['unit']}, the claim says {bound} {value:g}"
    elif bound == "exact" and about:
        yield "it rests on an about, so that the claim is about too"
