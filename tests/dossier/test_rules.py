"""Rules of the form that Table Schema has no words for: each bites where it should and names the cell."""

import json
from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook.dossier import bundled

ARR = {
    "id": "c", "theme": "commercialization", "statement": "Northlight put its ARR at 5.", "grade": "press",
    "source": "daily-wire", "subject": "Northlight", "metric": "arr", "value": "5", "bound": "exact",
    "unit": "USD bn", "period_end": "2031-05-01",
}  # fmt: skip


def problems(folder: Path, claims: list[dict[str, str]] | None = None, **tables: list[Any]) -> list[str]:
    """Open the other dossier with more rows; list what it breaks."""
    rows = {name: [*OTHER.get(name, []), *tables.get(name, [])] for name in {*OTHER, *tables}}
    rows["claims"] += [ARR | cells for cells in claims or []]
    try:
        wb.open(write_dossier(folder, rows))
    except wb.DossierError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("unit", "passes"),
    [
        ("USD bn", True),
        ("RMB m", True),
        ("JPY bn", True),
        ("XYZ bn", False),
        ("EUR m", True),
        ("QQQ m", False),
    ],
)
def test_an_amount_is_in_a_currency_of_iso_4217(tmp_path: Path, unit: str, passes: bool) -> None:
    found = problems(tmp_path, [{"unit": unit}])
    rule = f"claims.csv, row 7, column unit: must begin with an ISO 4217 code, or RMB (found '{unit}')"
    assert found == ([] if passes else [rule])


@pytest.mark.parametrize("unit", ["bn", "USD", "usd bn", "USD  bn", "USD k", "tons"])
def test_a_unit_follows_the_pattern_and_is_told_once(tmp_path: Path, unit: str) -> None:
    (found,) = problems(tmp_path, [{"unit": unit}], series=[{"id": "arr", "name": "ARR", "unit": "money"}])
    assert found.startswith("claims.csv, row 7, column unit: must match the pattern")


@pytest.mark.parametrize(("unit", "passes"), [("USD bn", True), ("USD m", True), ("%", False), ("x", False)])
def test_a_figure_is_of_the_kind_of_its_series(tmp_path: Path, unit: str, passes: bool) -> None:
    found = problems(tmp_path, [{"unit": unit}], series=[{"id": "arr", "name": "ARR", "unit": "money"}])
    rule = "claims.csv, row 7, column unit: must be of the kind that the series arr has: money"
    assert (not found) == passes
    assert all(rule in p for p in found)


@pytest.mark.parametrize(
    ("formula", "blamed"),
    [
        ("arr-first + arr-goal", ""),
        ("(arr-first + 2 * arr-goal) / 1.5", ""),
        ("arr-first + arr-gaol", "no claim arr-gaol"),
        ("c / 2", "must not lead back to the claim itself: c -> c"),
        ("", "formula: must be given for grade derived"),
        ("4 x arr-first", "must be a formula: an operator is missing"),
        ("arr-first, arr-goal", "must be a formula"),
        ("(arr-first + 1", "must be a formula"),
        ("arr-first; drop", "formula: must match the pattern"),
    ],
)
def test_a_formula_names_claims_that_are_there(tmp_path: Path, formula: str, blamed: str) -> None:
    found = problems(tmp_path, [{"grade": "derived", "formula": formula}])
    assert bool(found) == bool(blamed)
    assert not blamed or any("claims.csv, row 7, column formula" in p and blamed in p for p in found)


def test_formulas_may_not_go_round_in_a_circle(tmp_path: Path) -> None:
    derived = {"grade": "derived", "source": ""}
    (found,) = problems(tmp_path, [
        {"id": "a", "formula": "b + 1"} | derived, {"id": "b", "formula": "c2 + 1"} | derived,
        {"id": "c2", "formula": "a + 1"} | derived,
    ])  # fmt: skip
    assert "column formula: must not lead back to the claim itself: " in found
    assert {"a", "b", "c2"} <= set(found.replace(" -> ", " ").replace("(", " ").split())


def test_a_revision_may_not_revise_itself(tmp_path: Path) -> None:
    found = problems(tmp_path, [{"id": "a", "replaces": "b"}, {"id": "b", "replaces": "a"}])
    assert any("column replaces: must not lead back" in p for p in found)


@pytest.mark.parametrize(
    ("cells", "passes"),
    [
        ({"source": ""}, False),
        ({"source": "", "grade": "derived", "formula": "2 + 3"}, False),
        ({"source": "", "grade": "derived", "formula": "arr-first + 3"}, True),
    ],
)
def test_only_a_claim_computed_from_claims_needs_no_document(
    tmp_path: Path, cells: dict[str, str], passes: bool
) -> None:
    found = problems(tmp_path, [cells])
    assert (not found) == passes
    assert all(p.startswith("claims.csv, row 7, column source: must name a document") for p in found)


def test_a_claim_is_confirmed_once_by_a_document(tmp_path: Path) -> None:
    rows = [{"claim": "arr-first", "source": "daily-wire", "says": says} for says in ("same", "narrower")]
    assert problems(tmp_path / "one", confirmations=rows[:1]) == []
    (found,) = problems(tmp_path / "two", confirmations=rows)
    assert found.startswith("confirmations.csv, row 3, column source: must confirm a claim once")


def test_what_is_due_says_how_that_is_known(tmp_path: Path) -> None:
    row = {"id": "next", "what": "Results", "due": "2031-08-01"}
    for how in ({"rule": "A year after the last."}, {"claim": "arr-goal"}):
        assert problems(tmp_path / next(iter(how)), calendar=[row | how]) == []
    (found,) = problems(tmp_path / "none", calendar=[row])
    assert found.startswith("calendar.csv, row 2, column rule: must say how the day is known")


