"""The what-if panel under the hand: typing and keys move the figures, and Python agrees."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import workbook as wb
from tests.browser.conftest import Lab, Watch
from workbook.dossier import bundled

pytestmark = pytest.mark.browser


def test_typing_and_keys_move_figures_and_chart(lab: Lab, page: Page, watch: Watch) -> None:
    lab.open(page, "03_commercialization.ipynb")
    lab.run_all(page)
    panel = page.locator(".jupyter-widgets.widget-vbox").first
    panel.wait_for(timeout=120_000)
    panel.locator(".vega-embed canvas").wait_for(timeout=60_000)
    table = panel.locator("table")
    guided = wb.WhatIf(wb.open(bundled("data"))).guidance

    def shown(figure: str) -> str:
        return table.locator("tr", has_text=figure).locator("td").first.inner_text()

    assert shown("Multiple") == f"{guided.summary()['multiple']:.2f}x"

    target = panel.locator(".widget-readout").nth(1)
    target.fill("45")
    target.press("Enter")
    moved = guided.replace(end_arr=45).summary()
    expect(table.locator("tr", has_text="Multiple").locator("td").first).to_have_text(
        f"{moved['multiple']:.2f}x"
    )
    assert shown("CMGR") == f"{moved['cmgr']:.1%}/month"
    assert shown("Recognised revenue") == f"RMB {moved['recognised_revenue']:.1f} bn"
    assert shown("P(guided target)") == f"{moved['p_target']:.0%}"

    panel.locator(".noUi-handle").nth(1).focus()
    page.keyboard.press("ArrowRight")  # one step of 0.1
    nudged = guided.replace(end_arr=45.1).summary()
    expect(table.locator("tr", has_text="Net new ARR").locator("td").first).to_have_text(
        f"RMB {nudged['net_new_arr']:.1f} bn"
    )

    panel.get_by_role("button", name="Back to the guidance").click()
    expect(table.locator("tr", has_text="Multiple").locator("td").first).to_have_text(
        f"{guided.summary()['multiple']:.2f}x"
    )
    assert watch.left_the_machine == []
