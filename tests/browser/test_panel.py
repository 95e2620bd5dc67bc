"""The what-if panel under the hand, in a real JupyterLab: what the page shows is what Python computes."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

import workbook as wb
from tests.browser.conftest import VIEWPORT, Lab, Watch, drag, tab
from workbook.arr import Scenario
from workbook.commercialization.controls import start_scenario
from workbook.commercialization.readouts import readouts
from workbook.dossier import bundled

pytestmark = pytest.mark.browser

CELLS = (
    "import workbook as wb\nbook = wb.open('../data')",
    "what = wb.WhatIf(book, folder='../scenarios')\nwhat",
    "print('a line below, so that the panel is not the end')",
    "ipywidgets.VBox([mine, what]) if 'mine' in dir() else None",
)


@dataclass
class Panel:
    page: Page
    lab: Lab
    guided: Scenario

    @property
    def root(self) -> Locator:
        return self.page.locator(".wb-whatif").first

    def box(self, field: str) -> Locator:
        return self.root.locator(f"input[type=number][data-field={field}]")

    def slider(self, field: str) -> Locator:
        return self.root.locator(f"input[type=range][data-field={field}]")

    def button(self, action: str) -> Locator:
        return self.root.locator(f"button[data-action={action}]")

    def type(self, field: str, value: float) -> None:
        self.box(field).fill(f"{value:g}")
        self.box(field).press("Enter")

    def place(self, part: Locator) -> tuple[float, float]:
        """Return where a part stands within the panel, wherever the page is scrolled to."""
        box, root = part.bounding_box(), self.root.bounding_box()
        assert box
        assert root
        return box["x"] - root["x"], box["y"] - root["y"]

    def figures(self, root: Locator | None = None) -> dict[str, str]:
        cells = (root or self.root).locator("td[data-column=now]")
        return dict(cells.evaluate_all("cells => cells.map(cell => [cell.dataset.figure, cell.textContent])"))

    def shows(self, scenario: Scenario, root: Locator | None = None) -> None:
        """Compare every figure on the page with the model's, as an analyst would read it."""
        wanted = scenario.summary()
        texts = {each.figure: each.write(wanted[each.figure]) for each in readouts(wb.open(), scenario)}
        last = (root or self.root).locator("td[data-figure=multiple][data-column=now]")
        expect(last).to_have_text(texts["multiple"])
        assert self.figures(root) == texts

    def python(self, expression: str) -> Any:
        """Ask the kernel; the answer goes through JSON."""
        text = self.page.evaluate(
            """async (code) => {
                const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                const future = kernel.requestExecute({code: 'import json', user_expressions: {r: code}});
                const answer = (await future.done).content.user_expressions.r;
                return answer.data ? answer.data['text/plain'] : JSON.stringify(answer);
            }""",
            f"json.dumps({expression})",
        )
        return json.loads(text.strip("'").encode().decode("unicode_escape"))

    def run(self, code: str) -> None:
        self.page.evaluate(
            """async (code) => {
                const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                const answer = await kernel.requestExecute({code}).done;
                if (answer.content.status !== 'ok') throw new Error(JSON.stringify(answer.content));
            }""",
            code,
        )

    def holds(self, expression: str, wanted: Any) -> Any:
        """Wait until the kernel has heard of it: what the hand last did may still be on its way."""
        end = time.monotonic() + 20
        while (got := self.python(expression)) != wanted and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        assert got == wanted, expression
        return got

    def settle(self, field: str, value: float) -> None:
        self.holds(f"what.scenario.{field}", pytest.approx(value, abs=1e-9))

    def fresh(self) -> None:
        """Run the cells again: a new panel in the old place, with no scenario saved."""
        shutil.rmtree(self.lab.folder / "scenarios", ignore_errors=True)
        self.page.set_viewport_size(VIEWPORT)
        self.page.evaluate(
            """async () => {
                for (const root of document.querySelectorAll('.wb-whatif')) root.dataset.old = '';
                await jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'});
                if (jupyterapp.shell.leftCollapsed) jupyterapp.shell.expandLeft();
                await jupyterapp.commands.execute('notebook:run-all-cells');
            }"""
        )
        expect(self.page.locator(".wb-whatif[data-old]")).to_have_count(0)
        self.page.locator(".wb-whatif svg").first.wait_for(timeout=120_000)
        self.shows(self.guided)


