import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.dossier.corrupted import PACKAGE, TABLES, write
from workbook.dossier.package import foreign_keys, load, read_package
from workbook.dossier.tables import read_tables, schema_problems

Json = dict[str, Any]


def written(
    folder: Path, change: Callable[[Json], object], tables: dict[str, list[list[str]]] = TABLES
) -> Path:
    package = copy.deepcopy(PACKAGE)
    change(package)
    write(folder, package, tables)
    return folder


def refused(folder: Path, change: Callable[[Json], object]) -> list[str]:
    with pytest.raises(wb.DossierError) as caught:
        read_package(written(folder, change), load(folder), ("tables",))
    return [str(problem) for problem in caught.value.problems]


def broken(folder: Path) -> list[str]:
    package = read_package(folder, load(folder), ())
    tables, found = read_tables(folder, package)
    return [str(problem) for problem in [*found, *schema_problems(package, tables)]]


def field(package: Json, table: int, column: int) -> Json:
    found: Json = package["resources"][table]["schema"]["fields"][column]
    return found


def put(*path: str | int, to: Any) -> Callable[[Json], None]:
    """Return what sets one value, given by its place in the document."""

    def change(package: Json) -> None:
        at: Any = package
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = to

    return change


def schema(table: int, key: str, to: Any) -> Callable[[Json], None]:
    return put("resources", table, "schema", key, to=to)


def of_field(table: int, column: int, key: str, to: Any) -> Callable[[Json], None]:
    return put("resources", table, "schema", "fields", column, key, to=to)


