import pandas as pd
import pytest

from workbook.dossier.schema import Field, failures, rewritten, values


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("number", ["0", "-1.25", ".5", "5.", "1e3", "+2"], ["1e309", "NaN", "inf", "1_000", "1,000", "１２", " 1", "0x1", "e5"]),
        ("integer", ["0", "-7", "9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "9" * 20, "9" * 5000, "1.0", "1e2", "٣"]),
        ("boolean", ["true", "False", "1", "0"], ["yes", "TrUe", "true ", "2"]),
        ("date", ["2026-06-30", "0001-01-01"], ["2026-02-30", "2026-6-30", "20260630", "2026-W01-1", "2026-06-30T00:00"]),
    ],
)  # fmt: skip
def test_a_type_takes_its_texts_and_no_others(kind: str, right: list[str], wrong: list[str]) -> None:
    field: Field = {"name": "x", "type": kind}
    assert set(failures({*right, *wrong}, field)) == set(wrong)
    assert len(values([*right, ""], field)) == len(right) + 1  # what is taken can be read


@pytest.mark.parametrize(
    ("kind", "constraints", "right", "wrong"),
    [
        ("date", {"minimum": "2026-01-01", "maximum": "2026-12-31"}, "2026-06-30", "2025-12-31"),
        ("integer", {"minimum": 10}, "10", "9"),
        ("integer", {"minimum": "10"}, "10", "9"),  # JSON may have it as text
        ("number", {"maximum": 0.1}, "0.1", "0.1000000000000000000001"),  # which is 0.1 as a float
        ("number", {"enum": [0.5, 1]}, "1.0", "2"),
        ("integer", {"enum": [1, 2]}, "+1", "3"),
        ("boolean", {"enum": [True]}, "1", "false"),
        ("date", {"enum": ["2026-06-30"]}, "2026-06-30", "2026-07-01"),
        ("string", {"pattern": "a|bc"}, "bc", "abc"),  # the whole text, each alternative
        ("string", {"pattern": "a"}, "a", "a\n"),
        ("string", {"minLength": 2}, "云云", "云"),
        ("string", {"maxLength": 2}, "云云", "云云云"),
    ],
)
def test_a_constraint_is_held_by_value(
    kind: str, constraints: dict[str, object], right: str, wrong: str
) -> None:
    assert list(failures({right, wrong}, {"name": "x", "type": kind, "constraints": constraints})) == [wrong]


def test_a_text_may_break_several_rules() -> None:
    field: Field = {"name": "x", "constraints": {"pattern": "[a-z]+", "maxLength": 2}}
    assert failures({"ABC"}, field)["ABC"] == [
        "must match the pattern [a-z]+",
        "must have at most 2 characters",
    ]


def test_the_words_for_true_and_false_are_the_fields_own() -> None:
    field: Field = {"name": "x", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]}
    assert failures({"yes", "no", "true"}, field) == {"true": ["must be yes or no"]}
    assert list(values(["yes", "no", ""], field)) == [True, False, pd.NA]


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://example.com", True),
        ("https://example.com/a?b=1#c", True),
        ("https://user@example.com:8080/云", True),
        ("mailto:a@example.com", True),
        ("example.com", False),
        ("https://example.com/a b", False),
        ("http:", False),
        ("http://[", False),
        ("http://example.com:port/", False),
    ],
)
def test_a_web_address_has_a_scheme_and_no_spaces(address: str, right: bool) -> None:
    assert (failures({address}, {"name": "x", "format": "uri"}) == {}) is right


def test_columns_have_the_type_they_say() -> None:
    def dtype(kind: str, **more: object) -> str:
        return str(values([""], {"name": "x", "type": kind, **more}).dtype)

    kinds = ("string", "number", "integer", "boolean", "date")
    assert [dtype(k) for k in kinds] == ["str", "float64", "Int64", "boolean", "datetime64[us]"]
    grades = values(["b", ""], {"name": "x", "constraints": {"enum": ["b", "a"]}, "categoriesOrdered": True})
    assert list(grades.cat.categories) == ["b", "a"]
    assert grades.cat.ordered
    assert grades.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("kind", "text", "remedy"),
    [
        ("date", "2015/7/31", "write 2015-07-31"),
        ("date", "2026年6月8日", "write 2026-06-08"),
        ("date", "2026/2/30", ""),
        ("date", "08/06/2026", "which is the month cannot be told: write year-month-day"),
        ("date", "31/06/2026", "write year-month-day"),
        ("date", "31.12.2025", "write 2025-12-31"),
        ("date", "12/31/2025", "write 2025-12-31"),
        ("date", "20260630", "write 2026-06-30"),
        ("date", "2026-06-30T00:00:00", "write 2026-06-30"),
        ("date", "45000", "write 2023-03-15, if it is a day as a spreadsheet counts them"),
        ("date", "2026-02-30", ""),
        ("date", "soon", ""),
        ("number", "48,437.5", "write 48437.5"),
        ("number", "1,5", ""),  # a decimal comma or a slip: nothing is guessed
        ("number", " 5 ", "write 5"),
        ("number", "40%", "the unit says that it is per cent, the cell has the number alone"),
        ("integer", "12.5 ", ""),
        ("string", "x", ""),
    ],
)
def test_a_remedy_is_named_where_the_text_reads_one_way_only(kind: str, text: str, remedy: str) -> None:
    assert rewritten(text, {"name": "x", "type": kind}) == remedy
