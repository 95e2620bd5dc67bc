"""Read the CSV files as columns of text and hold them to their schemas."""

from __future__ import annotations

import csv
from collections.abc import Callable, Container, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from workbook.dossier.package import foreign_keys
from workbook.dossier.problems import Problem
from workbook.dossier.schema import Field, by_value, failures, rewritten
from workbook.dossier.unreadable import header_problem, reading_problem
from workbook.hints import question

__all__ = ["Table", "read_tables", "schema_problems"]

_HINTS = 20  # so often a column is a near text looked for: it is slow
_CHUNK = 64  # rows held as lists of cells at a time: few enough to stay in the cache of the processor


@dataclass
class Table:
    """One file as text, column by column."""

    file: str
    """File name inside the dossier."""
    columns: dict[str, list[str]]
    """Column name -> one text a row, in the order of the file; a missing value is an empty text."""
    lines: Sequence[int]
    """Row of each as a spreadsheet counts it: the header is row 1."""
    whole: bool = True
    """False where rows of the file are left out, so that it does not show what the file lacks."""

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.lines)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the spreadsheet row and the cells of each row."""
        names = list(self.columns)
        for line, cells in zip(self.lines, zip(*self.columns.values(), strict=True), strict=True):
            yield line, dict(zip(names, cells, strict=True))


def read_tables(path: Path, package: dict[str, Any]) -> tuple[dict[str, Table], list[Problem]]:
    """Read every CSV as text; report what is no table."""
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for resource in package["resources"]:
        tables[resource["name"]], found = _read_table(path, resource)
        problems += found
    return tables, problems


def _read_table(path: Path, resource: dict[str, Any]) -> tuple[Table, list[Problem]]:
    file, names = resource["path"], [f["name"] for f in resource["schema"]["fields"]]
    columns: list[list[str]] = [[] for _ in names]
    # Where texts repeat by their nature equal ones are kept once; elsewhere looking costs more than it saves.
    few: list[dict[str, str] | None] = [{} if _repeats(f) else None for f in resource["schema"]["fields"]]
    lines: list[int] = []
    problems: list[Problem] = []
    row = 1
    try:
        # utf-8-sig: Excel's "CSV UTF-8" starts with a byte order mark.
        with (path / file).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            if header != names:
                return _nothing(file, names), [header_problem(file, header, names)]
            while chunk := list(islice(reader, _CHUNK)):
                places = range(row + 1, row + 1 + len(chunk))
                row += len(chunk)
                if set(map(len, chunk)) != {len(names)} or not all(map(any, chunk)):
                    problems += _row_problems(file, names, places, chunk)
                    pairs = zip(places, chunk, strict=True)
                    kept = [(at, cells) for at, cells in pairs if len(cells) == len(names) and any(cells)]
                    lines += [at for at, _ in kept]
                    chunk = [cells for _, cells in kept]
                else:
                    lines += places
                for column, once, cells in zip(columns, few, zip(*chunk, strict=True), strict=False):
                    column.extend(cells if once is None else map(once.setdefault, cells, cells))
    except (OSError, UnicodeDecodeError, csv.Error):
        return _nothing(file, names), [reading_problem(path, file)]
    for column, field in zip(columns, resource["schema"]["fields"], strict=True):
        missing = set(field.get("missingValues", resource["schema"].get("missingValues", ()))) - {""}
        if missing:
            column[:] = ["" if text in missing else text for text in column]
    numbers = range(2, row + 1) if len(lines) == row - 1 else lines
    return Table(file, dict(zip(names, columns, strict=True)), numbers, not problems), problems


def _repeats(field: Field) -> bool:
    return field.get("type") in ("date", "boolean") or "enum" in field.get("constraints", {})


def _nothing(file: str, names: list[str]) -> Table:
    return Table(file, {name: [] for name in names}, [], whole=False)


def _row_problems(
    file: str, names: list[str], places: Sequence[int], rows: list[list[str]]
) -> Iterator[Problem]:
    for place, cells in zip(places, rows, strict=True):
        if not any(cells):
            yield Problem(file, place, None, "row must not be blank", "", "delete it")
        elif len(cells) != len(names):
            rule = f"row must have {len(names)} cells, has {len(cells)}"
            lines = any("\n" in cell for cell in cells)
            hint = "a cell of it goes over several lines: is a quote not closed?" if lines else ""
            yield Problem(file, place, None, rule, ",".join(cells), hint)


def schema_problems(package: dict[str, Any], tables: dict[str, Table]) -> Iterator[Problem]:
    """Apply what the data package says; rows are looked at only where a column has a text that fails."""
    # Table and column -> its texts, and the empty one, which refers to nothing.
    targets = {(key["resource"], key["fields"]): {""} for _, key, _ in foreign_keys(package)}
    for resource in package["resources"]:
        table, schema = tables[resource["name"]], resource["schema"]
        keys, fields = schema.get("primaryKey", []), schema["fields"]
        for field in fields:
            name, rules = field["name"], field.get("constraints", {})
            column = table.columns[name]
            required, unique = rules.get("required") or name in keys, rules.get("unique") or keys == [name]
            found: dict[str, list[str]] = {}
            repeated: set[int] = set()
            if unique or _has_rules(field) or (resource["name"], name) in targets:
                texts = set(column)
                if "" in texts and required:
                    found[""] = ["must not be empty"]
                texts.discard("")
                found |= failures(texts, field)
                if unique:
                    repeated = _repeated(column, texts, field, found)
                if (resource["name"], name) in targets:
                    targets[resource["name"], name] |= texts
            elif required and "" in column:
                found[""] = ["must not be empty"]
            if not found and not repeated:
                continue
            remedy = _remedy(field, f"{resource['name']}.{name}")
            for place, (number, text) in enumerate(zip(table.lines, column, strict=True)):
                for rule in found.get(text, ()):
                    yield Problem(table.file, number, name, rule, text, remedy(text))
                if place in repeated:
                    yield Problem(table.file, number, name, "must be unique", text)
        if len(keys) > 1:
            together = list(zip(*(table.columns[key] for key in keys), strict=True))
            if len(set(together)) < len(together):
                rule = f"{' and '.join(keys)} together must be unique"
                for place in _again(together):
                    yield Problem(table.file, table.lines[place], None, rule, ",".join(together[place]))
    yield from _dangling(package, tables, targets)


def _remedy(field: Field, where: str) -> Callable[[str], str]:
    """Return what says how a text of a column can be mended."""
    allowed = field.get("constraints", {}).get("enum", ())
    known: dict[str, str] = {}

    def remedy(text: str) -> str:
        if not allowed or not text:
            return rewritten(text, field)
        if text not in known and len(known) < _HINTS:
            known[text] = question(text, map(str, allowed))
        extend = f"add it to the enum of {where} in datapackage.json"
        return f"{known[text]} Or {extend}" if known.get(text) else extend

    return remedy


def _has_rules(field: Field) -> bool:
    own = set(field.get("constraints", {})) - {"required", "unique"}
    return bool(own) or field.get("type", "string") != "string" or "format" in field


def _repeated(column: list[str], texts: set[str], field: Field, failing: Container[str]) -> set[int]:
    """Return the places of a column that repeat a value; of equal ones the first is none."""
    if field.get("type", "string") in ("string", "date"):
        return set() if len(texts) + column.count("") == len(column) else _again(column)
    value = by_value(field)
    read = {text: text if text in failing else value(text) for text in texts} | {"": ""}
    return _again([read[text] for text in column])


def _again(values: Sequence[Hashable]) -> set[int]:
    seen: set[Hashable] = {""}  # which is no value: it may stand as often as it likes
    places = set()
    for place, value in enumerate(values):
        if value in seen and value != "":
            places.add(place)
        seen.add(value)
    return places


def _dangling(
    package: dict[str, Any], tables: dict[str, Table], targets: dict[tuple[str, str], set[str]]
) -> Iterator[Problem]:
    """Hold foreign keys to the tables that were read whole: of others it is not known what they lack."""
    for name, key, field in foreign_keys(package):
        table, other = tables[name], tables[key["resource"]]
        if not other.whole:
            continue
        there, column = targets[key["resource"], key["fields"]], table.columns[field["name"]]
        if there.issuperset(column):
            continue
        missing = set(column) - there
        rule = f"must stand in column {key['fields']} of {other.file}"
        where = f"add it to {other.file}" if len(other) else f"{other.file} has no rows"
        near: dict[str, str] = {}
        for number, text in zip(table.lines, column, strict=True):
            if text in missing:
                if text not in near and len(near) < _HINTS:
                    near[text] = question(text, there)
                hint = f"{near[text]} Or {where}" if near.get(text) else where
                yield Problem(table.file, number, field["name"], rule, text, hint)
