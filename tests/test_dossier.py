import csv
import datetime as dt
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from frictionless import Package

import workbook as wb
from tests.conftest import LISTED, OTHER, write_dossier
from workbook import facts
from workbook.dossier import bundled


def edit(file: Path, row: int, column: str, value: str) -> None:
    """Change one cell; rows counted as a spreadsheet does."""
    lines = list(csv.reader(file.open(encoding="utf-8", newline="")))
    lines[row - 1][lines[0].index(column)] = value
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines)


def places(error: wb.DossierError) -> set[tuple[str, int | None, str | None]]:
    return {(p.file, p.row, p.column) for p in error.problems}


def test_tables_are_typed(other: wb.Dossier) -> None:
    claims = other.claims
    assert claims["event_date"].dtype == "datetime64[us]"
    assert claims["value"].dtype == "float64"
    assert claims["statement"].dtype == "str"
    assert claims["grade"].cat.ordered
    assert claims["grade"].min() == "reported"
    assert list(claims["bound"].cat.categories) == ["exact", "at_least", "at_most", "about", "between"]
    assert pd.isna(claims.loc[0, "value"])
    assert claims.attrs["table"] == "claims"


def test_a_readers_edit_does_not_reach_the_dossier(other: wb.Dossier) -> None:
    claims = other.claims
    claims.loc[:, "statement"] = "overwritten"
    assert "overwritten" not in set(other.claims["statement"])


def test_unknown_table_is_named_with_those_that_exist(other: wb.Dossier) -> None:
    with pytest.raises(AttributeError, match=r"no table 'metric' \(did you mean 'metrics'\?\) .*claims"):
        _ = other.metric
    assert "metrics" in dir(other)


def test_as_of_hides_later_documents_and_all_that_rests_on_them(other_folder: Path) -> None:
    early = wb.open(other_folder, as_of="2031-04-01")
    assert list(early.sources["id"]) == ["northlight-release"]
    assert "labs-renamed" not in set(early.claims["id"])
    assert early.disputes.empty  # one of its two sides was not known
    labs = early.org_units.set_index("id").loc["labs"]
    assert pd.isna(labs["dissolved"])  # the end was reported in May
    assert pd.isna(labs["ended_by"])
    assert pd.isna(early.org_links.loc[0, "end"])
    late = wb.open(other_folder, as_of=dt.date(2031, 5, 20))
    assert late.org_units.set_index("id").loc["labs", "dissolved"] == pd.Timestamp("2031-05-19")
    assert len(late.disputes) == 1


def test_a_verdict_is_open_until_what_settled_it_is_known(other_folder: Path) -> None:
    late = [
        "later",
        "",
        "Late Post",
        "https://example.com/c",
        "2031-06-01",
        "printed",
        "en",
        "press",
        "page",
        "",
    ]
    audited = {
        "id": "arr-audited",
        "theme": "commercialization",
        "statement": "The auditor confirmed the level.",
    }
    audited |= {"grade": "press", "source": "later", "subject": "Northlight"}
    with_rows(other_folder, sources=[late], claims=[audited])
    edit(other_folder / "sources.csv", 3, "published", "2031-04-10")
    edit(other_folder / "disputes.csv", 2, "settled_by", "arr-audited")
    assert list(wb.open(other_folder, as_of="2031-05-01").disputes["standing"]) == ["open"]
    assert list(wb.open(other_folder, as_of="2031-06-01").disputes["standing"]) == ["resolved_for"]


def test_as_of_before_everything_is_empty_but_typed(other_folder: Path) -> None:
    nothing = wb.open(other_folder, as_of="1999-01-01")
    assert nothing.claims.empty
    assert nothing.claims["event_date"].dtype == "datetime64[us]"


@pytest.mark.parametrize("as_of", ["June 2026", "2026-13-01", 20260608])
def test_as_of_must_be_a_date(other_folder: Path, as_of: str) -> None:
    with pytest.raises(ValueError, match="as_of must be a date"):
        wb.open(other_folder, as_of=as_of)


SCHEMA_MUTATIONS = [
    ("claims", 3, "grade", "rumour"),
    ("claims", 3, "statement", ""),
    ("claims", 3, "statement", "Too short"),
    ("claims", 3, "id", "labs-formed"),
    ("claims", 3, "id", "Labs Renamed"),
    ("claims", 3, "source", "nobody"),
    ("claims", 3, "event_date", "19 May 2031"),
    ("claims", 4, "value", "two"),
    ("claims", 4, "value", "2 000"),
    ("sources", 2, "published", "2031-02-30"),
    ("sources", 3, "published", ""),
    ("org_links", 2, "parent", "nowhere"),
    ("org_links", 2, "ended_by", "unheard-of"),
    ("roles", 2, "person", "roe"),
    ("disputes", 2, "standing", "settled"),
]