REFUSED = [
    (put("sorces", to=[]), "column sorces: is no key known here", "did you mean 'sources'?"),
    (put("name", to="A Name"), "column name: must be of small Latin letters", ""),
    (put("licenses", to=[{}]), "column licenses: must have name or path in each", ""),
    (put("created", to="yesterday"), "column created: must be a moment such as", ""),
    (put("resources", to=[]), "column resources: must be a list of objects, and not empty", ""),
    (put("resources", to=["papers"]), "column resources: must be a list of objects", ""),
    (put("parts", to=[{"name": "x"}]), "column subject: must be the name of the company", ""),
    (put("$schema", to="https://example.com/own.json"), r"column $schema: not supported", ""),
    (put("resources", 0, "path", to=3), "column papers.path: must be text", ""),
    (put("resources", 0, "path", to="../papers.csv"), "path must be a CSV file inside the dossier", ""),
    (put("resources", 0, "path", to="x" * 300 + ".csv"), "path must be a CSV file inside the dossier", ""),
    (put("resources", 0, "path", to=["papers.csv"]), "column papers.path: must be text", ""),
    (put("resources", 2, "name", to="class"), "name becomes an attribute", ""),
    (put("resources", 2, "name", to="tables"), "name becomes an attribute", ""),
    (put("resources", 2, "name", to="as_of"), "name becomes an attribute", ""),
    (put("resources", 2, "name", to="Papers"), "becomes an attribute, so it must be of small Latin", ""),
    (put("resources", 2, "name", to="notes"), "column notes: name must be that of one table only", ""),
    (put("resources", 0, "encoding", to="gbk"), "papers.encoding: not supported: must be 'utf-8'", ""),
    (put("resources", 0, "data", to=[]), "papers.data: not supported: a table is a CSV file", ""),
    (put("resources", 0, "bytes", to=7), "papers.bytes: must be the size of papers.csv", ""),
    (put("resources", 0, "hash", to="sha256:00"), "papers.hash: must be the digest of papers.csv", ""),
    (put("resources", 0, "hash", to="crc:00"), "papers.hash: must be of md5, sha1", ""),
    (put("resources", 0, "dialect", to={"delimiter": ";"}), "papers.dialect.delimiter: not supported: must be ','", ""),
    (put("resources", 0, "dialect", to={"header": 1}), "papers.dialect.header: not supported: must be True", ""),
    (put("resources", 0, "dialect", to="dialect.json"), "papers.dialect: must be an object", ""),
    (put("resources", 0, "schema", to="nowhere.json"), "must be an object, or a JSON file inside the dossier", ""),
    (put("resources", 0, "schema", to="papers.csv"), "papers.schema: must be JSON in UTF-8", ""),
    (schema(0, "fields", []), "papers.schema.fields: must be a list of objects, and not empty", ""),
    (schema(0, "missingValues", ["NA"]), "papers.schema.missingValues: must include the empty text", ""),
    (schema(0, "uniqueKeys", [["id"]]), "papers.schema.uniqueKeys: not supported: use constraints.unique", ""),
    (schema(0, "fieldsMatch", "subset"), "papers.schema.fieldsMatch: not supported", ""),
    (schema(0, "primaryKey", "idd"), "papers.primaryKey: must name columns of the table", "did you mean 'id'?"),
    (schema(0, "primaryKey", 3), "papers.schema.primaryKey: must be a column or a list", ""),
    (schema(0, "foreignKeys", [3]), "papers.schema.foreignKeys: must be a list of foreign keys", ""),
    (schema(0, "foreignKeys", [{"fields": "id", "reference": {"resource": "no", "fields": "id"}}]), "must join one column", ""),
    (schema(0, "foreignKeys", [{"fields": "day", "reference": {"resource": "notes", "fields": "id"}}]), "of one type", ""),
    (schema(0, "foreignKeys", [{"fields": ["id", "url"], "reference": {"fields": ["id", "url"]}}]), "are not supported", ""),
    (of_field(0, 1, "name", "id"), "column papers.id: name must be that of one column only", ""),
    (of_field(0, 1, "name", " url"), "must be text without spaces around it", ""),
    (of_field(0, 1, "type", "datetime"), "not supported: must be 'string' or 'number' or 'integer'", ""),
    (of_field(0, 1, "type", ["string"]), "papers.url.type: not supported", ""),
    (of_field(0, 1, "format", "email"), "papers.url.format: not supported", ""),
    (of_field(0, 2, "format", "any"), "papers.day.format: not supported: a date is ISO text", ""),
    (of_field(0, 2, "required", True), "papers.day.required: not supported: it belongs under constraints", ""),
    (of_field(0, 2, "constraints", {"minimum": "spring"}), "papers.day.minimum: must be a date", ""),
    (of_field(0, 2, "constraints", {"pattern": "2"}), "papers.day.pattern: constraint is not supported for type date", ""),
    (of_field(0, 2, "constraints", {"required": "yes"}), "papers.day.required: must be true or false", ""),
    (of_field(0, 1, "constraints", {"pattern": "("}), "papers.url.pattern: must be a regular expression", ""),
    (of_field(0, 1, "constraints", {"pattern": "a{99999999999}"}), "papers.url.pattern: must be a regular expression", ""),
    (of_field(0, 1, "constraints", {"minLength": 2.5}), "papers.url.minLength: must be a number of characters", ""),
    (of_field(0, 3, "constraints", {"enum": []}), "papers.kind.enum: must be a list of the values allowed", ""),
    (of_field(0, 3, "constraints", {"enum": ["a", 1]}), "papers.kind.enum: must be text", ""),
    (of_field(0, 3, "constraints", {"enum": ["a", "a"]}), "papers.kind.enum: must not list a value twice", ""),
    (of_field(0, 3, "constraints", {"exclusiveMaximum": 1}), "constraint is not supported, use maximum", ""),
    (of_field(0, 4, "constraints", {"maximum": True}), "papers.pages.maximum: must be a whole number", ""),
    (of_field(0, 4, "constraints", {"maximum": 10**20}), "papers.pages.maximum: must be a whole number", ""),
    (of_field(0, 4, "constraints", {"enum": [1, "1"]}), "papers.pages.enum: must not list a value twice", ""),
    (of_field(0, 4, "categories", [1]), "papers.pages.categories: not supported: list the values", ""),
    (of_field(0, 4, "categoriesOrdered", True), "papers.pages.categoriesOrdered: must be of a text column with an enum", ""),
    (of_field(0, 4, "trueValues", ["yes"]), "trueValues and falseValues are for type boolean only", ""),
    (of_field(0, 4, "example", "many"), "papers.pages.example: must be a whole number", ""),
    (of_field(1, 3, "decimalChar", ","), "notes.value.decimalChar: not supported: must be '.'", ""),
    (of_field(1, 3, "groupChar", ","), "notes.value.groupChar: not supported: must be ''", ""),
    (of_field(1, 3, "bareNumber", False), "notes.value.bareNumber: not supported: must be True", ""),
    (of_field(1, 5, "trueValues", ["yes", "0"]), "column notes.seen: trueValues and falseValues must not share a word", "(found '0')"),
    (of_field(1, 5, "trueValues", ["x", "x"]), "notes.seen.trueValues: must be a list of different texts", ""),
    (of_field(1, 6, "untilKnown", {"value": None}), "notes.words.untilKnown: must be of a column that refers", ""),
    (of_field(1, 2, "untilKnown", {"valu": None}), "notes.after.untilKnown: must name columns", "did you mean 'value'?"),
    (of_field(1, 2, "untilKnown", {"value": "soon"}), "notes.after.untilKnown: must be what value can be", ""),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule", "hint"), REFUSED)
def test_what_could_not_be_enforced_is_refused_by_name(
    tmp_path: Path, change: Callable[[Json], None], rule: str, hint: str
) -> None:
    (problem,) = refused(tmp_path, change)
    assert problem.startswith("datapackage.json, column ")
    assert rule in problem
    assert problem.endswith(hint)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("[]", "must be an object"),
        ("3", "must be an object"),
        ('{"resources": [{"name": NaN}]}', "NaN is no JSON"),
        ('{"resources": [{"name": 1e309}]}', "1e309 is no number"),
        ('{"resources": [{"name": ' + "9" * 5000 + "}]}", "must be JSON"),
        ('{"resources": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
        ('{"resources": ' + "[" * 900 + "]" * 900 + "}", "resources: must be a list of objects"),
        ('{"name": "a", "name": "b", "resources": []}', "the key 'name' stands twice"),
        (r'{"title": "\ud800", "resources": []}', "surrogates not allowed"),
        ('\ufeff{"resources": []}', "BOM"),
    ],
)
def test_a_document_that_is_no_data_package_is_one_problem(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(wb.DossierError) as caught:
        wb.open(tmp_path)
    (problem,) = caught.value.problems
    assert reason in str(problem)


def test_a_document_in_another_encoding_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_bytes('{"title": "文件"}'.encode("gb18030"))
    with pytest.raises(wb.DossierError, match="must be JSON in UTF-8"):
        wb.open(tmp_path)


def test_keys_may_be_written_as_columns_or_as_lists(tmp_path: Path) -> None:
    def change(package: Json) -> None:
        package["resources"][0]["schema"]["primaryKey"] = ["id"]
        package["resources"][1]["schema"]["foreignKeys"] = [
            {"fields": ["paper"], "reference": {"resource": "papers", "fields": ["id"]}},
            {"fields": "after", "reference": {"fields": "id"}},  # of the own table, as `"resource": ""` is
        ]

    package = read_package(written(tmp_path, change), load(tmp_path), ())
    keys = [(name, key["resource"], key["fields"], f["name"]) for name, key, f in foreign_keys(package)]
    assert keys == [("notes", "papers", "id", "paper"), ("notes", "notes", "id", "after")]
    assert broken(tmp_path) == []
    lost = {**TABLES, "notes": [*TABLES["notes"], ["fifth", "release", "sixth", "", "", "", ""]]}
    assert "column after: must stand in column id of notes.csv" in broken(written(tmp_path, change, lost))[0]


def test_a_schema_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, put("resources", 0, "schema", to="schema.json"))
    package = read_package(tmp_path, load(tmp_path), ())
    assert package["resources"][0]["schema"]["fields"][0]["name"] == "id"
    assert broken(tmp_path) == []
    described = json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))
    described["fields"][4]["constraints"]["maximum"] = 3
    (tmp_path / "schema.json").write_text(json.dumps(described), encoding="utf-8")
    assert broken(tmp_path) == ["papers.csv, row 4, column pages: must be at most 3 (found '12')"]


