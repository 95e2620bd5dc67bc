"""The what-if chart without a kernel computes what a scenario does."""

import datetime as dt
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import vl_convert as vlc

import workbook as wb
from tests.commercialization.made import company, level
from workbook import commercialization as c
from workbook.arr import Scenario, months_between
from workbook.commercialization.controls import controls, start_scenario
from workbook.commercialization.layers import field_values
from workbook.commercialization.readouts import readouts
from workbook.commercialization.windows import comparables
from workbook.jupyter import display
from workbook.whatif.drawing import panel_chart

# The what-if --------------------------------------------------------------------------------------


def drawn(spec: dict[str, Any], **values: float | str) -> list[str]:
    """Let a real Vega draw a spec, its parameters set, and return the texts on the chart."""
    for parameter in spec.get("params", []):
        if parameter["name"] in values:
            parameter["value"] = values[parameter["name"]]
    scene = vlc.vegalite_to_scenegraph(spec | {"$schema": display.SCHEMA}, vl_version=display.VEGALITE)
    texts: list[str] = []

    def walk(item: Any) -> None:
        if isinstance(item, dict):
            if isinstance(item.get("text"), str):
                texts.append(item["text"])
            for value in item.values():
                walk(value)
        elif isinstance(item, list):
            for value in item:
                walk(value)

    walk(scene)
    return texts


@pytest.fixture(scope="module")
def whatif(book: wb.Dossier) -> str:
    return json.dumps(c.whatif_chart(book).to_dict())


def test_the_chart_computes_what_a_scenario_does(whatif: str, book: wb.Dossier) -> None:
    guided, _ = start_scenario(book)
    shown = readouts(book, guided)
    for start, end, volatility in ((10, 30, 6), (12, 45, 20), (15, 15, 5), (20, 12, 6)):
        texts = drawn(json.loads(whatif), start_arr=start, end_arr=end, volatility_services_shown=volatility)
        scenario = guided.replace(start_arr=start, end_arr=end, volatility_services=volatility / 100)
        first = texts.index("Multiple")
        # One column after the other: labels, as changed, guidance, change.
        columns = [texts[first + k * len(shown) : first + (k + 1) * len(shown)] for k in range(4)]
        now, then = scenario.figures(), guided.figures()
        assert columns[1] == [each.write(now[each.figure]) for each in shown]
        assert columns[2] == [each.write(then[each.figure]) for each in shown]
        assert columns[3] == [each.write_change(now[each.figure] - then[each.figure]) for each in shown]


def test_in_chinese_amounts_are_counted_in_hundreds_of_millions(book: wb.Dossier) -> None:
    """10 bn is 100亿, on the axis and in every control as in the figures: no 10 beside a 100."""
    known = {control.field: control for control in controls(book, "zh")}
    end = known["end_arr"]
    assert (end.label, end.scale, end.step, end.digits) == ("当日ARR（亿元）", 10, 1, 0)
    assert end.low <= 300 <= end.high
    assert known["token_price"].label == "词元价格（元/百万词元）"
    chart = c.whatif_chart(book, lang="zh").to_dict()
    start = {parameter["name"]: parameter for parameter in chart["params"]}
    assert (start["start_arr_shown"]["value"], start["start_arr"]["expr"]) == (100, "start_arr_shown / 10")
    texts = drawn(chart, end_arr_shown=450, ceiling_chosen=900, shape="s_curve")
    guided, _ = start_scenario(book)
    now = guided.replace(end_arr=45, ceiling=90, shape="s_curve").figures()
    for each in readouts(book, guided, "zh"):
        assert each.write(now[each.figure]) in texts
    assert {"100", "200", "600"} <= set(texts)
    assert not any("bn" in text for text in texts)


def test_an_axis_of_amounts_reads_like_the_labels_beside_it(book: wb.Dossier) -> None:
    for chart in (
        c.arr_chart(book, lang="zh"),
        c.revenue_chart(book, lang="zh"),
        c.tornado_chart(book, figure="net_new_arr", lang="zh"),
    ):
        texts = drawn(chart.to_dict())
        assert any(text.endswith("（亿元）") for text in texts)
        assert not any("RMB" in text for text in texts)


def test_the_target_is_dragged_on_the_chart(whatif: str) -> None:
    parameters = {parameter["name"]: parameter for parameter in json.loads(whatif)["params"]}
    select = parameters["drag"]["select"]
    assert (select["type"], select["encodings"]) == ("interval", ["y"])
    low, high = parameters["drag"]["value"]["y"]
    assert (low + high) / 2 == 30
    assert "drag.arr" in parameters["target"]["expr"]


def test_every_control_says_where_its_start_is_from(whatif: str) -> None:
    words = [
        p["bind"]["name"] for p in json.loads(whatif)["params"] if "bind" in p and p["name"] != "compared"
    ]
    assert len(words) == 16
    assert all(re.search(r"\((guidance|assumption)\) $", each) for each in words)