@pytest.mark.parametrize(("table", "row", "column", "value"), SCHEMA_MUTATIONS)
def test_we_and_frictionless_point_at_the_same_cell(
    other_folder: Path, table: str, row: int, column: str, value: str
) -> None:
    edit(other_folder / f"{table}.csv", row, column, value)
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    assert (f"{table}.csv", row, column) in places(caught.value)
    assert any(p.value == value for p in caught.value.problems)
    report = Package(str(other_folder / "datapackage.json")).validate()
    theirs = {
        (task.place, getattr(error, "row_number", None)) for task in report.tasks for error in task.errors
    }
    assert (f"{table}.csv", row) in {(Path(place).name, number) for place, number in theirs}


def test_we_and_frictionless_pass_both_dossiers(other_folder: Path) -> None:
    for folder in (bundled("data"), other_folder):
        wb.open(folder)
        report = Package(str(folder / "datapackage.json")).validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


HOUSE_MUTATIONS = [
    ("claims", 4, "unit", "", "unit"),
    ("claims", 2, "formula", "2 x 3", "formula"),
    ("claims", 5, "period_start", "2032-01-01", "period_end"),
    ("org_units", 3, "dissolved", "2031-03-01", "dissolved"),
    ("sources", 2, "url", "", "url"),
    ("disputes", 2, "against", "arr-first", "against"),
    ("disputes", 2, "settled_by", "", "settled_by"),
    ("disputes", 2, "standing", "open", "settled_by"),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "blamed"), HOUSE_MUTATIONS)
def test_rules_across_columns_and_tables(
    other_folder: Path, table: str, row: int, column: str, value: str, blamed: str
) -> None:
    edit(other_folder / f"{table}.csv", row, column, value)
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    assert (f"{table}.csv", row, blamed) in places(caught.value)


def claim(name: str, metric: str, value: str, unit: str) -> list[str]:
    words = f"A page prints {value} {unit} for {metric}."
    figure = [metric, value, "exact", unit, "", "2031-05-20", "", ""]
    return [name, "models", words, "press", "daily-wire", "", "2031-05-20", "day", "Rival", *figure]


def with_rows(folder: Path, **rows: list[Any]) -> Path:
    """Write the other dossier with more rows."""
    return write_dossier(folder, {name: OTHER.get(name, []) + rows.get(name, []) for name in {*OTHER, *rows}})


def broken(folder: Path) -> list[str]:
    """Open a dossier; list what it breaks."""
    try:
        wb.open(folder)
    except wb.DossierError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("unit", "value", "currency"),
    [("USD m", 25, "USD"), ("USD bn", 25000, "USD"), ("RMB m", 25, "CNY"), ("HKD bn", 25000, "HKD")],
)
def test_a_comparable_is_its_claim_in_bn(tmp_path: Path, unit: str, value: float, currency: str) -> None:
    row = ["run-rate", "run_rate", "core"]
    folder = with_rows(tmp_path, claims=[claim("run-rate", "run_rate", "25000", unit)], comparables=[row])
    known = wb.open(folder).comparables.iloc[0]
    assert (known["company"], known["value"], known["currency"]) == ("Rival", value, currency)


@pytest.mark.parametrize("unit", ["million", "CNY per USD", "%"])
def test_a_comparable_is_an_amount(tmp_path: Path, unit: str) -> None:
    row = ["run-rate", "run_rate", "core"]
    folder = with_rows(tmp_path, claims=[claim("run-rate", "run_rate", "25000", unit)], comparables=[row])
    (problem,) = broken(folder)
    assert problem.startswith("comparables.csv, row 2, column claim: must name a claim of an amount")


def test_a_comparable_keeps_every_digit(tmp_path: Path) -> None:
    """1234.1 / 1000 in floats and 1.2341 are one float for nine in ten of these amounts alone."""
    tenths = range(10000, 10100)
    claims = [claim(f"c-{n}", "run_rate", f"{n // 10}.{n % 10}", "USD m") for n in tenths]
    rows = [[f"c-{n}", "run_rate", "core"] for n in tenths]
    known = wb.open(with_rows(tmp_path, claims=claims, comparables=rows)).comparables
    assert known["value"].tolist() == [float(f"{n // 10000}.{n % 10000:04}") for n in tenths]


