"""What-ifs of the themes: in a page on disk their texts follow a slider or a click, without a kernel."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from statistics import median

import altair as alt
import pandas as pd
import pytest
from playwright.sync_api import Page

import workbook as wb
from tests.browser.conftest import Lab, Watch
from workbook import style

pytestmark = pytest.mark.browser


def show(page: Page, chart: alt.LayerChart, folder: Path) -> None:
    """Open the chart as a saved page that draws text as text."""
    chart.save(folder / "chart.html", inline=True, embed_options={"renderer": "svg"})
    page.goto((folder / "chart.html").as_uri())
    page.wait_for_selector("svg.marks")


def texts(page: Page) -> list[str]:
    """Read every line of text off the chart."""
    page.wait_for_timeout(200)
    return page.locator("svg.marks text").all_text_contents()


def test_the_org_chart_follows_its_slider(
    page: Page, watch: Watch, tmp_path: Path, other: wb.Dossier
) -> None:
    book = wb.open()
    with style.themed():
        show(page, wb.structure.org_chart_by_date(book), tmp_path)
    days = sorted(set(wb.structure.changes(book, before="2000-01-01", after="2026-12-31")["date"]))
    for step, day in ((len(days), days[-1]), (1, days[0]), (5, days[4])):
        page.locator("input[name=step]").fill(str(step))
        table = wb.structure.units(book, at=day)
        seen = texts(page)
        assert any(text.startswith(f"{style.day(day)}: {len(table)} units") for text in seen), seen
        # A box a unit, and an edge in the colour of its segment where its results are reported in one.
        reporting = int(table["reports_in"].ne("").sum())
        assert page.locator("svg.marks .mark-rect path").count() == len(table) + reporting
        joined = "".join(seen).replace(" ", "")
        assert all(name.replace(" ", "") in joined for name in table["name"])
    assert "Token Foundry Business Unit" not in "".join(seen)
    with style.themed():
        show(page, wb.structure.org_chart_by_date(other), tmp_path)
    assert "Dissolved: Northlight Labs." in texts(page)
    page.locator("input[name=step]").fill("1")
    assert {"Formed: Northlight Labs.", "Northlight LabsDoe Jane"} <= set(texts(page))
    assert watch.left_the_machine == watch.complaints == []


def test_strengths_multiply_around_each_loop(page: Page, watch: Watch, tmp_path: Path) -> None:
    book = wb.open()
    with style.themed():
        show(page, wb.strategy.strength_chart(book), tmp_path)
    signs = {(r.cause, r.effect): -1 if r.sign == "-" else 1 for r in wb.strategy.flywheel(book).itertuples()}
    for link, strength, others in (
        ("Token usage → Compute left for research", 0.35, 1.0),
        ("Business customers on Bailian → Token usage", 1.6, 0.85),
    ):
        page.locator("select[name=chosen]").select_option(link)
        page.locator("input[name=strength]").fill(str(strength))
        page.locator("input[name=others]").fill(str(others))
        seen = [text for text in texts(page) if text.startswith("1% comes back as ")]
        wanted, going = [], 0
        for loop in wb.strategy.loops(book)["loop"]:
            nodes = loop.split(" → ")
            product = 1.0
            for pair in pairwise(nodes):
                product *= signs[pair] * (strength if " → ".join(pair) == link else others)
            going += product > 1 - 1e-9
            wanted.append(product)
        found = [float(text.split()[4].rstrip("%:").replace("−", "-")) for text in seen]
        assert found == pytest.approx(wanted, abs=0.0006)
        assert f"{link} at {strength:g}, every other link at {others:g}: {going} of 5" in "".join(texts(page))
        # The chosen link is the widest line.
        widths = page.locator("svg.marks .mark-line path").evaluate_all(
            "paths => paths.map(path => parseFloat(path.getAttribute('stroke-width')))"
        )
        assert max(widths) == pytest.approx(1 + 4 * strength)
    assert watch.left_the_machine == watch.complaints == []


def test_a_click_counts_a_model_in_or_out(page: Page, watch: Watch, tmp_path: Path) -> None:
    book = wb.open()
    with style.themed():
        show(page, wb.models.comparables_chart(book), tmp_path)
    prices = book.prices[(book.prices["unit"] == "USD per 1M tokens") & book.prices["list_price"]]
    latest = (
        prices.sort_values("date").groupby(["vendor", "model", "direction"], observed=True)["value"].last()
    )

    def check(ours: str, counted: set[str]) -> None:
        said = {t.split(" (")[0]: t for t in texts(page) if t.startswith(("Reading", "Writing"))}
        for word, direction in (("Reading", "input"), ("Writing", "output")):
            listed = {model: v for (_, model, d), v in latest.items() if d == direction}
            others = [listed[model] for model in counted - {ours}]
            found = re.search(
                r": USD ([\d.]+), ([\d.]+) times .* (\d+) counted, USD ([\d.]+); place (\d+) of", said[word]
            )
            assert found, said
            assert float(found[1]) == listed[ours]
            assert float(found[2]) == pytest.approx(listed[ours] / median(others), abs=0.0051)
            assert int(found[3]) == len(others)
            assert float(found[4]) == pytest.approx(median(others), abs=0.00051)
            assert int(found[5]) == 1 + sum(price > listed[ours] for price in others)

    def click(model: str) -> None:
        strip = page.locator(f"svg.marks .mark-rect path[aria-label^='row: {model} (']")
        box = strip.bounding_box()
        assert box
        page.mouse.click(box["x"] + 60, box["y"] + box["height"] / 2)

    counted = {model for vendor, model, _ in latest.index if vendor != "Alibaba"}
    check("Qwen3.8-27B", counted)  # the newest price of its own
    click("Claude Opus 4.8")
    click("Gemini 3.5 Flash")
    click("Qwen3-Max")
    counted = counted - {"Claude Opus 4.8", "Gemini 3.5 Flash"} | {"Qwen3-Max"}
    check("Qwen3.8-27B", counted)
    page.locator("select[name=ours]").select_option("Qwen3-Max (Aug 2026)")
    check("Qwen3-Max", counted)  # what is compared is not compared with itself
    for model in counted:
        click(model)
    assert sum("none counted, click a row" in text for text in texts(page)) == 2
    click("Kimi K2.6")
    check("Qwen3-Max", {"Kimi K2.6"})
    # A press beside the rows changes nothing.
    page.locator("svg.marks text", has_text="Writing").click(force=True)
    check("Qwen3-Max", {"Kimi K2.6"})
    assert watch.left_the_machine == watch.complaints == []


def test_posts_follow_the_day(page: Page, watch: Watch, tmp_path: Path) -> None:
    book = wb.open()
    with style.themed():
        show(page, wb.talent.posts_by_date(book, lang="zh"), tmp_path)
    table = wb.talent.posts(book)
    last = pd.concat([table["start"], table["end"]]).max()
    for day in (365, 0, 164, 165, 260):  # on the last two posts ended: 5 March and 8 June
        page.locator("input[name=day]").fill(str(day))
        date = last + pd.Timedelta(days=day - 365)
        now = wb.talent.holders(book, at=date, lang="zh")
        known = now.dropna(subset="start")
        wanted = (
            f"{style.day(date, lang='zh')}：{known['person'].nunique()}位高管任{len(known)}个职务；"
            f"另有{len(now) - len(known)}个职务起始日未查到"
        )
        seen = texts(page)
        assert any(text.startswith(wanted) for text in seen), (wanted, seen)
        assert style.day(date, lang="zh") in seen
    assert watch.left_the_machine == watch.complaints == []


@pytest.mark.parametrize(
    ("notebook", "control", "value"),
    [
        ("01_structure.ipynb", "step", "2"),
        ("02_strategy.ipynb", "strength", "0.5"),
        ("04_models.ipynb", "ours", "Qwen3-Max (Aug 2026)"),
        ("05_talent.ipynb", "day", "30"),
    ],
)
def test_a_stored_output_answers_without_a_run(
    lab: Lab, page: Page, watch: Watch, notebook: str, control: str, value: str
) -> None:
    lab.open(page, notebook)
    named = page.locator(f"[name={control}]")
    chart = page.locator(".jp-OutputArea-output .vega-embed", has=named)
    chart.scroll_into_view_if_needed()
    given, canvas = chart.locator(named), chart.locator("canvas")
    drawn = [canvas.evaluate("canvas => canvas.toDataURL()")]
    if control == "ours":
        given.select_option(value)
    else:
        given.fill(value)
    page.wait_for_timeout(300)
    drawn.append(canvas.evaluate("canvas => canvas.toDataURL()"))
    if control == "ours":
        canvas.click(position={"x": 40, "y": 200})
        page.wait_for_timeout(300)
        drawn.append(canvas.evaluate("canvas => canvas.toDataURL()"))
    assert len(set(drawn)) == len(drawn)
    assert watch.left_the_machine == []
