"""Rules across columns and tables that Table Schema has no words for, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from workbook.dossier.problems import Problem
from workbook.dossier.schema import NUMBER
from workbook.dossier.tables import Table

__all__ = ["house_rules"]

_SPANS = {  # table -> first and last day; the last may be the first only where both days are inside
    "claims": ("period_start", "period_end"),
    "metrics": ("period_start", "period_end"),
    "org_units": ("formed", "dissolved"),
    "org_links": ("start", "end"),
    "roles": ("start", "end"),
}
_INCLUSIVE = ("claims", "metrics")
_NO_FIGURE = ("opinion", "illustration", "assumption")
_BN = {"bn": 0, "m": -3}  # power of ten that makes bn of it
_CODES = {"RMB": "CNY"}  # written so in units, and by its code where a column holds codes
_NESTED = ("part_of", "merged_into")  # relations in which no unit may come back to itself


def house_rules(tables: dict[str, Table]) -> Iterator[Problem]:
    """Rules across columns and tables; a table that a dossier does without is skipped."""
    for name, (first, last) in _SPANS.items():
        for number, row in _rows(tables, name):
            if row[first] and row[last] and (row[last], name in _INCLUSIVE) <= (row[first], False):
                yield Problem(f"{name}.csv", number, last, f"must come after {first}", row[last])
    for number, row in _rows(tables, "sources"):
        if not row["url"] and row["seen"] != "relay":
            yield Problem("sources.csv", number, "url", "may be empty only where seen is relay", "")
    claims = {row["id"]: row for _, row in _rows(tables, "claims")}
    for number, row in _rows(tables, "claims"):
        for column in ("metric", "bound", "unit"):
            if row["value"] and not row[column]:
                yield Problem("claims.csv", number, column, "must not be empty where there is a value", "")
        if (row["grade"] == "derived") != bool(row["formula"]):
            rule = "must be given for grade derived, and only there"
            yield Problem("claims.csv", number, "formula", rule, row["formula"])
    for name in tables:
        for number, row in _rows(tables, name):
            if "value" in row and row.get("claim") in claims:
                yield from _figure_problems(name, number, row, claims[row["claim"]])
    for number, row in _rows(tables, "disputes"):
        if row["claim"] == row["against"]:
            yield Problem("disputes.csv", number, "against", "must be another claim", row["against"])
        if (row["standing"] == "open") == bool(row["settled_by"]):
            rule = "must name the claim that settled it where standing is resolved, and only there"
            yield Problem("disputes.csv", number, "settled_by", rule, row["settled_by"])
    for number, row in _rows(tables, "assumptions"):
        for lower, upper in (("low", "high"), ("low", "value"), ("value", "high")):
            least, most = _plain(row[lower]), _plain(row[upper])
            if isinstance(least, float) and isinstance(most, float) and least > most:
                rule = f"must not be below {lower}, {row[lower]}"
                yield Problem("assumptions.csv", number, upper, rule, row[upper])
    yield from _parent_problems(tables)
    yield from _loop_problems(list(_rows(tables, "org_links")))


def _rows(tables: dict[str, Table], name: str) -> Iterable[tuple[int, dict[str, str]]]:
    return tables[name].rows() if name in tables else ()


def _parent_problems(tables: dict[str, Table]) -> Iterator[Problem]:
    """Hold each unit to one parent a day: of two, the order of the rows would choose.

    Only the two sides of a dispute may differ: there its standing chooses.
    """
    disputed = [{row["claim"], row["against"]} for _, row in _rows(tables, "disputes")]
    earlier: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in _rows(tables, "org_links"):
        if row["relation"] != "part_of":
            continue
        for place, other in earlier.setdefault(row["child"], []):
            at_once = _holds(row, other["start"]) or _holds(other, row["start"])
            if (
                at_once
                and row["parent"] != other["parent"]
                and {row["claim"], other["claim"]} not in disputed
            ):
                rule = (
                    f"must be the one parent of {row['child']} on a day, but row {place} has "
                    f"{other['parent']} for some of the same days; only the two sides of a dispute may differ"
                )
                yield Problem("org_links.csv", number, "parent", rule, row["parent"])
        earlier[row["child"]].append((number, row))


def _loop_problems(links: list[tuple[int, dict[str, str]]]) -> Iterator[Problem]:
    """Find the units that come back to themselves; a loop begins with the last of its links to begin."""
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
                yield Problem("org_links.csv", number, "parent", rule, row["parent"])


def _holds(link: dict[str, str], day: str) -> bool:
    """Tell whether a link is in force on a day; ISO text sorts as its days do, and empty before all."""
    return link["start"] <= day and (not link["end"] or day < link["end"])


def _figure_problems(name: str, number: int, row: dict[str, str], claim: dict[str, str]) -> Iterator[Problem]:
    """Hold a row with a figure to the claim it rests on: one figure in two files may not drift apart."""
    file = f"{name}.csv"
    expected: dict[str, str] = {c: claim[c] for c in ("value", "bound", "unit") if c in row}
    if name == "metrics":
        expected["metric"] = claim["metric"]
    elif name == "rankings":
        expected["metric"] = claim["unit"]
    elif name == "comparables":
        currency, _, scale = claim["unit"].partition(" ")
        expected |= {"value": _in_bn(claim["value"], scale), "currency": _CODES.get(currency, currency)}
    for column, said in expected.items():
        if _plain(row[column]) != _plain(said):
            rule = f"must be as in claim {claim['id']}: {said or 'nothing'}"
            yield Problem(file, number, column, rule, row[column])
    if claim["grade"] in _NO_FIGURE:
        rule = "must not rest on an opinion, an illustration or an assumption: such a figure is no datum"
        yield Problem(file, number, "claim", rule, row["claim"])
    if name == "metrics" and (row["kind"] == "guidance") != (claim["grade"] == "guidance"):
        rule = f"must be guidance exactly where the claim is; {claim['id']} is {claim['grade']}"
        yield Problem(file, number, "kind", rule, row["kind"])


def _in_bn(value: str, scale: str) -> str:
    """Write an amount in bn, to the last digit; what is none is said to be none, and equals no figure."""
    if scale not in _BN or not NUMBER.fullmatch(value):
        return f"{value} {scale}, which is no amount in {' or '.join(_BN)}"
    return f"{Decimal(value).scaleb(_BN[scale]).normalize():f}"


def _plain(text: str) -> float | str:
    """Compare 10 and 10.0 as the same number."""
    return float(text) if NUMBER.fullmatch(text) else text