@pytest.mark.parametrize(
    ("low", "value", "high", "blamed"),
    [
        ("0.1", "0.2", "0.3", []),
        ("0.2", "0.2", "0.2", []),
        ("9", "10", "11", []),  # as text 9 would come after 10
        ("0.1", "0.4", "0.3", ["high: must not be below value, 0.4 (found '0.3')"]),
        ("0.1", "-1", "0.3", ["value: must not be below low, 0.1 (found '-1')"]),
        ("0.3", "0.2", "0.1", ["high: must not be below low, 0.3 (found '0.1')", "value: ", "high: "]),
    ],
)
def test_an_assumption_lies_within_its_range(
    tmp_path: Path, low: str, value: str, high: str, blamed: list[str]
) -> None:
    row = ["churn", value, low, high, "per month", "No figure was found."]
    problems = broken(with_rows(tmp_path, assumptions=[row]))
    assert len(problems) == len(blamed)
    for problem, start in zip(problems, blamed, strict=True):
        assert problem.startswith(f"assumptions.csv, row 2, column {start}")


@pytest.mark.parametrize("table", ["prices", "rankings", "comparables"])
@pytest.mark.parametrize("lacking", ["value", "period_end", "grade"])
def test_a_row_about_a_figure_names_a_claim_that_has_one(tmp_path: Path, table: str, lacking: str) -> None:
    said = dict(zip(LISTED["claims"].split(), claim("place", "standing", "3", "USD bn"), strict=True))
    said[lacking] = "opinion" if lacking == "grade" else ""
    row = {"claim": "place", "model": "m1", "board": "Arena", "track": "overall", "independent": "true"}
    row |= {"vendor": "Rival", "direction": "input", "tier": "all", "region": "China", "list_price": "true"}
    row |= {"kind": "run_rate", "use": "core"}
    columns = pd.read_csv(bundled("data") / f"{table}.csv", nrows=0).columns
    models = [["m1", "M1", "Rival", "M", "2031-01-01", "day", "text", "closed", "", "place"]]
    folder = with_rows(tmp_path, claims=[said], models=models, **{table: [{c: row[c] for c in columns}]})
    (problem,) = [text for text in broken(folder) if text.startswith(table)]
    rule = "must not rest on grade opinion" if lacking == "grade" else "must name a claim that has a value"
    assert problem.startswith(f"{table}.csv, row 2, column claim: {rule}")


UNITS = [[u, u.title(), "", "business unit", "Works.", "", "", "labs-formed", ""] for u in ("north", "south")]
IN_GROUP = ["in-group", "north", "northlight", "part_of", "2031-03-01", "", "labs-formed", ""]


@pytest.mark.parametrize(
    ("parent", "start", "end", "passes"),
    [
        ("south", "2031-04-01", "", False),
        ("south", "", "", False),
        ("south", "2031-01-01", "2031-03-02", False),
        ("south", "2031-01-01", "2031-03-01", True),  # the end is the first day on which it no longer held
        ("northlight", "2031-04-01", "", True),  # said twice, it is one parent
    ],
)
def test_a_unit_has_one_parent_on_a_day(
    tmp_path: Path, parent: str, start: str, end: str, passes: bool
) -> None:
    second = ["second", "north", parent, "part_of", start, end, "labs-renamed", ""]
    for place, links in enumerate(([IN_GROUP, second], [second, IN_GROUP])):
        problems = broken(with_rows(tmp_path / str(place), org_units=UNITS, org_links=links))
        if passes:
            assert problems == []
        else:
            (problem,) = problems
            assert problem.startswith("org_links.csv, row 4, column parent: must be the one parent of north")
            assert "but row 3 has " in problem


def test_two_parents_may_be_the_two_sides_of_a_dispute(tmp_path: Path) -> None:
    second = ["second", "north", "south", "part_of", "2031-04-01", "", "labs-renamed", ""]
    rows = {"org_units": UNITS, "org_links": [IN_GROUP, second]}
    clash = ["whose", "labs-renamed", "labs-formed", "Two homes for one unit.", "open", ""]
    assert broken(with_rows(tmp_path / "a", **rows, disputes=[clash])) == []
    clash[1] = "arr-first"  # a dispute about something else
    assert len(broken(with_rows(tmp_path / "b", **rows, disputes=[clash]))) == 1


