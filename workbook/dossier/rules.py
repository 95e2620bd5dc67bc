"""Rules across columns and tables that Table Schema has no words for, each with its reason.

A rule goes over the columns it needs, not over whole rows: large dossiers open as fast as they are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from workbook.dossier.form import currencies
from workbook.dossier.formula import inputs, unreadable
from workbook.dossier.joined import NO_DATUM, in_bn
from workbook.dossier.problems import Problem
from workbook.dossier.schema import NUMBER
from workbook.dossier.tables import Table

__all__ = ["UNIT_KINDS", "house_rules"]

_SPANS = {  # table -> first and last day, and whether both are inside the span, so that they may be one day
    "claims": ("period_start", "period_end", True),
    "org_units": ("formed", "dissolved", False),
    "org_links": ("start", "end", False),
    "roles": ("start", "end", False),
}
_NESTED = ("part_of", "merged_into")  # relations in which no unit may come back to itself
UNIT_KINDS = {
    "%": "%",
    "x": "x",
    "quarters": "quarters",
    "million": "people",
    "units": "count",
    "repositories": "count",
    "trillion tokens/day": "tokens",
    "trillion tokens": "tokens",
}
"""Unit of a figure -> kind of unit of its series; amounts, prices and rates of exchange are told by form."""


def house_rules(tables: dict[str, Table]) -> Iterator[Problem]:
    """Rules across columns and tables; a table that a dossier does without is skipped."""
    for name, (first, last, one_day) in _SPANS.items():
        for line, start, end in _cells(tables, name, first, last):
            if start and end and (end < start or (end == start and not one_day)):
                yield Problem(tables[name].file, line, last, f"must come after {first}", end)
    for line, url, seen in _cells(tables, "sources", "url", "seen"):
        if not url and seen not in ("relay", "none"):
            yield Problem(
                tables["sources"].file, line, "url", "may be empty only where seen is relay or none", ""
            )
    if "claims" in tables:
        yield from _claim_problems(tables)
        yield from _chain_problems(tables["claims"])
        yield from _figure_problems(tables)
    for line, claim, against, standing, settled in _cells(
        tables, "disputes", "claim", "against", "standing", "settled_by"
    ):
        if claim == against:
            yield Problem(tables["disputes"].file, line, "against", "must be another claim", against)
        if (standing == "open") == bool(settled):
            rule = "must name the claim that settled it where standing is resolved, and only there"
            yield Problem(tables["disputes"].file, line, "settled_by", rule, settled)
    pairs: set[tuple[str, str]] = set()
    for line, claim, source in _cells(tables, "confirmations", "claim", "source"):
        if (claim, source) in pairs:
            rule = f"must confirm a claim once; it does confirm {claim} already"
            yield Problem(tables["confirmations"].file, line, "source", rule, source)
        pairs.add((claim, source))
    for line, claim, rule in _cells(tables, "calendar", "claim", "rule"):
        if not claim and not rule:
            words = "must say how the day is known: by a claim, by a rule, or by both"
            yield Problem(tables["calendar"].file, line, "rule", words, rule)
    for line, *bounds in _cells(tables, "assumptions", "low", "value", "high"):
        low, value, high = (_number(text) for text in bounds)
        for lower, upper, least, most in (
            ("low", "high", low, high),
            ("low", "value", low, value),
            ("value", "high", value, high),
        ):
            if least is not None and most is not None and least > most:
                rule = f"must not be below {lower}, {least:g}"
                yield Problem(tables["assumptions"].file, line, upper, rule, f"{most:g}")
    yield from _parent_problems(tables)
    yield from _loop_problems(tables)


def _cells(tables: dict[str, Table], name: str, *columns: str) -> Iterator[Any]:
    """Yield the spreadsheet row and these cells of each row of a table; nothing where there is no table."""
    if name in tables:
        table = tables[name]
        yield from zip(table.lines, *(table.columns[column] for column in columns), strict=True)


def _claim_problems(tables: dict[str, Table]) -> Iterator[Problem]:
    """Hold each claim together: what a figure needs, what a derived claim needs, which document it has."""
    file = tables["claims"].file
    kinds = {id_: kind for _, id_, kind in _cells(tables, "series", "id", "unit")}
    codes: dict[str, bool] = {}
    for line, value, high, metric, bound, unit in _cells(
        tables, "claims", "value", "value_high", "metric", "bound", "unit"
    ):
        if value and not (metric and bound and unit):
            for column, text in (("metric", metric), ("bound", bound), ("unit", unit)):
                if not text:
                    yield Problem(file, line, column, "must not be empty where there is a value", "")
        if (bound == "between") != bool(high):
            rule = "must be given where bound is between, and only there"
            yield Problem(file, line, "value_high", rule, high)
        lower, upper = (_number(value), _number(high)) if high else (None, None)
        if lower is not None and upper is not None and upper <= lower:
            yield Problem(file, line, "value_high", f"must be above value, {value}", high)
        if unit and unit not in codes:
            codes[unit] = all(code in currencies() for code in _codes(unit))
        if unit and not codes[unit]:
            yield Problem(file, line, "unit", "must begin with an ISO 4217 code, or RMB", unit)
        if value and unit and kinds.get(metric, kind_of(unit)) != kind_of(unit):
            rule = f"must be of the kind that the series {metric} has: {kinds[metric]}"
            yield Problem(file, line, "unit", rule, unit)
    for line, grade, formula, source in _cells(tables, "claims", "grade", "formula", "source"):
        if (grade == "derived") != bool(formula):
            rule = "must be given for grade derived, and only there"
            yield Problem(file, line, "formula", rule, formula)
        if not source and not inputs(formula):
            rule = "must name a document; only a claim computed from other claims may do without"
            yield Problem(file, line, "source", rule, "")


def _codes(unit: str) -> list[str]:
    """Return the currencies that a unit names."""
    return [word for word in unit.split() if len(word) == 3 and word.isascii() and word.isupper()]


@cache  # a column has few units
def kind_of(unit: str) -> str:
    """Return the kind of a unit: what series.unit may say.

    Examples
    --------
    >>> kind_of("USD bn"), kind_of("CNY per USD"), kind_of("%")
    ('money', 'exchange rate', '%')
    """
    if unit in UNIT_KINDS:
        return UNIT_KINDS[unit]
    codes = _codes(unit)
    if len(codes) == 2:
        return "exchange rate"
    return "money" if codes and unit.endswith((" m", " bn")) else unit


def _chain_problems(claims: Table) -> Iterator[Problem]:
    """Hold formulas and revisions to claims that are there and that do not come back to themselves."""
    ids, lines = claims.columns["id"], dict(zip(claims.columns["id"], claims.lines, strict=True))
    written = zip(claims.lines, claims.columns["formula"], claims.columns["value"], strict=True)
    for line, formula, value in written:
        if formula and (fault := unreadable(formula, bool(value))):
            yield Problem(claims.file, line, "formula", f"must be a formula: {fault}", formula)
    formulas = {c: inputs(f) for c, f in zip(ids, claims.columns["formula"], strict=True) if f}
    for claim, names in formulas.items():
        for name in names:
            if name not in lines:
                rule = f"must name claims and numbers only, with spaces around + - * /; no claim {name}"
                yield Problem(claims.file, lines[claim], "formula", rule, name)
    newer = {c: [r] for c, r in zip(ids, claims.columns["replaces"], strict=True) if r}
    for column, chains in (("formula", formulas), ("replaces", newer)):
        try:
            TopologicalSorter(chains).prepare()
        except CycleError as error:
            loop = error.args[1]
            first = lines.get(next((claim for claim in loop if claim in lines), ""))
            rule = "must not lead back to the claim itself: " + " -> ".join(loop)
            yield Problem(claims.file, first, column, rule, loop[0])


def _figure_problems(tables: dict[str, Table]) -> Iterator[Problem]:
    """Hold rows about figures to claims that carry one."""
    claims = tables["claims"].columns
    places = dict(zip(claims["id"], range(len(claims["id"])), strict=True))
    for name in ("prices", "rankings", "comparables"):
        for line, claim in _cells(tables, name, "claim"):
            if claim not in places:
                continue
            file, at = tables[name].file, places[claim]
            if not claims["value"][at] or not claims["period_end"][at]:
                rule = "must name a claim that has a value and a period_end, the day of the figure"
                yield Problem(file, line, "claim", rule, claim)
            if claims["grade"][at] in NO_DATUM:
                rule = f"must not rest on grade {claims['grade'][at]}: such a figure is no datum"
                yield Problem(file, line, "claim", rule, claim)
            unit = claims["unit"][at]
            if name == "comparables" and kind_of(unit) != "money":
                rule = (
                    f"must name a claim of an amount, in m or bn of a currency; its unit is {unit or 'empty'}"
                )
                yield Problem(file, line, "claim", rule, claim)
    for line, value, unit, claim in _cells(tables, "assumptions", "value", "unit", "claim"):
        if claim in places:
            said, of = claims["value"][places[claim]], claims["unit"][places[claim]]
            mine, theirs = _number(value), _number(said)
            if mine is None or theirs is None or in_bn(mine, unit) != in_bn(theirs, of):
                rule = f"must be as in the claim it names, {claim}: {said or 'no value'} {of}".rstrip()
                yield Problem(tables["assumptions"].file, line, "value", rule, value)


def _links(tables: dict[str, Table]) -> Iterable[tuple[int, dict[str, str]]]:
    return tables["org_links"].rows() if "org_links" in tables else ()


def _parent_problems(tables: dict[str, Table]) -> Iterator[Problem]:
    """Hold each unit to one parent a day: of two, the order of the rows would choose.

    Only the two sides of a dispute may differ: there its standing chooses.
    """
    disputed = {frozenset(pair) for _, *pair in _cells(tables, "disputes", "claim", "against")}
    earlier: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in _links(tables):
        if row["relation"] != "part_of":
            continue
        for place, other in earlier.setdefault(row["child"], []):
            at_once = _holds(row, other["start"]) or _holds(other, row["start"])
            if (
                at_once
                and row["parent"] != other["parent"]
                and frozenset((row["claim"], other["claim"])) not in disputed
            ):
                rule = (
                    f"must be the one parent of {row['child']} on a day, but row {place} has "
                    f"{other['parent']} for some of the same days; only the two sides of a dispute may differ"
                )
                yield Problem(tables["org_links"].file, number, "parent", rule, row["parent"])
        earlier[row["child"]].append((number, row))


def _loop_problems(tables: dict[str, Table]) -> Iterator[Problem]:
    """Find the units that come back to themselves; a loop begins with the last of its links to begin."""
    links = list(_links(tables))
    for relation in _NESTED:
        ups: dict[str, list[dict[str, str]]] = {}
        for _, row in links:
            if row["relation"] == relation:
                ups.setdefault(row["child"], []).append(row)
        for number, row in links:
            if row["relation"] != relation:
                continue
            above: set[str] = set()
            following = [row["parent"]]
            while following:
                unit = following.pop()
                if unit not in above:
                    above.add(unit)
                    following += [up["parent"] for up in ups.get(unit, []) if _holds(up, row["start"])]
            if row["child"] in above:
                rule = f"must not lead back to {row['child']}, by itself or through other {relation} links"
                yield Problem(tables["org_links"].file, number, "parent", rule, row["parent"])


def _holds(link: dict[str, str], day: str) -> bool:
    """Tell whether a link is in force on a day; ISO text sorts as its days do, and empty before all."""
    return link["start"] <= day and (not link["end"] or day < link["end"])


def _number(text: str) -> float | None:
    return float(text) if NUMBER.fullmatch(text) else None
