"""What the examples of the library are run on: `book` is an invented dossier, whatever stands in `data/`."""

import csv
from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.conftest import write_dossier

ROWS = Path(__file__).parent / "tests" / "northlight"
"""A CSV file a table, with the columns that have cells; quarters of 13 weeks, peers in another currency, a gap."""


@pytest.fixture(scope="session")
def northlight(tmp_path_factory: pytest.TempPathFactory) -> wb.Dossier:
    """The dossier of an invented company that sells models."""
    tables = {}
    for file in ROWS.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            tables[file.stem] = list(csv.DictReader(stream))
    keys = {
        "title": "Northlight",
        "subject": "Northlight",
        "parts": [],
        "currency": "EUR",
        "fiscalYearEnd": "09-30",
    }
    return wb.open(write_dossier(tmp_path_factory.mktemp("northlight") / "data", tables, **keys))


@pytest.fixture(autouse=True, scope="session")
def _names_of_examples(doctest_namespace: dict[str, Any], northlight: wb.Dossier) -> None:
    doctest_namespace["book"] = northlight