@pytest.mark.parametrize(
    ("links", "rows"),
    [
        ([("north", "north", "part_of", "", "")], {3}),
        ([("north", "south", "part_of", "", ""), ("south", "north", "part_of", "", "")], {3, 4}),
        ([("north", "south", "part_of", "2031-04-01", ""), ("south", "north", "part_of", "", "")], {3}),
        ([("north", "south", "part_of", "", "2031-04-01"), ("south", "north", "part_of", "2031-04-01", "")], set()),
        (
            [
                ("north", "south", "part_of", "2031-03-01", "2031-06-01"),
                ("south", "labs", "part_of", "2031-01-01", "2031-05-02"),
                ("labs", "north", "part_of", "2031-05-01", ""),
            ],
            {5},
        ),
        ([("north", "south", "merged_into", "2031-01-01", ""), ("south", "north", "merged_into", "2031-05-01", "")], {4}),
        ([("north", "south", "works_with", "", ""), ("south", "north", "works_with", "", "")], set()),
        ([("north", "south", "part_of", "", ""), ("south", "north", "merged_into", "", "")], set()),
    ],
)  # fmt: skip
def test_no_unit_is_its_own_ancestor(tmp_path: Path, links: list[tuple[str, ...]], rows: set[int]) -> None:
    written = [[f"link-{n}", *link, "labs-formed", ""] for n, link in enumerate(links)]
    tables = {**OTHER, "org_units": OTHER["org_units"] + UNITS, "org_links": [OTHER["org_links"][0][:]]}
    tables["org_links"][0][1] = "northlight"  # out of the way: the group works with its labs
    tables["org_links"][0][2:4] = ["labs", "works_with"]
    tables["org_links"] = [*tables["org_links"], *written]
    found = broken(write_dossier(tmp_path, tables))
    assert {int(p.split("row ")[1].split(",")[0]) for p in found} == rows
    assert all("column parent: must not lead back to " in p for p in found)


@pytest.mark.parametrize("grade", ["illustration", "opinion", "assumption"])
def test_an_illustration_never_becomes_a_datum(other_folder: Path, grade: str) -> None:
    assert "arr-first" in set(wb.open(other_folder).metrics["claim"])
    edit(other_folder / "claims.csv", 4, "grade", grade)
    assert "arr-first" not in set(wb.open(other_folder).metrics["claim"])


def test_all_broken_rules_are_listed_in_one_go(other_folder: Path) -> None:
    edit(other_folder / "claims.csv", 2, "grade", "rumour")
    edit(other_folder / "claims.csv", 4, "value", "two")
    edit(other_folder / "roles.csv", 2, "unit", "nowhere")
    (other_folder / "people.csv").write_text("id,name\n", encoding="utf-8")
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    found = places(caught.value)
    assert {
        ("claims.csv", 2, "grade"),
        ("claims.csv", 4, "value"),
        ("roles.csv", 2, "unit"),
        ("people.csv", 1, None),
    } <= found
    assert "claims.csv, row 4, column value: must be a plain number" in str(caught.value)


def test_a_short_row_and_a_broken_encoding_are_reported_not_read(other_folder: Path) -> None:
    with (other_folder / "people.csv").open("a", encoding="utf-8") as stream:
        stream.write("roe,Roe Max\n")
    (other_folder / "prices.csv").write_bytes("claim,modèle\n".encode("latin-1"))
    with pytest.raises(wb.DossierError) as caught:
        wb.open(other_folder)
    assert {("people.csv", 3, None), ("prices.csv", None, None)} <= places(caught.value)


def test_a_file_saved_by_excel_opens(other_folder: Path) -> None:
    """Excel's "CSV UTF-8" starts with a byte order mark and ends lines with CR LF."""
    file = other_folder / "claims.csv"
    text = file.read_text(encoding="utf-8")
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    assert len(wb.open(other_folder).claims) == 5


def test_a_path_may_not_leave_the_dossier(other_folder: Path) -> None:
    file = other_folder / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    package["resources"][0]["path"] = "../sources.csv"
    shutil.copy(other_folder / "sources.csv", other_folder.parent)
    file.write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(wb.DossierError, match="path must be a CSV file inside the dossier"):
        wb.open(other_folder)


def test_a_rule_we_cannot_enforce_is_an_error(other_folder: Path) -> None:
    file = other_folder / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    package["resources"][0]["schema"]["fields"][0]["constraints"]["exclusiveMinimum"] = 3
    file.write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(wb.DossierError, match="constraint is not supported"):
        wb.open(other_folder)


def test_a_new_column_is_an_edit_of_the_data_package_and_the_file(other_folder: Path) -> None:
    file = other_folder / "datapackage.json"
    package = json.loads(file.read_text(encoding="utf-8"))
    people = next(r for r in package["resources"] if r["name"] == "people")
    people["schema"]["fields"].append({"name": "born", "type": "integer"})
    file.write_text(json.dumps(package), encoding="utf-8")
    (other_folder / "people.csv").write_text(
        "id,name,name_zh,note,claim,born\ndoe,Doe Jane,,,labs-formed,1990\n", encoding="utf-8"
    )
    born = wb.open(other_folder).people["born"]
    assert born.dtype == "Int64"
    assert born[0] == 1990


