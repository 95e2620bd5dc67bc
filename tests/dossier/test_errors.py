"""An error can be mended from its text."""

import csv
from pathlib import Path

import pytest

import workbook as wb
from workbook.dossier import DossierError, Problem
from workbook.dossier.unreadable import header_problem, reading_problem


def message(problems: list[Problem]) -> list[str]:
    return str(DossierError(Path("mine"), problems)).splitlines()


def dates(count: int, hint: str = "write 2015-07-31") -> list[Problem]:
    rule = "must be a date such as 2026-06-30"
    return [Problem("claims.csv", n, "day", rule, f"2015/7/{n}", hint) for n in range(2, count + 2)]


def test_a_problem_names_place_rule_value_and_remedy() -> None:
    (problem,) = dates(1)
    assert str(problem) == (
        "claims.csv, row 2, column day: must be a date such as 2026-06-30 (found '2015/7/2'); write 2015-07-31"
    )
    assert str(Problem("claims.csv", None, None, "must be CSV", "")) == "claims.csv: must be CSV"
    assert len(str(Problem("claims.csv", 2, "day", "must be a date", "x" * 1000))) < 200


def test_few_rows_have_a_line_each_and_many_share_one() -> None:
    assert len(message(dates(3))) == 4
    assert message(dates(1403)) == [
        "1,403 broken rules in the dossier mine:",
        "  claims.csv, column day, 1,403 rows (2, 3, 4, …): must be a date such as 2026-06-30 "
        "(found '2015/7/2', '2015/7/3', '2015/7/4', …); write 2015-07-31",
    ]
    assert message([*dates(4), *dates(1, "write 2015-08-01")])[1].endswith(
        "; for the first, write 2015-07-31"
    )


def test_a_message_ends_before_its_reader_does() -> None:
    problems = [Problem("claims.csv", n, "value", f"must be as in {n}", "1") for n in range(2, 102)]
    lines = message(problems)
    assert len(lines) == 7  # five about one column are enough to see what it is
    assert lines[-1] == "  … and 95 more: workbook check mine --all"
    wide = [Problem(f"{n}.csv", 2, "value", "must be a number", "x") for n in range(100)]
    assert len(message(wide)) == 22
    assert DossierError(Path("mine"), wide).problems == wide  # all are there for a program


HEADER = ["id", "title", "day"]


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ([], "the file is empty"),
        (["i\0d\0"], "the file is UTF-16: save it as CSV UTF-8"),
        (["", "", ""], "the first row is blank: delete it"),
        (["id;title;day"], "the file is separated by semicolons: save it as CSV UTF-8"),
        (["id\ttitle\tday"], "the file is separated by tabs: save it as CSV UTF-8"),
        (["id", "title", "day", "", ""], "2 blank columns follow: delete them"),
        (["id", " title", "Day"], "write ' title' as 'title', 'Day' as 'day'"),
        (["\ufeffid", "title", "day"], "write '\\ufeffid' as 'id'"),
        (["title", "id", "day"], "the columns stand in another order"),
        (["id", "title"], "it lacks day"),
        (["id", "titel", "day"], "it lacks title; it has 'titel' too; for 'titel', did you mean 'title'?"),
        (["id", "title", "day", "day"], "it has day more than once"),
    ],
)
def test_a_wrong_header_says_what_happened_to_it(header: list[str], hint: str) -> None:
    problem = header_problem("claims.csv", header, HEADER)
    assert (problem.row, problem.column) == (1, None)
    assert problem.rule == "header must be exactly the columns of datapackage.json: id,title,day"
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    ("content", "rule", "value"),
    [
        ("id,title\na,云收入增长\n".encode("gb18030"), "line 2 is not, it looks like GBK", "a,云收入增长"),
        ("id,title\na,b\nc,modèle\n".encode("cp1252"), "line 3 is not, it looks like Windows-1252", "c,modèle"),
        ("id,title\na,b\n".encode("utf-16"), "it is UTF-16", ""),
        (("id,title\na,é" * 9).encode("utf-16-le"), "it is UTF-16", ""),
        (b"PK\x03\x04" + bytes(range(256)), "it is a workbook of a spreadsheet", ""),
        ("id,title\na,云收入\nb,增长".encode() + b"\xff\n", "line 3 is not", "b,增长\ufffd"),
        (b'id,title\na,"b\nc,d\n', "the row that begins on line 2 cannot be read", 'a,"b'),
        (b'id,title\na,"b\nc"\nd,"e" f\n', "the row that begins on line 4 cannot be read", 'd,"e" f'),
        (b"id,title\na," + b"x" * 200_000 + b'"\n', "must be CSV", ""),
    ],
)  # fmt: skip
def test_an_unreadable_file_says_where_and_why(tmp_path: Path, content: bytes, rule: str, value: str) -> None:
    (tmp_path / "claims.csv").write_bytes(content)
    problem = reading_problem(tmp_path, "claims.csv")
    assert problem.row is None
    assert rule in problem.rule
    assert problem.value.startswith(value)


def test_a_cell_that_never_ends_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_bytes(b"id,title\na," + b"x" * 200_000 + b"\n")
    before = csv.field_size_limit(131_072)  # Python's own, which frictionless raises once it is imported
    try:
        hint = reading_problem(tmp_path, "claims.csv").hint
    finally:
        csv.field_size_limit(before)
    assert hint.startswith("a cell has more than 131,072 characters")


def test_a_file_that_is_not_there_is_told_with_the_nearest_that_is(other_folder: Path) -> None:
    (other_folder / "claims.csv").rename(other_folder / "claim.csv")
    with pytest.raises(wb.DossierError, match=r"there is no such file; did you mean 'claim\.csv'\?"):
        wb.open(other_folder)


def test_a_row_of_commas_is_one_problem(other_folder: Path) -> None:
    """Its cells are not told to be empty one by one."""
    file = other_folder / "claims.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "," * text.splitlines()[0].count(",") + "\n", encoding="utf-8")
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    (problem,) = caught.value.problems
    assert problem.rule == "row must not be blank"


def test_an_unreadable_file_is_one_problem(other_folder: Path) -> None:
    """Nothing that refers to its rows is blamed for it."""
    file = other_folder / "claims.csv"
    text = file.read_text(encoding="utf-8").replace("Northlight put", "北光 put")
    damages = [
        text.encode("gb18030"),
        text.encode("utf-16"),
        text.replace(",", ";").encode("utf-8"),
        text.replace("id,", "id ,", 1).encode("utf-8"),
        text.replace("\n", ",,\n").encode("utf-8"),
        text.replace(",reported,", ',"reported,', 1).encode("utf-8"),
    ]
    for content in damages:
        file.write_bytes(content)
        with pytest.raises(wb.DossierError) as caught:
            wb.open(other_folder)
        assert [problem.file for problem in caught.value.problems] == ["claims.csv"], str(caught.value)
