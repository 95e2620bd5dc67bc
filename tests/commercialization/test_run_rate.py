"""Run-rate points are bounds; targets look different."""

import math
from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.commercialization.made import company, level, marks
from workbook import commercialization as c
from workbook.arr import Scenario


def test_run_rate_points_are_bounds_and_targets_look_different(book: wb.Dossier) -> None:
    spec = c.arr_chart(book).to_dict()
    points = marks(spec, "point")[0]
    assert {(row["arr"], row["bound"], row["what"]) for row in points["rows"]} == {
        (8, "at_least", "observed"), (10, "at_least", "guidance"), (16, "at_least", "observed"), (30, "at_least", "guidance"),
    }  # fmt: skip
    scale = points["encoding"]["color"]["scale"]
    colors = dict(zip(scale["domain"], scale["range"], strict=True))
    assert colors == {"observed": wb.style.COLORS["actual"], "guidance": wb.style.COLORS["guidance"]}
    # August's figure has the scope of May's and of the targets, in the words of the call; no mark names one.
    assert all("scope" not in row["label"] for row in points["rows"])


def test_a_figure_of_a_part_says_of_which(tmp_path: Path) -> None:
    rows = [
        level("2031-06-30", "10", kind="guidance"),
        level("2031-12-31", "30", kind="guidance"),
        level("2031-08-31", "16", subject="Nimbus Cloud"),
    ]
    points = marks(c.arr_chart(company(tmp_path, metrics=rows)).to_dict(), "point")[0]
    labels = {row["arr"]: row["label"] for row in points["rows"]}
    assert "scope: Nimbus Cloud" in labels[16]
    assert all("scope" not in labels[value] for value in (10, 30))


def test_the_title_gives_the_growth_still_needed(book: wb.Dossier) -> None:
    needed = 100 * ((30 / 16) ** (1 / (4 + 11 / 31)) - 1)
    title = " ".join(c.arr_chart(book).to_dict()["title"]["text"])
    # A ceiling: rounded up.
    assert f"at most {math.ceil(10 * needed) / 10}% growth a month" in title


def test_a_target_that_is_reached_needs_no_growth(tmp_path: Path) -> None:
    rows = [level("2031-03-31", "31"), level("2031-12-31", "29.96", kind="guidance")]
    book = company(tmp_path, metrics=rows)
    said = " ".join(c.arr_chart(book).to_dict()["title"]["text"])
    # The target is a floor: 29.96 is not written 30.
    assert said.endswith(
        "was at least USD 31 bn on 31 Mar 2031: the target of USD 29.9 bn by Dec 2031 is reached"
    )
    tiny = [level("2031-03-31", "0.0002"), level("2031-12-31", "0.0003", kind="guidance")]
    axis = marks(c.arr_chart(company(tmp_path / "tiny", metrics=tiny)).to_dict(), "point")[0]["encoding"]["y"]
    assert axis["scale"]["domain"] == [0, pytest.approx(1.35 * 0.0003)]
    assert "已达到2031年12月的目标299.6亿美元" in "".join(
        c.arr_chart(book, lang="zh").to_dict()["title"]["text"]
    )


@pytest.mark.parametrize("chart", [c.arr_chart, c.whatif_chart])
def test_chinese_figures_of_the_points_are_chinese(book: wb.Dossier, chart: Any) -> None:
    spec = chart(book, lang="zh").to_dict()
    figures = {row["figure"] for rows in spec["datasets"].values() for row in rows if "figure" in row}
    assert "不低于160亿元" in figures
    assert not [figure for figure in figures if "RMB" in figure]


def test_scenarios_are_drawn_over_the_points(book: wb.Dossier) -> None:
    scenario, _ = c.guidance(book)
    low = scenario.replace(end_arr=25)
    spec = c.arr_chart(book, {"slower": low}).to_dict()
    line = [layer for layer in marks(spec, "line") if layer["rows"][0].get("what") == "slower"]
    assert [row["arr"] for row in line[0]["rows"]] == low.path()["arr"].round(6).tolist()
    dollars = Scenario(start="2026-06-30", end="2026-12-31", start_arr=1, end_arr=3, currency="USD")
    with pytest.raises(ValueError, match="slower is in USD"):
        c.arr_chart(book, {"slower": dollars})


def test_two_currencies_are_no_run_rate(tmp_path: Path) -> None:
    rows = [level("2031-06-30", "2"), level("2031-12-31", "3", unit="RMB bn")]
    with pytest.raises(ValueError, match="RMB and in USD"):
        c.arr_points(company(tmp_path, metrics=rows))


def test_millions_are_billions(tmp_path: Path) -> None:
    assert c.arr_points(company(tmp_path, metrics=[level("2031-06-30", "2500", unit="USD m")]))[
        "value"
    ].tolist() == [2.5]
