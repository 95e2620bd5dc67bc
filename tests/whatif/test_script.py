"""The page's script: its modules' own tests, the bundle made of them, and what it does as Python does."""

import json
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import vl_convert

import workbook as wb
from workbook.arr import Scenario
from workbook.arr.scenario import RANGES
from workbook.commercialization.readouts import Readout, asked
from workbook.whatif import history, script
from workbook.whatif.picture import beside

ROOT = Path(__file__).parents[2]
CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
"""What the page and Python both do; `js/*.test.js` hold the page to the same table."""
GUIDANCE = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=30, ceiling=60, target=30)


def npm(command: str, *options: str) -> None:
    """Run a command of `package.json`; skip where its tools are missing, which in CI they never are."""
    tools = ROOT / "node_modules" / ".bin" / "esbuild"
    if shutil.which("npm") is None or not tools.exists():
        assert not os.environ.get("CI"), "CI must have Node and what package.json names"
        pytest.skip("no Node, or no `npm install` yet")
    done = subprocess.run(
        [shutil.which("npm"), "run", command, "--", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_modules_pass_their_own_tests() -> None:
    npm("test")


def test_the_bundle_is_made_of_the_modules(tmp_path: Path) -> None:
    made = tmp_path / "panel.js"
    npm("build", f"--outfile={made}")
    shipped = ROOT / "workbook" / "whatif" / "static" / "panel.js"
    assert made.read_bytes() == shipped.read_bytes(), "run npm install && npm run build"


def test_an_import_bundles_nothing() -> None:
    code = "import sys, workbook.whatif; print('vl_convert' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_vega_is_bundled_once_however_many_panels_there_are(
    book: wb.Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = []
    monkeypatch.setattr(
        vl_convert, "javascript_bundle", lambda text: bundled.append(text) or "export default {}"
    )
    script.script.cache_clear()
    try:
        wb.WhatIf(book, folder=tmp_path)
        wb.WhatIf(book, folder=tmp_path, lang="zh")
    finally:
        script.script.cache_clear()
    (text,) = bundled
    assert not re.findall("^import", text, re.MULTILINE)  # all of ours is in it


@pytest.mark.parametrize("case", CASES["written"])
def test_a_figure_is_written_as_on_the_page(case: dict[str, Any]) -> None:
    readout = Readout("figure", "label", **case["readout"])
    value = math.nan if case["value"] is None else case["value"]
    assert readout.write(value) == case["text"]
    assert readout.write_change(value) == case["changed"]


@pytest.mark.parametrize("case", CASES["asked"])
def test_the_level_asked_for_is_written_as_on_the_page(case: dict[str, Any]) -> None:
    assert asked(case["level"], case["scale"]) == case["text"]


@pytest.mark.parametrize("case", CASES["rules"])
def test_a_scenario_breaks_the_rules_it_breaks_on_the_page(case: dict[str, Any]) -> None:
    said = {"order": "must come after start", "ceiling": "ceiling"}
    if case["broken"]:
        with pytest.raises(ValueError, match=said[case["broken"]]):
            GUIDANCE.replace(**case["changes"])
    else:
        GUIDANCE.replace(**case["changes"])


@pytest.mark.parametrize("case", CASES["ranges"])
def test_a_number_is_taken_where_the_page_takes_it(case: dict[str, Any]) -> None:
    field, scale, limits = case["field"], case["scale"], RANGES[case["field"]]
    most = None if math.isinf(limits.right) else limits.right * scale
    assert case["range"] == {"least": limits.left * scale, "most": most, "closed": limits.closed}
    if case["accepted"]:
        GUIDANCE.replace(**{field: case["typed"] / scale})
    else:
        with pytest.raises(ValueError, match=field):
            GUIDANCE.replace(**{field: case["typed"] / scale})


@pytest.mark.parametrize("case", CASES["history"])
def test_a_step_is_what_it_is_on_the_page(case: dict[str, Any]) -> None:
    step = history.changed(case["before"], case["now"])
    assert step == case["changed"]
    assert list(history.taken([step], [], case["now"])) == case["undone"]


def test_the_oldest_step_goes_as_on_the_page() -> None:
    more = history.added([{"end_arr": level} for level in range(200)], {"churn": 0.1})
    assert (len(more), more[0], more[-1]) == (200, {"end_arr": 1}, {"churn": 0.1})


@pytest.mark.parametrize("case", CASES["beside"])
def test_the_stored_picture_is_given_the_saved_scenarios_as_the_page_is(case: dict[str, Any]) -> None:
    assert beside(case["saved"]) == (case["rows"], case["signals"])
