"""The what-if that needs no kernel: in a page on disk, and as a stored output in JupyterLab."""

from __future__ import annotations

import math
import re
from pathlib import Path
from statistics import NormalDist

import pytest
from playwright.sync_api import Page

import workbook as wb
from tests.browser.conftest import Lab, Watch
from workbook import style

pytestmark = pytest.mark.browser


def chance(page: Page) -> tuple[float, float]:
    """Read the target and its chance off the page."""
    text = page.locator("svg text", has_text="P(at least").text_content() or ""
    found = re.fullmatch(r"P\(at least RMB ([\d.]+) bn on .*\) (\d+)%", text)
    assert found, text
    return float(found[1]), float(found[2]) / 100


def test_a_page_on_disk_recomputes_everything(page: Page, watch: Watch, tmp_path: Path) -> None:
    with style.themed():
        chart = wb.commercialization.whatif_chart(wb.open())
        chart.save(tmp_path / "whatif.html", inline=True, embed_options={"renderer": "svg"})
    page.goto((tmp_path / "whatif.html").as_uri())
    page.wait_for_selector("svg.marks")
    assert chance(page) == (30, 0.5)
    for name, value in (("start_level", 12), ("end_level", 40), ("volatility", 0.2)):
        page.locator(f"input[name={name}]").fill(str(value))
    page.wait_for_function("() => document.querySelector('svg').textContent.includes('3.33x')")
    target, probability = chance(page)
    assert target == 30
    wanted = NormalDist().cdf(math.log(40 / 30) / (0.2 * math.sqrt(6)))
    assert probability == pytest.approx(wanted, abs=0.006)
    # Take the band in its middle and pull it up.
    band = page.locator(".drag_brush path").last.bounding_box()
    assert band
    x, y = band["x"] + band["width"] / 3, band["y"] + band["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=6)
    page.mouse.up()
    target, probability = chance(page)
    assert target == pytest.approx(40, abs=0.6)  # 60 of 360 pixels of an axis to 60
    wanted = NormalDist().cdf(math.log(40 / target) / (0.2 * math.sqrt(6)))
    assert probability == pytest.approx(wanted, abs=0.006)
    # A press beside the band draws no band of its own.
    page.mouse.move(x, y + 120)
    page.mouse.down()
    page.mouse.move(x, y + 160, steps=4)
    page.mouse.up()
    assert chance(page)[0] == target
    assert watch.left_the_machine == []
    assert watch.complaints == []


def test_a_stored_output_can_be_dragged_without_a_run(lab: Lab, page: Page, watch: Watch) -> None:
    lab.open(page, "03_commercialization.ipynb")
    chart = page.locator(".jp-OutputArea-output .vega-embed", has=page.locator("input[name=end_level]"))
    chart.scroll_into_view_if_needed()
    canvas = chart.locator("canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    chart.locator("input[name=end_level]").fill("45")
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
          const input = document.querySelector('.jp-OutputArea-output input[name=end_level]');
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
