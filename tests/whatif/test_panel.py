"""The what-if panel as Python sees it; tests/browser/test_panel.py has it under the hand."""

import asyncio
import base64
import json
import re
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import ipywidgets
import nbformat
import pytest
import traitlets
from jupyter_server.services.contents.filemanager import FileContentsManager

import workbook as wb
from tests.conftest import OTHER, write_dossier
from workbook.arr import Scenario
from workbook.commercialization import run_rate
from workbook.commercialization.layers import field_values
from workbook.jupyter import stored, workspace
from workbook.whatif import settings, simulation
from workbook.whatif.script import script

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def what(book: wb.Dossier, tmp_path) -> wb.WhatIf:  # type: ignore[no-untyped-def]
    return wb.WhatIf(book, folder=tmp_path / "scenarios")


def ask(what: wb.WhatIf, message: dict[str, object]) -> None:
    """Ask as the page does."""
    what._handle_custom_msg(message, [])


def without_a_loop(call: Callable[[], object]) -> None:
    """Call in a thread of its own: after a browser test, Playwright's loop counts as running in the main one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(call).result()


def test_it_starts_at_the_guidance_and_says_what_it_rests_on(what: wb.WhatIf) -> None:
    assert (what.scenario.start_arr, what.scenario.end_arr) == (10, 30)
    assert {"arr-guided-june-2026", "arr-guided-december-2026"} <= set(what.claims)
    origins = {control["field"]: (control["basis"], control["claim"]) for control in what.controls}
    assert origins["end_arr"] == ("guidance", "arr-guided-december-2026")
    assert origins["churn"] == ("assumption", "")
    # The ranges are those of the assumptions table, in the reader's unit.
    ranges = {control["field"]: (control["low"], control["high"]) for control in what.controls}
    assert ranges["end_arr"] == (10, 60)
    assert ranges["churn"] == (0, 20)


def test_bounds_are_drawn_and_named_as_bounds(what: wb.WhatIf) -> None:
    said = {
        (row["kind"], row["arr"], row["bound"])
        for rows in what.spec["datasets"].values()
        for row in rows
        if "bound" in row
    }
    assert said == {
        ("actual", 8.0, "at_least"),
        ("actual", 16.0, "at_least"),
        ("guidance", 10.0, "at_least"),
        ("guidance", 30.0, "at_least"),
    }
    assert what.words["legend"]["guidance"] == "guidance (arrow up: at least)"
    # Both observations are of what the guidance is of, so none names its scope.
    assert what.observed == [
        {"date": "2026-05-13", "text": "at least RMB 8 bn, 13 May 2026"},
        {"date": "2026-08-20", "text": "at least RMB 16 bn†, 20 Aug 2026"},
    ]


def test_a_field_and_the_scenario_follow_one_another(what: wb.WhatIf) -> None:
    seen = []
    what.observe(lambda change: seen.append(change["new"].end_arr), "scenario")
    what.end_arr = 40
    assert what.scenario == what.guidance.replace(end_arr=40)
    what.scenario = what.scenario.replace(start="2026-05-31", start_arr=12, end_arr=24, shape="linear")
    assert (what.start, what.start_arr, what.end_arr, what.shape) == ("2026-05-31", 12, 24, "linear")
    assert seen == [40, 24]  # one notice an edit, however many fields it changes


def test_what_the_page_sends_arrives_as_one_scenario(what: wb.WhatIf) -> None:
    seen = []
    what.observe(lambda change: seen.append(change["new"]), "scenario")
    what.set_state({"end_arr": 45, "churn": 0.05, "past": [{"end_arr": 30, "churn": 0.02}]})
    assert seen == [what.guidance.replace(end_arr=45, churn=0.05)]
    what.undo()
    assert what.scenario == what.guidance


def test_what_the_model_refuses_changes_nothing(what: wb.WhatIf) -> None:
    with pytest.raises(traitlets.TraitError, match=r"churn is 1: it must be in \[0"):
        what.churn = 1
    with pytest.raises(traitlets.TraitError, match="must come after start"):
        what.end = "2026-06-30"
    with pytest.raises(traitlets.TraitError):
        what.scenario = {"end_arr": 30}
    with pytest.raises(traitlets.TraitError, match="in USD and the guidance in RMB"):
        what.scenario = what.scenario.replace(currency="USD")
    # The same from the page: no exception in a place nobody sees, and the field goes back.
    sent = []
    what.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    what.set_state({"churn": 1.0})
    assert sent[0]["failed"]
    assert "churn" in sent[0]["answer"]
    assert what.scenario == what.guidance
    assert what.churn == what.guidance.churn
    # The step of a refused change may come in a message of its own: it would take nothing back.
    what.set_state({"past": [{"end_arr": 40}, {"churn": what.churn}], "future": []})
    assert what.past == [{"end_arr": 40}]


def test_undo_redo_and_reset(what: wb.WhatIf) -> None:
    what.undo()  # nothing to take back
    what.end_arr = 40
    what.scenario = what.scenario.replace(churn=0.05, shape="linear")
    what.undo()
    assert what.scenario == what.guidance.replace(end_arr=40)
    what.undo()
    assert what.scenario == what.guidance
    what.redo()
    what.redo()
    assert what.scenario == what.guidance.replace(end_arr=40, churn=0.05, shape="linear")
    what.redo()  # nothing more
    what.reset()
    assert what.scenario == what.guidance
    what.undo()
    what.end_arr = 20
    assert what.future == []  # a new edit leaves nothing to make again
    assert what.scenario == what.guidance.replace(end_arr=20, churn=0.05, shape="linear")


def test_a_loop_of_edits_keeps_the_last_ones(what: wb.WhatIf) -> None:
    for level in range(1, 302):
        what.end_arr = level
    assert len(what.past) == settings.STEPS_KEPT == 200
    for _ in what.past:
        what.undo()
    assert what.end_arr == 101


def test_scenarios_are_files_that_come_back(what: wb.WhatIf, book: wb.Dossier) -> None:
    what.end_arr = 45
    file = what.save("high")
    assert wb.arr.load(file) == what.scenario
    with pytest.raises(FileExistsError, match="another name"):
        what.save("high")
    what.end_arr = 20
    what.save("high", replace=True)
    what.save("低")
    what.reset()
    what.load("high")
    assert what.scenario == what.guidance.replace(end_arr=20)
    for name in ("", "../up", "a/b", ".hidden", "=1+1", "x" * 61, "trailing ", "now", "guidance"):
        with pytest.raises(ValueError, match="letters, digits"):
            what.save(name)
    with pytest.raises(FileNotFoundError):
        what.load("none")
    # Another panel on the same folder has them, and leaves out what it cannot read.
    (what.folder / "broken.toml").write_text("end_arr = 'much'\n", encoding="utf-8")
    other = wb.WhatIf(book, folder=what.folder)
    assert sorted(other.saved) == ["high", "低"]
    assert other.saved["high"]["figures"]["multiple"] == 2.0


def test_what_the_page_shows_is_saved_even_before_the_kernel_heard_of_it(what: wb.WhatIf) -> None:
    sent = []
    what.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    fields = field_values(what.scenario) | {"end_arr": 45.0}
    ask(what, {"do": "save", "name": "high", "replace": False, "fields": fields})
    assert wb.arr.load(what.folder / "high.toml") == what.guidance.replace(end_arr=45)
    for wrong in (fields | {"churn": 2.0}, fields | {"currency": "USD"}):
        ask(what, {"do": "save", "name": "odd", "fields": wrong})
        assert sent[-1]["failed"]
    assert list(what.saved) == ["high"]


SAVES = """
import sys, time
import workbook as wb
what = wb.WhatIf(wb.open(), folder=sys.argv[1])
what.end_arr = float(sys.argv[2])
print("ready", flush=True)
start = float(input())
for turn in range(40):
    while time.time() < start + turn / 20:
        pass
    try:
        what.save(f"case {turn}")
    except FileExistsError as error:
        print("refused", error)
    else:
        print("saved")
