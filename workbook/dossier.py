"""Open a dossier: check every table against its data package, then hand out typed pandas tables.

Policy, in the order it is applied:

- `datapackage.json` (Table Schema) is the one description: types, required, unique, enum, pattern,
  range, primary and foreign keys. What it says is enforced, and what this module cannot enforce is
  an error rather than a rule passed over.
- A few rules that Table Schema has no words for are in `_house_rules`, each with its reason.
- All broken rules of all files are reported in one `DossierError`; no table is handed out before.
- `as_of` hides every document published later, every claim it makes and every row that rests on one.
  An end or a verdict that rests on a hidden claim (`untilKnown` in the data package) reverts to what
  was known before.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from workbook.dates import read_day

__all__ = ["Dossier", "DossierError", "Problem", "bundled", "open"]

Field = dict[str, Any]
Rows = dict[int, dict[str, str]]  # spreadsheet row number -> column -> text
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_INTEGER = re.compile(r"[+-]?\d+")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "1": True}
_BOOLEANS |= {"false": False, "False": False, "FALSE": False, "0": False}


@dataclass(frozen=True)
class Problem:
    """One broken rule, at one place."""

    file: str
    """File name inside the dossier."""
    row: int | None
    """Row as a spreadsheet counts it: the header is row 1. None where the whole file is meant."""
    column: str | None
    """Column name. None where the whole row or file is meant."""
    rule: str
    """The rule, in words."""
    value: str
    """The offending text as it stands in the file."""

    def __str__(self) -> str:
        """Name file, row, column, rule and value on one line."""
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.rule}" + (f" (found {self.value!r})" if self.value else "")


class DossierError(ValueError):
    """Every rule a dossier breaks, listed in one go.

    Attributes
    ----------
    problems : list of Problem
        File, row, column, rule and value of each.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        count = f"{len(problems)} broken rule" + ("s" if len(problems) > 1 else "")
        super().__init__(f"{count} in the dossier {path}:\n" + "\n".join(f"  {p}" for p in problems))


def bundled(name: str) -> Path:
    """Return the folder of the bundled `data` or `notebooks`, in a wheel or in a clone.

    Examples
    --------
    >>> (bundled("data") / "datapackage.json").is_file()
    True
    """
    package = Path(__file__).parent
    in_wheel = package / "bundled" / name
    return in_wheel if in_wheel.is_dir() else package.parent / name


def open(path: str | Path | None = None, as_of: str | dt.date | None = None) -> Dossier:
    """Open a dossier and check it whole.

    Parameters
    ----------
    path
        Folder that holds `datapackage.json` and its CSV files; None opens the bundled dossier.
    as_of
        See only what had been published by this day (ISO text or a date); None sees everything.

    Returns
    -------
    Dossier
        Its tables are attributes: `book.claims`, `book.metrics`, ...

    Raises
    ------
    DossierError
        With every broken rule: file, row, column, rule, value.
    FileNotFoundError
        If the folder has no `datapackage.json`.
    ValueError
        If `as_of` is not a date.

    Examples
    --------
    >>> book = open(as_of="2026-06-08")
    >>> bool(book.sources["published"].max() <= pd.Timestamp("2026-06-08"))
    True
    """
    folder = bundled("data") if path is None else Path(path)
    return Dossier(folder, as_of)


