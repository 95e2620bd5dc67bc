"""The what-if that needs no kernel: in a page on disk, and as a stored output in JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

import workbook as wb
from tests.browser.conftest import Lab, Watch, drag
from workbook import style
from workbook.arr import Scenario
from workbook.commercialization.controls import start_scenario
from workbook.commercialization.readouts import readouts
from workbook.dossier import bundled

pytestmark = pytest.mark.browser


def table(page: Page) -> dict[str, list[str]]:
    """Read the figures off the drawing: label, then what stands on its line, from left to right."""
    lines: dict[int, list[tuple[float, str]]] = {}
    for x, y, text in page.locator("svg.marks text").evaluate_all(
        """texts => texts.map(text => {
            const box = text.getBoundingClientRect();
            return [box.left, box.top, text.textContent];
        })"""
    ):
        lines.setdefault(round(y), []).append((x, text))
    rows = [[text for _, text in sorted(line)] for line in lines.values()]
    return {row[-4]: row[-3:] for row in rows if len(row) >= 4}


def moved(page: Page, scenario: Scenario) -> None:
    """Compare every figure on the page with the model's."""
    shown, wanted = table(page), scenario.summary()
    asked = f"{scenario.target:.3g}"
    for each in readouts(wb.open(), scenario):
        assert shown[each.label.replace("{target}", asked)][0] == each.write(wanted[each.figure])


def test_a_page_on_disk_recomputes_everything(page: Page, watch: Watch, tmp_path: Path) -> None:
    book = wb.open(bundled("data"))
    scenario, _ = start_scenario(book)
    with style.themed():
        chart = wb.commercialization.whatif_chart(book)
        chart.save(tmp_path / "whatif.html", inline=True, embed_options={"renderer": "svg"})
    page.goto((tmp_path / "whatif.html").as_uri())
    page.wait_for_selector("svg.marks")
    moved(page, scenario)
    inputs = {  # bound input: as typed, field: as the model takes it
        "start_arr": (12, {"start_arr": 12}),
        "end_arr": (40, {"end_arr": 40}),
        "apps_share_shown": (25, {"apps_share": 0.25}),
        "churn_shown": (5, {"churn": 0.05}),
        "token_price": (2.5, {"token_price": 2.5}),
        "volatility_services_shown": (20, {"volatility_services": 0.2}),
        "volatility_apps_shown": (35, {"volatility_apps": 0.35}),
        "volatility_retention_shown": (18, {"volatility_retention": 0.18}),
        "correlation": (-0.85, {"correlation": -0.85}),
        "token_share_shown": (60, {"token_share": 0.6}),
        "external_revenue": (150, {"external_revenue": 150}),
        "end": ("2027-03-31", {"end": "2027-03-31"}),
        "start": ("2026-05-31", {"start": "2026-05-31"}),
    }
    for name, (typed, change) in inputs.items():
        before = table(page)
        page.locator(f"input[name={name}]").fill(str(typed))
        page.wait_for_timeout(60)
        scenario = scenario.replace(**change)
        moved(page, scenario)
        assert table(page) != before, name
    page.locator("select[name=shape]").select_option("s_curve")
    page.locator("input[name=ceiling_chosen]").fill("80")
    page.wait_for_timeout(60)
    scenario = scenario.replace(shape="s_curve", ceiling=80)
    moved(page, scenario)
    # Take the band in its middle and pull it up.
    x, y = drag(page, page.locator(".drag_brush path").last, up=60, across=1 / 3)
    (label,) = [label for label in table(page) if label.startswith("P(ARR")]
    found = re.fullmatch(r"P\(ARR of at least RMB ([\d.]+) bn\)", label)
    assert found
    target = float(found[1])
    assert target == pytest.approx(42, abs=0.6)  # 60 of 300 pixels of an axis to 60
    for column, each in enumerate((scenario, start_scenario(book)[0])):
        assert float(table(page)[label][column].rstrip("%")) == pytest.approx(
            100 * each.p_target(target), abs=1
        )
    # A scenario that ends before it starts has no figures.
    page.locator("input[name=end]").fill("2026-05-01")
    page.wait_for_timeout(60)
    shown = table(page)
    labels = {each.label.replace("{target}", found[1]) for each in readouts(wb.open(), scenario)}
    assert {(shown[label][0], shown[label][2]) for label in labels} == {("–", "–")}
    page.locator("input[name=end]").fill("2027-03-31")
    page.wait_for_timeout(60)
    assert table(page)[label][0] != "–"
    # A press beside the band draws no band of its own.
    page.mouse.move(x, y + 120)
    page.mouse.down()
    page.mouse.move(x, y + 160, steps=4)
    page.mouse.up()
    assert label in table(page)
    assert watch.left_the_machine == []
    assert watch.complaints == []


def test_a_stored_output_can_be_dragged_without_a_run(lab: Lab, page: Page, watch: Watch) -> None:
    lab.open(page, "03_commercialization.ipynb")
    chart = page.locator(".jp-OutputArea-output .vega-embed", has=page.locator("input[name=end_arr]"))
    chart.scroll_into_view_if_needed()
    canvas = chart.locator("canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    chart.locator("input[name=end_arr]").fill("45")
    page.wait_for_timeout(300)
    moved = canvas.evaluate("canvas => canvas.toDataURL()")
    assert moved != before
    box = canvas.bounding_box()
    assert box
    middle = row_of_the_line(page)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + middle - 80, steps=6)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert canvas.evaluate("canvas => canvas.toDataURL()") != moved
    assert row_of_the_line(page) == pytest.approx(middle - 80, abs=3)
    assert watch.left_the_machine == []


def row_of_the_line(page: Page) -> float:
    """Find the red line on the canvas: the row with most pixels of its colour, in CSS pixels."""
    row: float = page.evaluate(
        """() => {
          const input = document.querySelector('.jp-OutputArea-output input[name=end_arr]');
          const canvas = input.closest('.vega-embed').querySelector('canvas');
          const {width, height} = canvas;
          const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
          let best = 0, most = 0;
          for (let y = 0; y < height; y++) {
            let count = 0;
            for (let x = 0; x < width; x++) {
              const i = 4 * (y * width + x);
              if (data[i] > 150 && data[i + 1] < 90 && data[i + 2] < 90) count++;
            }
            if (count > most) { most = count; best = y; }
          }
          return best * canvas.getBoundingClientRect().height / height;
        }"""
    )
    return row
