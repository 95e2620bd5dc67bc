"""Time one move of a what-if slider in a real JupyterLab: python benchmarks/whatif_latency.py [way ...].

Every way has a notebook and a tab of its own, in one Chromium on one server; they take turns, a few moves
each. All timing happens inside the page. A move is an `input` event on a range input; an ipywidgets slider is
no input element, there it is an arrow key on the slider's handle (`keydown`), which moves its model.

JupyterLab's server leaves Nagle's algorithm on for the kernel's websocket, and so a message to a page that
has nothing to send itself can wait 40 ms for an acknowledgement: ways through the kernel have it in p95.
"""

import importlib.metadata
import importlib.util
import itertools
import json
import math
import os
import platform
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import nbformat
from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as Late

import workbook as wb
from workbook import style
from workbook.jupyter import display

CHROMIUM = "/usr/bin/chromium"
CLONE = Path(__file__).parents[1]

# What is asked for.
FRAME, TIMES, SHOWN, SCENARIO, FAN = 16.7, 15, 20, 150, 300

# Moves go up from LOW and down again, STEP at a time.
LOW, STEP, LEVELS = 15.0, 0.5, 90
ROUNDS, MOVES = 9, 11
BURST = 40
DRAG = 110
SCENARIO_MOVES = 40
FANS, FAN_BURST = 20, 10

# The panel's own names.
PANEL, FIELD = ".wb-whatif", "end_arr"
PANEL_SLIDER = f"{PANEL} input[type=range][data-field={FIELD}]"
PANEL_CHART = f"{PANEL} .wb-chart svg"
PANEL_READOUTS = f"{PANEL} td[data-column=now]"
SIMULATE = f"{PANEL} input[data-action=simulate]"
SIMULATION, STATE, CURRENT = f"{PANEL} .wb-simulation", "data-state", "current"

BOOK = """
import altair as alt, ipywidgets, workbook as wb
from workbook import style
from workbook.jupyter import display
style.enable()
book = wb.open()
guidance, _ = wb.commercialization.guidance(book)
"""
NOTES = """
drawn: from the event to the first microtask after the drawing differs (canvas calls, SVG, image loaded).
frame: from the event to the callback of the animation frame that has the drawing. Events fall evenly on all
  moments of a frame, so half a frame of waiting is in the median, nearly a whole one in p95, whatever draws.
frame, dragged by mouse: the same while the browser itself sends the events. It hands pointer moves to a page
  just before a frame's callbacks, so what is drawn at once is in the frame that was about to begin.
shown: different drawings in a burst of 40 moves, one sent in each frame's callback; counted once a frame, and
  those that come late count.
A headless Chromium has no screen: frames come from a timer at 60 Hz and are painted by the CPU. What layout,
painting and a display take after a frame's callbacks is in no figure. A page's clock has steps of 0.1 ms.
"""
SLIDER = f"ipywidgets.FloatSlider(min=15, max=60, step={STEP}, value={LOW})"


@dataclass(frozen=True)
class Way:
    """A way to do a what-if: the cell that sets it up, what is moved, and what has to change."""

    words: str
    cell: str
    slider: str = ".noUi-handle"
    drawings: tuple[str, ...] = ("canvas.marks, svg.marks",)
    needs: str = "workbook"

    @property
    def keys(self) -> bool:
        return self.slider == ".noUi-handle"


