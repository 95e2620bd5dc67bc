"""Read `datapackage.json`: the one description of the tables, refused where it could not be enforced."""

from __future__ import annotations

import hashlib
import json
import keyword
import math
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from workbook.dossier import descriptor
from workbook.dossier.problems import DossierError, Problem
from workbook.dossier.schema import CONSTRAINTS, FALSE, TRUE, Field, failures, limit, typed
from workbook.hints import question

__all__ = ["foreign_keys", "load", "read_package", "resource"]

FILE = "datapackage.json"
_ATTRIBUTES = ("path", "as_of", "package")  # what a dossier sets on itself


def read_package(path: Path, package: Any, taken: Container[str]) -> dict[str, Any]:
    """Check what `load` read; `taken` are the names that no table may have, since it becomes an attribute.

    Returns
    -------
    dict
        The data package, in one spelling: a schema in a file of its own stands in its place, `primaryKey`
        is a list, and a foreign key has one column, one table and one column there.

    Raises
    ------
    DossierError
        If it is no data package, or says what could not be enforced.
    """
    problems = list(_package_problems(path, package, taken))
    if problems:
        raise DossierError(path, problems)
    return dict(package)


def load(path: Path) -> Any:
    """Read the data package as it stands, whatever it says.

    Raises
    ------
    DossierError
        If it is no JSON.
    FileNotFoundError
        If there is none.
    """
    if not (path / FILE).is_file():
        raise FileNotFoundError(f"{path} is no dossier: it has no {FILE}")
    try:
        return _read_json(path / FILE)
    except ValueError as error:
        # Notepad writes a mark that JSON does not have.
        hint = "save it as UTF-8 without BOM" if "BOM" in str(error) else ""
        raise DossierError(path, [_problem("", f"must be JSON in UTF-8: {error}", hint=hint)]) from None