def opened(lab: Lab, page: Page, name: str = "panel.ipynb", code: tuple[str, ...] = CELLS) -> Panel:
    cells = [nbformat.v4.new_code_cell(source) for source in code]
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}),
        lab.folder / "notebooks" / name,
    )
    lab.open(page, name)
    lab.run_all(page)
    page.locator(".wb-whatif svg").first.wait_for(timeout=120_000)
    return Panel(page, lab, start_scenario(wb.open(bundled("data")))[0])


@pytest.fixture(scope="module")
def desk(lab: Lab, chromium: Browser) -> Iterator[tuple[Panel, Watch]]:
    """One notebook for the tests of this file: opening it takes longer than most of them."""
    watch = Watch()
    with tab(chromium, watch) as page:
        yield opened(lab, page), watch


@pytest.fixture
def panel(desk: tuple[Panel, Watch]) -> Iterator[Panel]:
    panel, watch = desk
    panel.fresh()
    watch.complaints.clear()
    yield panel
    assert watch.left_the_machine == []
    # JupyterLab's own, when a kernel is restarted while it looks for a debugger or a subshell.
    restart = ("Canceled future", "Connection lost", "History was unable")
    assert [text for text in watch.complaints if not any(words in text for words in restart)] == []


def test_every_control_moves_what_it_should(panel: Panel) -> None:
    scenario = panel.guided
    panel.shows(scenario)
    panel.root.locator("summary").click()
    numbers = {  # field: typed, as the field takes it
        "start_arr": (12, 12),
        "end_arr": (45, 45),
        "apps_share": (25, 0.25),
        "churn": (5, 0.05),
        "token_price": (2.5, 2.5),
        "volatility_services": (15, 0.15),
        "volatility_apps": (22, 0.22),
        "volatility_retention": (6, 0.06),
        "correlation": (-0.3, -0.3),
        "expansion": (4, 0.04),
        "token_share": (60, 0.6),
        "external_revenue": (150, 150),
        "target": (35, 35),
    }
    before = panel.figures()
    for field, (typed, value) in numbers.items():
        panel.type(field, typed)
        scenario = scenario.replace(**{field: value})
        panel.shows(scenario)
        if field != "expansion":  # it moves no figure shown
            assert panel.figures() != before, field
        before = panel.figures()
    for field, day in {"start": "2026-05-31", "end": "2027-03-31"}.items():
        panel.root.locator(f"input[type=date][data-field={field}]").fill(day)
        scenario = scenario.replace(**{field: day})
        panel.shows(scenario)
    panel.root.locator("select[data-field=shape]").select_option("linear")
    scenario = scenario.replace(shape="linear")
    panel.shows(scenario)
    expect(panel.box("ceiling")).to_be_hidden()
    panel.root.locator("select[data-field=shape]").select_option("s_curve")
    panel.type("ceiling", 80)
    scenario = scenario.replace(shape="s_curve", ceiling=80)
    panel.shows(scenario)
    panel.settle("ceiling", 80)
    panel.holds("repr(what.scenario)", repr(scenario))
    # All of it can be taken back, step by step, and made again.
    steps = len(numbers) + 5
    panel.holds("len(what.past)", steps)
    for _ in range(steps):
        panel.button("undo").click()
    panel.shows(panel.guided)
    expect(panel.button("undo")).to_be_disabled()
    for _ in range(steps):
        panel.button("redo").click()
    panel.shows(scenario)
    panel.button("reset").click()
    panel.shows(panel.guided)
    panel.page.keyboard.press("Control+z")
    panel.shows(scenario)


def test_the_change_from_guidance_is_written(panel: Panel) -> None:
    panel.type("end_arr", 24)
    change = panel.root.locator("td[data-figure=net_new_arr][data-column=change]")
    expect(change).to_have_text("−6.0 bn")  # 24 - 10 against 30 - 10
    expect(panel.root.locator("td[data-figure=multiple][data-column=change]")).to_have_text("−0.60x")
    # Asked for another level, the guidance is judged by it too.
    panel.root.locator("summary").click()
    panel.type("target", 24)
    chance = panel.guided.p_target(24)
    expect(panel.root.locator("td[data-figure=p_target][data-column=guidance]")).to_have_text(f"{chance:.0%}")