SPEC = """
alt.renderers.register("spec", lambda spec: {display.MIME: {**spec, "$schema": display.SCHEMA}})
alt.renderers.enable("spec")
"""
INTERACT = (
    BOOK
    + SPEC
    + f"""
@ipywidgets.interact(end_arr={SLIDER})
def draw(end_arr):
"""
)
# The barest chart: one line, computed by Vega from the level that is moved.
LINE = (
    BOOK
    + """
line = alt.Chart(alt.sequence(0, 6.25, 0.25, as_="t")).mark_line().encode(x="t:Q", y="arr:Q")
line = line.transform_calculate(arr="10 * pow(end_arr / 10, datum.t / 6)")
"""
)
PARAMS = (
    LINE
    + f"""
alt.JupyterChart.enable_offline()
chart = alt.JupyterChart(line.add_params(alt.param(name="end_arr", value={LOW})))
slider = {SLIDER}
slider.observe(lambda change: setattr(chart.params, "end_arr", change["new"]), "value")
ipywidgets.VBox([slider, chart])
"""
)
JSLINK = (
    LINE
    + f"""
import anywidget, traitlets, vl_convert
class Line(anywidget.AnyWidget):
    _esm = vl_convert.javascript_bundle('''
        async function render({{model, el}}) {{
            const {{view}} = await vegaEmbed(el, model.get("spec"), {{actions: false, renderer: "svg"}});
            model.on("change:value", () => view.signal("end_arr", model.get("value")).run());
        }}
        export default {{render}};
    ''')
    spec = traitlets.Dict().tag(sync=True)
    value = traitlets.Float({LOW}).tag(sync=True)
chart = Line(spec=line.add_params(alt.param(name="end_arr", value={LOW})).to_dict())
slider = {SLIDER}
ipywidgets.jslink((slider, "value"), (chart, "value"))
ipywidgets.VBox([slider, chart])
"""
)
BOUND = (
    LINE
    + SPEC
    + f"""
slider = alt.binding_range(min=15, max=60, step={STEP})
line.add_params(alt.param(name="end_arr", value={LOW}, bind=slider))
"""
)
LEAN = """
    return alt.Chart(guidance.replace(end_arr=end_arr).path()).mark_line().encode(x="date", y="arr")
"""
WAYS = {
    "floor": Way(
        "floor: a range input sets an SVG path (no Vega, no kernel)",
        """
from IPython.display import HTML
HTML('''<input id="floor" type="range" min="15" max="60" step="0.1" value="30">
<svg id="path" width="720" height="360"><path fill="none" stroke="navy" /></svg>
<script>
  const slider = document.getElementById("floor"), path = document.querySelector("#path path");
  slider.addEventListener("input", () => {
    let d = "";
    for (let i = 0; i <= 24; i++) {
      const level = 10 * (slider.value / 10) ** (i / 24);
      d += `${i ? "L" : "M"}${30 * i},${360 - 6 * level}`;
    }
    path.setAttribute("d", d);
  });
  slider.dispatchEvent(new Event("input"));
</script>''')
""",
        "#floor",
        ("#path",),
    ),
    "panel": Way(
        "**our panel**, `wb.WhatIf(book)`: chart and readouts",
        BOOK
        + f"""
import json, time
what, moves = wb.WhatIf(book), []
what.observe(lambda change: moves.append((change["new"].{FIELD}, time.time())), "scenario")
what
""",
        PANEL_SLIDER,
        (PANEL_CHART, PANEL_READOUTS),
    ),
    "chart": Way(
        "**our chart**, `whatif_chart(book)`: stored output, its own slider, no kernel",
        "",  # stored: nothing is run
        "input[name=end_arr]",
    ),
    "jslink": Way("`jslink` -> anywidget -> Vega signal, the barest chart, one line", JSLINK),
    "bound": Way("Vega's own slider, the barest chart, one line", BOUND, "input[name=end_arr]"),
    "params": Way("slider -> kernel -> `JupyterChart.params`, the barest chart, one line", PARAMS),
    "interact": Way(
        "`interact` with `arr_chart(book, scenario)`, spec only",
        INTERACT + "    return wb.commercialization.arr_chart(book, guidance.replace(end_arr=end_arr))",
    ),
    "lean": Way("`interact` with the barest Altair chart, one line, spec only", INTERACT + LEAN),
    "matplotlib": Way(
        "`interact` with Matplotlib inline, the path alone",
        BOOK
        + f"""
%matplotlib inline
import matplotlib.pyplot as plt
@ipywidgets.interact(end_arr={SLIDER})
def draw(end_arr):
    path = guidance.replace(end_arr=end_arr).path()
    plt.figure(figsize=(7.2, 3.6))
    plt.plot(path["date"], path["arr"])
    plt.ylim(0, 60)
    plt.show()
""",
        drawings=(".jp-RenderedImage img",),
        needs="matplotlib",
    ),
}

