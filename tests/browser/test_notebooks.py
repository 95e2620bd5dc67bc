"""Every notebook, opened and run in a real JupyterLab with the network cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Lab, Watch
from workbook.dossier import bundled
from workbook.jupyter.display import MIME

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted(path.name for path in bundled("notebooks").glob("*.ipynb"))

CANVAS = ".jp-OutputArea-output .vega-embed canvas"
# Of every canvas: how many pixels carry a colour of their own, neither paper nor the grey of axes and text.
# A chart whose axes and title are drawn but whose marks are not has none.
INK = """(charts) => [...document.querySelectorAll(charts)].map(canvas => {
  const {width, height} = canvas;
  if (!width || !height) return 0;
  const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  let marked = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.slice(i, i + 4);
    if (a > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 24) marked++;
  }
  return marked;
})"""


def charts_stored(path: Path) -> int:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(MIME in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))


def panels_stored(path: Path) -> int:
    """Widgets: stored as a picture alone, drawn by Vega once a kernel runs."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return sum("image/png" in d and MIME not in d for d in data)


def complaints(watch: Watch) -> list[str]:
    """What the page complained of that is ours: Vega, rendering, scripts; not JupyterLab's own chatter."""
    ours = (
        "vega",
        "expression",
        "signal",
        "scale",
        "infinite extent",
        "sanitiz",
        "failed to load resource: net",
    )
    return [c for c in watch.complaints if any(word in c.lower() for word in ours)]


def drawn(page: Page, charts: int) -> None:
    ink = page.evaluate(INK, CANVAS)
    assert len(ink) == charts
    assert all(marked > 50 for marked in ink), f"pixels of marks by chart: {ink}"


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_charts_draw_untrusted_as_stored_and_again_when_run(
    lab: Lab, page: Page, watch: Watch, notebook: str
) -> None:
    lab.open(page, notebook)
    path = lab.folder / "notebooks" / notebook
    stored = charts_stored(path)
    page.wait_for_function(f"() => document.querySelectorAll('{CANVAS}').length >= {stored}", timeout=60_000)
    drawn(page, stored)
    assert complaints(watch) == []

    lab.run_all(page)
    expected = stored + panels_stored(path)
    page.wait_for_function(
        f"""() => jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.status === 'idle'
            && document.querySelectorAll('{CANVAS}').length >= {expected}""",
        timeout=120_000,
    )
    counts = page.evaluate(
        """() => [...jupyterapp.shell.currentWidget.content.model.cells]
            .filter(cell => cell.type === 'code').map(cell => cell.executionCount)"""
    )
    assert counts == list(range(1, len(counts) + 1))
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    drawn(page, expected)
    assert complaints(watch) == []
    assert watch.left_the_machine == []
