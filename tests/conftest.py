"""A second, made-up dossier: whatever the library knows of the bundled subject shows up against it."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import workbook as wb
from workbook.dossier import bundled
from workbook.dossier.rules import kind_of

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

LISTED = {
    "sources": "id title publisher url published dated language kind seen note",
    "claims": "id theme statement grade source locator event_date precision subject metric value bound unit "
    "period_start period_end formula note",
    "disputes": "id claim against why standing settled_by",
    "roles": "id person unit title title_zh start end claim ended_by",
    "assumptions": "id value low high unit why",
}
"""Columns of a row that is written as a list, where these are not all of its table's."""

with (bundled("data") / "series.csv").open(encoding="utf-8", newline="") as _stream:
    ROLES = {row["id"]: row["role"] for row in csv.DictReader(_stream)}

OTHER: dict[str, list[list[str]]] = {
    "sources": [
        ["northlight-release", "Northlight reorganises", "Northlight AG", "https://example.com/a", "2031-03-02", "printed", "en", "release", "page", ""],
        ["daily-wire", "", "Daily Wire", "https://example.com/b", "2031-05-20", "printed", "en", "press", "excerpt", ""],
    ],
    "claims": [
        ["labs-formed", "structure", "Northlight put its two model teams into Northlight Labs.", "reported", "northlight-release", "p. 1", "2031-03-01", "day", "Northlight Labs", "", "", "", "", "", "", "", ""],
        ["labs-renamed", "structure", "Northlight Labs was folded into Northlight Works.", "press", "daily-wire", "", "2031-05-19", "day", "Northlight Labs", "", "", "", "", "", "", "", ""],
        ["arr-first", "commercialization", "Northlight put its ARR above EUR-free USD 2 bn.", "reported", "northlight-release", "p. 2", "2031-03-01", "day", "Northlight", "arr", "2", "at_least", "USD bn", "", "2031-03-01", "", ""],
        ["arr-goal", "commercialization", "Northlight aims for an ARR above USD 5 bn at year-end.", "guidance", "northlight-release", "p. 2", "2031-03-01", "day", "Northlight", "arr", "5", "at_least", "USD bn", "", "2031-12-31", "", ""],
        ["arr-doubt", "commercialization", "A columnist puts the ARR nearer USD 1 bn.", "opinion", "daily-wire", "", "2031-05-20", "day", "Northlight", "arr", "1", "about", "USD bn", "", "2031-05-20", "", ""],
    ],
    "disputes": [["how-large", "arr-first", "arr-doubt", "Two levels for one quarter.", "resolved_for", "arr-doubt"]],
    "org_units": [
        ["northlight", "Northlight", "", "group", "Parent company.", "", "", "labs-formed", ""],
        ["labs", "Northlight Labs", "", "business unit", "Makes models.", "2031-03-01", "2031-05-19", "labs-formed", "labs-renamed"],
    ],
    "org_links": [["labs-in-group", "labs", "northlight", "part_of", "2031-03-01", "2031-05-19", "labs-formed", "labs-renamed"]],
    "people": [["doe", "Doe Jane", "", "", "labs-formed"]],
    "roles": [["doe-labs", "doe", "labs", "Head", "", "2031-03-01", "", "labs-formed", ""]],
}  # fmt: skip


def write_dossier(folder: Path, tables: dict[str, list[Any]], **keys: Any) -> Path:
    """Write rows under the bundled data package, with other keys; a table without rows keeps its header.

    A row is a list, or the cells that are filled by their column. Where no series are given, every metric of
    the claims is one, of the role it has in the bundled dossier; a post leads its unit where nothing else is said.
    """
    package = json.loads((bundled("data") / "datapackage.json").read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "datapackage.json").write_text(json.dumps(package | keys), encoding="utf-8")
    columns = {r["name"]: [f["name"] for f in r["schema"]["fields"]] for r in package["resources"]}
    assert not set(tables) - set(columns)
    rows = {name: [_cells(row, name, columns[name]) for row in tables.get(name, [])] for name in columns}
    if "series" not in tables:
        units = {row["metric"]: row["unit"] for row in rows["claims"] if row.get("unit")}
        rows["series"] = [
            {"id": m, "name": m, "unit": kind_of(unit), "role": ROLES.get(m, "")} for m, unit in units.items()
        ]
        kinds = set(next(r for r in package["resources"] if r["name"] == "series")["schema"]["fields"][3]["constraints"]["enum"])  # fmt: skip
        rows["series"] = [row for row in rows["series"] if row["unit"] in kinds]
    for name, file in ((r["name"], folder / r["path"]) for r in package["resources"]):
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns[name], restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows({"leads": "true"} | row if name == "roles" else row for row in rows[name])
    return folder


def _cells(row: Any, table: str, columns: list[str]) -> dict[str, str]:
    if isinstance(row, dict):
        return row
    listed = LISTED[table].split() if table in LISTED else columns
    return dict(zip(listed if len(row) != len(columns) else columns, row, strict=True))


def with_rows(folder: Path, tables: dict[str, list[dict[str, str]]]) -> Path:
    """Copy the bundled dossier and add rows, given by their filled cells."""
    shutil.copytree(bundled("data"), folder)
    for name, rows in tables.items():
        file = folder / f"{name}.csv"
        with file.open(encoding="utf-8", newline="") as stream:
            columns = next(csv.reader(stream))
        with file.open("a", encoding="utf-8", newline="") as stream:
            csv.DictWriter(stream, columns, restval="", lineterminator="\n").writerows(rows)
    return folder


@pytest.fixture
def other_folder(tmp_path: Path) -> Path:
    """Folder of a small dossier about another company."""
    return write_dossier(tmp_path / "other", OTHER)


@pytest.fixture
def other(other_folder: Path) -> wb.Dossier:
    """A small dossier about another company."""
    return wb.open(other_folder)


@pytest.fixture(scope="session")
def book() -> wb.Dossier:
    """The bundled dossier."""
    return wb.open()
