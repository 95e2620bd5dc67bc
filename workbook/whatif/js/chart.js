// The drawing: a Vega view that recomputes path, fan and figures from the scenario's fields, handles to drag, and
// the simulation, which follows from the kernel.

import { idle, node, write } from "./dom.js";
import { dragged } from "./model.js";

/** Follow a pointer that went down until it is let go, and end where that was: a busy browser leaves out moves. */
export function followPointer(down, target, move, end) {
  let last = down.clientY;
  const moved = (event) => {
    last = event.clientY;
    move(event);
  };
  const ended = (event) => {
    target.removeEventListener("pointermove", moved);
    target.removeEventListener("pointerup", ended);
    target.removeEventListener("pointercancel", ended);
    if (event.type === "pointerup" && event.clientY !== last) move(event);
    end();
  };
  target.addEventListener("pointermove", moved);
  target.addEventListener("pointerup", ended);
  target.addEventListener("pointercancel", ended);
}

/** Let the ends of the path be dragged: the level under the pointer, in steps of the control. */
function dragHandles(view, frame, { model, settings, scenario }, bounds) {
  const level = (event) => {
    const drawing = frame.querySelector("svg");
    const box = drawing.getBoundingClientRect();
    const scaled = box.height / drawing.height.baseVal.value;
    return view.scale("y").invert((event.clientY - box.top) / scaled - view.origin()[1]);
  };
  view.addEventListener("pointerdown", (event, item) => {
    const field = item?.datum?.handle;
    if (!field || event.button) return;
    event.preventDefault();
    const control = model.get("controls").find((each) => each.field === field);
    const inside = bounds(field);
    const off = level(event) - model.get(field);
    const move = (moved) =>
      scenario.edit({ [field]: dragged(level(moved) - off, control, inside, settings.precision) });
    followPointer(event, window, move, () => scenario.commit(""));
  });
}

/** Keep the drawing as wide as its place; returns how to stop. */
function keepWidth(view, frame) {
  const width = () => Math.max(240, Math.floor(frame.clientWidth) - 82);
  view.width(width());
  const resized = new ResizeObserver(() => {
    if (frame.clientWidth && view.width() !== width()) view.width(width()).runAsync();
  });
  resized.observe(frame);
  return () => resized.disconnect();
}

/**
 * Return the drawing's element and what can be done with it. `start` draws it with `embed`, which is vegaEmbed, and
 * is true unless the panel was closed on the way; before that, `signal` gives undefined.
 */
export function chartPart(page, embed) {
  const { model, words, scenario } = page;
  const frame = node("div", { class: "wb-chart", role: "img" });
  const stop = [];
  let view;
  let closed = false;
  const set = (name, value) => {
    if (view.signal(name) !== value) view.signal(name, value);
  };
  return {
    frame,
    drawn: () => view !== undefined,
    signal: (name) => view?.signal(name),
    async start(bounds) {
      // The frame says what is drawn, and the table beside it has the figures.
      const config = { aria: false, mark: { aria: false }, axis: { aria: false } };
      const drawn = await embed(frame, structuredClone(model.get("spec")), { actions: false, renderer: "svg", config });
      if (closed) {
        drawn.finalize();
        return false;
      }
      view = drawn.view;
      stop.push(keepWidth(view, frame), () => drawn.finalize());
      dragHandles(view, frame, page, bounds);
      return true;
    },
    /** Give the view the scenario; it is drawn with the next `run`. */
    follow() {
      // The level axis has room for every level; it stands still while a hand moves.
      view.signal("held_top", scenario.moving() ? (view.signal("held_top") ?? view.signal("top")) : null);
      for (const [field, value] of Object.entries(scenario.now())) set(field, value);
      view.signal("compared", model.get("company"));
    },
    simulated: (rows) => view.data("simulated", rows),
    saved({ rows, signals }) {
      for (const [name, value] of Object.entries(signals)) view.signal(name, value);
      view.data("saved", rows).run();
    },
    run() {
      view.run();
      const ends = ["start", "end"].map((end) => `${model.get(end)}: ${+model.get(`${end}_arr`).toPrecision(5)}`);
      frame.setAttribute("aria-label", `${words.drawing} ${ends.join(" → ")}`);
    },
    /** Draw some times before the first move: a browser compiles well only what has run, or it takes thrice as long. */
    warmUp(runs, busy, after) {
      if (!view || !runs) return;
      if (!busy() && !scenario.moving()) {
        const level = model.get("end_arr");
        view.signal("end_arr", level * (1 + 1e-9)).run();
        view.signal("end_arr", level).run();
        after();
      }
      idle(() => this.warmUp(runs - 1, busy, after));
    },
    close() {
      for (const each of stop) each();
      view = undefined;
      closed = true;
    },
  };
}

// The simulation is shown only for the scenario it was made of -----------------------------------------------------

const NONE = [];

/** Say how the last simulation stands to what is shown. */
export function simulationState(wanted, result, isCurrent) {
  if (!wanted) return "none";
  if (!result.of || !isCurrent(result.of)) return "computing";
  return result.why ? "refused" : "current";
}

/** What was observed after the start and up to the end: what a simulation is given. */
export function givenWords(observed, { start, end }, words) {
  const texts = observed.filter(({ date }) => start < date && date <= end).map(({ text }) => text);
  return words.given.replace("{}", () => texts.join("; ") || words.nothing);
}

/** Return the simulation's elements, `show` and `close`; `draw` puts rows into the drawing. */
export function simulationPart({ id, model, words, settings, scenario }, draw) {
  const box = node("input", { type: "checkbox", "data-action": "simulate", id: `${id}-simulate` });
  const line = node("span", { class: "wb-simulation", "data-state": "none", role: "status" });
  const condition = node("span");
  const bar = node("div", { class: "wb-bar" });
  if (model.get("observed").length) bar.append(node("label", { class: "wb-check" }, box, condition), line);
  box.addEventListener("change", () => {
    model.set("simulate", box.checked);
    model.save_changes();
  });
  let drawn = NONE;
  let computing = 0; // a timer while an answer is due
  let overdue = false;
  const show = () => {
    const wanted = model.get("simulate");
    const result = model.get("simulation");
    const state = simulationState(wanted, result, (of) => scenario.same(of, scenario.now()));
    if (state !== "computing") {
      clearTimeout(computing);
      computing = 0;
      overdue = false;
    } else if (!computing) {
      computing = setTimeout(() => {
        overdue = true;
        show();
      }, settings.no_answer);
    }
    const due = overdue ? words.overdue : words.computing;
    const text = { none: "", computing: due, refused: result.why, current: result.words }[state] ?? "";
    if (box.checked !== wanted) box.checked = wanted;
    if (line.dataset.state !== state) line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text;
    write(condition, givenWords(model.get("observed"), scenario.now(), words));
    const rows = state === "current" ? result.fan : NONE;
    if (rows === drawn) return;
    drawn = rows;
    draw(rows.map((row) => ({ ...row })));
  };
  return { bar, show, close: () => clearTimeout(computing) };
}
