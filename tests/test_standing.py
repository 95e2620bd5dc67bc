"""What a figure stands on: independent publishers, what was read of them, and who disputes it."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import workbook as wb
from tests.conftest import write_dossier
from workbook import commercialization, evidence, facts


def source(
    name: str, publisher: str, seen: str = "page", origin: str = "", day: str = "2031-05-01"
) -> dict[str, str]:
    row = {
        "id": name,
        "publisher": publisher,
        "origin": origin,
        "url": "https://example.com",
        "published": day,
    }
    return row | {"dated": "printed", "language": "en", "kind": "press", "seen": seen}


def level(name: str, document: str, value: str, day: str, **cells: str) -> dict[str, str]:
    row = {
        "id": name,
        "theme": "commercialization",
        "statement": f"An ARR of USD {value} bn.",
        "source": document,
    }
    row |= {"grade": "reported", "subject": "Northlight", "metric": "arr", "value": value, "bound": "exact"}
    return row | {"unit": "USD bn", "period_end": day} | cells


@pytest.fixture
def book(tmp_path: Path) -> wb.Dossier:
    """An ARR that one relay has, one that several print, one nobody saw, a guided one, and a sum of two."""
    sources = [
        source("call", "Northlight", "relay"),
        source("wire", "Wire", origin="Northlight"),
        source("paper", "Paper", "excerpt"),
        source("agency", "Agency", "relay"),
        source("filing", "Register", "none", day="2031-04-01"),
    ]
    claims = [
        level("alone", "call", "2", "2031-03-31"),
        level("printed", "call", "3", "2031-04-30"),
        level("unseen", "filing", "1", "2031-01-31"),
        level("goal", "call", "5", "2031-12-31", grade="guidance"),
        level("half", "", "1.5", "2031-04-30", grade="derived", formula="printed / 2", metric="half"),
        level("sum", "", "5", "2031-04-30", grade="derived", formula="printed + alone", metric="sum"),
        level("doubt", "paper", "4", "2031-04-30", grade="opinion"),
    ]
    confirmed = [
        {"claim": "alone", "source": "filing", "says": "same"},  # nobody opened it
        {"claim": "printed", "source": "wire", "says": "same"},  # the same voice, but its page was read
        {"claim": "printed", "source": "paper", "says": "same"},
        {"claim": "printed", "source": "agency", "says": "narrower"},
        {"claim": "goal", "source": "wire", "says": "narrower"},
    ]
    series = [
        {"id": "arr", "name": "ARR", "unit": "money", "role": "run_rate", "headline": "1"},
        {"id": "half", "name": "half", "unit": "money"},
        {"id": "sum", "name": "sum", "unit": "money"},
    ]
    clash = {"id": "d", "claim": "goal", "against": "doubt", "why": "Too high.", "standing": "open"}
    tables: dict[str, list[Any]] = {"sources": sources, "claims": claims, "confirmations": confirmed}
    tables |= {"series": series, "disputes": [clash]}
    return wb.open(write_dossier(tmp_path / "standing", tables, subject="Northlight", parts=[]))


@pytest.mark.parametrize(
    ("claim", "publishers", "who", "narrower", "seen", "disputed", "single"),
    [
        ("alone", 1, "Northlight", 0, "relay", False, True),
        ("printed", 2, "Northlight, Paper", 1, "page", False, False),
        ("unseen", 0, "", 0, "none", False, True),
        ("goal", 1, "Northlight", 0, "relay", True, True),  # the narrower one is Northlight's again
        ("half", 2, "Northlight, Paper", 1, "page", False, False),
        ("sum", 1, "Northlight", 0, "relay", False, True),  # the weaker of its two
    ],
)
def test_what_a_claim_stands_on(
    book: wb.Dossier,
    claim: str,
    publishers: int,
    who: str,
    narrower: int,
    seen: str,
    disputed: bool,
    single: bool,
) -> None:
    row = evidence.standing(book, [claim]).iloc[0]
    found = row[["publishers", "who", "narrower", "seen", "disputed", "single_relay"]].tolist()
    assert found == [publishers, who, narrower, seen, disputed, single]


def test_the_headline_figures_are_the_newest_of_their_series(book: wb.Dossier) -> None:
    table = evidence.standing(book)
    assert table[["claim", "kind", "figure"]].to_numpy().tolist() == [
        ["printed", "actual", "USD 3 bn"],
        ["goal", "guidance", "USD 5 bn"],
    ]
    early = evidence.standing(wb.open(book.path, as_of="2031-04-15"))  # only the filing was out
    assert early["claim"].tolist() == ["alone"]
    assert early["seen"].tolist() == ["none"]


def test_the_day_it_was_known_is_that_of_the_first_document(book: wb.Dossier) -> None:
    known = evidence.standing(book, ["alone", "printed"])["known"]
    assert known.tolist() == [pd.Timestamp("2031-04-01"), pd.Timestamp("2031-05-01")]


def test_an_unknown_claim_is_named(book: wb.Dossier) -> None:
    with pytest.raises(ValueError, match="no claim nothing in"):
        evidence.standing(book, ["nothing"])
    with pytest.raises(ValueError, match=r"no claim prnted \(did you mean 'printed'\?\) in"):
        evidence.standing(book, ["prnted"])


@pytest.mark.parametrize(("lang", "words"), [("en", "† rests on one publisher"), ("zh", "†：仅有一个来源")])
def test_a_point_on_one_relayed_source_is_marked_on_its_chart_and_in_the_footer(
    book: wb.Dossier, lang: Any, words: str
) -> None:
    spec = json.dumps(commercialization.arr_chart(book, lang=lang).to_dict(), ensure_ascii=False)
    labels = {"en": ("USD 2 bn†|", "USD 3 bn|"), "zh": ("20亿美元†|", "30亿美元|")}[lang]
    assert all(label in spec for label in labels)
    assert words in spec


def test_a_chart_without_marks_counts_them(book: wb.Dossier) -> None:
    text = facts.footer(book, ["alone", "printed", "goal"], marked=False)
    assert text.endswith("Of the 3 figures shown 2 rest on one publisher, read as relayed text only.")
    assert "rest" not in facts.footer(book, ["printed"])


def test_the_panel_and_the_cards_say_it(book: wb.Dossier) -> None:
    what = wb.WhatIf(book)
    assert "† rests on one publisher" in what.sources
    page = evidence.cards(book, "commercialization")
    printed = next(card for card in page.split("#### ") if card.startswith("printed"))
    assert "2 independent publishers print it: Northlight, Paper; one more of a narrower scope." in printed
    assert "publishers" not in next(card for card in page.split("#### ") if card.startswith("alone"))


# What is due --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "what"),
    [("2031-07-31", "event ahead"), ("2031-08-01", "event due"), ("2031-09-01", "event due")],
)
def test_the_calendar_falls_due_until_its_figure_is_there(tmp_path: Path, today: str, what: str) -> None:
    event = {
        "id": "next",
        "what": "ARR of June",
        "series": "arr",
        "period_end": "2031-06-30",
        "due": "2031-08-01",
    }
    tables: dict[str, list[Any]] = {
        "sources": [source("call", "Northlight")],
        "claims": [level("first", "call", "2", "2031-03-31")],
        "calendar": [event | {"rule": "A month after its end."}],
    }
    own: dict[str, Any] = {"subject": "Northlight", "parts": []}
    row = evidence.stale(wb.open(write_dossier(tmp_path / "a", tables, **own)), today).iloc[0]
    assert (row["what"], row["figure"], row["metric"]) == (what, "ARR of June", "arr")
    tables["claims"].append(level("second", "call", "3", "2031-06-30"))
    answered = evidence.stale(wb.open(write_dossier(tmp_path / "b", tables, **own)), today)
    assert not answered["what"].str.startswith("event").any()


def test_quarters_and_years_of_one_metric_are_two_series(tmp_path: Path) -> None:
    def revenue(name: str, value: str, start: str, end: str) -> dict[str, str]:
        return level(name, "call", value, end, metric="revenue", unit="USD m", period_start=start)

    claims = [
        revenue("quarter", "4", "2030-10-01", "2030-12-31"),
        revenue("year", "15", "2030-01-01", "2030-12-31"),
    ]
    table = evidence.latest(
        wb.open(write_dossier(tmp_path, {"sources": [source("call", "Northlight")], "claims": claims}))
    )
    assert table[["metric", "months", "figure"]].to_numpy().tolist() == [
        ["revenue", 3, "USD 4 m"],
        ["revenue", 12, "USD 15 m"],
    ]
