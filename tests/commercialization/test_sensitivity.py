"""The tornado, by hand."""

import math
import re
from pathlib import Path

import pytest

import workbook as wb
from tests.commercialization.made import company, level, marks
from workbook import commercialization as c

# Sensitivity --------------------------------------------------------------------------------------


def test_the_tornado_by_hand(tmp_path: Path) -> None:
    # The target stays the guided 3 bn. A plan without applications and with one volatility that ends on 3.6 bn
    # meets it with chance Phi(ln(3.6 / 3) / (0.1 x sqrt 6)).
    from scipy.stats import norm

    rows = [level("2031-06-30", "2", kind="guidance"), level("2031-12-31", "3", kind="guidance")]
    assumptions = [
        ["end-arr", "3", "2.4", "3.6", "USD bn", "A guess."],
        ["apps-share", "0", "0", "0.1", "share", "None."],
        ["volatility-services", "10", "5", "20", "%", "A guess."],
        ["churn", "0.02", "0", "0.1", "per month", "Moves no chance."],
        ["ceiling", "9", "8", "10", "USD bn", "Not for this shape."],
    ]
    table = c.sensitivity(company(tmp_path, metrics=rows, assumptions=assumptions)).set_index("input")
    assert "churn" not in table.index
    assert "ceiling" not in table.index
    assert table.loc["end_arr", "at_high"] == pytest.approx(norm.cdf(math.log(3.6 / 3) / (0.1 * 6**0.5)))
    assert table.loc["end_arr", "at_low"] == pytest.approx(norm.cdf(math.log(2.4 / 3) / (0.1 * 6**0.5)))
    assert table.index[0] == "end_arr"


@pytest.mark.parametrize("figure", ["p_target", "gross_new_arr"])
def test_what_is_written_at_a_bar_has_room(book: wb.Dossier, figure: str) -> None:
    bars = marks(c.tornado_chart(book, figure=figure).to_dict(), "bar")[0]
    longest = max(len(row["tried"]) for row in bars["rows"])
    # A letter of this size is nearly 6 pixels wide, and 5 are between the bar and the text.
    assert bars["encoding"]["x"]["scale"]["padding"] >= 5 + 6 * longest


def test_the_tornado_reaches_both_ends(book: wb.Dossier) -> None:
    table = c.sensitivity(book, figure="gross_new_arr").set_index("input")
    low = book.assumptions.set_index("id").loc["churn", "low"]
    guided, _ = c.guidance(book)
    assert table.loc["churn", "at_low"] == guided.replace(churn=low).figures()["gross_new_arr"]
    bars = marks(c.tornado_chart(book, figure="gross_new_arr").to_dict(), "bar")[0]
    assert bars["encoding"]["x"]["title"] == "gross new ARR, RMB bn"
    assert bars["encoding"]["y"]["sort"][0] == "ARR the plan ends on"
    with pytest.raises(ValueError, match="figure is 'cmrg'"):
        c.sensitivity(book, figure="cmrg")


@pytest.mark.parametrize("figure", ["p_target", "gross_new_arr", "recognised_revenue"])
def test_every_bar_of_the_tornado_has_its_unit(book: wb.Dossier, figure: str) -> None:
    table = c.sensitivity(book, figure=figure).set_index("input")
    for lang, money in {"en": r"RMB [\d.]+ bn", "zh": r"[\d,.]+亿元"}.items():
        spec = c.tornado_chart(book, figure=figure, lang=lang).to_dict()
        tried = {row["tried"] for layer in marks(spec, "bar") for row in layer["rows"]}
        percent = {text for text in tried if re.fullmatch(r"[\d.]+%", text)}
        amounts = {text for text in tried if re.fullmatch(money, text)}
        bare = {text for text in tried if re.fullmatch(r"-?[\d.]+", text)}
        assert percent | amounts | bare == tried
        # A correlation has no unit; nothing else is bare.
        assert bool(bare) == ("correlation" in table.index)
        ends = {"en": {"RMB 10 bn", "RMB 60 bn"}, "zh": {"100亿元", "600亿元"}}[lang]
        assert ends <= amounts or "end_arr" not in table.index
