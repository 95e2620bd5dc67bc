"""Figures as they are printed: what stands on the page still holds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import altair as alt
import pandas as pd
import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

import workbook as wb
from tests.test_empty import FUNCTIONS, call
from workbook import style
from workbook.commercialization.windows import comparables

VALUES = st.decimals("-9999999", "9999999", places=3).map(float)


def printed(text: str) -> Decimal:
    """Read back the number of "RMB -1,234.5 bn" or 1,234.56亿元, in units of one."""
    words = {" bn": 9, " m": 6, "万亿元": 12, "亿元": 8, "万元": 4, "元": 0}
    word = next(word for word in words if text.endswith(word))
    number = text.removesuffix(word).removeprefix("RMB ").replace(",", "")
    return Decimal(number).scaleb(words[word])


@given(VALUES, st.sampled_from(["RMB m", "RMB bn"]), st.sampled_from(["en", "zh"]))
def test_a_floor_is_never_rounded_up_nor_a_ceiling_down(
    value: float, unit: str, lang: style.Language
) -> None:
    true = Decimal(repr(value)).scaleb({"RMB m": 6, "RMB bn": 9}[unit])
    assert printed(style.money(value, unit, lang, "at_least")) <= true
    assert printed(style.money(value, unit, lang, "at_most")) >= true
    # What is printed of an amount is never nothing, nor off by more than a unit of its last figure.
    exact = printed(style.money(value, unit, lang))
    assert bool(exact) == bool(true)
    assert abs(exact - true) <= max(abs(true) / 20, Decimal(0))


@pytest.mark.parametrize(
    ("value", "unit", "bound", "en", "zh"),
    [
        (193.754, "RMB bn", "at_least", "at least RMB 193.7 bn", "不低于1,937.54亿元"),
        (15.96, "RMB bn", "at_least", "at least RMB 15.9 bn", "不低于159.6亿元"),
        (15.91, "RMB bn", "at_most", "at most RMB 16.0 bn", "不超过159.1亿元"),
        # A loss of at least 13.86: the result is at most -13.86, and so at most -13.8.
        (-13.86, "RMB bn", "at_most", "at most RMB -13.8 bn", "不超过-138.6亿元"),
        (-13.86, "RMB bn", "at_least", "at least RMB -13.9 bn", "不低于-138.6亿元"),
        (0.005, "USD bn", "exact", "USD 5 m", "500万美元"),
        (0.00004, "USD bn", "exact", "USD 0.04 m", "4万美元"),
        (17.01, "RMB bn", "exact", "RMB 17.0 bn", "170.1亿元"),
        (48437, "RMB m", "exact", "RMB 48.4 bn", "484.37亿元"),
        (2.9996, "x", "at_least", "at least 2.999x", "不低于2.999倍"),
        (0.0004, "%", "about", "about 0.0004%", "约0.0004%"),
        (30, "RMB bn", "at_least", "at least RMB 30 bn", "不低于300亿元"),
    ],
)  # fmt: skip
def test_figures_by_hand(value: float, unit: str, bound: str, en: str, zh: str) -> None:
    assert style.figure(value, unit, bound) == en
    assert style.figure(value, unit, bound, "zh") == zh


@given(st.floats(-1e15, 1e15) | st.sampled_from([0.0, -0.0, 0.05, 1e-9, 1234567.895]), st.integers(0, 4))
def test_numbers_are_grouped_as_both_languages_group_them(value: float, digits: int) -> None:
    """Babel has the rules of both; it is asked here, since it takes 24 microseconds a number."""
    printed = style.number(value, digits)
    decimals = len(printed.partition(".")[2])
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    whole = Decimal(printed.replace(",", ""))
    assert [format_decimal(whole, pattern, locale=locale) for locale in ("en", "zh_CN")] == [printed] * 2


def test_noise_of_floating_point_is_not_rounded_down() -> None:
    assert style.figure(0.1 + 0.2, "RMB bn", "at_least") == "at least RMB 300 m"
    assert style.number(29.999999999999996, 1, "at_least") == "30"


@given(
    st.lists(
        st.sampled_from(
            ["阿里云收入", "3,800亿元", "，", "Token Foundry", "12个季度", "（", "）", "45%", "同比"]
        ),
        min_size=1,
    ),
    st.integers(60, 700),
)
def test_chinese_lines_break_no_number_and_lose_nothing(parts: list[str], pixels: int) -> None:
    text = "收入" * 8 + "".join(parts)
    lines = style.wrap(text, pixels)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for whole in ("3,800亿元", "12个季度", "45%", "Token", "Foundry"):
        assert sum(line.count(whole) for line in lines) == text.count(whole)
    assert not any(line.startswith(("，", "）")) for line in lines[1:])
    assert not any(line.endswith("（") for line in lines[:-1])


# More rows than a chart can have -------------------------------------------------------------------


def layered(rows: pd.DataFrame, lang: style.Language = "en") -> dict[str, Any]:
    """The spec of points and their text on one table beside a line of another."""
    base = alt.Chart(rows).encode(x="day:T", y="value:Q")
    other = alt.Chart(pd.DataFrame({"value": [1.0]})).mark_rule().encode(y="value:Q")
    layers = alt.layer(base.mark_point(), alt.layer(base.mark_text().encode(text="value:Q"), other))
    drawn: dict[str, Any] = style.dress(
        layers, title="One", subtitle="Two.", footer="Sources: none.", description="Three.", lang=lang
    ).to_dict()
    return drawn


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Two. Drawn: the newest 5,000 of 12,000; the others are left out."),
        ("zh", "Two.仅绘出最新的5,000条，共12,000条。"),
    ],
)
def test_of_too_many_rows_the_newest_are_drawn_and_the_subtitle_says_so(
    lang: style.Language, told: str
) -> None:
    rows = pd.DataFrame({"day": pd.date_range("2000-01-01", periods=12_000), "value": range(12_000)})
    spec = layered(rows.sample(frac=1, random_state=0), lang)
    assert " ".join(spec["title"]["subtitle"]) == told
    (drawn,) = [table for table in spec["datasets"].values() if len(table) > 1]
    assert {row["value"] for row in drawn} == set(range(7_000, 12_000))


def test_rows_that_fit_are_all_drawn_and_nothing_is_said() -> None:
    rows = pd.DataFrame({"day": pd.date_range("2000-01-01", periods=5_000), "value": range(5_000)})
    spec = layered(rows)
    assert spec["title"]["subtitle"] == ["Two."]
    assert max(map(len, spec["datasets"].values())) == 5_000


CHARTS = [(module, name) for module, name in FUNCTIONS if name.endswith(("_chart", "_by_date"))]
FEW = 40


@pytest.mark.parametrize(("module", "name"), CHARTS, ids=lambda part: getattr(part, "__name__", part))
def test_no_chart_has_more_rows_than_it_can_and_each_says_what_it_left_out(
    book: wb.Dossier, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    """The bundled dossier stands for one of hundreds of thousands of rows where a chart can have but few."""
    function: Callable[..., Any] = getattr(module, name)
    whole = call(function, book).to_dict()
    monkeypatch.setattr(style.limits, "MOST_ROWS", FEW)
    monkeypatch.setattr(style.limits, "MOST_LINES", FEW)
    with alt.data_transformers.enable("default", max_rows=FEW):
        spec = call(function, book).to_dict()
    rows = [sum(map(len, each["datasets"].values())) for each in (spec, whole)]
    if rows[0] < rows[1]:
        words = str(spec["title"].get("subtitle")) + str(spec.get("params"))
        assert any(told in words for told in ("newest", "left out", "a step a month"))
    else:
        assert spec == whole


def test_the_panel_shows_the_newest_of_too_many_windows(
    book: wb.Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = wb.WhatIf(book)
    assert "newest" not in whole.companies["all"]
    monkeypatch.setattr(style.limits, "MOST_ROWS", FEW)
    with alt.data_transformers.enable("default", max_rows=FEW):
        panel = wb.WhatIf(book)
    table = comparables(book)
    assert 0 < len(table) <= FEW
    assert f"the newest {table['window'].nunique()} of " in panel.companies["all"]
