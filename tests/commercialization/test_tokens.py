"""Tokens a day, from prices."""

from pathlib import Path

import pytest

import workbook as wb
from tests.commercialization.made import marks, priced
from workbook import commercialization as c


def test_small_amounts_keep_their_figures(tmp_path: Path) -> None:
    """0.0003 bn buys 0.0003e9 / 2 x 1e6 tokens a year, 4.1e8 a day: 0.00041 trillion, not 0."""
    table = c.tokens_needed(priced(tmp_path), levels=[0.0003], output_share=0.25, token_share=1)
    assert table["tokens_per_day"].iloc[0] == pytest.approx(0.00041)
    shares = [[name, "0.5", "0", "1", "share", "Set."] for name in ("output-share", "token-share")]
    cheap = priced(tmp_path / "cheap", assumptions=shares, price="0.004")
    rows = [
        row for rows in c.tokens_chart(cheap).to_dict()["datasets"].values() for row in rows if "price" in row
    ]
    assert {row["price"] for row in rows} == {"USD 0.004"}
    assert all(row["words"].endswith("(USD 0.004)") for row in rows)


def test_tokens_by_hand(tmp_path: Path) -> None:
    # A quarter of the tokens written: 0.75 x 1 + 0.25 x 5 = 2 dollars a million. 3 bn a year, half of it by
    # the token, buys 1.5e9 / 2 x 1e6 = 7.5e14 tokens a year, over 365 days 2.0548 trillion a day.
    table = c.tokens_needed(priced(tmp_path), levels=[3], output_share=0.25, token_share=0.5)
    assert table[["model", "price", "arr", "tokens_per_day"]].to_numpy().tolist() == [
        ["Cirrus", 2.0, 3, 2.055]
    ]
    assert table.attrs["units"]["price"] == "USD per 1M tokens"
    assert table.attrs["rate_claims"] == []


def test_prices_in_yuan_are_converted(tmp_path: Path) -> None:
    rate = [
        "rate",
        "commercialization",
        "The yuan stood at 8 to the dollar.",
        "press",
        "nimbus",
        "",
        "2031-06-30",
        "day",
        "CNY",
        "cny_per_usd",
        "8",
        "exact",
        "CNY per USD",
        "",
        "2031-06-30",
        "",
        "",
    ]
    book = priced(tmp_path / "a", "RMB per 1M tokens", claims=[rate])
    table = c.tokens_needed(book, levels=[3], output_share=0.25, token_share=0.5)
    assert table["price"].tolist() == [0.25]
    assert table.attrs["rate_claims"] == ["rate"]
    with pytest.raises(
        ValueError, match="prices in RMB need a claim with the unit 'USD per CNY' or 'CNY per USD'"
    ):
        c.tokens_needed(priced(tmp_path / "b", "RMB per 1M tokens"), output_share=0.25, token_share=0.5)


def test_tokens_without_what_they_need(tmp_path: Path) -> None:
    book = priced(tmp_path)
    with pytest.raises(ValueError, match=r"output_share is None: .*assumption 'output-share'"):
        c.tokens_needed(book)
    with pytest.raises(ValueError, match=r"token_share is 1.5: give a share from 0 to 1"):
        c.tokens_needed(book, output_share=0.2, token_share=1.5)
    with pytest.raises(ValueError, match="no list price of vendor 'Stratus'; there are those of Nimbus"):
        c.tokens_needed(book, vendor="Stratus", output_share=0.2, token_share=1)
    with pytest.raises(ValueError, match="no model in the prices"):
        c.tokens_needed(book, since="2031-07-01", output_share=0.2, token_share=1)


def test_a_model_stands_once_on_the_chart_of_tokens(book: wb.Dossier) -> None:
    """A model whose price was cut has several tiers; their texts were written over one another."""
    dots = marks(c.tokens_chart(book).to_dict(), "circle")[0]["rows"]
    rows = [row["row"] for row in dots]
    assert len(rows) == len(set(rows))
    table = c.tokens_needed(book, levels=[30])
    assert len(rows) < len(table)
    newest = table.sort_values("date").groupby(["model", "region"]).tail(1)
    assert {round(row["tokens"], 3) for row in dots} == set(newest["tokens_per_day"])
    chinese = marks(c.tokens_chart(book, lang="zh").to_dict(), "circle")[0]["rows"]
    assert all(row["price"].endswith("元") for row in chinese)