def test_what_the_model_refuses_is_said_and_changes_nothing(panel: Panel) -> None:
    panel.box("churn").fill("100")
    expect(panel.root.locator(".wb-status")).to_have_text("Churn, % a month: at least 0 and below 100")
    expect(panel.box("churn")).to_have_attribute("aria-invalid", "true")
    panel.shows(panel.guided)
    panel.box("end_arr").fill("")
    panel.box("end_arr").press("Enter")
    expect(panel.box("end_arr")).to_have_value("30")
    panel.root.locator("input[type=date][data-field=end]").fill("2026-06-30")
    expect(panel.root.locator(".wb-status")).to_contain_text("has to come after")
    panel.shows(panel.guided)
    # Messages come in order: had there been a step, it would be there before this one.
    panel.type("end_arr", 31)
    panel.holds("what.past", [{"end_arr": 30}])


def test_numbers_and_dates_are_typed_key_by_key(panel: Panel) -> None:
    keys = panel.page.keyboard
    scenario = panel.guided
    panel.root.locator("summary").click()
    for field, typed, value in (("end_arr", "36.25", 36.25), ("churn", "7.5", 0.075), ("target", "42", 42)):
        panel.box(field).click(click_count=3)
        keys.type(typed, delay=30)
        keys.press("Tab")
        scenario = scenario.replace(**{field: value})
        panel.shows(scenario)
    for field, typed, day in (("end", "03312027", "2027-03-31"), ("start", "05312026", "2026-05-31")):
        date = panel.root.locator(f"input[type=date][data-field={field}]")
        date.focus()
        keys.type(typed, delay=120)
        scenario = scenario.replace(**{field: day})
        panel.shows(scenario)
    panel.holds("len(what.past)", 5)  # no step for half a year
    panel.root.locator("select[data-field=shape]").select_option("s_curve")
    panel.box("ceiling").click(click_count=3)
    keys.type("70", delay=60)
    keys.press("Tab")
    scenario = scenario.replace(shape="s_curve", ceiling=70)
    panel.shows(scenario)
    panel.box("ceiling").click(click_count=3)
    keys.type("20", delay=60)  # below the end of the path
    expect(panel.root.locator(".wb-status")).to_have_text("An S-curve tends to a level above both its ends.")
    keys.press("Tab")
    expect(panel.box("ceiling")).to_have_value("70")
    # What was taken on the way to something that cannot be is given back.
    panel.box("churn").click(click_count=3)
    keys.type("150", delay=60)
    keys.press("Tab")
    expect(panel.box("churn")).to_have_value("7.5")
    panel.shows(scenario)
    panel.settle("churn", 0.075)
    # An end that passes the ceiling lifts it, and on the way back lets it down again.
    panel.box("end_arr").click(click_count=3)
    keys.type("300", delay=60)
    expect(panel.box("ceiling")).to_have_value("315")
    keys.press("Backspace")
    keys.press("Tab")
    panel.shows(scenario.replace(end_arr=30))


def test_the_axis_and_the_sliders_follow_and_come_back(panel: Panel) -> None:
    def handle() -> float:
        box = panel.root.locator(".wb-chart path[stroke=white]").nth(1).bounding_box()
        chart = panel.root.locator(".wb-chart svg").bounding_box()
        assert box
        assert chart
        return box["y"] - chart["y"]

    panel.run("what.end_arr = 175")
    panel.shows(panel.guided.replace(end_arr=175))
    assert handle() > 0  # in sight, and in reach
    assert panel.slider("end_arr").get_attribute("max") == "175"
    # Dragged from there, not from the end of the usual range.
    drag(panel.page, panel.root.locator(".wb-chart path[stroke=white]").nth(1), up=-30, steps=4)
    panel.holds("what.scenario.end_arr", pytest.approx(175 - 30 * 1.35 * 175 / 330, abs=1))
    panel.type("end_arr", 5.55)
    panel.button("reset").click()
    slider = panel.slider("end_arr")
    expect(slider).to_have_attribute("max", "60")
    expect(slider).to_have_attribute("min", "10")
    slider.focus()
    panel.page.keyboard.press("ArrowRight")
    panel.shows(panel.guided.replace(end_arr=30.1))
    panel.page.keyboard.press("ArrowLeft")
    panel.shows(panel.guided)
    panel.run("what.scenario = what.scenario.replace(target=None)")
    panel.root.locator("summary").click()
    expect(panel.box("target")).to_have_value("")