def _read_json(file: Path) -> Any:
    """Read JSON to the letter: no key twice, and no number that is none.

    Raises
    ------
    ValueError
        If it is not that, or cannot be read.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) < len(pairs):
            name = Counter(name for name, _ in pairs).most_common(1)[0][0]
            raise ValueError(f"the key {name!r} stands twice in one object")
        return read

    def finite(text: str) -> float:
        if not math.isfinite(float(text)):
            raise ValueError(f"{text} is no number that can be held")
        return float(text)

    def constant(text: str) -> float:
        raise ValueError(f"{text} is no JSON")

    try:
        text = file.read_text(encoding="utf-8")
        read = json.loads(text, object_pairs_hook=once, parse_float=finite, parse_constant=constant)
        json.dumps(read, ensure_ascii=False).encode("utf-8")  # half a character could not even be told of
        return read
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    except RecursionError:
        raise ValueError("nested too deep") from None


def _problem(where: str, rule: str, value: object = "", hint: str = "") -> Problem:
    try:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:  # read with a little less depth than it takes to write
        shown = "…"
    return Problem(FILE, None, where or None, rule, shown if len(shown) < 100 else f"{shown[:99]}…", hint)


def _keys(where: str, given: Any, known: Mapping[str, descriptor.Check], *needed: str) -> Iterator[Problem]:
    """Hold the keys of one object to what is known of them."""
    if not isinstance(given, dict):
        yield _problem(where, "must be an object", given)
        return
    for key in needed:
        if key not in given:
            yield _problem(where, f"must have the key {key}")
    for key, value in given.items():
        place = f"{where}.{key}".lstrip(".")
        if key in known:
            rule = known[key](value)
            if rule:
                yield _problem(place, rule, value)
        elif key in descriptor.UNSUPPORTED:
            yield _problem(place, f"not supported: {descriptor.UNSUPPORTED[key]}", value)
        else:
            rule = "is no key known here, and would be passed over in silence"
            yield _problem(place, rule, value, question(key, known))


def _package_problems(path: Path, package: Any, taken: Container[str]) -> Iterator[Problem]:
    """Refuse what we could not enforce, so that no rule is passed over in silence; spell the rest one way.

    Keys come first, from the outside in: what is looked at next has its form.
    """
    found = list(_keys("", package, descriptor.PACKAGE, "resources"))
    if not any(problem.column in (None, "resources") for problem in found):
        if "parts" in package and "subject" not in package:
            rule = "must be the name of the company the dossier is about, where it has parts"
            found.append(_problem("subject", rule))
        for resource in package["resources"]:
            found += _resource_keys(path, resource)
    yield from found
    if found:
        return
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", ()):
            key["reference"]["resource"] = key["reference"].get("resource") or resource["name"]
    tables = [resource["name"] for resource in package["resources"]]
    for place, resource in enumerate(package["resources"]):
        name = resource["name"]
        if keyword.iskeyword(name) or name in taken or name in _ATTRIBUTES:
            yield _problem(name, "name becomes an attribute, so it must be a Python name that is free", name)
        if name in tables[:place]:
            yield _problem(name, "name must be that of one table only", name)
        profiles = package.get("profile"), resource.get("profile")
        if profiles[0] == "tabular-data-package" and profiles[1] != "tabular-data-resource":
            yield _problem(name, "profile must be tabular-data-resource, as the package has it")
        yield from _file_problems(path, resource)
        columns = [field["name"] for field in resource["schema"]["fields"]]
        for column in {column for column in columns if columns.count(column) > 1}:
            yield _problem(f"{name}.{column}", "name must be that of one column only", column)
        fields = resource["schema"]["fields"]
        broken = [problem for f in fields for problem in _field_problems(f"{name}.{f['name']}", f)]
        yield from broken
        if not broken and len(set(tables)) == len(tables):
            yield from _key_problems(package, resource)


def _resource_keys(path: Path, resource: dict[str, Any]) -> Iterator[Problem]:
    """Check the keys of one table; a schema in a file of its own is put in its place."""
    where = str(resource.get("name") or resource.get("path") or "resource")[:40]
    yield from _keys(where, resource, descriptor.RESOURCE, "name", "path", "schema")
    if isinstance(resource.get("dialect"), dict):
        yield from _keys(f"{where}.dialect", resource["dialect"], descriptor.DIALECT)
    if isinstance(resource.get("schema"), str):
        file = resource["schema"]
        if not _inside(path, file):
            yield _problem(f"{where}.schema", "must be an object, or a JSON file inside the dossier", file)
            return
        try:
            resource["schema"] = _read_json(path / file)
        except ValueError as error:
            yield _problem(f"{where}.schema", f"must be JSON in UTF-8: {error}", file)
            return
    schema = resource.get("schema", {})
    found = list(_keys(f"{where}.schema", schema, descriptor.SCHEMA, "fields"))
    yield from found
    if found:
        return
    for field in schema["fields"]:
        at = f"{where}.{field.get('name', 'field')}"[:80]
        yield from _keys(at, field, descriptor.FIELD, "name")
        if isinstance(field.get("constraints"), dict):
            yield from _keys(at, field["constraints"], descriptor.CONSTRAINT)
    for key in schema.get("foreignKeys", ()):
        yield from _keys(f"{where}.foreignKeys", key, descriptor.FOREIGN_KEY, "fields", "reference")
        if isinstance(key.get("reference"), dict):
            reference = key["reference"]
            yield from _keys(f"{where}.foreignKeys", reference, descriptor.REFERENCE, "fields")


def _inside(path: Path, file: object) -> bool:
    """Tell whether it names a file in the folder: a dossier is mailed around and opened by others."""
    if not isinstance(file, str) or "\\" in file or Path(file).is_absolute() or ".." in Path(file).parts:
        return False
    try:
        return (path / file).is_file()
    except OSError:  # a name too long to be one
        return False


def _file_problems(path: Path, resource: dict[str, Any]) -> Iterator[Problem]:
    """Check that the file is there and, where the data package says, that it is the one described."""
    name, file = resource["name"], resource["path"]
    if not _inside(path, file) or not file.endswith(".csv"):
        yield _problem(name, "path must be a CSV file inside the dossier", file, _missing_hint(path, file))
        return
    try:
        content = (path / file).read_bytes() if "bytes" in resource or "hash" in resource else b""
    except OSError as error:
        yield _problem(name, f"path must be a file that can be read: {error.strerror}", file)
        return
    if "bytes" in resource and repr(resource["bytes"]) != repr(len(content)):
        yield _problem(f"{name}.bytes", f"must be the size of {file}, {len(content)}", resource["bytes"])
    if "hash" in resource:
        method, _, _ = str(resource["hash"]).rpartition(":")
        if method not in ("", "md5", "sha1", "sha256", "sha512"):
            yield _problem(f"{name}.hash", "must be of md5, sha1, sha256 or sha512", resource["hash"])
            return
        digest = hashlib.new(method or "md5", content, usedforsecurity=False).hexdigest()
        if resource["hash"] not in (digest, f"{method}:{digest}"):
            yield _problem(f"{name}.hash", f"must be the digest of {file}, {digest}", resource["hash"])


def _missing_hint(path: Path, file: object) -> str:
    """Say what is there instead of a file that is not, so that it can be renamed or left out."""
    if not isinstance(file, str) or Path(file).name != file or (path / file[:200]).is_dir():
        return ""
    near = question(file, [other.name for other in path.iterdir()])
    return f"there is no such file; {near or 'a table may be left out of datapackage.json'}"


def _field_problems(where: str, field: Field) -> Iterator[Problem]:
    """Check what a field says against its type."""
    kind, constraints = field.get("type", "string"), field.get("constraints", {})
    if field.get("format", "default") not in (("default", "uri") if kind == "string" else ("default",)):
        rule = "not supported: a date is ISO text, and of texts only format uri is known"
        yield _problem(f"{where}.format", rule, field["format"])
    if kind != "boolean" and field.keys() & {"trueValues", "falseValues"}:
        yield _problem(where, "trueValues and falseValues are for type boolean only")
    if shared := set(field.get("trueValues", TRUE)) & set(field.get("falseValues", FALSE)):
        yield _problem(where, "trueValues and falseValues must not share a word", min(shared))
        return
    for rule, given in constraints.items():
        if rule in CONSTRAINTS and kind not in CONSTRAINTS[rule][2]:
            yield _problem(f"{where}.{rule}", f"constraint is not supported for type {kind}", given)
        elif rule in CONSTRAINTS:
            try:
                limit(rule, given, field)
            except ValueError as error:
                yield _problem(f"{where}.{rule}", str(error), given)
    if field.get("example"):
        try:
            typed(field["example"], field)
        except ValueError as error:
            yield _problem(f"{where}.example", str(error), field["example"])
    if field.get("categoriesOrdered") and (kind != "string" or "enum" not in constraints):
        yield _problem(f"{where}.categoriesOrdered", "must be of a text column with an enum")


def _key_problems(package: dict[str, Any], resource: dict[str, Any]) -> Iterator[Problem]:
    """Check that keys name columns, and spell them one way."""
    name, schema = resource["name"], resource["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    others = {other["name"]: other for other in package["resources"]}
    keys = schema.get("primaryKey", [])
    keys = schema["primaryKey"] = [keys] if isinstance(keys, str) else keys
    for key in keys:
        if key not in fields:
            yield _problem(f"{name}.primaryKey", "must name columns of the table", key, question(key, fields))
    for key in schema.get("foreignKeys", ()):
        reference = key["reference"]
        column, target = _one(key["fields"]), _one(reference["fields"])
        other = others.get(reference["resource"], {"schema": {"fields": []}})
        there = {field["name"]: field for field in other["schema"]["fields"]}
        if column not in fields or target not in there:
            rule = "must join one column to one column of a table here; several columns are not supported"
            yield _problem(f"{name}.foreignKeys", rule, key)
        elif fields[column].get("type", "string") != there[target].get("type", "string"):
            yield _problem(f"{name}.foreignKeys", "must join columns of one type", key)
        else:
            key["fields"], reference["fields"] = column, target
    referring = {key["fields"] for key in schema.get("foreignKeys", ()) if isinstance(key["fields"], str)}
    for field in schema["fields"]:
        where = f"{name}.{field['name']}.untilKnown"
        if "untilKnown" in field and field["name"] not in referring:
            yield _problem(where, "must be of a column that refers to another table")
        for column, before in field.get("untilKnown", {}).items():
            if column not in fields:
                yield _problem(where, "must name columns of the table", column, question(column, fields))
            elif before and failures({before}, fields[column]):
                yield _problem(where, f"must be what {column} can be", before)


def _one(columns: str | list[str]) -> str:
    """Return the only column of a key, or nothing."""
    return columns if isinstance(columns, str) else columns[0] if len(columns) == 1 else ""


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