# Runs in the page before anything else does. A drawing is told from the one before by its content: an SVG by
# its markup, readouts by their text, an image by its source, a canvas by the calls that painted it. Its time
# is that of the first microtask after it: a MutationObserver's, or one asked for by a canvas's first call.
PROBE = """
(() => {
  const now = () => performance.now();
  const sleep = ms => new Promise(done => setTimeout(done, ms));
  const canvases = new WeakMap();
  let rec = null;

  const mix = (hash, value) => {
    if (typeof value === "number") return Math.imul(hash ^ (value * 256 | 0), 16777619);
    for (const letter of String(value)) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
    return hash;
  };
  const calls = ["clearRect", "fillRect", "fillText", "lineTo", "moveTo", "bezierCurveTo", "arc", "rect"];
  for (const name of calls) {
    const original = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...values) {
      let paint = canvases.get(this.canvas);
      if (!paint) canvases.set(this.canvas, paint = {painting: false});
      if (!paint.painting) {
        paint.painting = true;
        paint.hash = 17;
        queueMicrotask(() => {
          paint.painting = false;
          paint.done = paint.hash;
          look();
        });
      }
      for (const value of values) paint.hash = mix(paint.hash, value);
      return original.apply(this, values);
    };
  }

  // What is there now, or null while there is nothing: an output has been cleared, an image is not decoded.
  const content = selector => {
    const elements = [...rec.root.querySelectorAll(selector)];
    const each = elements.map(element => {
      if (element instanceof HTMLCanvasElement) return canvases.get(element)?.done ?? null;
      if (element instanceof HTMLImageElement) return element.complete ? element.src : null;
      return element instanceof SVGElement ? element.outerHTML : element.textContent;
    });
    return each.length && !each.includes(null) ? each.join("|") : null;
  };
  const look = () => {
    if (!rec) return;
    const at = now();
    const parts = rec.drawings.map(content);
    if (parts.includes(null) || parts.every((part, i) => part === rec.last?.[i])) return;
    rec.last = parts;
    // While a frame's callbacks run, what is drawn still belongs to that frame.
    rec.drawn.push({at, parts, frame: rec.open ? rec.frame : rec.frame + 1});
  };
  const tick = () => {
    if (!rec) return;
    rec.frames[++rec.frame] = now();
    rec.open = true;
    scheduler.postTask(() => { if (rec) rec.open = false; }, {priority: "user-blocking"});
    const waiting = rec.waiting;
    rec.waiting = [];
    for (const go of waiting) go();
    requestAnimationFrame(tick);
  };
  const frame = () => new Promise(done => rec.waiting.push(done));
  const quiet = async ms => {
    const from = now();
    while (now() - Math.max(from, rec.drawn.at(-1)?.at ?? 0) < ms) await sleep(10);
  };
  const act = (value, up) => {
    if (rec.keys) {
      const key = up ? "ArrowRight" : "ArrowLeft";
      rec.slider.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    } else {
      rec.slider.value = value;
      rec.slider.dispatchEvent(new Event("input", {bubbles: true}));
    }
  };

  const start = (root, slider, drawings, keys) => {
    rec = {root: document.querySelector(root), drawings, keys, drawn: [], last: null,
           frame: 0, frames: [], open: false, waiting: []};
    rec.slider = rec.root.querySelector(slider);
    rec.slider.focus();
    rec.observer = new MutationObserver(look);
    rec.observer.observe(rec.root, {subtree: true, childList: true, attributes: true, characterData: true});
    rec.root.addEventListener("load", look, true);
    requestAnimationFrame(tick);
    look();
  };
  const stop = () => {
    rec.observer.disconnect();
    rec.root.removeEventListener("load", look, true);
    const frames = rec.frames.slice(1);
    rec = null;
    return frames.slice(1).map((at, i) => at - frames[i]);
  };

  // The drawing with which every part differs from what was there before.
  const changed = (before, known) => {
    const since = rec.drawn.slice(known);
    const firsts = before.map((part, i) => since.find(drawn => drawn.parts[i] !== part));
    return firsts.every(Boolean) ? firsts.reduce((a, b) => a.at > b.at ? a : b) : null;
  };
  const shownAt = drawn => Math.max(rec.frames[drawn.frame], drawn.at);
  // One move, `phase` ms after a frame's callback; then wait until nothing has been drawn for a while.
  const move = async (value, up, phase) => {
    await frame();
    const due = now() + phase;
    await sleep(Math.max(0, phase - 2)); // a timer has whole milliseconds and comes late
    while (now() < due);
    const before = rec.last, known = rec.drawn.length, from = now();
    act(value, up);
    let drawn;
    while (!(drawn = changed(before, known))) {
      if (now() - from > 10000) throw new Error(`nothing drawn for ${value}`);
      await frame();
    }
    while (rec.frame < drawn.frame) await frame();
    await quiet(100);
    return {drawn: drawn.at - from, frame: shownAt(drawn) - from, value, at: performance.timeOrigin + from};
  };
  const moves = async steps => {
    const results = [];
    for (const step of steps) results.push(await move(...step));
    return results;
  };
  // One move in each frame's callback.
  const send = async steps => {
    for (const [value, up] of steps) {
      await new Promise(done => rec.waiting.push(() => { act(value, up); done(); }));
    }
    return now();
  };
  const burst = async (steps, settled) => {
    await quiet(300);
    const before = rec.last, known = rec.drawn.length;
    await send(steps);
    await quiet(settled);
    const shown = new Map();
    for (const drawn of rec.drawn.slice(known)) shown.set(drawn.frame, drawn.parts);
    let count = 0, last = before;
    for (const parts of shown.values()) {
      if (parts.every((part, i) => part !== last[i])) { count++; last = parts; }
    }
    return count;
  };
  // From the last move of a burst to the frame with the state that stays.
  const fan = async (steps, selector, attribute, current) => {
    let state = null;
    const element = rec.root.querySelector(selector);
    const watch = new MutationObserver(() => {
      const at = now();
      const there = element.getAttribute(attribute) === current;
      state = {at, frame: rec.open ? rec.frame : rec.frame + 1, current: there};
    });
    watch.observe(element, {attributes: true, attributeFilter: [attribute]});
    const from = await send(steps);
    const settled = () => state?.current && state.at > from;
    while (now() - from < 3000 && !(settled() && now() - state.at > 400)) await sleep(10);
    watch.disconnect();
    return settled() ? shownAt(state) - from : null;
  };
  // What a hand on the mouse does: every `input` event that the browser itself sends.
  const listen = () => {
    rec.heard = [];
    rec.slider.addEventListener("input", () => {
      rec.heard.push({from: now(), before: rec.last, known: rec.drawn.length});
    }, true);
  };
  const heard = () => rec.heard.map(({from, before, known}) => {
    const all = changed(before, known);
    return all && {drawn: all.at - from, frame: shownAt(all) - from};
  });
  window.probe = {start, stop, moves, burst, fan, listen, heard};
})();
"""


