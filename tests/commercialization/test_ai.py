"""Share and streak of AI revenue."""

from pathlib import Path

import pandas as pd
import pytest

import workbook as wb
from tests.commercialization.made import company, marks, quarter
from workbook import commercialization as c

# The AI part --------------------------------------------------------------------------------------


def test_shares_of_another_total_are_left_out(book: wb.Dossier) -> None:
    points = marks(c.share_chart(book).to_dict(), "point")[0]
    drawn = {(row["value"], row["bound"], row["what"]) for row in points["rows"]}
    # 35% of external revenue was said on the call of August 2026; 25.55% is of the segment and stays out.
    assert drawn == {
        (20, "at_least", "actual"),
        (30, "exact", "actual"),
        (35, "exact", "actual"),
        (50, "at_least", "guidance"),
    }
    assert points["encoding"]["y"]["title"] == "AI share of external cloud revenue, %"


def test_streak_by_hand(book: wb.Dossier) -> None:
    # Twelve quarters to June 2026: June 2026 is at least 2 x June 2025 is at least 2 x June 2024, the fourth
    # of the streak, which is at least 2 x June 2023. So 8; and 12,376 / 8 = 1,547.
    table = c.streak(book)
    assert len(table) == 12
    last, first = table.iloc[-1], table.iloc[0]
    assert (last["multiple_at_least"], last["base_period_end"]) == (8, pd.Timestamp("2023-06-30"))
    assert last["base_at_most"] == 1547
    assert (first["period_end"], first["multiple_at_least"]) == (pd.Timestamp("2023-09-30"), 2)
    # Every count that was printed agrees with the latest one counted back.
    printed = table.dropna(subset=["counted"])
    assert (printed["counted"] == printed["quarter"]).all()
    assert len(printed) == 8


@pytest.mark.parametrize("quarters", [1, 3, 4, 5, 8, 9])
def test_the_floor_is_met_by_revenue_that_just_doubles(tmp_path: Path, quarters: int) -> None:
    end = pd.Timestamp("2031-12-31")
    rows = [quarter("ai_triple_digit_streak", "2031-12-31", str(quarters), unit="quarters")]
    table = c.streak(company(tmp_path, metrics=rows))
    # The least revenue there can be: 1 before the streak and twice the year before within it.
    revenue = {}
    for k in range(-40, 1):
        within = k > -quarters
        revenue[end + pd.offsets.MonthEnd(3 * k) if k else end] = (
            2 * revenue[end + pd.offsets.MonthEnd(3 * (k - 4))] if within else 1.0
        )
    for row in table.itertuples():
        assert revenue[row.period_end] / revenue[row.base_period_end] == row.multiple_at_least


def test_a_streak_is_drawn_as_a_floor(book: wb.Dossier) -> None:
    spec = c.streak_chart(book).to_dict()
    points = marks(spec, "point")[0]
    assert {row["bound"] for row in points["rows"]} == {"at_least"}
    assert "at least 8 times" in " ".join(spec["title"]["text"])
    assert "at most RMB 1.55 bn" in " ".join(spec["title"]["subtitle"])


def test_a_ceiling_is_rounded_up(tmp_path: Path) -> None:
    rows = [
        quarter("ai_triple_digit_streak", "2031-12-31", "12", unit="quarters"),
        quarter("ai_product_revenue", "2031-12-31", "1001"),
    ]
    spec = c.streak_chart(company(tmp_path, metrics=rows)).to_dict()
    assert "at most USD 125.13 m" in " ".join(spec["title"]["subtitle"])  # 125.125: "125.12" would be false