class Dossier:
    """Tables of one dossier, as known on one day.

    Each table named in `datapackage.json` is an attribute that gives a fresh pandas DataFrame: change
    it freely, the dossier keeps its own. Dates are `datetime64`, integers `Int64`, enumerations are
    categories (ordered where the data package says so). `frame.attrs` has the table's name, its
    description and `as_of`.
    """

    def __init__(self, path: Path, as_of: str | dt.date | None = None) -> None:
        self.path = path
        self.as_of = None if as_of is None else read_day("as_of", as_of)
        self.package = _read_package(path)
        self._tables: dict[str, pd.DataFrame] = {}
        self._rows, problems = _read_tables(path, self.package)
        problems += _schema_problems(self.package, self._rows)
        problems += _house_rules(self._rows)
        if problems:
            raise DossierError(path, problems)

    def __repr__(self) -> str:
        """Say which dossier, and as of when."""
        seen = "everything" if self.as_of is None else f"as known on {self.as_of:%Y-%m-%d}"
        return f"<Dossier {self.package.get('title', self.path)!r}: {len(self.tables)} tables, {seen}>"

    def __dir__(self) -> list[str]:
        """List the tables beside the methods."""
        return [*super().__dir__(), *self.tables]

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Build a table when it is first asked for."""
        if name.startswith("_") or name not in self._rows:
            raise AttributeError(f"no table {name!r} in this dossier; it has: {', '.join(self.tables)}")
        if name not in self._tables:
            self._tables[name] = self._typed(name)
        return self._tables[name].copy()

    @property
    def tables(self) -> list[str]:
        """Names of the tables, in the order of the data package."""
        return list(self.__dict__.get("_rows", ()))

    @property
    def subjects(self) -> dict[str, str]:
        """Names under which the dossier's own figures stand, with their Chinese names where given.

        The company (`subject` in `datapackage.json`) and what it reports on as a whole or a part of it
        (`parts`: a list of name and name_zh). Figures of any other subject are those of peers. Empty where
        the data package names no subject.
        """
        if "subject" not in self.package:
            return {}
        parts = self.package.get("parts", [])
        return {self.package["subject"]: ""} | {part["name"]: part.get("name_zh", "") for part in parts}

    @cached_property
    def _known(self) -> dict[str, Rows]:
        """Rows of each table that can be known on `as_of`: closed over the foreign keys."""
        known = dict(self._rows)
        if self.as_of is None:
            return known
        day = self.as_of.isoformat()
        if "sources" in known:
            known["sources"] = {n: row for n, row in known["sources"].items() if row["published"] <= day}
        changed = True
        while changed:
            changed = False
            for name, key, field in _foreign_keys(self.package):
                if "untilKnown" in field:
                    continue
                target, column = _column(known, key), field["name"]
                kept = {n: row for n, row in known[name].items() if not row[column] or row[column] in target}
                changed |= len(kept) < len(known[name])
                known[name] = kept
        return known

    def _typed(self, name: str) -> pd.DataFrame:
        rows = [dict(row) for row in self._known[name].values()]
        for table, key, field in _foreign_keys(self.package):
            if table != name or "untilKnown" not in field:
                continue
            target = _column(self._known, key)
            for row in rows:
                if row[field["name"]] and row[field["name"]] not in target:
                    row[field["name"]] = ""
                    row.update({c: before or "" for c, before in field["untilKnown"].items()})
        resource = _resource(self.package, name)
        fields = resource["schema"]["fields"]
        frame = pd.DataFrame({f["name"]: _values([row[f["name"]] for row in rows], f) for f in fields})
        frame.attrs = {
            "table": name,
            "description": resource.get("description", ""),
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
        }
        return frame


# Reading ------------------------------------------------------------------------------------------


def _read_package(path: Path) -> dict[str, Any]:
    file = path / "datapackage.json"
    if not file.is_file():
        raise FileNotFoundError(f"{path} is no dossier: it has no datapackage.json")
    try:
        package: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        problems = list(_package_problems(path, package))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        problems = [Problem(file.name, None, None, f"must be JSON in UTF-8: {error}", "")]
    except (KeyError, TypeError, AttributeError) as error:
        problems = [
            Problem(file.name, None, None, f"must be a data package with table schemas: {error!r}", "")
        ]
    if problems:
        raise DossierError(path, problems)
    return package


def _package_problems(path: Path, package: dict[str, Any]) -> Iterator[Problem]:
    """Refuse what we could not enforce, so that no rule is passed over in silence."""

    def problem(where: str, rule: str, value: object) -> Problem:
        return Problem("datapackage.json", None, where, rule, str(value))

    parts = package.get("parts", [])
    if not isinstance(package.get("subject", ""), str) or ("parts" in package and "subject" not in package):
        yield problem(
            "subject", "must be the name of the company the dossier is about", package.get("subject")
        )
    if not isinstance(parts, list) or not all(
        isinstance(part, dict)
        and set(part) in ({"name"}, {"name", "name_zh"})
        and all(isinstance(text, str) and text for text in part.values())
        for part in parts
    ):
        yield problem("parts", "must be a list of objects with a name and, if known, a name_zh", parts)
    names = [r["name"] for r in package["resources"]]
    if not names:
        yield problem("resources", "must list at least one table", "")
    for resource in package["resources"]:
        where, file = resource["name"], resource["path"]
        # A path may not leave the folder: a dossier is mailed around and opened by others.
        if Path(file).is_absolute() or ".." in Path(file).parts or not (path / file).is_file():
            yield problem(where, "path must be a CSV file inside the dossier", file)
        if not where.isidentifier() or hasattr(Dossier, where):
            yield problem(where, "name becomes an attribute, so it must be a Python name that is free", where)
        columns = {f["name"]: f for f in resource["schema"]["fields"]}
        for column, field in columns.items():
            if field.get("type", "string") not in _TYPES:
                yield problem(f"{where}.{column}", f"type must be one of {', '.join(_TYPES)}", field["type"])
            for rule in field.get("constraints", {}):
                if rule not in _CONSTRAINTS and rule not in ("required", "unique"):
                    yield problem(f"{where}.{column}", "constraint is not supported", rule)
        if resource["schema"].get("primaryKey", next(iter(columns))) not in columns:
            yield problem(where, "primaryKey must be one column", resource["schema"]["primaryKey"])
        for key in resource["schema"].get("foreignKeys", []):
            if key["fields"] not in columns or key["reference"]["resource"] not in names:
                yield problem(where, "foreign key must join one column to one column of a table here", key)


def _resource(package: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in package["resources"] if r["name"] == name)
    return found


def _foreign_keys(package: dict[str, Any]) -> list[tuple[str, dict[str, str], Field]]:
    """List (table, what the key refers to, the field that refers)."""
    return [
        (resource["name"], key["reference"], field)
        for resource in package["resources"]
        for key in resource["schema"].get("foreignKeys", [])
        for field in resource["schema"]["fields"]
        if field["name"] == key["fields"]
    ]


def _column(tables: dict[str, Rows], reference: dict[str, str]) -> set[str]:
    return {row[reference["fields"]] for row in tables[reference["resource"]].values()}


def _read_tables(path: Path, package: dict[str, Any]) -> tuple[dict[str, Rows], list[Problem]]:
    """Read every CSV as text; report what is no table."""
    tables: dict[str, Rows] = {}
    problems: list[Problem] = []
    for resource in package["resources"]:
        file, columns = resource["path"], [f["name"] for f in resource["schema"]["fields"]]
        rows = tables[resource["name"]] = {}
        try:
            # utf-8-sig: Excel's "CSV UTF-8" starts with a byte order mark.
            with (path / file).open(encoding="utf-8-sig", newline="") as stream:
                header, *lines = list(csv.reader(stream, strict=True)) or [[]]
        except (UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(file, None, None, f"must be CSV in UTF-8: {error}", ""))
            continue
        if header != columns:
            rule = f"header must be exactly the columns of datapackage.json: {','.join(columns)}"
            problems.append(Problem(file, 1, None, rule, ",".join(header)))
            continue
        for number, cells in enumerate(lines, start=2):
            if len(cells) == len(columns):
                rows[number] = dict(zip(columns, cells, strict=True))
            else:
                rule = f"row must have {len(columns)} cells, has {len(cells)}"
                problems.append(Problem(file, number, None, rule, ",".join(cells)))
    return tables, problems


# Types and constraints ----------------------------------------------------------------------------


def _is_date(text: str) -> bool:
    try:
        return bool(read_day("a cell", text))
    except ValueError:
        return False


_TYPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "string": ("text", lambda text: True),
    "number": ("a plain number such as 48437 or 1.25", lambda text: bool(_NUMBER.fullmatch(text))),
    "integer": ("a whole number", lambda text: bool(_INTEGER.fullmatch(text))),
    "boolean": ("true or false", lambda text: text in _BOOLEANS),
    "date": ("a date such as 2026-06-30", _is_date),
}
_CONSTRAINTS: dict[str, tuple[str, Callable[[str, Any], bool]]] = {
    "enum": ("must be one of {}", lambda text, allowed: text in allowed),
    "pattern": ("must match the pattern {}", lambda text, pattern: bool(re.fullmatch(pattern, text))),
    "minimum": ("must be at least {}", lambda text, least: float(text) >= least),
    "maximum": ("must be at most {}", lambda text, most: float(text) <= most),
    "minLength": ("must have at least {} characters", lambda text, least: len(text) >= least),
    "maxLength": ("must have at most {} characters", lambda text, most: len(text) <= most),
}


def _values(texts: list[str], field: Field) -> pd.Series[Any]:
    """Turn checked texts into the column's dtype; an empty cell is a missing value."""
    kind = field.get("type", "string")
    given = pd.Series([text or None for text in texts], dtype="str")
    if kind == "date":
        return pd.to_datetime(given, format="%Y-%m-%d").astype("datetime64[us]")
    if kind == "number":
        return given.astype("float64")
    if kind == "integer":
        return pd.Series([int(text) if text else None for text in texts], dtype="Int64")
    if kind == "boolean":
        return pd.Series([_BOOLEANS[text] if text else None for text in texts], dtype="boolean")
    allowed = field.get("constraints", {}).get("enum")
    if allowed:
        return given.astype(pd.CategoricalDtype(allowed, ordered=field.get("categoriesOrdered", False)))
    return given