def test_there_and_back_is_no_step(panel: Panel) -> None:
    panel.slider("end_arr").focus()
    panel.page.keyboard.press("ArrowRight")
    panel.page.keyboard.press("ArrowLeft")
    # Messages come in order: the kernel has heard of the two keys before it hears of this.
    panel.type("churn", 5)
    panel.holds("what.past", [{"churn": 0.02}])
    panel.button("undo").click()
    # Nor is one that the kernel refuses: applications alone would be more than all.
    panel.run("what.scenario = what.scenario.replace(apps_cmgr=0.2)")
    panel.type("end_arr", 11)
    expect(panel.root.locator(".wb-status")).to_contain_text("apps_cmgr")
    panel.shows(panel.guided.replace(apps_cmgr=0.2))
    panel.holds("len(what.past)", 1)


def test_two_hundred_moves_end_where_the_last_one_did(panel: Panel) -> None:
    slider = panel.slider("end_arr")
    slider.focus()
    for _ in range(100):
        panel.page.keyboard.press("ArrowRight")
    expect(panel.box("end_arr")).to_have_value("40")  # a hundred steps of 0.1, none lost
    slider.evaluate(
        """async (slider) => {
            for (let move = 0; move < 200; move++) {
                slider.value = 10 + move % 50;
                slider.dispatchEvent(new Event('input', {bubbles: true}));
                if (move % 4 === 0) await new Promise(requestAnimationFrame);
            }
            slider.value = 27.5;
            slider.dispatchEvent(new Event('input', {bubbles: true}));
            slider.dispatchEvent(new Event('change', {bubbles: true}));
        }"""
    )
    panel.shows(panel.guided.replace(end_arr=27.5))
    panel.settle("end_arr", 27.5)
    # The keys were one step and the slide another.
    panel.button("undo").click()
    panel.button("undo").click()
    panel.shows(panel.guided)
    panel.settle("end_arr", 30)


def test_a_moving_hand_is_never_set_back(panel: Panel) -> None:
    # The kernel repeats each level it is told, and by then the hand is further on.
    shown = panel.slider("end_arr").evaluate(
        """async (slider) => {
            const panel = slider.closest('.wb-whatif');
            const multiple = panel.querySelector('td[data-figure=multiple][data-column=now]');
            const shown = [];
            const look = new MutationObserver(() => {
                const now = Number(multiple.textContent.replace('x', ''));
                if (now !== shown.at(-1)) shown.push(now);
            });
            look.observe(panel, {subtree: true, childList: true, characterData: true});
            const overheard = () => shown.push("JupyterLab's editors hear of every number written");
            document.addEventListener('selectionchange', overheard);
            for (let level = 20; level < 60; level++) {
                await new Promise(requestAnimationFrame);
                slider.value = level;
                slider.dispatchEvent(new Event('input', {bubbles: true}));
            }
            await new Promise((done) => setTimeout(done, 1000));
            look.disconnect();
            document.removeEventListener('selectionchange', overheard);
            return shown;
        }"""
    )
    assert shown == [level / 10 for level in range(20, 60)]
    panel.settle("end_arr", 59)


def test_the_end_of_the_path_can_be_dragged(panel: Panel) -> None:
    handles = panel.root.locator(".wb-chart path[stroke=white]")
    expect(handles).to_have_count(2)
    _, y = drag(panel.page, handles.nth(1), up=55, steps=8)
    level = panel.holds(
        "what.scenario.end_arr", pytest.approx(40, abs=0.2)
    )  # 55 of 330 pixels of an axis to 60
    panel.shows(panel.guided.replace(end_arr=level))
    moved = handles.nth(1).bounding_box()
    assert moved
    assert moved["y"] + moved["height"] / 2 == pytest.approx(y - 55, abs=1.5)
    panel.button("undo").click()
    panel.shows(panel.guided)