def test_figures_are_written_as_an_analyst_reads_them(book: wb.Dossier) -> None:
    scenario, _ = start_scenario(book)
    shown = {each.figure: each for each in readouts(book, scenario)}
    assert shown["net_new_arr"].write(20) == "RMB 20.0 bn"
    assert shown["net_new_arr"].write(-6.4) == "RMB −6.4 bn"
    assert shown["net_new_arr"].write_change(-6) == "−6.0 bn"
    assert shown["p_target"].write_change(0.0004) == "0 pp"  # rounds to nothing, so no sign
    assert shown["external_share"].write(math.nan) == "–"
    chinese = {each.figure: each for each in readouts(book, scenario, "zh")}
    assert chinese["net_new_arr"].write(20) == "200亿元"


@pytest.mark.parametrize(
    ("lang", "start", "net"), [("en", "0.0034", "USD 0.0022 bn"), ("zh", "0.034", "0.022亿美元")]
)
def test_the_what_if_of_a_small_company_keeps_its_figures(
    tmp_path: Path, lang: Any, start: str, net: str
) -> None:
    """From USD 3.4 m to 5.6 m: net new ARR is 2.2 m, 0.0022 bn or 0.022亿; sliders move by less than that."""
    rows = [level("2031-06-30", "0.0034"), level("2031-12-31", "0.0056", kind="guidance")]
    book = company(tmp_path, metrics=rows)
    scenario, _ = start_scenario(book)
    shown = {readout.figure: readout for readout in readouts(book, scenario, lang)}
    assert shown["net_new_arr"].write(scenario.summary()["net_new_arr"]) == net
    assert [each.step / each.scale for each in controls(book, lang) if each.field == "start_arr"] == [0.0001]
    assert f">{net}<" in vlc.vegalite_to_svg(c.whatif_chart(book, lang=lang).to_dict())
    panel = panel_chart(book, comparables(book), lang=lang)
    assert f">{start}<" in vlc.vegalite_to_svg(panel.to_dict())


def drawn_band(
    scenario: Scenario, book: wb.Dossier
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return the edges of the widest band as the panel's real Vega draws them: share of the way, level."""
    spec = panel_chart(book, comparables(book)).to_dict()
    top = max(60, 1.35 * scenario.end_arr, 1.35 * scenario.start_arr)
    values = field_values(scenario)
    for param in spec["params"]:
        if param["name"] in values:
            param["value"] = values[param["name"]]
    svg = display.svg(spec)
    paths = re.findall(r'mark-area[^>]*><path [^>]* d="([^"]+)"', svg)
    assert len(paths) == 2
    widest = max(paths, key=_height)
    edges = [_points(part) for part in re.split(r"L", widest.rstrip("Z"))]
    low, high = sorted(edges, key=lambda edge: -min(y for _, y in edge))
    left, right = min(x for x, _ in low), max(x for x, _ in low)
    scaled = [
        sorted(((x - left) / (right - left), top * (1 - y / 330)) for x, y in edge) for edge in (low, high)
    ]
    return scaled[0], scaled[1]


def _height(d: str) -> float:
    ys = [y for _, y in _points(d.replace("L", "M").rstrip("Z"))]
    return max(ys) - min(ys)


def _points(d: str) -> list[tuple[float, float]]:
    """Follow the Bezier curves of a path."""
    found: list[tuple[float, float]] = []
    for part in re.findall(r"[MC]?[^MC]+", d):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+(?:e-?\d+)?", part)]
        ends = list(zip(numbers[::2], numbers[1::2], strict=True))
        if not part.startswith("C"):
            found += ends
            continue
        start = found[-1]
        for k in range(1, 41):
            u = k / 40
            weights = ((1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3)
            found.append(
                tuple(
                    sum(w * p[axis] for w, p in zip(weights, (start, *ends), strict=True)) for axis in (0, 1)
                )  # type: ignore[arg-type]
            )
    return found


@pytest.mark.parametrize(
    ("pixels", "changes"),
    [
        (1.0, {}),
        (1.0, {"end_arr": 60}),
        (1.0, {"end_arr": 20}),
        (1.0, {"end_arr": 60, "end": "2028-06-30"}),
        (1.0, {"end_arr": 60, "shape": "linear"}),
        (1.0, {"start_arr": 40}),
        (1.8, {"end_arr": 60, "volatility_services": 0.3, "volatility_apps": 0.4}),
    ],
)
def test_the_fan_is_drawn_where_it_is(book: wb.Dossier, pixels: float, changes: dict[str, Any]) -> None:
    """The curve between the levels that are searched for stays by the exact quantiles.

    Months are of different lengths, which no smooth curve follows.
    """
    scenario = start_scenario(book)[0].replace(**changes)
    top = max(60, 1.35 * scenario.end_arr, 1.35 * scenario.start_arr)
    span = (scenario.end - scenario.start).days
    for edge, quantile in zip(drawn_band(scenario, book), ("5%", "95%"), strict=True):
        for days in range(span // 24, span, span // 24):
            day = scenario.start + dt.timedelta(days=days)
            level = float(scenario.level(months_between(scenario.start, day)))
            exact = scenario.replace(end=day, end_arr=level).probability().fan[quantile].iloc[-1]
            after = next(k for k, (share, _) in enumerate(edge) if share >= days / span)
            (x0, y0), (x1, y1) = edge[after - 1 : after + 1]
            drawn = y0 + (y1 - y0) * (days / span - x0) / (x1 - x0)
            if exact < top:
                assert drawn == pytest.approx(exact, abs=pixels * top / 330), (days, quantile)
