"""What was known on a day: a claim with the first document that says it, and nothing of a later day."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbook as wb
from tests.conftest import write_dossier
from workbook.dossier.formula import inputs

DAYS = ["2031-01-10", "2031-02-10", "2031-03-10", "2031-04-10"]


def source(number: int, **cells: str) -> dict[str, str]:
    row = {"id": f"s{number}", "publisher": "Wire", "url": "https://example.com", "published": DAYS[number]}
    return row | {"dated": "printed", "language": "en", "kind": "press", "seen": "page"} | cells


def claim(name: str, number: str, from_: int | None, **cells: str) -> dict[str, str]:
    row = {
        "id": name,
        "theme": "strategy",
        "statement": f"Northlight printed {number}.",
        "subject": "Northlight",
    }
    row |= {"grade": "reported", "source": "" if from_ is None else f"s{from_}", "locator": f"p. {from_}"}
    row |= {"metric": "revenue", "value": number, "bound": "exact", "unit": "USD m"}
    return row | {"period_start": "2030-10-01", "period_end": "2030-12-31"} | cells


def dossier(folder: Path, claims: list[dict[str, str]], **tables: Any) -> Path:
    sources = [source(n) for n in range(len(DAYS))]
    return write_dossier(
        folder, {"sources": sources, "claims": claims} | tables, subject="Northlight", parts=[]
    )


def known(folder: Path, day: str) -> list[str]:
    return wb.open(folder, as_of=day).claims["id"].tolist()


@pytest.mark.parametrize("says", ["same", "narrower"])
def test_a_confirmation_that_says_the_same_makes_a_claim_known(tmp_path: Path, says: str) -> None:
    confirmed = [{"claim": "a", "source": "s0", "locator": "table 3", "says": says}]
    folder = dossier(tmp_path, [claim("a", "7", 2)], confirmations=confirmed)
    assert known(folder, "2031-01-09") == []
    early = wb.open(folder, as_of="2031-01-10").claims
    if says == "narrower":
        assert early.empty
    else:
        assert early[["id", "source", "locator"]].to_numpy().tolist() == [["a", "s0", "table 3"]]
    whole = wb.open(folder).claims
    assert whole[["source", "locator"]].to_numpy().tolist() == [["s2", "p. 2"]]


def test_a_confirmation_is_shown_from_its_own_day(tmp_path: Path) -> None:
    confirmed = [{"claim": "a", "source": "s3", "says": "same"}]
    folder = dossier(tmp_path, [claim("a", "7", 1)], confirmations=confirmed)
    assert wb.open(folder, as_of=DAYS[2]).confirmations.empty
    assert len(wb.open(folder, as_of=DAYS[3]).confirmations) == 1
    assert wb.open(folder, as_of=DAYS[3]).claims["source"].tolist() == ["s1"]  # the earlier of the two


def test_a_derived_claim_is_known_with_the_last_it_is_computed_from(tmp_path: Path) -> None:
    claims = [
        claim("whole", "9", None, grade="derived", formula="half + (b + 1)"),
        claim("half", "4", None, grade="derived", formula="a / 2"),
        claim("a", "8", 2),
        claim("b", "4", 1),
        claim("other", "3", 0, grade="derived", formula="b - 1"),  # the 1 is from s0
    ]
    folder = dossier(tmp_path, claims)
    assert known(folder, DAYS[0]) == []
    assert known(folder, DAYS[1]) == ["b", "other"]
    assert set(known(folder, DAYS[2])) == {"whole", "half", "a", "b", "other"}
    shown = wb.open(folder).claims.set_index("id")["source"]
    assert dict(shown) == {"whole": "s2", "half": "s2", "a": "s2", "b": "s1", "other": "s0"}


def test_the_day_a_claim_is_known_is_the_first_view_that_has_it(tmp_path: Path) -> None:
    claims = [
        claim("late", "8", 3),
        claim("half", "4", None, grade="derived", formula="late / 2"),
        claim("ratio", "2", 2, grade="derived", formula="late / 4"),  # the 4 is from s2
    ]
    confirmed = [{"claim": "late", "source": source, "says": "same"} for source in ("s1", "s2")]
    folder = dossier(tmp_path, claims, confirmations=confirmed)
    known = wb.open(folder).known
    assert known["day"].dt.strftime("%Y-%m-%d").to_dict() == {
        "late": DAYS[1],
        "half": DAYS[1],
        "ratio": DAYS[2],
    }
    assert known["source"].to_dict() == {"late": "s1", "half": "s1", "ratio": "s2"}
    standing = wb.evidence.standing(wb.open(folder), list(known.index)).set_index("claim")["known"]
    for name, day in known["day"].items():
        assert standing[name] == day
        assert name in set(wb.open(folder, as_of=day).claims["id"])
        assert name not in set(wb.open(folder, as_of=day - pd.Timedelta(days=1)).claims["id"])


def test_a_revision_counts_from_the_day_it_was_known(tmp_path: Path) -> None:
    folder = dossier(tmp_path, [claim("first", "7", 0), claim("second", "8", 2, replaces="first")])
    for day, standing in ((DAYS[1], ["first"]), (DAYS[2], ["second"])):
        assert wb.open(folder, as_of=day).metrics["claim"].tolist() == standing
    assert known(folder, DAYS[2]) == ["first", "second"]  # the older can still be read


def test_a_recast_figure_is_not_known_before_its_recast(tmp_path: Path) -> None:
    claims = [claim("printed", "7", 0), claim("recast", "8", 3, basis="recast")]
    folder = dossier(tmp_path, claims)
    assert wb.open(folder, as_of=DAYS[2]).metrics["basis"].tolist() == ["as_reported"]
    assert wb.open(folder).metrics["basis"].tolist() == ["as_reported", "recast"]


@pytest.mark.parametrize(
    ("standing", "left"), [("open", ["a", "b"]), ("resolved_for", ["a"]), ("resolved_against", ["b"])]
)
def test_the_losing_side_of_a_settled_dispute_is_no_datum(
    tmp_path: Path, standing: str, left: list[str]
) -> None:
    clash = {"id": "d", "claim": "a", "against": "b", "why": "Two figures.", "standing": standing}
    clash["settled_by"] = "" if standing == "open" else "settles"
    claims = [
        claim("a", "7", 0),
        claim("b", "8", 0),
        claim("settles", "1", 2, metric="", value="", unit="", bound=""),
    ]
    folder = dossier(tmp_path, claims, disputes=[clash])
    assert wb.open(folder).metrics["claim"].tolist() == left
    assert wb.open(folder, as_of=DAYS[1]).metrics["claim"].tolist() == ["a", "b"]


def test_what_is_no_series_of_a_period_is_no_metric(tmp_path: Path) -> None:
    claims = [
        claim("datum", "7", 0),
        claim("guided", "7", 0, grade="guidance"),
        claim("no-period", "7", 0, period_end="", period_start=""),
        claim("no-series", "7", 0, metric="rank"),
        claim("opinion", "7", 0, grade="opinion"),
    ]
    series = [{"id": "revenue", "name": "revenue", "unit": "money"}]
    metrics = wb.open(dossier(tmp_path, claims, series=series)).metrics
    assert dict(zip(metrics["claim"], metrics["kind"], strict=True)) == {
        "datum": "actual",
        "guided": "guidance",
    }


# The bundled dossier ------------------------------------------------------------------------------


@cache
def seen_on(day: str) -> wb.Dossier:
    return wb.open(as_of=day)


@given(
    st.lists(
        st.dates(pd.Timestamp("2023-06-01").date(), pd.Timestamp("2026-11-30").date()), min_size=2, max_size=2
    )
)
@settings(max_examples=12)
def test_a_later_view_knows_all_that_an_earlier_one_knew(days: list[Any]) -> None:
    earlier, later = (seen_on(day.isoformat()) for day in sorted(days))
    for name in earlier.tables:
        key = "claim" if name in ("metrics", "prices", "rankings", "comparables") else "id"
        if name in ("metrics", "confirmations"):  # a figure may be revised or lose its dispute
            continue
        assert set(getattr(earlier, name)[key]) <= set(getattr(later, name)[key]), name


@given(st.dates(pd.Timestamp("2023-06-01").date(), pd.Timestamp("2026-11-30").date()))
@settings(max_examples=12)
def test_no_row_stands_without_its_claim_and_no_claim_without_its_document(day: Any) -> None:
    view = seen_on(day.isoformat())
    claims, sources = view.claims.set_index("id"), view.sources.set_index("id")
    assert (sources["published"] <= pd.Timestamp(day)).all()
    assert claims["source"].isin(sources.index).all()
    for name in view.tables:
        table = getattr(view, name)
        for column in {"claim", "against", "settled_by", "ended_by", "replaces"} & set(table):
            assert table[column].dropna().isin(claims.index).all(), (name, column)
    for formula in claims["formula"].dropna():
        assert set(inputs(formula)) <= set(claims.index)


def test_nothing_recast_stands_before_the_day_it_was_recast(book: wb.Dossier) -> None:
    published = book.sources.set_index("id")["published"]
    recast = book.metrics[book.metrics["basis"] == "recast"]
    days = recast["claim"].map(book.claims.set_index("id")["source"]).map(published)
    assert len(recast) > 5
    first = days.min()
    assert not (wb.open(as_of=first - pd.Timedelta(days=1)).metrics["basis"] == "recast").any()
