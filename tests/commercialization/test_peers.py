"""A peer is never the company."""

from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.commercialization.made import CHARTS, company, level, quarter
from tests.conftest import with_rows
from workbook import commercialization as c

# Whose figure it is -------------------------------------------------------------------------------

PEER = {
    "cloud_revenue": ("61000", "exact", "RMB m", "actual"),
    "cloud_revenue_growth": ("3", "exact", "%", "actual"),
    "cloud_external_revenue_growth": ("2", "exact", "%", "actual"),
    "ai_share_of_external_revenue": ("77", "exact", "%", "actual"),
    "ai_triple_digit_streak": ("25", "exact", "quarters", "actual"),
    "ai_product_revenue": ("1", "exact", "RMB m", "actual"),
    "group_capex": ("900", "exact", "USD bn", "actual"),
    "capex_plan": ("9000", "at_most", "USD bn", "guidance"),
}


def peer_rows(subject: str) -> dict[str, list[dict[str, str]]]:
    """Rows of another subject under every metric the charts read, for the latest quarter and year-end."""
    figures = [(*each, name, "2026-04-01", "2026-06-30") for name, each in PEER.items()]
    figures += [("99", "exact", "RMB bn", kind, "arr", "", end) for kind, end in (
        ("actual", "2026-09-15"), ("guidance", "2026-12-31"), ("guidance", "2027-12-31")
    )]  # fmt: skip
    tables: dict[str, list[dict[str, str]]] = {"sources": [], "claims": []}
    tables["sources"].append(
        {"id": "peer-results", "publisher": "Peer", "url": "https://example.com/peer", "published": "2026-10-01",
         "dated": "printed", "language": "en", "kind": "release", "seen": "page"}
    )  # fmt: skip
    for number, (value, bound, unit, kind, metric, start, end) in enumerate(figures):
        figure = {"subject": subject, "metric": metric, "value": value, "bound": bound, "unit": unit,
                  "period_start": start, "period_end": end}  # fmt: skip
        grade = "guidance" if kind == "guidance" else "reported"
        claim = {"id": f"peer-{number}", "theme": "commercialization", "statement": f"A peer's figure {number}.",
                 "grade": grade, "source": "peer-results"}  # fmt: skip
        tables["claims"].append(figure | claim | {"basis": "recast" if start else "as_reported"})
    return tables


@pytest.mark.parametrize("chart", [*CHARTS, wb.strategy.capex_chart])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_peer_is_never_the_company(tmp_path: Path, book: wb.Dossier, chart: Any, lang: str) -> None:
    peered = wb.open(with_rows(tmp_path / "peered", peer_rows("Peer Cloud")))
    assert len(peered.metrics) == len(book.metrics) + 11
    assert chart(peered, lang=lang).to_dict() == chart(book, lang=lang).to_dict()


def test_growth_of_another_part_is_not_written_beside_revenue(tmp_path: Path) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "100"), quarter("cloud_revenue_growth", "2031-03-31", "7")]
    rows[1][1], rows[1][6] = "Nimbus", "%"
    with pytest.raises(
        ValueError, match=r"for Nimbus \(.*\) and for Nimbus Cloud \(.*one series needs one subject"
    ):
        c.revenue_chart(company(tmp_path, metrics=rows))


def test_one_product_does_not_start_from_the_run_rate_of_another(tmp_path: Path) -> None:
    rows = [level("2031-06-30", "50", subject="Nimbus Cloud"), level("2031-12-31", "3", kind="guidance")]
    with pytest.raises(
        ValueError, match=r"one target of the run rate \(Nimbus\) and no earlier level of the same"
    ):
        c.guidance(company(tmp_path / "one", metrics=rows))
    rows.append(level("2031-05-31", "2"))
    book = company(tmp_path / "two", metrics=rows)
    assert c.guidance(book)[0].start_arr == 2
    title = str(c.arr_chart(book).to_dict()["title"]["text"])
    assert "ARR of Nimbus was at least USD 2 bn" in " ".join(c.arr_chart(book).to_dict()["title"]["text"]), (
        title
    )
    rows.append([*level("2032-06-30", "9", kind="guidance", subject="Nimbus Cloud")])
    with pytest.raises(ValueError, match=r"the run rate is given for Nimbus .* and for Nimbus Cloud"):
        c.guidance(company(tmp_path / "three", metrics=rows))


def test_subjects_that_are_not_the_dossiers_are_listed(tmp_path: Path) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "100"), quarter("cloud_revenue", "2031-06-30", "160")]
    rows[0][1], rows[1][1] = "Rain", "Snow"
    with pytest.raises(ValueError, match=r"given for Rain and for Snow .* in datapackage\.json"):
        c.by_quarter(company(tmp_path, metrics=rows), "revenue", "growth")
