"""The forecast of the dossier's own run rate, and its record, as tables and charts."""

import math
from pathlib import Path
from typing import Any

import pytest

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook import commercialization as c
from workbook.arr import backtest, forecast

WAY = {"Rival A": (2, 4), "Rival B": (2, 6), "Rival C": (2, 9)}
"""A month apart: growth by 2, 3 and 4.5."""


def northlight(
    folder: Path, level: dict[str, str] | None = None, ways: dict[str, Any] = WAY, **known: Any
) -> wb.Dossier:
    """Write the dossier about Northlight with run rates of others, and its own level if it is another."""
    claims = [row for row in OTHER["claims"] if not (level and row[0] == "arr-first")]
    tables: dict[str, list[Any]] = OTHER | {"claims": claims, "disputes": []}
    cells = {
        "theme": "commercialization",
        "grade": "reported",
        "source": "northlight-release",
        "metric": "arr",
    }
    if level:
        tables["claims"] = [*claims, cells | {"id": "arr-first", "subject": "Northlight", "statement": "It has a level.", "unit": "USD bn", "period_end": "2031-03-01"} | level]  # fmt: skip
    rows = []
    for company, values in ways.items():
        for day, value in zip(("2031-01-31", "2031-02-28"), values, strict=True):
            name = f"{company}-{day}".lower().replace(" ", "-")
            rows.append([name, "run_rate", "core"])
            figure = {"value": str(value), "bound": "about", "unit": "USD bn", "period_end": day}
            said = f"{company} put its run rate at about USD {value} bn."
            tables["claims"] = [*tables["claims"], cells | {"id": name, "subject": company, "statement": said, "metric": "peer_arr"} | figure]  # fmt: skip
    return wb.open(write_dossier(folder, tables | {"comparables": rows}, **known))


def layers(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the layers of a mark, each with its rows."""
    return [
        layer | {"rows": spec["datasets"][layer["data"]["name"]]}
        for layer in spec["layer"][0]["layer"]
        if layer["mark"]["type"] == kind
    ]


def test_the_chance_by_hand(tmp_path):
    found = c.outlook(northlight(tmp_path / "n"))
    assert (found.forecast.level, found.forecast.bound, found.target, found.unit) == (
        2,
        "at_least",
        5,
        "USD bn",
    )
    assert found.claims == ("arr-first", "arr-goal")
    # 1 March to 31 December: nine months and 30 of 31 days. In logarithms to the base 3 / 2 the companies grew by
    # log 2, log 3 and log 4.5: log 3 in the middle, and log 1.5 to either side, the standard deviation.
    months, side = 9 + 30 / 31, math.log(1.5)
    assert found.forecast.months == pytest.approx(months)
    assert found.forecast.median == pytest.approx(2 * 3**months)
    assert found.forecast.sd == pytest.approx(math.sqrt(side**2 * months + (side * months) ** 2 / 3))
    z = (math.log(2.5) - months * math.log(3)) / found.forecast.sd
    assert found.chance == pytest.approx(0.5 * math.erfc(z / math.sqrt(2)))


def test_its_own_figures_are_no_comparables(tmp_path):
    ways = WAY | {"Northlight": (1, 2)}
    found = c.outlook(northlight(tmp_path / "n", ways=ways, subject="Northlight"))
    assert found.forecast == c.outlook(northlight(tmp_path / "o")).forecast


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ({"value": "2", "bound": "exact"}, "a chance of 99.9%"),
        ({"value": "2", "bound": "at_least"}, "a chance of at least 99.9%"),
        ({"value": "2", "bound": "at_most"}, "a chance of at most 100.0%"),
        ({"value": "2", "value_high": "3", "bound": "between"}, "a chance of at least 99.9%"),
    ],
)
def test_the_title_says_what_the_start_leaves_open(tmp_path, level, said):
    title = " ".join(c.forecast_chart(northlight(tmp_path / "n", level)).to_dict()["title"]["text"])
    assert said in title
    assert "in Dec 2031" in title


def test_as_known_in_june_it_starts_from_what_had_been_seen():
    found = c.outlook(wb.open(as_of="2026-06-30"))
    assert (found.forecast.level, str(found.start), found.target) == (8, "2026-05-13", 30)
    seen = wb.open(as_of="2026-06-30").comparables
    assert found.forecast == forecast(8, found.forecast.months, seen, bound="at_least")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_fan_is_the_forecast_and_the_target_a_line_on_it(book, lang):
    found, spec = c.outlook(book), c.forecast_chart(book, lang=lang).to_dict()
    wide, inner = layers(spec, "area")
    last = wide["rows"][-1]
    for name, share in (("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95)):
        assert last[name] == pytest.approx(found.forecast.quantile(share))
        assert wide["rows"][0][name] == found.forecast.level
    assert (wide["encoding"]["y"]["field"], wide["encoding"]["y2"]["field"]) == ("q05", "q95")
    assert (inner["encoding"]["y"]["field"], inner["encoding"]["y2"]["field"]) == ("q25", "q75")
    (rule,) = layers(spec, "rule")
    assert [row["arr"] for row in rule["rows"]] == [found.target]
    assert f"{math.floor(100 * found.chance)}%" in "".join(spec["title"]["text"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_coverage_is_drawn_as_counted(book, lang):
    counted = backtest(book.comparables)
    ours = counted.coverage.query("method == 'forecast'")
    spec = c.coverage_chart(book, lang=lang).to_dict()
    (dots,) = layers(spec, "point")
    assert [row["covered"] for row in dots["rows"]] == pytest.approx(
        (100 * ours["covered"]).tolist(), abs=1e-3
    )
    (bars,) = layers(spec, "rule")
    assert [row["low"] for row in bars["rows"]] == pytest.approx((100 * ours["low"]).tolist(), abs=1e-3)
    (ticks,) = layers(spec, "tick")
    assert [row["band"] for row in ticks["rows"]] == [50, 80, 90] * 3
    verdicts = {"en": ("too wide", "too narrow"), "zh": ("过宽", "过窄")}[lang]
    told = [row["counts"] for row in dots["rows"] if row["counts"].endswith(verdicts)]
    assert len(told) == (counted.misses["miss"] == "band").sum()
    after = ours.query("period == 'after' and band == 0.9")
    title = "".join(spec["title"]["text"])
    assert all(f"{100 * share:.0f}%" in title for share in after["covered"])


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (c.forecast_chart, "comparables has fewer than 3 companies .* in <Dossier"),
        (c.coverage_chart, "comparables has no window .* in <Dossier"),
    ],
)
def test_too_few_others_are_told_in_one_line(other, draw, said):
    with pytest.raises(ValueError, match=said):
        draw(other)
