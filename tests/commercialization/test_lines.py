"""Growth and margin: lines that stop where figures do."""

from pathlib import Path

import pytest

import workbook as wb
from tests.commercialization.made import company, marks, quarter
from workbook import commercialization as c


def test_growth_lines_stop_at_gaps_and_at_the_break(tmp_path: Path) -> None:
    ends = ["2030-12-31", "2031-03-31", "2031-09-30"]
    rows = [quarter("cloud_revenue", "2030-12-31", "90")]
    rows += [quarter("cloud_revenue_growth", end, "9", unit="%") for end in ends]
    rows += [quarter("cloud_revenue_growth", "2031-12-31", "12", "recast", unit="%")]
    spec = c.growth_chart(company(tmp_path, metrics=rows)).to_dict()
    line = marks(spec, "line")[0]
    assert line["encoding"]["detail"]["field"] == "piece"
    pieces = [row["piece"] for row in line["rows"]]
    assert pieces[0] == pieces[1]
    assert len(set(pieces)) == 3


def test_growth_bounds_are_drawn_as_bounds(book: wb.Dossier) -> None:
    spec = c.growth_chart(book).to_dict()
    points = marks(spec, "point")[0]
    floors = [row for row in points["rows"] if row["bound"] == "at_least"]
    assert {(row["slot"], row["value"]) for row in floors} == {("2024-12-31", 11)}
    shapes = dict(
        zip(
            points["encoding"]["shape"]["scale"]["domain"],
            points["encoding"]["shape"]["scale"]["range"],
            strict=True,
        )
    )
    assert "L0,-2.4" in shapes["at_least"]  # Vega's y goes down: the arrow points up
    assert shapes["exact"] == "circle"


def test_a_margin_is_as_given_or_profit_over_revenue(tmp_path: Path) -> None:
    ends = ("2031-03-31", "2031-06-30", "2031-09-30", "2031-12-31")
    rows = [quarter("cloud_revenue", end, "200") for end in ends]
    rows += [
        quarter("cloud_adjusted_ebita", end, value)
        for end, value in zip(ends, ("10", "-25", "30", "40"), strict=True)
    ]
    rows[6][5] = "about"  # a profit that is not exact makes no margin
    rows += [quarter("cloud_adjusted_ebita_margin", "2031-12-31", "21", unit="%")]
    spec = c.margin_chart(company(tmp_path, metrics=rows)).to_dict()
    points = marks(spec, "point")[0]
    # 10 / 200 = 5%, -25 / 200 = -12.5%, and the company's own 21% goes before 40 / 200.
    drawn = [(row["value"], row["what"], row["piece"]) for row in points["rows"]]
    assert sorted(drawn) == [
        (-12.5, "computed by us", "as reported0"),
        (5, "computed by us", "as reported0"),
        (21, "as reported", "as reported1"),
    ]
    assert "rose from 5% in Mar 2031 to 21% in Dec 2031" in " ".join(spec["title"]["text"])


def test_margins_of_two_bases_are_not_set_against_one_another(tmp_path: Path) -> None:
    rows = [
        quarter("cloud_adjusted_ebita_margin", end, "5", unit="%") for end in ("2031-03-31", "2031-06-30")
    ]
    rows += [quarter("cloud_adjusted_ebita_margin", "2031-09-30", "9", "recast", unit="%")]
    title = " ".join(c.margin_chart(company(tmp_path, metrics=rows)).to_dict()["title"]["text"])
    assert title.endswith("was 9% in the quarter to Sep 2031, on a new basis")


def test_one_role_is_played_by_one_series(tmp_path: Path) -> None:
    rows = [quarter("lamps", "2031-03-31", "100"), quarter("bulbs", "2031-03-31", "90")]
    series = [{"id": name, "name": name, "unit": "money", "role": "revenue"} for name in ("lamps", "bulbs")]
    with pytest.raises(ValueError, match="bulbs and lamps both have the role revenue"):
        c.revenue_chart(company(tmp_path, metrics=rows, series=series))