@dataclass
class Tab:
    """A way's notebook in a tab of its own."""

    way: Way
    page: Page
    level: int = 0

    def steps(self, moves: int) -> list[tuple[float, bool, float]]:
        """List moves: the value, whether it is above the one before, and the ms to wait after a frame.

        The waits are the middles of equal parts of a frame, so that events come evenly at any moment of it.
        """
        up = self.level + moves <= LEVELS
        listed = []
        for k in range(moves):
            self.level += 1 if up else -1
            listed.append((LOW + STEP * self.level, up, (k % MOVES + 0.5) / MOVES * 1e3 / 60))
        return listed

    def ask(self, call: str, *given: object) -> Any:
        """Call the probe."""
        return self.page.evaluate(f"given => probe.{call}(...given)", given)

    @contextmanager
    def watched(self) -> Iterator[list[float]]:
        """Watch the drawings for a while; the list is filled with the ms between frames."""
        self.page.bring_to_front()
        self.ask("start", ".jp-Notebook", self.way.slider, self.way.drawings, self.way.keys)
        gaps: list[float] = []
        yield gaps
        gaps += self.ask("stop")

    def run(self, address: str) -> None:
        """Open the notebook and set it running."""
        self.page.goto(address)
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        session = "jupyterapp.shell.currentWidget?.context?.sessionContext?.session"
        self.page.wait_for_function(f"() => {session}?.kernel?.status === 'idle'", timeout=60_000)
        if self.way.cell:
            self.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")

    def ready(self) -> None:
        """Wait until it has drawn, and move it a little."""
        for selector in (self.way.slider, *self.way.drawings):
            self.page.wait_for_selector(f".jp-OutputArea :is({selector})", timeout=60_000, state="attached")
        self.page.wait_for_timeout(1_000)
        with self.watched():
            self.ask("moves", self.steps(3))

    def python(self, code: str) -> str:
        """Run code in the tab's kernel and return what it printed."""
        printed: str = self.page.evaluate(
            """async code => {
              const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
              const future = kernel.requestExecute({code, store_history: false});
              let printed = '';
              future.onIOPub = message => { printed += message.content.text ?? ''; };
              await future.done;
              return printed;
            }""",
            code,
        )
        return printed