def test_size_and_digest_of_a_file_are_held_to(tmp_path: Path) -> None:
    def change(package: Json) -> None:
        content = (tmp_path / "papers.csv").read_bytes()
        package["resources"][0]["bytes"] = len(content)
        package["resources"][0]["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"

    write(tmp_path, PACKAGE, TABLES)
    written(tmp_path, change)
    assert broken(tmp_path) == []
    (tmp_path / "papers.csv").write_bytes((tmp_path / "papers.csv").read_bytes() + b"\n")
    with pytest.raises(wb.DossierError, match=r"papers\.hash: must be the digest of papers\.csv"):
        read_package(tmp_path, load(tmp_path), ())


def test_what_only_describes_may_be_said(tmp_path: Path) -> None:
    def change(package: Json) -> None:
        package |= {"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "keywords": ["a"]}
        package |= {"profile": "data-package", "version": "1.0", "homepage": "https://example.com", "id": "x"}
        package["contributors"] = [{"title": "A", "email": "a@example.com", "roles": ["author"]}]
        package["resources"][2]["title"] = "Links"
        field(package, 2, 0).update(title="One", rdfType="https://example.com/one", description="The one.")

    assert broken(written(tmp_path, change)) == []


def test_all_that_is_wrong_with_keys_is_listed_at_once(tmp_path: Path) -> None:
    def change(package: Json) -> None:
        package["custom"] = 1
        package["resources"][0]["encoding"] = "gbk"
        field(package, 1, 0)["typ"] = "string"

    places = [problem.split(":")[0] for problem in refused(tmp_path, change)]
    assert places == [f"datapackage.json, column {p}" for p in ("custom", "papers.encoding", "notes.id.typ")]