def _broken_rules(text: str, field: Field, required: bool) -> Iterator[str]:
    """Say which of its field's rules one cell breaks."""
    wording, parses = _TYPES[field.get("type", "string")]
    if not text:
        if required:
            yield "must not be empty"
    elif not parses(text):
        yield f"must be {wording}"
    else:
        for rule, limit in field.get("constraints", {}).items():
            if rule in _CONSTRAINTS and not _CONSTRAINTS[rule][1](text, limit):
                shown = ", ".join(limit) if isinstance(limit, list) else limit
                yield _CONSTRAINTS[rule][0].format(shown)


def _schema_problems(package: dict[str, Any], tables: dict[str, Rows]) -> Iterator[Problem]:
    """Apply what the data package says."""
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            column, rules = field["name"], field.get("constraints", {})
            is_key = column == resource["schema"].get("primaryKey")
            seen: set[str] = set()
            for number, row in tables[resource["name"]].items():
                found = list(_broken_rules(row[column], field, is_key or rules.get("required", False)))
                if (is_key or rules.get("unique")) and row[column] in seen:
                    found.append("must be unique")
                if row[column]:
                    seen.add(row[column])
                for rule in found:
                    yield Problem(resource["path"], number, column, rule, row[column])
    for name, key, field in _foreign_keys(package):
        target = _column(tables, key)
        rule = f"must be a {key['fields']} of {_resource(package, key['resource'])['path']}"
        for number, row in tables[name].items():
            if row[field["name"]] and row[field["name"]] not in target:
                yield Problem(
                    _resource(package, name)["path"], number, field["name"], rule, row[field["name"]]
                )


