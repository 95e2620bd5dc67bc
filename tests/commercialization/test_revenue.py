"""Revenue by quarter: hand-counted figures, breaks as breaks."""

from pathlib import Path

import pandas as pd
import pytest

import workbook as wb
from tests.commercialization.made import company, marks, quarter
from workbook import commercialization as c

# Cloud revenue ------------------------------------------------------------------------------------


def test_revenue_by_hand(book: wb.Dossier) -> None:
    # Read off data/claims.csv: what each document prints.
    table = c.by_quarter(book, "revenue", "growth")
    old = table[table["side"] == "as reported"].set_index("period_end")["revenue"]
    assert old["2024-09-30"] == 29610
    assert old["2026-03-31"] == 41626
    # The fiscal year 2024 printed 106,374 in all, without DingTalk: the June 2023 quarter, first printed with
    # it, was 25,065 on that scope, and 25,065 + 27,648 + 28,066 + 25,595 = 106,374.
    assert old["2023-06-30":"2024-03-31"].to_list() == [25065, 27648, 28066, 25595]
    first = c.by_quarter(wb.open(as_of="2023-11-15"), "revenue", "growth")  # the day before it was restated
    assert first["revenue"].tolist() == [25120]
    # The fiscal year 2025 printed 118,028 in all, the fiscal year 2026 158,132.
    assert old["2024-06-30":"2025-03-31"].sum() == 118028
    assert old["2025-06-30":"2026-03-31"].sum() == 158132
    new = table[table["side"] == "recast"].set_index("period_end")["revenue"].dropna()
    assert new.to_dict() == {pd.Timestamp("2025-06-30"): 33418, pd.Timestamp("2026-06-30"): 48437}
    # Both prints agree with the growth the company gave for the new segment.
    assert round(100 * (48437 / 33418 - 1)) == 45
    assert table.attrs["units"]["revenue"] == "RMB m"


def test_every_derived_quarter_is_marked(tmp_path: Path) -> None:
    # A dossier of its own: the bundled one has every quarter as printed since the release days were found.
    rows = [
        quarter("cloud_revenue", "2031-03-31", "100"),
        quarter("cloud_revenue", "2031-06-30", "110", "derived"),
        quarter("cloud_revenue", "2031-09-30", "120", "derived"),
    ]
    bars = marks(c.revenue_chart(company(tmp_path, metrics=rows)).to_dict(), "bar")[0]["rows"]
    assert {row["slot"] for row in bars if row["what"] == "computed by us"} == {"2031-06-30", "2031-09-30"}


@pytest.mark.parametrize(
    ("value", "bound", "en", "zh"),
    [
        ("15999.6", "at_least", "15.9", "159"),  # 15.9996 is rounded once, to the label's place
        ("16000.4", "at_most", "16.1", "161"),
        ("0.6", "exact", "0.0006", "0.006"),  # a small amount keeps its figures
    ],
)
def test_a_quarters_label_still_holds(tmp_path: Path, value: str, bound: str, en: str, zh: str) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", value, bound=bound)]
    book = company(tmp_path, metrics=rows)
    for lang, written in (("en", en), ("zh", zh)):
        (row,) = marks(c.revenue_chart(book, lang=lang).to_dict(), "bar")[0]["rows"]  # type: ignore[arg-type]
        assert row["written"] == written


@pytest.mark.parametrize(
    ("value", "bound", "en", "zh"),
    [
        ("3.96", "at_least", "up at least 3.96% on the year", "同比增长不低于3.96%"),
        ("-3.96", "exact", "down 3.96% on the year", "同比下降3.96%"),
        ("-3.9666", "at_most", "down at least 3.966% on the year", "同比下降不低于3.966%"),
        ("-3.9664", "at_least", "down at most 3.967% on the year", "同比下降不超过3.967%"),
    ],
)
def test_a_fall_is_told_by_its_sign(tmp_path: Path, value: str, bound: str, en: str, zh: str) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "900")]
    rows.append(quarter("cloud_revenue_growth", "2031-03-31", value, bound=bound, unit="%"))
    book = company(tmp_path, metrics=rows)
    assert en in " ".join(c.revenue_chart(book).to_dict()["title"]["text"])
    assert zh in "".join(c.revenue_chart(book, lang="zh").to_dict()["title"]["text"])


def test_the_break_is_a_place_of_its_own(book: wb.Dossier) -> None:
    spec = c.revenue_chart(book).to_dict()
    places = marks(spec, "bar")[0]["encoding"]["x"]["scale"]["domain"]
    before, after = places[: places.index("break")], places[places.index("break") + 1 :]
    assert before == sorted(before)
    assert after == [
        "2025-06-30 recast",
        "2025-09-30 recast",
        "2025-12-31 recast",
        "2026-03-31 recast",
        "2026-06-30 recast",
    ]
    assert [row["slot"] for row in marks(spec, "rule")[0]["rows"]] == ["break"]
    kinds = {row["slot"]: row["what"] for row in marks(spec, "bar")[0]["rows"]}
    assert kinds["2025-06-30"] == "as reported"
    assert kinds["2025-06-30 recast"] == "year before, on the new basis"
    assert kinds["2026-06-30 recast"] == "new basis"


def test_a_quarter_without_a_figure_is_an_empty_place(tmp_path: Path) -> None:
    rows = [quarter("cloud_revenue", "2031-03-31", "100"), quarter("cloud_revenue", "2031-12-31", "160")]
    book = company(tmp_path, metrics=rows)
    table = c.by_quarter(book, "revenue", "growth")
    assert table["period_end"].dt.strftime("%Y-%m-%d").tolist() == [
        "2031-03-31",
        "2031-06-30",
        "2031-09-30",
        "2031-12-31",
    ]
    assert table["revenue"].isna().tolist() == [False, True, True, False]
    spec = c.revenue_chart(book).to_dict()
    gaps = [layer for layer in marks(spec, "text") if layer["mark"].get("text") == "not found"]
    assert [row["slot"] for row in gaps[0]["rows"]] == ["2031-06-30", "2031-09-30"]
    assert not marks(spec, "rule")  # one basis, no break


def test_a_year_is_no_quarter(tmp_path: Path) -> None:
    year = [
        "year",
        "Nimbus Cloud",
        "cloud_revenue",
        "actual",
        "400",
        "exact",
        "USD m",
        "2031-01-01",
        "2031-12-31",
        "as_reported",
    ]
    with pytest.raises(ValueError, match="no figure of the role revenue is for a quarter"):
        c.by_quarter(company(tmp_path, metrics=[year]), "revenue", "growth")


def test_the_first_exact_print_counts(tmp_path: Path) -> None:
    rows = [
        quarter("cloud_revenue", "2031-03-31", "101", name="rounded", bound="about"),
        quarter("cloud_revenue", "2031-03-31", "100.4", name="printed"),
        quarter("cloud_revenue", "2031-03-31", "99", "derived", name="computed"),
    ]
    assert c.by_quarter(company(tmp_path, metrics=rows), "revenue", "growth")["revenue_claim"].tolist() == [
        "printed"
    ]


def test_two_units_are_no_series(tmp_path: Path) -> None:
    rows = [
        quarter("cloud_revenue", "2031-03-31", "100"),
        quarter("cloud_revenue", "2031-06-30", "1", unit="USD bn"),
    ]
    with pytest.raises(ValueError, match="USD bn and in USD m"):
        c.by_quarter(company(tmp_path, metrics=rows), "revenue", "growth")
