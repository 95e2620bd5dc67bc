"""The form of a dossier: the tables and columns that the library reads, as the bundled data package has."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from workbook.dossier.joined import JOINED
from workbook.dossier.problems import Problem
from workbook.dossier.schema import Field

__all__ = ["FORM", "another_form", "bundled", "currencies", "fields", "form_problems"]

FORM = "2"
"""First part of `version` in `datapackage.json`: the form of the tables."""


def bundled(name: str) -> Path:
    """Return the folder of the bundled `data` or `notebooks`, in a wheel or in a clone.

    Examples
    --------
    >>> (bundled("data") / "datapackage.json").is_file()
    True
    """
    package = Path(__file__).parents[1]
    in_wheel = package / "bundled" / name
    return in_wheel if in_wheel.is_dir() else package.parent / name


@cache
def _schemas() -> dict[str, dict[str, Any]]:
    package = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource["schema"] for resource in package["resources"]}


@cache
def fields() -> dict[str, list[Field]]:
    """Return the fields of each table of the form, by its name.

    Examples
    --------
    >>> [field["name"] for field in fields()["confirmations"]]
    ['claim', 'source', 'locator', 'says']
    """
    return {name: schema["fields"] for name, schema in _schemas().items()}


@cache
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes, and RMB, the everyday name of CNY.

    Examples
    --------
    >>> {"CNY", "RMB", "USD"} <= currencies(), "YEN" in currencies()
    (True, False)
    """
    from babel.core import get_global  # only here, since opening a dossier needs nothing else of Babel

    return frozenset(get_global("all_currencies")) | {"RMB"}


def another_form(package: Any) -> Iterator[Problem]:
    """Refuse a dossier of another form in one error, before what else such a one would break."""
    resources = package.get("resources") if isinstance(package, dict) else None
    whole = isinstance(resources, list) and all(isinstance(each, dict) for each in resources)
    if not resources or not whole or not isinstance(package.get("version", ""), str):
        return
    names = [resource.get("name") for resource in resources]
    version = package.get("version", "")
    if version.split(".")[0] != FORM or "metrics" in names:
        rule = (
            f"must be {FORM}.x, the form that this library reads: a figure stands in its claim only, there "
            "is no metrics table, and prices, rankings and comparables name claims; CHANGELOG.md says under "
            f"form {FORM} how to bring an older dossier over"
        )
        yield Problem("datapackage.json", None, "version", rule, version)


def form_problems(package: dict[str, Any]) -> Iterator[Problem]:
    """Hold the dossier's own keys to their meaning, and its tables to the columns that the library reads."""
    if package.get("currency", "CNY") not in currencies():
        rule = "must be an ISO 4217 code, or RMB"
        yield Problem("datapackage.json", None, "currency", rule, str(package["currency"]))
    if not _is_day_of_year(package.get("fiscalYearEnd", "12-31")):
        rule = "must be the month and day on which the fiscal year ends, such as 03-31"
        yield Problem("datapackage.json", None, "fiscalYearEnd", rule, str(package["fiscalYearEnd"]))
    names = {resource["name"] for resource in package["resources"]}
    for name, needed in [("claims", "sources"), *((name, "claims") for name in JOINED)]:
        if name in names and needed not in names:
            rule = f"must have {needed} where it has {name}"
            yield Problem("datapackage.json", None, "resources", rule, "")
    for resource in package["resources"]:
        yield from _key_problems(resource, names)
        here = {field["name"]: field.get("type", "string") for field in resource["schema"]["fields"]}
        for field in fields().get(resource["name"], []):
            name = field["name"]
            if here.get(name) != field["type"]:
                rule = f"must have a column {name} of type {field['type']}"
                yield Problem(
                    "datapackage.json", None, f"{resource['name']}.{name}", rule, here.get(name, "")
                )


def _key_problems(resource: dict[str, Any], names: set[str]) -> Iterator[Problem]:
    """Hold a table to the keys it is joined by; where a table is left out, what refers to it may go."""
    name, schema = resource["name"], _schemas().get(resource["name"], {})
    own = schema.get("primaryKey")
    if own and resource["schema"]["primaryKey"] != [own]:
        rule = f"must have the primaryKey {own}, by which tables are joined"
        yield Problem("datapackage.json", None, f"{name}.primaryKey", rule, "")
    for key in schema.get("foreignKeys", ()):
        to, there = key["reference"]["resource"], key["reference"]["fields"]
        if to in names and key not in resource["schema"].get("foreignKeys", ()):
            rule = (
                f"must have a foreign key from {key['fields']} to {there} of {to}, by which tables are joined"
            )
            yield Problem("datapackage.json", None, f"{name}.foreignKeys", rule, "")


def _is_day_of_year(text: object) -> bool:
    try:
        return isinstance(text, str) and len(text) == 5 and bool(dt.date.fromisoformat(f"2024-{text}"))
    except ValueError:
        return False