# What Table Schema has no words for ---------------------------------------------------------------

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


def _house_rules(tables: dict[str, Rows]) -> Iterator[Problem]:
    """Rules across columns and tables; a table that a dossier does without is skipped."""
    for name, (first, last) in _SPANS.items():
        for number, row in tables.get(name, {}).items():
            if row[first] and row[last] and (row[last], name in _INCLUSIVE) <= (row[first], False):
                yield Problem(f"{name}.csv", number, last, f"must come after {first}", row[last])
    for number, row in tables.get("sources", {}).items():
        if not row["url"] and row["seen"] != "relay":
            yield Problem("sources.csv", number, "url", "may be empty only where seen is relay", "")
    claims = {row["id"]: row for row in tables.get("claims", {}).values()}
    for number, row in tables.get("claims", {}).items():
        for column in ("metric", "bound", "unit"):
            if row["value"] and not row[column]:
                yield Problem("claims.csv", number, column, "must not be empty where there is a value", "")
        if (row["grade"] == "derived") != bool(row["formula"]):
            rule = "must be given for grade derived, and only there"
            yield Problem("claims.csv", number, "formula", rule, row["formula"])
    for name, rows in tables.items():
        for number, row in rows.items():
            if "value" in row and row.get("claim") in claims:
                yield from _figure_problems(name, number, row, claims[row["claim"]])
    for number, row in tables.get("disputes", {}).items():
        if row["claim"] == row["against"]:
            yield Problem("disputes.csv", number, "against", "must be another claim", row["against"])
        if (row["standing"] == "open") == bool(row["settled_by"]):
            rule = "must name the claim that settled it where standing is resolved, and only there"
            yield Problem("disputes.csv", number, "settled_by", rule, row["settled_by"])
    for number, row in tables.get("assumptions", {}).items():
        for lower, upper in (("low", "high"), ("low", "value"), ("value", "high")):
            least, most = _plain(row[lower]), _plain(row[upper])
            if isinstance(least, float) and isinstance(most, float) and least > most:
                rule = f"must not be below {lower}, {row[lower]}"
                yield Problem("assumptions.csv", number, upper, rule, row[upper])
    yield from _parent_problems(tables)
    yield from _loop_problems(tables.get("org_links", {}))


def _parent_problems(tables: dict[str, Rows]) -> Iterator[Problem]:
    """Hold each unit to one parent a day: of two, the order of the rows would choose.

    Only the two sides of a dispute may differ: there its standing chooses.
    """
    disputed = [{row["claim"], row["against"]} for row in tables.get("disputes", {}).values()]
    earlier: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in tables.get("org_links", {}).items():
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


def _loop_problems(links: Rows) -> Iterator[Problem]:
    """Find the units that come back to themselves; a loop begins with the last of its links to begin."""
    for relation in _NESTED:
        ups: dict[str, list[dict[str, str]]] = {}
        for row in links.values():
            if row["relation"] == relation:
                ups.setdefault(row["child"], []).append(row)
        for number, row in links.items():
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
    if scale not in _BN or not _NUMBER.fullmatch(value):
        return f"{value} {scale}, which is no amount in {' or '.join(_BN)}"
    return f"{Decimal(value).scaleb(_BN[scale]).normalize():f}"


def _plain(text: str) -> float | str:
    """Compare 10 and 10.0 as the same number."""
    return float(text) if _NUMBER.fullmatch(text) else text
