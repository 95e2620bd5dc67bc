import copy
from pathlib import Path

import pytest

from tests.dossier.corrupted import PACKAGE, TABLES, write
from workbook.dossier.package import load, read_package
from workbook.dossier.tables import Table, read_tables, schema_problems

Rows = dict[str, list[list[str]]]


def opened(folder: Path, change: Rows, **schema: object) -> tuple[dict[str, Table], list[str]]:
    """Write the small dossier with other tables, and other keys in the schema of the links; read it."""
    package = copy.deepcopy(PACKAGE)
    package["resources"][2]["schema"] |= schema
    write(folder, package, {**TABLES, **change})
    read = read_package(folder, load(folder), ())
    tables, found = read_tables(folder, read)
    return tables, [str(problem) for problem in [*found, *schema_problems(read, tables)]]


def links(*rows: list[str]) -> Rows:
    return {"links": [["one", "two"], *rows]}


def test_a_table_is_columns_of_text_and_the_rows_of_a_spreadsheet(tmp_path: Path) -> None:
    tables, found = opened(tmp_path, links(["a", "two\nlines"], ["b", ""]))
    assert found == []
    assert tables["links"].columns == {"one": ["a", "b"], "two": ["two\nlines", ""]}
    assert list(tables["links"].lines) == [2, 3]  # of the spreadsheet: a cell of two lines is one row
    assert list(tables["links"].rows())[1] == (3, {"one": "b", "two": ""})


def test_rows_are_counted_through_a_long_table(tmp_path: Path) -> None:
    """More rows than are held at a time: before, on and after the joints, and after rows left out."""
    rows = [[f"r{number}", ""] for number in range(2, 303)]
    for row in (65, 66, 67, 194, 300):
        rows[row - 2] = ["lonely"]
    rows[301 - 2] = ["r301", "no date"]
    package = copy.deepcopy(PACKAGE)
    package["resources"][2]["schema"]["fields"][1]["type"] = "date"
    write(tmp_path, package, {**TABLES, **links(*rows)})
    read = read_package(tmp_path, load(tmp_path), ())
    tables, found = read_tables(tmp_path, read)
    found += schema_problems(read, tables)
    assert [problem.row for problem in found] == [65, 66, 67, 194, 300, 301]
    assert tables["links"].columns["one"][-1] == "r302"
    assert tables["links"].lines[-1] == 302


@pytest.mark.parametrize("blank", [[], ["", ""]])
def test_a_blank_row_is_refused_wherever_it_stands(tmp_path: Path, blank: list[str]) -> None:
    _, found = opened(tmp_path, links(blank, ["a", "b"], blank))
    assert found == [f"links.csv, row {row}: row must not be blank; delete it" for row in (2, 4)]


def test_missing_values_are_empty_and_hold_for_their_field_or_table(tmp_path: Path) -> None:
    tables, found = opened(tmp_path, links(["NA", "NA"], ["-", "-"]), missingValues=["", "NA"])
    assert found == []
    assert tables["links"].columns == {"one": ["", "-"], "two": ["", "-"]}
    fields = copy.deepcopy(PACKAGE["resources"][2]["schema"]["fields"])
    fields[1] |= {"missingValues": ["", "-"], "constraints": {"required": True}}
    tables, found = opened(tmp_path, links(["NA", "NA"], ["-", "-"]), missingValues=["", "NA"], fields=fields)
    assert tables["links"].columns == {"one": ["", "-"], "two": ["NA", ""]}
    assert found == ["links.csv, row 3, column two: must not be empty"]


def test_a_key_is_filled_and_stands_once(tmp_path: Path) -> None:
    _, found = opened(tmp_path, links(["a", "1"], ["", "2"], ["a", "3"]), primaryKey="one")
    assert found == [
        "links.csv, row 3, column one: must not be empty",
        "links.csv, row 4, column one: must be unique (found 'a')",
    ]


def test_a_key_of_two_columns_stands_once_together(tmp_path: Path) -> None:
    rows = links(["a", "1"], ["a", "2"], ["b", "1"], ["a", "2"], ["c", ""])
    _, found = opened(tmp_path, rows, primaryKey=["one", "two"])
    assert found == [
        "links.csv, row 6, column two: must not be empty",
        "links.csv, row 5: one and two together must be unique (found 'a,2')",
    ]


def test_values_that_are_equal_are_not_unique_however_they_are_written(tmp_path: Path) -> None:
    fields = [{"name": "one", "type": "number", "constraints": {"unique": True}}, {"name": "two"}]
    rows = links(["1", ""], ["1.0", ""], ["one", ""], ["one", ""], ["", "a"], ["", "a"])
    _, found = opened(tmp_path, rows, fields=fields)
    assert [line.partition(":")[0] for line in found if "unique" in line] == [
        "links.csv, row 3, column one",
        "links.csv, row 5, column one",
    ]


def test_a_reference_stands_in_the_other_table(tmp_path: Path) -> None:
    notes = copy.deepcopy(TABLES["notes"])
    notes[2][1], notes[3][2] = "relase", "fourt"
    _, found = opened(tmp_path, {"notes": notes})
    assert found == [
        "notes.csv, row 3, column paper: must stand in column id of papers.csv (found 'relase'); "
        "did you mean 'release'? Or add it to papers.csv",
        "notes.csv, row 4, column after: must stand in column id of notes.csv (found 'fourt'); "
        "did you mean 'fourth'? Or add it to notes.csv",
    ]
    _, found = opened(tmp_path, {"papers": TABLES["papers"][:1]})
    assert len(found) == 4
    assert found[0].endswith("papers.csv has no rows")


@pytest.mark.parametrize("papers", [[["id,url"]], [*TABLES["papers"][:-1], ["gazette"]], []])
def test_references_to_a_table_that_was_not_read_whole_are_left_alone(
    tmp_path: Path, papers: list[list[str]]
) -> None:
    tables, found = opened(tmp_path, {"papers": papers})
    assert len(found) == 1
    assert found[0].startswith("papers.csv, row ")
    assert not tables["papers"].whole
    assert tables["notes"].whole


def test_a_byte_order_mark_and_the_line_ends_of_a_spreadsheet_are_taken(tmp_path: Path) -> None:
    opened(tmp_path, {})
    file = tmp_path / "papers.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    read = read_package(tmp_path, load(tmp_path), ())
    tables, found = read_tables(tmp_path, read)
    assert found == []
    assert tables["papers"].columns["id"] == ["release", "filing", "gazette"]
