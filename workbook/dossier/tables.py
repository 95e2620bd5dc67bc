"""Read the CSV files as columns of text and hold them to their schemas."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.dossier.package import foreign_keys
from workbook.dossier.problems import Problem
from workbook.dossier.schema import broken_rules

__all__ = ["Table", "read_tables", "schema_problems"]


@dataclass
class Table:
    """One file as text, column by column."""

    file: str
    """File name inside the dossier."""
    columns: dict[str, list[str]]
    """Column name -> one text a row, in the order of the file."""
    lines: Sequence[int]
    """Row of each as a spreadsheet counts it: the header is row 1."""

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
        file, names = resource["path"], [f["name"] for f in resource["schema"]["fields"]]
        table = tables[resource["name"]] = Table(file, {name: [] for name in names}, [])
        try:
            # utf-8-sig: Excel's "CSV UTF-8" starts with a byte order mark.
            with (path / file).open(encoding="utf-8-sig", newline="") as stream:
                header, *lines = list(csv.reader(stream, strict=True)) or [[]]
        except (UnicodeDecodeError, csv.Error) as error:
            problems.append(Problem(file, None, None, f"must be CSV in UTF-8: {error}", ""))
            continue
        if header != names:
            rule = f"header must be exactly the columns of datapackage.json: {','.join(names)}"
            problems.append(Problem(file, 1, None, rule, ",".join(header)))
            continue
        whole = [(number, cells) for number, cells in enumerate(lines, start=2) if len(cells) == len(names)]
        for number, cells in enumerate(lines, start=2):
            if len(cells) != len(names):
                rule = f"row must have {len(names)} cells, has {len(cells)}"
                problems.append(Problem(file, number, None, rule, ",".join(cells)))
        if whole:
            table.lines = [number for number, _ in whole]
            texts = zip(*(cells for _, cells in whole), strict=True)
            table.columns = {name: list(column) for name, column in zip(names, texts, strict=True)}
    return tables, problems


def schema_problems(package: dict[str, Any], tables: dict[str, Table]) -> Iterator[Problem]:
    """Apply what the data package says."""
    for resource in package["resources"]:
        table = tables[resource["name"]]
        for field in resource["schema"]["fields"]:
            column, rules = field["name"], field.get("constraints", {})
            is_key = column == resource["schema"].get("primaryKey")
            seen: set[str] = set()
            for number, text in zip(table.lines, table.columns[column], strict=True):
                found = list(broken_rules(text, field, is_key or rules.get("required", False)))
                if (is_key or rules.get("unique")) and text in seen:
                    found.append("must be unique")
                if text:
                    seen.add(text)
                for rule in found:
                    yield Problem(table.file, number, column, rule, text)
    for name, key, field in foreign_keys(package):
        table, other = tables[name], tables[key["resource"]]
        target = set(other.columns[key["fields"]])
        rule = f"must be a {key['fields']} of {other.file}"
        for number, text in zip(table.lines, table.columns[field["name"]], strict=True):
            if text and text not in target:
                yield Problem(table.file, number, field["name"], rule, text)