"""


def test_of_two_processes_that_save_one_new_name_at_once_one_is_refused(tmp_path: Path) -> None:
    levels = (20.0, 25.0)
    commands = [[sys.executable, "-c", SAVES, tmp_path / "scenarios", str(level)] for level in levels]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(each, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) for each in commands]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    start = f"{time.time() + 0.2}\n"
    for process in running:
        assert process.stdin
        process.stdin.write(start)
        process.stdin.flush()
    told = [process.communicate(timeout=60)[0].splitlines() for process in running]
    for turn, answers in enumerate(zip(*told, strict=True)):
        file = tmp_path / "scenarios" / f"case {turn}.toml"
        assert sorted(answer.split()[0] for answer in answers) == ["refused", "saved"]
        assert f"refused {file} exists: choose another name, or replace it" in answers
        assert wb.arr.load(file).end_arr == levels[answers.index("saved")]
    assert len(list((tmp_path / "scenarios").iterdir())) == 40  # and no draft


def test_a_file_replaced_elsewhere_is_shown_as_it_is_now(what: wb.WhatIf) -> None:
    sent: list[dict[str, object]] = []
    what.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    what.end_arr = 20
    file = what.save("low")

    def replaced(level: float) -> None:
        wb.arr.save(what.guidance.replace(end_arr=level), file)

    replaced(15)
    what.load("low")
    assert what.end_arr == what.saved["low"]["fields"]["end_arr"] == 15
    replaced(16)
    what.set_state({"compared": ["low"]})  # as the page does when its box is ticked
    assert what.saved["low"]["fields"]["end_arr"] == 16
    assert what.saved["low"]["path"][-1] == ["2026-12-31", 16]
    replaced(17)
    assert what.compare("low").set_index("figure").loc["net_new_arr", "low"] == 7
    assert what.saved["low"]["figures"]["net_new_arr"] == 7
    # The page asks before it shows one, and is sent the values before the answer.
    replaced(18)
    ask(what, {"do": "load", "name": "low"})
    assert what.saved["low"]["fields"]["end_arr"] == 18
    assert sent == [{"answer": "", "loaded": "low"}]
    file.unlink()
    ask(what, {"do": "load", "name": "low"})
    assert sent[-1]["failed"]
    assert "low.toml" in str(sent[-1]["answer"])
    assert (what.saved, what.compared) == ({}, [])


def test_a_byte_order_mark_hides_no_scenario(what: wb.WhatIf) -> None:
    file = what.save("low")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    what.refresh_saved()
    assert list(what.saved) == ["low"]


def test_a_scenario_in_another_currency_is_not_loaded(what: wb.WhatIf) -> None:
    what.folder.mkdir()
    wb.arr.save(what.scenario.replace(currency="USD"), what.folder / "dollars.toml")
    with pytest.raises(ValueError, match=r"dollars\.toml is in USD and the guidance in RMB"):
        what.load("dollars")


def test_scenarios_are_compared_side_by_side(what: wb.WhatIf) -> None:
    what.end_arr = 20
    what.save("half")
    what.reset()
    table = what.compare("half").set_index("figure")
    assert list(table.columns) == ["unit", "guidance", "now", "half"]
    assert table.loc["multiple", ["guidance", "now", "half"]].tolist() == [3.0, 3.0, 2.0]
    assert table.loc["cmgr", "half"] == pytest.approx(2 ** (1 / 6) - 1)  # doubled in six months
    with pytest.raises(KeyError, match="no saved scenario 'none': there is half"):
        what.compare("none")


def test_the_table_sets_the_same_chance_beside_the_guidances(what: wb.WhatIf) -> None:
    what.scenario = what.scenario.replace(end_arr=20, target=25)
    table = what.table().set_index("figure")
    assert table.loc["net_new_arr", ["guidance", "now", "change"]].tolist() == [20, 10, -10]
    s = Scenario(start="2026-06-30", end="2026-12-31", start_arr=10, end_arr=20)
    assert table.loc["cmgr", "now"] == pytest.approx(s.summary()["cmgr"])
    assert table.loc["p_target", "guidance"] == pytest.approx(what.guidance.p_target(25))


def test_a_simulation_says_what_it_was_made_of(what: wb.WhatIf) -> None:
    without_a_loop(lambda: what.set_trait("simulate", True))  # no event loop: at once
    assert what.simulation["of"]["end_arr"] == 30
    result = what.scenario.simulate(100_000, observed=[("2026-08-20", 16, "at_least")])
    assert what.simulation["p_target"] == result.p_target
    certain = what.scenario.replace(
        end_arr=8, volatility_services=0, volatility_apps=0, volatility_retention=0
    )
    without_a_loop(lambda: what.set_trait("scenario", certain))
    assert what.simulation["of"]["end_arr"] == 8
    assert what.simulation["why"] == "None of 100,000 paths agrees with what was observed."
    json.dumps(what.simulation)


def test_in_a_kernel_only_the_last_of_many_moves_is_simulated(what: wb.WhatIf) -> None:
    made = []
    what.observe(lambda change: made.append(change["new"]["of"]["end_arr"]), "simulation")

    async def moves() -> None:
        what.simulate = True
        for level in range(31, 51):
            what.end_arr = level
            await asyncio.sleep(0.001)
        assert made == []  # the hand was never waited for
        while what.simulation.get("of", {}).get("end_arr") != 50:
            await asyncio.sleep(0.01)

    without_a_loop(lambda: asyncio.run(moves()))
    assert made[-1] == 50
    assert len(made) <= 2


def test_a_simulation_is_given_what_lies_between_its_dates_or_is_none(
    what: wb.WhatIf, book: wb.Dossier
) -> None:
    def simulated(scenario: Scenario) -> dict[str, object]:
        points = run_rate.arr_points(book)
        observed = [each for each, _ in simulation.observations(points, "RMB", "en")]
        return simulation.simulated(scenario, observed, "en")

    after = simulated(what.guidance.replace(start="2026-09-01"))
    assert after["why"].startswith("Nothing was observed")
    before = simulated(what.guidance.replace(start="2026-01-31", start_arr=5))
    both = [("2026-05-13", 8, "at_least"), ("2026-08-20", 16, "at_least")]
    wanted = what.guidance.replace(start="2026-01-31", start_arr=5).simulate(100_000, observed=both)
    assert before["p_target"] == wanted.p_target
    # A hundred thousand paths of thousands of months would keep the kernel for minutes.
    assert "240 months" in simulated(what.guidance.replace(start="1900-01-31"))["why"]


@pytest.mark.parametrize("bound", ["at_least", "exact", "at_most", "about"])
def test_a_figure_of_another_scope_says_nothing_of_the_guided_one(tmp_path: Path, bound: str) -> None:
    tables = {name: [[*row] for row in rows] for name, rows in OTHER.items()}
    claim = ["cloud-arr", "commercialization", "The cloud arm had an ARR of USD 3 bn.", "reported"]
    claim += ["northlight-release", "p. 3", "2031-06-30", "day", "Northlight Cloud", "arr", "3", bound]
    tables["claims"].append([*claim, "USD bn", "", "2031-06-30", "", ""])
    folder = write_dossier(
        tmp_path / "part", tables, subject="Northlight", parts=[{"name": "Northlight Cloud"}]
    )
    what = wb.WhatIf(wb.open(folder))
    assert [seen["date"] for seen in what.observed] == ["2031-03-01"]


def test_it_sits_in_other_widgets(what: wb.WhatIf) -> None:
    assert ipywidgets.VBox([what]).children == (what,)
    assert ipywidgets.AppLayout(center=what).center is what


def test_a_stored_notebook_shows_a_picture_and_a_table(what: wb.WhatIf, book: wb.Dossier) -> None:
    what.end_arr = 24
    data = what.as_stored()
    page = data["text/html"]
    picture = base64.b64decode(page.split("data:image/svg+xml;base64,")[1].split("'")[0])
    assert ElementTree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own
    for text in ("2.40x", "3.00x", "−0.60x", "guidance", "Sources: ", "RMB 10 bn (30 Jun 2026) → RMB 24 bn"):
        assert text in page
    assert "simulated" not in page
    assert data["text/plain"] == "WhatIf(RMB 10 bn on 2026-06-30 to RMB 24 bn on 2026-12-31, constant growth)"


def test_what_is_stored_shows_what_the_panel_did(what: wb.WhatIf) -> None:
    def shown() -> str:
        (text,) = re.findall("base64,([^']*)'", what.as_stored()["text/html"])
        return text

    plain = shown()
    what.save("high")
    what.compared = ["high"]
    compared = shown()
    what.scenario = what.scenario.replace(end_arr=20, target=25)
    what.save("asks for 25")
    what.compared = ["high", "asks for 25"]
    what.reset()
    table = what.as_stored()["text/html"]
    heads = re.findall("<th scope='col'[^>]*>([^<]*)", table)
    assert heads == ["now", "guidance", "change", "high", "asks for 25"]
    rows = {
        row[0]: row[1:]
        for line in re.findall("<tr><th scope='row'.*?</tr>", table)
        if (row := re.findall(">([^<>]+)</t", line))
    }
    assert rows["Multiple"] == ["3.00x", "3.00x", "0.00x", "3.00x", "2.00x"]
    assert rows["P(ARR of at least RMB 30 bn)"][-1].endswith("% (of 25)")
    what.compared = ["high"]

    def simulated() -> None:  # without an event loop the simulation follows at once
        what.simulate = True
        assert len({plain, compared, shown()}) == 3
        what.end_arr = 31
        assert "Dotted and black: simulated" in what.as_stored()["text/html"]

    without_a_loop(simulated)
    before = shown()
    what.save("high", replace=True)  # now of 31
    assert shown() != before
    what.simulation = {}
    assert "simulated" not in what.as_stored()["text/html"]


def test_jupyter_saves_a_panel_without_its_view(tmp_path: Path) -> None:
    """A real server's contents manager, with our extension loaded as `jupyter lab` loads it."""
    manager = FileContentsManager(root_dir=str(tmp_path))
    stored._load_jupyter_server_extension(SimpleNamespace(contents_manager=manager))
    new = nbformat.v4.new_output
    view = {stored.VIEW: {"model_id": "0a"}}
    table = {"text/html": "<div class='wb-stored'>a table</div>"}
    other = {stored.VIEW: {"model_id": "0b"}, "text/plain": "another widget's"}
    outputs = [
        new("display_data", view),
        new("display_data", table, metadata={stored.INSTEAD: "0a"}),
        new("display_data", other),
    ]
    cells = [nbformat.v4.new_code_cell("what", outputs=outputs), nbformat.v4.new_markdown_cell("words")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    manager.save({"type": "notebook", "content": notebook}, "panel.ipynb")
    saved = nbformat.read(tmp_path / "panel.ipynb", as_version=4).cells[0].outputs
    assert [output.data for output in saved] == [table, other]
    assert [output.metadata for output in saved] == [{}, {}]


def test_every_jupyter_server_beside_us_loads_the_extension() -> None:
    config = Path(sysconfig.get_path("data")) / "etc/jupyter/jupyter_server_config.d"
    installed = json.loads((config / "token-foundry-workbook.json").read_text(encoding="utf-8"))
    ours = workspace.CONFIG / "jupyter_server_config.d" / "token-foundry-workbook.json"
    assert installed == json.loads(ours.read_text(encoding="utf-8"))
    (module,) = installed["ServerApp"]["jpserver_extensions"]
    assert [point["module"] for point in stored._jupyter_server_extension_points()] == [module]


def test_text_of_the_dossier_is_escaped(other: wb.Dossier) -> None:
    what = wb.WhatIf(other)
    what.sources = "<script>alert(1)</script>"
    assert "<script>" not in what.as_stored()["text/html"]


def test_another_company_without_assumptions_gets_a_panel_too(other: wb.Dossier) -> None:
    what = wb.WhatIf(other, lang="zh")
    assert (what.scenario.currency, what.start_arr, what.end_arr) == ("USD", 2, 5)
    origins = {control["field"]: control["basis"] for control in what.controls}
    assert origins["start_arr"] == "observation"
    assert origins["end_arr"] == "guidance"
    # Nobody assumed a churn, a price or applications: the model's own volatility alone is left to change.
    own = {"start", "start_arr", "end", "end_arr", "shape", "ceiling", "target", "volatility_services"}
    assert set(origins) == own
    assert origins["volatility_services"] == "default"
    assert {each["figure"] for each in what.readouts} == {
        "multiple", "cmgr", "net_new_arr", "recognised_revenue", "p_target"
    }  # fmt: skip
    assert what.guidance.apps_share == 0
    assert list(what.companies) == [""]
    assert [seen["date"] for seen in what.observed] == ["2031-03-01"]  # the start itself conditions nothing
    assert what.words["legend"]["guidance"] == "指引（上箭头：不低于）"


def test_guidance_that_is_no_bound_is_not_called_one(tmp_path: Path) -> None:
    figures = {"arr-first": "about", "arr-goal": "exact"}
    tables = {name: [[*row] for row in rows] for name, rows in OTHER.items()}
    for row in tables["claims"]:
        if row[0] in figures:
            row[row.index("at_least")] = figures[row[0]]
    what = wb.WhatIf(wb.open(write_dossier(tmp_path / "exact", tables)))
    assert (what.words["legend"]["guidance"], what.words["legend"]["observed"]) == ("guidance", "observed")
    assert "arrow" not in what.as_stored()["text/html"]


def test_before_there_was_guidance_it_says_so(other_folder) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="no figure of the role run_rate"):
        wb.WhatIf(wb.open(other_folder, as_of="1999-01-01"))


def test_what_is_not_in_the_page_is_not_fetched() -> None:
    assert "https://esm.sh" not in script()
    assert "cdn." not in script().lower()