@pytest.mark.parametrize(
    ("value", "unit", "passes"), [("2", "USD bn", True), ("2000", "USD m", True), ("3", "USD bn", False)]
)
def test_an_assumption_repeats_the_claim_it_names(
    tmp_path: Path, value: str, unit: str, passes: bool
) -> None:
    row = {"id": "start", "value": value, "low": "0", "high": "9000", "unit": unit, "why": "As guided."}
    found = problems(tmp_path, assumptions=[row | {"claim": "arr-first"}])
    assert (not found) == passes
    assert all("column value: must be as in the claim it names, arr-first: 2 USD bn" in p for p in found)


# The form -----------------------------------------------------------------------------------------


def repackage(folder: Path, **keys: Any) -> None:
    file = folder / "datapackage.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | keys), encoding="utf-8")


@pytest.mark.parametrize("version", ["0.1.0", "1.9", "3.0.0", "", 2, None])
def test_another_form_gets_one_error_that_says_what_changed(other_folder: Path, version: Any) -> None:
    repackage(other_folder, version=version)
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("datapackage.json", "version")
    assert "CHANGELOG.md" in problem.rule or not isinstance(version, str)


@pytest.mark.parametrize(
    ("keys", "blamed"),
    [
        ({"currency": "EUR"}, ""),
        ({"currency": "Euro"}, "currency"),
        ({"fiscalYearEnd": "02-28"}, ""),
        ({"fiscalYearEnd": "31 March"}, "fiscalYearEnd"),
        ({"fiscalYearEnd": "13-01"}, "fiscalYearEnd"),
    ],
)
def test_currency_and_fiscal_year(other_folder: Path, keys: dict[str, str], blamed: str) -> None:
    repackage(other_folder, **keys)
    found = []
    try:
        wb.open(other_folder)
    except wb.DossierError as error:
        found = [p.column for p in error.problems]
    assert found == ([blamed] if blamed else [])


def test_a_table_of_the_form_has_its_columns(other_folder: Path) -> None:
    package = json.loads((other_folder / "datapackage.json").read_text(encoding="utf-8"))
    claims = next(r for r in package["resources"] if r["name"] == "claims")
    claims["schema"]["fields"] = [f for f in claims["schema"]["fields"] if f["name"] != "note"]
    next(f for f in claims["schema"]["fields"] if f["name"] == "value")["type"] = "string"
    repackage(other_folder, resources=package["resources"])
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    assert {(p.column, p.rule) for p in caught.value.problems} == {
        ("claims.note", "must have a column note of type string"),
        ("claims.value", "must have a column value of type number"),
    }


def test_a_table_that_is_left_out_reads_as_an_empty_one(other_folder: Path) -> None:
    package = json.loads((other_folder / "datapackage.json").read_text(encoding="utf-8"))
    kept = [r for r in package["resources"] if r["name"] in ("sources", "claims")]
    repackage(other_folder, resources=kept)
    book = wb.open(other_folder)
    whole = wb.open(bundled("data"))
    for name in whole.tables:
        assert list(getattr(book, name).columns) == list(getattr(whole, name).columns), name
        assert dict(getattr(book, name).dtypes) == dict(getattr(whole, name).dtypes) or name == "claims", name
    assert book.tables == ["sources", "claims", "metrics"]
    assert len(book.claims) == 5
    assert book.metrics.empty  # no series is named


KEYS = {
    "claims": ("primaryKey", "claims.primaryKey"),
    "prices": ("primaryKey", "prices.primaryKey"),
    "comparables": ("foreignKeys", "comparables.foreignKeys"),
    "confirmations": ("foreignKeys", "confirmations.foreignKeys"),
}


@pytest.mark.parametrize(("table", "key", "blamed"), [(table, *named) for table, named in KEYS.items()])
def test_a_table_of_the_form_keeps_the_keys_it_is_joined_by(
    other_folder: Path, table: str, key: str, blamed: str
) -> None:
    """Without them a table opened, and a row that names no claim ended in a Python error once it was asked for."""
    package = json.loads((other_folder / "datapackage.json").read_text(encoding="utf-8"))
    schema = next(r for r in package["resources"] if r["name"] == table)["schema"]
    del schema[key]
    for field in schema["fields"]:
        field.pop("untilKnown", None)
    repackage(other_folder, resources=package["resources"])
    with pytest.raises(wb.DossierError, match="by which tables are joined") as caught:
        wb.open(other_folder)
    assert {p.column for p in caught.value.problems} == {blamed}


def test_what_refers_to_a_table_that_is_left_out_may_go_but_figures_need_their_claims(
    other_folder: Path,
) -> None:
    package = json.loads((other_folder / "datapackage.json").read_text(encoding="utf-8"))

    def without(*names: str) -> None:
        kept = [r for r in json.loads(json.dumps(package))["resources"] if r["name"] not in names]
        for schema in (r["schema"] for r in kept):
            keys = [k for k in schema.get("foreignKeys", []) if k["reference"]["resource"] not in names]
            schema["foreignKeys"] = keys
            for field in schema["fields"]:
                if field["name"] not in [k["fields"] for k in keys]:
                    field.pop("untilKnown", None)
        repackage(other_folder, resources=kept)

    without("models")
    assert wb.open(other_folder).models.empty
    without("claims")
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    rules = {p.rule for p in caught.value.problems}
    assert rules == {
        f"must have claims where it has {name}" for name in ("prices", "rankings", "comparables")
    }
    without("claims", "prices", "rankings", "comparables")
    assert wb.open(other_folder).comparables.empty