@dataclass
class Taken:
    """What was measured of a way, in ms."""

    drawn: list[float] = field(default_factory=list)
    frame: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    drag: list[float] = field(default_factory=list)
    drags: int = 0
    shown: int = 0


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Start `workbook lab` on a folder, with a home of its own; give the address of a notebook in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(8)
    home = folder / "home"
    home.mkdir()
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(CLONE), os.environ.get("PYTHONPATH")])),
    }
    command = [sys.executable, "-m", "workbook"]
    command += ["lab", str(folder), "--no-browser", "--expose-app-in-browser"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(120):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            sys.exit(f"JupyterLab did not start: {(home / 'lab.log').read_text()}")
        # A workspace for each tab, or they would share one.
        yield f"http://127.0.0.1:{port}/lab/workspaces/{{0}}/tree/{{0}}.ipynb?reset&token={token}"
    finally:
        server.terminate()
        server.wait(30)


def write(folder: Path, name: str) -> None:
    """Write the notebook of a way; the chart that needs no kernel goes in as a stored output."""
    way = WAYS[name]
    cell = nbformat.v4.new_code_cell(way.cell.strip())
    if not way.cell:
        with style.themed():
            spec = wb.commercialization.whatif_chart(wb.open()).to_dict()
        data, metadata = display.bundle(spec)
        cell.source = "wb.commercialization.whatif_chart(book)"
        cell.outputs = [nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / f"{name}.ipynb")


def dragged(tab: Tab) -> tuple[list[float], int]:
    """Return the ms from the `input` events of a drag by mouse to the frames that show them, and their count.

    An event whose drawing never came has no time, but counts.
    """
    slider = tab.page.locator(tab.way.slider).first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box, "the slider is not to be seen"
    x, y = box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2
    with tab.watched():
        tab.page.mouse.move(x, y)
        tab.page.mouse.down()
        tab.page.wait_for_timeout(300)
        tab.ask("listen")
        for k in range(1, DRAG + 1):
            tab.page.mouse.move(x + k, y)
            tab.page.wait_for_timeout(60)
        tab.page.wait_for_timeout(200)
        heard = tab.ask("heard")
        tab.page.mouse.up()
    return [each["frame"] for each in heard if each], len(heard)


def followed(tab: Tab) -> list[float]:
    """Return the ms from each move to the kernel's scenario having it; both clocks are this machine's."""
    with tab.watched():
        tab.python("moves.clear()")
        moved = tab.ask("moves", tab.steps(SCENARIO_MOVES))
        tab.page.wait_for_timeout(500)
        # The page's clock was set by the machine's when it was opened, and runs by itself since.
        lost = tab.page.evaluate("Date.now() + 0.5 - performance.timeOrigin - performance.now()")
        arrived = dict(reversed(json.loads(tab.python("print(json.dumps(moves))"))))
    return [arrived[move["value"]] * 1e3 - move["at"] - lost for move in moved if move["value"] in arrived]


def fanned(tab: Tab) -> list[float]:
    """Return the ms from the last move of each burst to the simulated fan of that move."""
    tab.page.bring_to_front()
    tab.page.locator(SIMULATE).check()
    tab.page.wait_for_selector(f"{SIMULATION}[{STATE}={CURRENT}]", state="attached", timeout=60_000)
    with tab.watched():
        taken = [tab.ask("fan", tab.steps(FAN_BURST), SIMULATION, STATE, CURRENT) for _ in range(FANS + 1)]
    return [each for each in taken[1:] if each is not None]


def measure(tabs: dict[str, Tab]) -> dict[str, Taken]:
    """Let the ways take turns at single moves; then a burst of each, and the mouse."""
    taken = {name: Taken() for name in tabs}
    for _, (name, tab) in itertools.product(range(ROUNDS), tabs.items()):
        with tab.watched() as gaps:
            # A tab that was just brought to the front is still busy with that: its first move is left out.
            moves = tab.ask("moves", tab.steps(1 + MOVES))[1:]
        taken[name].drawn += [move["drawn"] for move in moves]
        taken[name].frame += [move["frame"] for move in moves]
        taken[name].gaps += gaps
    for name, tab in tabs.items():
        with tab.watched():
            # What comes late still counts as shown.
            taken[name].shown = tab.ask("burst", tab.steps(BURST), max(300, 2 * median(taken[name].drawn)))
        if not tab.way.keys:
            taken[name].drag, taken[name].drags = dragged(tab)
    return taken


def p95(values: list[float]) -> float:
    if len(values) < 2:
        return math.nan
    return quantiles(values, n=20, method="inclusive")[-1]


def both(values: list[float]) -> str:
    return f"{median(values):.1f} / {p95(values):.1f}" if len(values) > 1 else ""


def report(taken: dict[str, Taken], follow: list[float], fan: list[float]) -> None:
    """Print the table and, from its figures, what was asked for."""
    rows = [
        (WAYS[name].words, both(each.drawn), both(each.frame), both(each.drag), str(each.shown))
        for name, each in taken.items()
    ]
    if "panel" in taken:
        moves = f"{len(follow)} of {SCENARIO_MOVES} moves"
        rows.append((f"our panel: `.scenario` in Python follows, {moves}", both(follow), "", "", ""))
        bursts = f"after {len(fan)} of {FANS} bursts of {FAN_BURST} moves"
        rows.append((f"our panel: simulated fan of the last move, {bursts}", "", both(fan), "", ""))
    print("\n| p50 / p95, ms | drawn | frame | frame, dragged by mouse | shown of 40 |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    drags = {name: each for name, each in taken.items() if each.drags}
    print(
        "\ndrawn of the mouse's moves:",
        ", ".join(f"{n} {len(t.drag)} of {t.drags}" for n, t in drags.items()),
    )
    if "panel" not in taken:
        return
    panel = taken["panel"]
    frame = "slider to first frame with chart and readouts, p95"
    asked = [
        (f"{frame}, events at any moment of a frame", p95(panel.frame), "<=", FRAME),
        (f"{frame}, dragged by mouse", p95(panel.drag), "<=", FRAME),
    ]
    for name in ("interact", "lean"):
        if name in taken:
            times = median(taken[name].drawn) / median(panel.drawn)
            asked.append((f"drawn median, times faster than {WAYS[name].words}", times, ">=", TIMES))
    asked += [
        ("shown of 40", panel.shown, ">=", SHOWN),
        ("`.scenario` in Python, p95", p95(follow), "<=", SCENARIO),
        ("simulated fan, p95", p95(fan), "<=", FAN),
    ]
    print("\n| our panel | found | asked for | met |\n| --- | --- | --- | --- |")
    for words, found, sign, wanted in asked:
        met = found <= wanted if sign == "<=" else found >= wanted
        print(f"| {words} | {found:.1f} | {sign} {wanted} | {'yes' if met else 'no'} |")


def main(names: list[str]) -> None:
    """Open a tab for each way, measure, report."""
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            ],
        )
        stack.callback(browser.close)
        address = stack.enter_context(jupyterlab(folder))
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(PROBE)
        tabs: dict[str, Tab] = {}
        for name in names:
            write(folder, name)
            tabs[name] = Tab(WAYS[name], context.new_page())
            tabs[name].run(address.format(name))
        for name, tab in list(tabs.items()):
            try:
                tab.ready()
            except Late as late:
                print(f"{name} left out: {late.message.splitlines()[0]}")
                tabs.pop(name).page.close()
        taken = measure(tabs)
        follow = followed(tabs["panel"]) if "panel" in tabs else []
        fan = fanned(tabs["panel"]) if "panel" in tabs else []
        report(taken, follow, fan)
        packages = ("jupyterlab", "jupyter_server", "altair", "ipywidgets", "anywidget")
        versions = [f"{package} {importlib.metadata.version(package)}" for package in packages]
        print(f"\nPython {platform.python_version()}, {', '.join(versions)}, Chromium {browser.version}")
        print(f"{os.cpu_count()} CPUs, load {load:.2f} before and {os.getloadavg()[0]:.2f} after")
        name, least = min(taken.items(), key=lambda item: median(item[1].drawn))
        print(f"a frame every {median(least.gaps):.1f} ms (p95 {p95(least.gaps):.1f}) in the tab of {name}")
    print(NOTES)


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - WAYS.keys()
    if unknown:
        sys.exit(f"no way {', '.join(sorted(unknown))}: give some of {', '.join(WAYS)}")
    chosen = []
    for name in sys.argv[1:] or WAYS:
        if importlib.util.find_spec(WAYS[name].needs):
            chosen.append(name)
        else:
            print(f"{WAYS[name].needs} is not installed: {name} left out")
    main(chosen)
