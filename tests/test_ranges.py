"""A range, as most listed companies guide: its low end is what was promised, its words name both ends."""

import json
from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import commercialization, evidence
from workbook.prose import check_text


@pytest.fixture
def guided(tmp_path: Path) -> wb.Dossier:
    """Northlight guides its ARR to USD 5 to 6 bn."""
    tables: dict[str, list[Any]] = {**OTHER, "claims": [*OTHER["claims"]]}
    tables["claims"][3] = {
        "id": "arr-goal", "theme": "commercialization", "grade": "guidance", "source": "northlight-release",
        "statement": "Northlight aims for an ARR of USD 5 bn to USD 6 bn at year-end.", "subject": "Northlight",
        "metric": "arr", "value": "5", "value_high": "6", "bound": "between", "unit": "USD bn",
        "event_date": "2031-03-01", "precision": "day", "period_end": "2031-12-31",
    }  # fmt: skip
    return wb.open(write_dossier(tmp_path / "guided", tables, subject="Northlight", parts=[]))


def test_a_scenario_starts_from_the_low_end(guided: wb.Dossier) -> None:
    scenario, claims = commercialization.guidance(guided)
    assert (scenario.end_arr, claims[-1]) == (5, "arr-goal")


@pytest.mark.parametrize(
    ("lang", "words", "low"),
    [
        ("en", "USD 5 bn to USD 6 bn", "the low end of the guidance, USD 5 bn, by"),
        ("zh", "50亿美元至60亿美元", "指引区间下限50亿美元"),
    ],
)
def test_charts_name_both_ends(guided: wb.Dossier, lang: Any, words: str, low: str) -> None:
    spec = commercialization.arr_chart(guided, lang=lang).to_dict()
    assert words in json.dumps(spec["datasets"], ensure_ascii=False)
    assert low.replace(" ", "") in "".join(spec["title"]["text"]).replace(" ", "")


def test_the_panel_says_what_its_level_is(guided: wb.Dossier) -> None:
    what = wb.WhatIf(guided)
    assert "bracket: low end of a range" in what.words["legend"]["guidance"]
    assert "USD 5 bn to USD 6 bn" in next(c["why"] for c in what.controls if c["field"] == "end_arr")


def test_tables_and_cards_name_both_ends(guided: wb.Dossier) -> None:
    assert evidence.latest(guided, kind="guidance")["figure"].tolist() == ["USD 5 bn to USD 6 bn"]
    assert "**USD 5 bn to USD 6 bn**" in evidence.cards(guided, "commercialization")
    assert "USD 5 bn to USD 6 bn" in evidence.find(guided, metric="arr")["figure"].tolist()


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("[USD 5 bn to USD 6 bn](06_evidence.ipynb#arr-goal)", True),
        ("at least [USD 5 bn](06_evidence.ipynb#arr-goal)", False),
        ("[USD 5 bn to USD 7 bn](06_evidence.ipynb#arr-goal)", False),
    ],
)
def test_prose_names_both_ends(guided: wb.Dossier, text: str, passes: bool) -> None:
    slips = list(check_text(guided, text))
    assert (not slips) == passes, slips


@pytest.mark.parametrize(
    ("cells", "blamed"),
    [
        ({"value_high": ""}, "value_high: must be given where bound is between"),
        ({"bound": "exact"}, "value_high: must be given where bound is between"),
        ({"value_high": "5"}, "value_high: must be above value, 5"),
        ({"value_high": "4.5"}, "value_high: must be above value, 5"),
    ],
)
def test_a_range_has_two_ends_in_order(tmp_path: Path, cells: dict[str, str], blamed: str) -> None:
    claim = {"id": "c", "theme": "commercialization", "statement": "An ARR of 5 to 6.", "grade": "press"}
    claim |= {"source": "daily-wire", "subject": "Northlight", "metric": "arr", "value": "5"}
    claim |= {"value_high": "6", "bound": "between", "unit": "USD bn", "period_end": "2031-05-01"} | cells
    tables: dict[str, list[Any]] = {**OTHER, "claims": [*OTHER["claims"], claim]}
    with pytest.raises(wb.DossierError, match=f"claims.csv, row 7, column {blamed}"):
        wb.open(write_dossier(tmp_path / "range", tables))