def test_python_and_the_page_follow_one_another(panel: Panel) -> None:
    panel.run("what.scenario = what.scenario.replace(end_arr=25, churn=0.04)")
    panel.shows(panel.guided.replace(end_arr=25, churn=0.04))
    panel.run("what.end_arr = 75")
    panel.shows(panel.guided.replace(end_arr=75, churn=0.04))
    assert panel.slider("end_arr").input_value() == "75"  # beyond the assumed range
    panel.button("undo").click()
    panel.shows(panel.guided.replace(end_arr=25, churn=0.04))
    panel.settle("end_arr", 25)
    panel.run("what.undo()")
    panel.shows(panel.guided)
    # A slider of one's own, tied to a field in the page; and a second view of the same panel.
    panel.run(
        "import ipywidgets\n"
        "mine = ipywidgets.FloatSlider(min=5, max=50, value=30)\n"
        "tie = ipywidgets.jslink((mine, 'value'), (what, 'end_arr'))"
    )
    panel.page.evaluate(
        """async () => {
            const notebook = jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = 3;
            await jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    second = panel.page.locator(".wb-whatif").nth(1)
    second.locator("svg").wait_for()
    readout = panel.page.locator(".widget-slider .widget-readout")
    readout.fill("37")
    readout.press("Enter")
    for root in (panel.root, second):
        panel.shows(panel.guided.replace(end_arr=37), root)
    panel.settle("end_arr", 37)


def test_scenarios_are_saved_loaded_and_compared(panel: Panel) -> None:
    panel.type("end_arr", 40)
    name = panel.root.locator("input[data-action=name]")
    status = panel.root.locator(".wb-status")
    name.fill("../escape")
    panel.button("save").click()
    expect(status).to_contain_text("letters, digits")
    name.fill("乐观 high")
    panel.button("save").click()
    expect(status).to_contain_text("Saved as")
    file = panel.lab.folder / "scenarios" / "乐观 high.toml"
    assert wb.arr.load(file) == panel.guided.replace(end_arr=40)
    panel.type("end_arr", 20)
    panel.button("save").click()
    expect(status).to_contain_text("exists")
    assert wb.arr.load(file).end_arr == 40
    panel.button("replace").click()
    expect(status).to_contain_text("Saved as")
    assert wb.arr.load(file).end_arr == 20
    name.fill("low")
    panel.type("churn", 8)
    panel.button("save").click()
    expect(panel.root.locator(".wb-saved li")).to_have_count(2)
    panel.button("reset").click()
    for box in panel.root.locator(".wb-saved input").all():
        box.check()
    columns = panel.root.locator(".wb-comparison thead th")
    expect(columns).to_have_text(["Figure", "now", "guidance", "low", "乐观 high"])
    wanted = panel.guided.replace(end_arr=20, churn=0.08).summary()
    gross = panel.root.locator(".wb-comparison td[data-saved=low][data-figure=gross_new_arr]")
    expect(gross).to_have_text(f"RMB {wanted['gross_new_arr']:.1f} bn")
    expect(panel.root.locator(".wb-chart text", has_text="乐观 high").first).to_be_attached()
    differing = panel.root.locator(".wb-differ tr")
    expect(differing).to_have_text(
        ["What differs", "To: ARR then, RMB bn30.030.020.020.0", "Churn, % a month2.02.08.02.0"]
    )
    panel.type("churn", 3)  # what is compared with moves on
    expect(differing.last).to_have_text("Churn, % a month3.02.08.02.0")
    now = panel.root.locator(".wb-comparison td[data-beside=now][data-figure=gross_new_arr]")
    moved = panel.guided.replace(churn=0.03).summary()["gross_new_arr"]
    expect(now).to_have_text(f"RMB {moved:.1f} bn")
    panel.root.locator("button[data-load=low]").click()
    panel.shows(panel.guided.replace(end_arr=20, churn=0.08))
    table = panel.python("what.compare('low').set_index('figure')['low'].to_dict()")
    assert table["gross_new_arr"] == pytest.approx(wanted["gross_new_arr"])
    # Replaced by someone else: shown as it is now, in the comparison too.
    other = panel.guided.replace(end_arr=25)
    wb.arr.save(other, panel.lab.folder / "scenarios" / "low.toml")
    panel.root.locator("button[data-load=low]").click()
    panel.shows(other)
    expect(gross).to_have_text(f"RMB {other.summary()['gross_new_arr']:.1f} bn")


def test_a_longer_and_higher_saved_scenario_is_drawn_whole(panel: Panel) -> None:
    panel.type("end_arr", 90)
    panel.root.locator("input[type=date][data-field=end]").fill("2027-06-30")
    panel.root.locator("input[data-action=name]").fill("later")
    panel.button("save").click()
    panel.button("reset").click()
    panel.root.locator("input[data-compare=later]").check()
    name = panel.root.locator(".wb-chart text", has_text="later")
    expect(name).to_be_visible()
    inside, text = panel.root.locator(".wb-chart svg").bounding_box(), name.bounding_box()
    assert inside
    assert text
    assert inside["x"] < text["x"] < text["x"] + text["width"] < inside["x"] + inside["width"]
    assert inside["y"] < text["y"] < inside["y"] + inside["height"]
    panel.root.locator("input[data-compare=later]").uncheck()
    expect(name).to_have_count(0)


def test_the_claim_of_a_start_value_can_be_read(panel: Panel) -> None:
    why = panel.root.locator("[data-control=end_arr] .wb-basis")
    expect(why).to_contain_text("guidance: at least RMB 30 bn, 31 Dec 2026")
    expect(why).to_contain_text("[arr-guided-december-2026]")
    # For eyes its whole is in one place, which moves nothing.
    place = panel.root.locator(".wb-why")
    below = panel.place(panel.box("churn"))
    panel.box("end_arr").focus()
    expect(place).to_contain_text("To: ARR then, RMB bn. guidance: at least RMB 30 bn")
    expect(place).to_contain_text("[arr-guided-december-2026]")
    assert place.evaluate("place => place.scrollHeight - place.clientHeight") <= 0
    panel.slider("churn").hover()
    expect(place).to_contain_text("Churn, % a month. assumption: ")
    assert panel.place(panel.box("churn")) == pytest.approx(below, abs=0.1)
    ids = panel.slider("end_arr").get_attribute("aria-describedby")
    assert ids == why.get_attribute("id")


def test_the_legend_names_what_is_drawn(panel: Panel) -> None:
    shown = panel.root.locator(".wb-legend li:visible")
    four = [
        "this scenario: drag its ends",
        "guidance (arrow up: at least)",
        "5 to 95% and 25 to 75% of outcomes",
        "observed (arrow up: at least)",
    ]
    expect(shown).to_have_text(four)
    panel.root.locator("select[data-action=comparables]").select_option("OpenAI")
    expect(shown).to_have_text([*four, "other companies, from the same start"])
    panel.root.locator("input[data-action=simulate]").check()
    expect(shown).to_have_text([*four, "simulated 5, 50 and 95%", "other companies, from the same start"])


def test_figures_are_copied_as_a_table(panel: Panel) -> None:
    panel.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.type("end_arr", 24)
    panel.button("copy").click()
    expect(panel.root.locator(".wb-status")).to_contain_text("Copied")
    rows = [line.split("\t") for line in panel.page.evaluate("navigator.clipboard.readText()").split("\n")]
    assert rows[0][:5] == ["Figure", "Unit", "now", "guidance", "change"]
    (multiple,) = [row for row in rows if row[0] == "Multiple"]
    assert [float(cell) for cell in multiple[2:5]] == pytest.approx([2.4, 3.0, -0.6])
    # What can be changed stands in the unit its label names.
    (churn,) = [row for row in rows if row[0] == "Churn, % a month"]
    assert churn[1:5] == ["assumption", "2", "2", ""]
    (end,) = [row for row in rows if row[0] == "To: Date"]
    assert end[1:4] == ["guidance", "2026-12-31", "2026-12-31"]
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]


def test_the_simulation_follows_and_is_never_stale(panel: Panel) -> None:
    simulated = panel.root.locator(".wb-simulation")
    panel.root.locator("input[data-action=simulate]").check()
    expect(simulated).to_have_attribute("data-state", "current")
    first = simulated.inner_text()
    panel.holds("what.simulation['of']['end_arr']", 30)
    chance = panel.python("what.simulation['p_target']")
    assert f"{chance:.0%}" in first
    # Given a floor above the plan the target is likelier than not given it.
    assert chance > panel.guided.p_target()
    state = panel.slider("end_arr").evaluate(
        """(slider) => {
            slider.value = 50;
            slider.dispatchEvent(new Event('input', {bubbles: true}));
            return Promise.resolve().then(() => document.querySelector('.wb-simulation').dataset.state);
        }"""
    )
    assert state == "computing"  # in the very frame of the move
    expect(simulated).to_have_attribute("data-state", "current")
    panel.holds("what.simulation['of']['end_arr']", 50)
    assert simulated.inner_text() != first
    # A floor that no path meets is said, not left out.
    panel.type("end_arr", 8)
    panel.type("volatility_services", 0)
    panel.type("volatility_apps", 0)
    panel.root.locator("summary").click()
    panel.type("volatility_retention", 0)
    expect(simulated).to_have_attribute("data-state", "refused")
    expect(simulated).to_have_text("None of 100,000 paths agrees with what was observed.")
    # It is given what lies between the dates, and says what that is.
    condition = panel.root.locator(".wb-check span")
    expect(condition).to_contain_text("at least RMB 16 bn†, 20 Aug 2026")
    panel.root.locator("input[type=date][data-field=start]").fill("2026-09-01")
    expect(condition).to_contain_text("between the two dates: nothing")
    expect(simulated).to_contain_text("Nothing was observed")
    panel.root.locator("input[data-action=simulate]").uncheck()
    expect(simulated).to_have_text("")


def test_other_companies_are_drawn_on_demand(panel: Panel) -> None:
    lines = "() => document.querySelectorAll('.wb-chart .mark-line path').length"
    before = panel.page.evaluate(lines)
    panel.root.locator("select[data-action=comparables]").select_option("OpenAI")
    panel.page.wait_for_function(f"() => ({lines})() > {before}")
    panel.holds("what.company", "OpenAI")
    panel.run("what.company = ''")
    expect(panel.root.locator("select[data-action=comparables]")).to_have_value("")


def test_it_outlives_a_restart_and_runs_again(panel: Panel) -> None:
    panel.page.evaluate(
        """async () => {
            const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            await kernel.restart();
            await kernel.info;
        }"""
    )
    panel.type("end_arr", 45)  # no kernel holds it any more; the page still computes
    panel.shows(panel.guided.replace(end_arr=45))
    panel.root.locator("input[data-action=simulate]").check()
    simulated = panel.root.locator(".wb-simulation")
    expect(simulated).to_have_text("simulating …")
    expect(simulated).to_have_text("No answer yet: the kernel is busy or gone.")
    panel.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
    panel.page.wait_for_function(
        "() => document.querySelector('.wb-whatif td[data-figure=multiple]')?.textContent === '3.00x'"
    )
    panel.type("end_arr", 20)
    panel.shows(panel.guided.replace(end_arr=20))
    panel.settle("end_arr", 20)


@pytest.mark.parametrize("shown", ["what", "ipywidgets.AppLayout(center=ipywidgets.VBox([what]))"])
def test_saved_and_opened_without_a_kernel_it_is_a_picture_and_a_table(
    lab: Lab, page: Page, shown: str
) -> None:
    made = "import ipywidgets\nwhat = wb.WhatIf(book, folder='../scenarios')\n"
    panel = opened(lab, page, "stored.ipynb", (CELLS[0], made + shown, CELLS[2]))
    panel.type("end_arr", 45)
    # Once the hand has rested, what it left is there to be saved, unseen as long as the panel lives.
    hidden = page.locator(".wb-stored")
    expect(hidden).to_contain_text("4.50x", timeout=20_000)
    assert not hidden.is_visible()
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_timeout(1500)
    file = lab.folder / "notebooks" / "stored.ipynb"
    stored = json.loads(file.read_text(encoding="utf-8"))
    (data,) = [o["data"] for o in stored["cells"][1]["outputs"]]
    assert "application/vnd.jupyter.widget-view+json" not in data
    # As a mail brings it: JupyterLab does not trust what it has not run.
    stored["cells"][2]["source"] = "'another line'"
    file.write_text(json.dumps(stored), encoding="utf-8")
    page.goto(f"{lab.url}/lab/tree/notebooks/stored.ipynb?reset&token={lab.token}")
    output = page.locator(".jp-RenderedHTMLCommon", has=page.locator("table"))
    output.locator("table").wait_for(timeout=60_000)
    assert "Error displaying widget" not in page.locator(".jp-Notebook").inner_text()
    expect(output.locator("tr", has_text="Multiple")).to_contain_text("4.50x")
    picture = output.locator("img")
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 600


def test_a_cell_that_changes_the_panel_changes_what_is_stored(panel: Panel) -> None:
    panel.run("what.end_arr = 24")
    expect(panel.page.locator(".wb-stored").first).to_contain_text("2.40x", timeout=20_000)


def test_in_chinese_amounts_are_typed_in_hundreds_of_millions(lab: Lab, page: Page) -> None:
    code = ("import workbook as wb", "what = wb.WhatIf(wb.open('../data'), lang='zh')\nwhat")
    panel = opened(lab, page, "zh.ipynb", code)
    panel.type("end_arr", 365)
    panel.settle("end_arr", 36.5)
    wanted = panel.guided.replace(end_arr=36.5)
    texts = {
        each.figure: each.write(wanted.summary()[each.figure]) for each in readouts(wb.open(), wanted, "zh")
    }
    expect(panel.root.locator("td[data-figure=multiple][data-column=now]")).to_have_text("3.65倍")
    assert panel.figures() == texts
    ticks = panel.root.locator(".wb-chart svg text").all_text_contents()
    assert {"100", "600", "365"} <= set(ticks)
    drag(page, panel.root.locator(".wb-chart path[stroke=white]").nth(1), up=33, steps=5)
    panel.holds("what.scenario.end_arr", pytest.approx(42.5, abs=0.2))  # a tenth of 60 higher
    panel.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.type("end_arr", 240)
    panel.settle("end_arr", 24)
    panel.button("copy").click()
    expect(panel.root.locator(".wb-status")).to_contain_text("已复制")
    text = page.evaluate("navigator.clipboard.readText()")
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in text.split("\n")}
    assert rows["净新增ARR"] == ["亿元", "140", "200", "-60"]  # as is typed, and as the page says
    assert rows["终点: 当日ARR（亿元）"][:3] == ["指引", "240", "300"]
    assert rows["路径"][1:3] == ["恒定增速", "恒定增速"]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("width", [1280, 600])
def test_it_can_be_read_and_reached_by_all(panel: Panel, theme: str, width: int, tmp_path: Path) -> None:
    page = panel.page
    page.set_viewport_size({"width": width, "height": 1100})
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.evaluate("jupyterapp.shell.collapseLeft()")
    page.wait_for_timeout(1500)
    panel.root.locator("summary").click()
    panel.root.locator("input[data-action=name]").fill("axe")
    panel.button("save").click()
    box = panel.root.locator(".wb-saved input").first
    box.check()
    result = Axe().run(page, context=".wb-whatif")
    serious = [v for v in result.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious, result.generate_report()
    # Nothing sticks out of the cell, and the drawing has shrunk with it.
    overflow = panel.root.evaluate("root => root.scrollWidth - root.clientWidth")
    assert overflow <= 1
    chart = panel.root.locator(".wb-chart svg").bounding_box()
    place = panel.root.locator(".wb-chart").bounding_box()
    assert chart
    assert place
    assert chart["width"] <= place["width"] + 1
    # The curve stays in sight of whoever moves the last slider.
    page.evaluate("document.querySelector('.wb-whatif').scrollIntoView()")
    last = panel.root.locator("input[type=range]").last
    last.evaluate("slider => slider.closest('.wb-controls').scrollTo(0, 1e6)")
    for part in (last, panel.root.locator(".wb-chart svg")):
        place = part.bounding_box()
        assert place
        assert place["y"] >= 0
        assert place["y"] + place["height"] <= 1100