def test_a_folder_without_a_data_package_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no datapackage"):
        wb.open(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"resources": [{"name": "claims"}]}', '{"resources": []}'])
def test_a_broken_data_package_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    with pytest.raises(wb.DossierError, match=r"datapackage\.json"):
        wb.open(tmp_path)


def test_importing_the_package_loads_nothing_heavier_than_pandas() -> None:
    code = (
        "import sys, workbook; dir(workbook);"
        "print([m for m in ('altair','ipywidgets','anywidget','vl_convert','scipy','babel','IPython') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_bundled_dossier_is_as_large_as_promised(book: wb.Dossier) -> None:
    """What the first issue asks of it, counted."""
    assert len(book.claims) >= 120
    assert book.claims["source"].nunique() >= 60
    assert len(book.disputes) >= 8
    arr = book.metrics[book.metrics["metric"] == "arr"].set_index("claim")
    assert set(arr["bound"]) == {"at_least"}
    assert {(row.value, f"{row.period_end:%Y-%m-%d}", row.kind) for row in arr.itertuples()} == {
        (8, "2026-05-13", "actual"),
        (10, "2026-06-30", "guidance"),
        (30, "2026-12-31", "guidance"),
        (16, "2026-08-20", "actual"),
    }
    revenue = book.metrics[book.metrics["metric"] == "cloud_revenue"]
    revenue = revenue[revenue["subject"] == "Alibaba Cloud"]  # other clouds have the same metric
    assert set(revenue.loc[revenue["basis"] == "recast", "period_end"].dt.strftime("%Y-%m")) == {
        "2025-06",
        "2026-06",
    }
    assert set(arr["subject"]) == {
        "Bailian MaaS and AI applications"
    }  # one scope, in the words of both calls
    year = facts.months(revenue) == 12
    assert sorted(revenue.loc[year, "value"]) == [106374, 118028, 158132]
    revenue = revenue[~year]
    # Every quarter from June 2023 to June 2026 has its print: 13 of them, and the recast June 2025.
    assert len(revenue) == 14
    quarters = revenue[(revenue["basis"] != "recast") & (revenue["period_end"] > "2025-04-01")]
    assert quarters["value"].sum() == 158132  # the fiscal year as the company printed it


def test_the_day_of_the_announcement_knows_every_quarter_printed_by_then() -> None:
    """What the company had printed by 8 June 2026, counted by hand; what it recast in August is not there."""
    then = wb.open(as_of="2026-06-08").metrics
    own = then[then["subject"].isin(["Alibaba Cloud", "Alibaba Group"]) & (facts.months(then) == 3)]
    ends = {name: sorted(group["period_end"].dt.strftime("%Y-%m")) for name, group in own.groupby("metric")}
    quarters = [f"{year}-{month}" for year in range(2023, 2027) for month in ("03", "06", "09", "12")]
    quarters = [quarter for quarter in quarters if "2023-06" <= quarter <= "2026-03"]
    assert ends["cloud_revenue"] == ends["cloud_revenue_growth"] == quarters  # June 2023 to March 2026
    assert ends["ai_triple_digit_streak"] == quarters[5:]  # number 5 was September 2024
    assert ends["cloud_adjusted_ebita"][-1] == ends["cloud_adjusted_ebita_margin"][-1] == "2026-03"
    assert ends["group_capex"] == ["2024-12", "2025-06", "2025-09", "2025-12", "2026-03"]
    assert not (then["basis"] == "recast").any()


def test_kinds_of_fault_that_a_draw_of_claims_found_are_gone(book: wb.Dossier) -> None:
    """The draw of 25 November 2026 (30 claims, seed 20261125): what it found, held for all claims."""
    sources, claims = book.sources, book.claims
    deep = sources[sources["url"].str.count("/").fillna(0) > 3]  # an address of a document, not of a site
    twice = deep[deep["url"].str.rstrip("/").duplicated(keep=False)]
    assert twice.empty, twice[["id", "url"]]  # one document, one row; an address is that of its own document
    assert not claims["locator"].str.startswith("as relayed").fillna(False).any()  # a place, not a go-between
    reported = claims[claims["grade"].isin(["reported", "press"]) & claims["period_start"].notna()]
    reported = reported[reported["event_date"].notna() & (reported["id"] != "api-demand-ten-times")]
    late = reported[reported["event_date"] != reported["period_end"]]
    assert late.empty, late["id"]  # the day on which a figure holds is not the day of publication
