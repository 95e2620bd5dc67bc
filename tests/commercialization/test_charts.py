"""What holds for every chart of the theme."""

import json
from pathlib import Path
from typing import Any

import altair as alt
import pytest

import workbook as wb
from tests.commercialization.made import CHARTS, company, layers, level, marks, quarter
from workbook import commercialization as c


@pytest.mark.parametrize(
    ("chart", "scope"),
    [
        (c.revenue_chart, "Alibaba Cloud"),
        (c.growth_chart, "Alibaba Cloud"),
        (c.share_chart, "Alibaba Cloud"),
        (c.streak_chart, "Alibaba Cloud"),
        (c.arr_chart, "Bailian MaaS and AI applications"),
        (c.tokens_chart, "Bailian MaaS and AI applications"),
        (c.whatif_chart, "Bailian MaaS and AI applications"),
        (wb.strategy.capex_chart, "Alibaba Group"),
    ],
)
def test_a_title_names_whose_figure_it_is(book: wb.Dossier, chart: Any, scope: str) -> None:
    assert scope in " ".join(chart(book).to_dict()["title"]["text"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_mark_that_a_footer_explains_is_drawn(book: wb.Dossier, lang: Any) -> None:
    for draw in CHARTS:
        spec = draw(book, lang=lang).to_dict()
        footer = " ".join(spec["layer"][-1]["mark"]["text"])
        drawn = any("†" in json.dumps(rows, ensure_ascii=False) for rows in spec["datasets"].values())
        assert drawn == ("†" in footer), draw.__name__


# All of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("chart", CHARTS)
def test_every_chart_says_what_it_shows_and_where_it_is_from(book: wb.Dossier, chart: Any, lang: str) -> None:
    spec = chart(book, lang=lang).to_dict()
    assert spec["title"]["text"]
    assert len(spec["description"].encode()) > 30  # a Chinese character says more than a letter
    footer = " ".join(layers(spec)[-1]["mark"]["text"])
    assert footer.startswith("Sources: " if lang == "en" else "来源：")
    if lang == "zh":
        assert any("\u4e00" <= character <= "\u9fff" for character in "".join(spec["title"]["text"]))
    assert chart(book, lang=lang, title="Mine").to_dict()["title"]["text"] == ["Mine"]


@pytest.mark.parametrize("chart", CHARTS)
def test_an_empty_dossier_says_what_is_missing(tmp_path: Path, chart: Any) -> None:
    claims = [
        [
            "nothing",
            "commercialization",
            "Nimbus said nothing.",
            "reported",
            "nimbus",
            "",
            "2031-01-01",
            "day",
            "Nimbus",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ]
    ]
    with pytest.raises(ValueError, match=r"no figure of the role \w+ in .*as_of"):
        chart(company(tmp_path, claims=claims))


@pytest.mark.parametrize("chart", CHARTS)
def test_another_company(tmp_path: Path, chart: Any) -> None:
    rows = [
        quarter("cloud_revenue", end, value) for end, value in (("2031-03-31", "100"), ("2031-06-30", "130"))
    ]
    rows += [
        quarter("cloud_revenue_growth", "2031-06-30", "30", unit="%"),
        quarter("ai_share_of_external_revenue", "2031-06-30", "12", unit="%"),
        quarter("cloud_adjusted_ebita", "2031-06-30", "-26"),
    ]
    rows += [quarter("ai_triple_digit_streak", "2031-06-30", "2", unit="quarters")]
    rows += [level("2031-06-30", "2"), level("2031-12-31", "3", kind="guidance")]
    prices = [
        [
            f"price-{side}",
            "Cirrus",
            "Nimbus",
            side,
            "all",
            "international",
            "2031-06-30",
            "1",
            "USD per 1M tokens",
            "true",
        ]
        for side in ("input", "output")
    ]
    claims = [
        [
            f"price-{side}",
            "models",
            f"Cirrus lists {side} at 1.",
            "press",
            "nimbus",
            "",
            "2031-06-30",
            "day",
            "Cirrus",
            f"{side}_price",
            "1",
            "exact",
            "USD per 1M tokens",
            "",
            "2031-06-30",
            "",
            "",
        ]
        for side in ("input", "output")
    ]
    shares = [
        [name, "0.5", "0", "0.9", "share", "A guess."]
        for name in ("output-share", "token-share", "apps-share", "correlation")
    ]
    text = json.dumps(
        chart(company(tmp_path, metrics=rows, prices=prices, claims=claims, assumptions=shares)).to_dict()
    )
    assert "Nimbus plc" in text
    assert not [word for word in ("Alibaba", "RMB", "Bailian", "Qwen", "2026") if word in text]


def test_charts_go_on_being_edited(book: wb.Dossier) -> None:
    chart = c.arr_chart(book)
    assert isinstance(chart, alt.LayerChart)
    assert chart.properties(width=300).to_dict()["width"] == 300


def test_other_names_of_the_bundle_are_not_in_the_code() -> None:
    folder = Path(c.__file__).parent
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    code = "\n".join(line for line in text.splitlines() if ">>>" not in line)
    assert not [word for word in ("Alibaba", "Bailian", "Qwen", "Token Foundry") if word in code]


def test_the_made_up_company_of_the_other_tests(other: wb.Dossier) -> None:
    spec = c.arr_chart(other, lang="en").to_dict()
    assert {row["arr"] for row in marks(spec, "point")[0]["rows"]} == {2, 5}
