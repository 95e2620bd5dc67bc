"""Read `datapackage.json`: the one description of the tables, refused where it could not be enforced."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from workbook.dossier.problems import DossierError, Problem
from workbook.dossier.schema import CONSTRAINTS, TYPES, Field

__all__ = ["foreign_keys", "read_package", "resource"]


def read_package(path: Path, taken: Container[str]) -> dict[str, Any]:
    """Read the data package; `taken` are the names that no table may have, since it becomes an attribute.

    Raises
    ------
    DossierError
        If it is no data package, or says what could not be enforced.
    FileNotFoundError
        If there is none.
    """
    file = path / "datapackage.json"
    if not file.is_file():
        raise FileNotFoundError(f"{path} is no dossier: it has no datapackage.json")
    try:
        package: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        problems = list(_package_problems(path, package, taken))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        problems = [Problem(file.name, None, None, f"must be JSON in UTF-8: {error}", "")]
    except (KeyError, TypeError, AttributeError) as error:
        problems = [
            Problem(file.name, None, None, f"must be a data package with table schemas: {error!r}", "")
        ]
    if problems:
        raise DossierError(path, problems)
    return package


def _package_problems(path: Path, package: dict[str, Any], taken: Container[str]) -> Iterator[Problem]:
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
        if not where.isidentifier() or where in taken:
            yield problem(where, "name becomes an attribute, so it must be a Python name that is free", where)
        columns = {f["name"]: f for f in resource["schema"]["fields"]}
        for column, field in columns.items():
            if field.get("type", "string") not in TYPES:
                yield problem(f"{where}.{column}", f"type must be one of {', '.join(TYPES)}", field["type"])
            for rule in field.get("constraints", {}):
                if rule not in CONSTRAINTS and rule not in ("required", "unique"):
                    yield problem(f"{where}.{column}", "constraint is not supported", rule)
        keys = resource["schema"].get("primaryKey", [])
        keys = resource["schema"]["primaryKey"] = [keys] if isinstance(keys, str) else keys
        for key in resource["schema"].get("foreignKeys", []):
            if key["fields"] not in columns or key["reference"]["resource"] not in names:
                yield problem(where, "foreign key must join one column to one column of a table here", key)


def resource(package: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the resource of one table."""
    found: dict[str, Any] = next(r for r in package["resources"] if r["name"] == name)
    return found


def foreign_keys(package: dict[str, Any]) -> list[tuple[str, dict[str, str], Field]]:
    """List (table, what the key refers to, the field that refers)."""
    return [
        (resource["name"], key["reference"], field)
        for resource in package["resources"]
        for key in resource["schema"].get("foreignKeys", [])
        for field in resource["schema"]["fields"]
        if field["name"] == key["fields"]
    ]
