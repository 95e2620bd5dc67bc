// Made from workbook/whatif/js by: npm run build

// workbook/whatif/js/dom.js
function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
function write(cell, text) {
  const there = cell.firstChild ?? cell.appendChild(new Text());
  if (there.data !== text) there.data = text;
}
function button(action, text, run) {
  const made = node("button", { type: "button", "data-action": action }, text);
  made.addEventListener("click", run);
  return made;
}
function statusLine() {
  const line = node("p", { class: "wb-status", role: "status" });
  const say = (text, alarm = false) => {
    if (line.textContent !== text) line.textContent = text;
    if (line.classList.contains("wb-alarm") !== alarm) line.classList.toggle("wb-alarm", alarm);
  };
  return { line, say };
}
function idle(run, options) {
  if (globalThis.requestIdleCallback) globalThis.requestIdleCallback(run, options);
  else setTimeout(run, 20);
}

// workbook/whatif/js/model.js
function sensible(day, [firstYear, lastYear]) {
  return /^\d{4}-\d\d-\d\d$/.test(day) && firstYear <= +day.slice(0, 4) && +day.slice(0, 4) <= lastYear;
}
function brokenRule(state, years) {
  if (!sensible(state.start, years) || !sensible(state.end, years)) return "year";
  if (!(state.start < state.end)) return "order";
  if (state.shape === "s_curve" && !(state.ceiling > Math.max(state.start_arr, state.end_arr))) return "ceiling";
  return "";
}
function accepted(typed, { least, most, closed }) {
  const wanted = Number(typed);
  if (typed.trim() === "" || !Number.isFinite(wanted)) return null;
  const low = least == null || wanted > least || wanted === least && ["left", "both"].includes(closed);
  const high = most == null || wanted < most || wanted === most && ["right", "both"].includes(closed);
  return low && high ? wanted : null;
}
function lifted(top, { ceiling_room, ceiling_step, precision }) {
  const steps = Math.ceil(ceiling_room * top / ceiling_step);
  return +(steps * ceiling_step).toPrecision(precision);
}
function withCeiling(state, changes, began, settings) {
  const after = { ...state, ...changes };
  if (after.shape !== "s_curve" || "ceiling" in changes) return changes;
  const top = Math.max(after.start_arr, after.end_arr);
  return { ...changes, ceiling: began > top ? began : lifted(top, settings) };
}
function reach(current, { low, high, step }, held) {
  const [least, most] = held ?? [low, high];
  const below = low + Math.floor(+((current - low) / step).toFixed(6)) * step;
  return [Math.min(least, below), Math.max(most, current)];
}
function dragged(level, { step, scale }, [min, max], precision) {
  const wanted = Math.round(level * scale / step) * step;
  const inside = Math.min(max, Math.max(min, wanted));
  return +(inside / scale).toPrecision(precision);
}
function dayAfter(iso, days) {
  return new Date(Date.parse(iso) + days * 864e5).toISOString().slice(0, 10);
}
function changed(before, after) {
  return Object.fromEntries(Object.entries(before).filter(([field, value]) => value !== after[field]));
}
function added(past, step, kept) {
  return [...past, step].slice(-kept);
}
function taken(origin, other, now) {
  const step = origin.at(-1);
  const back = Object.fromEntries(Object.keys(step).map((field) => [field, now[field]]));
  return [origin.slice(0, -1), [...other, back]];
}
function afterGesture(past, before, now, goesOn, kept) {
  const rest = goesOn ? past.slice(0, -1) : past;
  const step = changed({ ...before, ...goesOn ? past.at(-1) : {} }, now);
  return Object.keys(step).length ? added(rest, step, kept) : rest;
}
function teller(model, between, idle2) {
  let waiting = 0;
  let untold = {};
  const tell = () => {
    clearTimeout(waiting);
    waiting = 0;
    untold = {};
    model.save_changes();
  };
  const soon = () => {
    waiting ||= setTimeout(() => idle2(() => waiting && tell(), { timeout: between }), between);
  };
  return {
    tell,
    finish: () => waiting && tell(),
    set(changes) {
      Object.assign(untold, changes);
      for (const [field, value] of Object.entries(changes)) model.set(field, value);
      soon();
    },
    /** The kernel repeats what it was told. What the hand did after that is newer, and stays. */
    keep(field) {
      if (field in untold && model.get(field) !== untold[field]) model.set(field, untold[field]);
    }
  };
}
function scenarioOf(model, settings, idle2, clock = () => performance.now()) {
  const fields = model.get("fields");
  const kernel = teller(model, settings.between, idle2);
  const now = () => Object.fromEntries(fields.map((field) => [field, model.get(field)]));
  const same = (a, b) => fields.every((field) => a[field] === b[field]);
  let gesture = null;
  let last = { field: "", at: 0 };
  const put = (wanted) => {
    const state = now();
    const changes = withCeiling(state, wanted, (gesture ?? state).ceiling, settings);
    const broken = brokenRule({ ...state, ...changes }, settings.years);
    if (!broken) kernel.set(changes);
    return broken;
  };
  const edit = (changes) => {
    gesture ??= now();
    return put(changes);
  };
  const commit = (field) => {
    const before = gesture;
    gesture = null;
    if (!before || same(before, now())) return kernel.finish();
    const goesOn = field && field === last.field && clock() - last.at < settings.one_gesture;
    last = { field, at: clock() };
    model.set("past", afterGesture(model.get("past"), before, now(), goesOn, settings.steps_kept));
    model.set("future", []);
    kernel.tell();
  };
  const step = (origin, other) => {
    commit("");
    if (!model.get(origin).length) return;
    const changes = model.get(origin).at(-1);
    const [rest, more] = taken(model.get(origin), model.get(other), now());
    model.set(origin, rest);
    model.set(other, more);
    last = { field: "", at: 0 };
    put(changes);
    kernel.tell();
  };
  return {
    fields,
    now,
    same,
    edit,
    commit,
    keep: kernel.keep,
    finish: kernel.finish,
    moving: () => gesture !== null,
    jump(changes) {
      edit(changes);
      commit("");
    },
    /** Give back what was taken on the way to something that cannot be, such as 15 of 150. */
    giveBack() {
      if (gesture) put(gesture);
    },
    undo: () => step("past", "future"),
    redo: () => step("future", "past")
  };
}

// workbook/whatif/js/chart.js
function followPointer(down, target, move, end) {
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
    const move = (moved) => scenario.edit({ [field]: dragged(level(moved) - off, control, inside, settings.precision) });
    followPointer(event, window, move, () => scenario.commit(""));
  });
}
function keepWidth(view, frame) {
  const width = () => Math.max(240, Math.floor(frame.clientWidth) - 82);
  view.width(width());
  const resized = new ResizeObserver(() => {
    if (frame.clientWidth && view.width() !== width()) view.width(width()).runAsync();
  });
  resized.observe(frame);
  return () => resized.disconnect();
}
function chartPart(page, embed) {
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
    drawn: () => view !== void 0,
    signal: (name) => view?.signal(name),
    async start(bounds) {
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
      view.signal("held_top", scenario.moving() ? view.signal("held_top") ?? view.signal("top") : null);
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
      view = void 0;
      closed = true;
    }
  };
}
var NONE = [];
function simulationState(wanted, result, isCurrent) {
  if (!wanted) return "none";
  if (!result.of || !isCurrent(result.of)) return "computing";
  return result.why ? "refused" : "current";
}
function givenWords(observed, { start, end }, words) {
  const texts = observed.filter(({ date }) => start < date && date <= end).map(({ text }) => text);
  return words.given.replace("{}", () => texts.join("; ") || words.nothing);
}
function simulationPart({ id, model, words, settings, scenario }, draw) {
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
  let computing = 0;
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
    draw(rows.map((row2) => ({ ...row2 })));
  };
  return { bar, show, close: () => clearTimeout(computing) };
}

// workbook/whatif/js/controls.js
var reason = ({ basis_words, why, claim }) => `${basis_words}: ${why}${claim && ` [${claim}]`}`;
function fullLabel({ group, label }, words) {
  const sides = { from: words.from, to: words.to };
  return sides[group] ? `${sides[group]}: ${label}` : label;
}
function mark(input, wrong) {
  if (wrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
function row(control, id, ...inputs) {
  const origin = node("span", { class: `wb-basis wb-${control.basis}`, id: `${id}-why` }, reason(control));
  const label = node("label", { for: id }, control.label);
  return node("div", { class: "wb-control", "data-control": control.field }, label, ...inputs, origin);
}
function takeNumber(source, control, { scenario, settings, words, say }) {
  const wanted = accepted(source.value, control);
  if (wanted === null) {
    mark(source, true);
    say(`${fullLabel(control, words)}: ${control.rule}`, true);
    return;
  }
  const broken = scenario.edit({ [control.field]: +(wanted / control.scale).toPrecision(settings.precision) });
  mark(source, broken);
  say(words[broken] ?? "", Boolean(broken));
}
function numberControl(control, id, page) {
  const { model, scenario } = page;
  const { field, digits, step } = control;
  const common = { "data-field": field, "aria-describedby": `${id}-why` };
  const range = node("input", { ...common, type: "range", id, step });
  const box = node("input", { ...common, type: "number", step: "any", "aria-label": control.label });
  range.min = control.low;
  range.max = control.high;
  const show = () => {
    mark(box, false);
    mark(range, false);
    const value = model.get(field);
    if (value == null) {
      box.value = "";
      range.setAttribute("aria-valuetext", "–");
      return;
    }
    const current = value * control.scale;
    const [min, max] = reach(current, control, scenario.moving() ? [+range.min, +range.max] : null);
    if (+range.min !== min) range.min = +min.toFixed(9);
    if (+range.max !== max) range.max = max;
    if (+range.value !== current) range.value = current;
    range.setAttribute("aria-valuetext", current.toFixed(digits));
    if (document.activeElement !== box || +box.value !== +current.toFixed(9)) {
      box.value = +current.toFixed(Math.max(digits, 4));
    }
  };
  for (const source of [range, box]) {
    source.addEventListener("input", () => takeNumber(source, control, page));
    source.addEventListener("change", () => {
      if (source.hasAttribute("aria-invalid")) scenario.giveBack();
      scenario.commit(field);
      show();
    });
  }
  return { element: row(control, id, range, box), show, range };
}
function dateControl(control, id, { model, scenario, settings, words, say }) {
  const { field } = control;
  const input = node("input", { type: "date", id, "data-field": field, "aria-describedby": `${id}-why` });
  const show = () => {
    mark(input, false);
    if (input.value !== model.get(field)) input.value = model.get(field);
  };
  input.addEventListener("focus", () => {
    if (field === "end") input.min = dayAfter(model.get("start"), 1);
    else input.max = dayAfter(model.get("end"), -1);
  });
  input.addEventListener("input", () => {
    if (!sensible(input.value, settings.years)) return;
    const broken = scenario.edit({ [field]: input.value });
    mark(input, broken);
    say(words[broken] ?? "", Boolean(broken));
  });
  input.addEventListener("change", () => scenario.commit(field));
  input.addEventListener("blur", () => {
    if (input.value && !sensible(input.value, settings.years)) say(words.year, true);
    else if (input.hasAttribute("aria-invalid")) say("");
    show();
  });
  return { element: row(control, id, input), show };
}
function shapeControl(control, id, { model, scenario }) {
  const select = node("select", { id, "data-field": "shape", "aria-describedby": `${id}-why` });
  for (const [value, text] of Object.entries(model.get("shapes"))) select.append(node("option", { value }, text));
  const show = () => {
    select.value = model.get("shape");
  };
  select.addEventListener("change", () => scenario.jump({ shape: select.value }));
  return { element: row(control, id, select), show };
}
var KINDS = { number: numberControl, date: dateControl, shape: shapeControl };
function originLine(panel, controls, words) {
  const line = node("p", { class: "wb-why", "aria-hidden": "true" }, words.why);
  const tell = (event) => {
    const field = event.target.closest("[data-control]")?.dataset.control;
    const control = controls.find((each) => each.field === field);
    if (control) write(line, `${fullLabel(control, words)}. ${reason(control)}`);
  };
  for (const event of ["focusin", "pointerover"]) panel.addEventListener(event, tell);
  return line;
}
function controlPanel(page) {
  const { id, model, words } = page;
  const controls = model.get("controls");
  const made = {};
  for (const control of controls) {
    made[control.field] = KINDS[control.kind](control, `${id}-${control.field}`, page);
  }
  const group = (title, name, attributes = {}) => {
    const members = controls.filter((control) => control.group === name).map(({ field }) => made[field].element);
    return node("fieldset", attributes, node("legend", {}, title), ...members);
  };
  const assumptions = { class: "wb-assumptions" };
  const panel = node(
    "div",
    { class: "wb-controls" },
    group(words.from, "from"),
    group(words.to, "to"),
    group(words.path, "path"),
    group(words.assumptions, "main", assumptions),
    node("details", {}, node("summary", {}, words.more), group(words.more, "more", assumptions))
  );
  return {
    element: node("div", { class: "wb-side" }, panel, originLine(panel, controls, words)),
    show(field) {
      made[field]?.show();
      if (field === "shape" && made.ceiling) made.ceiling.element.hidden = model.get("shape") !== "s_curve";
    },
    bounds: (field) => [+made[field].range.min, +made[field].range.max]
  };
}

// workbook/whatif/js/figures.js
var isNumber = (value) => typeof value === "number" && Number.isFinite(value);
function unsigned(value, digits) {
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part ? `${grouped}.${part}` : grouped;
}
var fixed = (value, digits) => (value < 0 ? "−" : "") + unsigned(value, digits);
function written({ prefix, scale, digits, suffix }, value) {
  return isNumber(value) ? prefix + fixed(value * scale, digits) + suffix : "–";
}
function writtenChange({ scale, digits, change: unit }, change) {
  if (!isNumber(change)) return "–";
  const text = unsigned(change * scale, digits);
  const sign = !/[1-9]/.test(text) ? "" : change < 0 ? "−" : "+";
  return sign + text + unit;
}
function levelAsked({ target, end_arr }, { target_scale, asked_digits }) {
  return String(+((target ?? end_arr) * target_scale).toPrecision(asked_digits));
}
function ofAnother(figure, fields, asked, settings, words) {
  const other = levelAsked(fields, settings);
  return figure === "p_target" && other !== asked ? ` (${words.of} ${other})` : "";
}
function figuresOf({ model, settings, words }, signal) {
  const readouts = model.get("readouts");
  const guided = model.get("guided");
  const asked = () => levelAsked({ target: model.get("target"), end_arr: model.get("end_arr") }, settings);
  return {
    readouts,
    guided,
    asked,
    label: ({ label }) => label.replace("{target}", asked()),
    now: () => Object.fromEntries(readouts.map(({ figure }) => [figure, signal(`figure_${figure}`)])),
    // The guidance's chance too is that of the level asked for.
    guidance: (figure) => (figure === "p_target" ? signal("guided_p_target") : null) ?? guided.figures[figure] ?? NaN,
    ofAnother: (figure, fields) => ofAnother(figure, fields, asked(), settings, words)
  };
}
function figureTable(figures, words) {
  const cells = {};
  const body = node("tbody");
  for (const readout of figures.readouts) {
    const head = node("th", { scope: "row" });
    const cell = (column) => node("td", { "data-figure": readout.figure, "data-column": column });
    const [here, then, change] = [cell("now"), cell("guidance"), cell("change")];
    then.textContent = written(readout, figures.guidance(readout.figure));
    cells[readout.figure] = { head, here, then, change };
    body.append(node("tr", {}, head, here, then, change));
  }
  const heads = [words.figure, words.now, words.guidance, words.change].map(
    (text) => node("th", { scope: "col" }, text)
  );
  const caption = node("caption", {}, words.figures);
  const table = node("table", { class: "wb-figures" }, caption, node("thead", {}, node("tr", {}, ...heads)), body);
  const show = () => {
    const values = figures.now();
    for (const readout of figures.readouts) {
      const { head, here, then, change } = cells[readout.figure];
      const base = figures.guidance(readout.figure);
      write(head, figures.label(readout));
      write(here, written(readout, values[readout.figure]));
      if (readout.figure === "p_target") write(then, written(readout, base));
      write(change, writtenChange(readout, values[readout.figure] - base));
    }
  };
  return { table, show };
}

// workbook/whatif/js/comparison.js
var columns = (model) => model.get("compared").filter((name) => name in model.get("saved"));
function beside(names, saved) {
  const rows = names.flatMap((name) => {
    const { path, color } = saved[name];
    return path.map(([day, arr]) => ({ name, color, day, arr }));
  });
  const days = rows.map(({ day }) => day).sort();
  const signals = {
    saved_first: days[0] ?? null,
    saved_last: days.at(-1) ?? null,
    saved_highest: Math.max(0, ...rows.map(({ arr }) => arr))
  };
  return { rows, signals };
}
function shownField({ kind, scale, digits }, value, shapes) {
  if (kind === "shape") return shapes[value];
  return isNumber(value) ? fixed(value * scale, digits) : value ?? "–";
}
function differing(controls, scenarios, shapes, words) {
  return controls.map((control) => [
    fullLabel(control, words),
    ...scenarios.map((fields) => shownField(control, fields[control.field], shapes))
  ]).filter(([, first, ...others]) => others.some((other) => other !== first));
}
function tableRow(label, cells, names) {
  const made = cells.map((text, column) => {
    const source = column > 1 ? { "data-saved": names[column - 2] } : { "data-beside": ["now", "guidance"][column] };
    return node("td", source, text);
  });
  return node("tr", {}, node("th", { scope: "row" }, label), ...made);
}
function comparisonTable({ figures, saved, words, names, here, inputs }) {
  const heads = [words.figure, words.now, words.guidance, ...names].map((text) => node("th", { scope: "col" }, text));
  const rows = figures.readouts.map((readout, line) => {
    const { figure } = readout;
    const then = written(readout, figures.guidance(figure));
    const others = names.map((name) => {
      const { figures: values, fields } = saved[name];
      return written(readout, values[figure]) + figures.ofAnother(figure, fields);
    });
    const row2 = tableRow(figures.label(readout), [here[line], then, ...others], names);
    for (const cell of row2.querySelectorAll("td")) cell.dataset.figure = figure;
    return row2;
  });
  const parts = [node("tbody", {}, ...rows)];
  if (inputs.length) {
    const between = node("th", { scope: "rowgroup", colspan: heads.length }, words.differ);
    const lines = inputs.map(([label, ...cells]) => tableRow(label, cells, names));
    parts.push(node("tbody", { class: "wb-differ" }, node("tr", {}, between), ...lines));
  }
  const head = node("thead", {}, node("tr", {}, ...heads));
  return node("table", {}, node("caption", {}, words.comparison), head, ...parts);
}
function comparisonPart({ model, words, scenario }, figures) {
  const element = node("div", { class: "wb-comparison", tabindex: 0, role: "region", "aria-label": words.comparison });
  let made = "";
  const show = () => {
    const saved = model.get("saved");
    const names = columns(model);
    element.hidden = !names.length;
    if (!names.length) return;
    const values = figures.now();
    const here = figures.readouts.map((readout) => written(readout, values[readout.figure]));
    const scenarios = [scenario.now(), figures.guided.fields, ...names.map((name) => saved[name].fields)];
    const inputs = differing(model.get("controls"), scenarios, model.get("shapes"), words);
    const compared = names.map((name) => saved[name]);
    const wanted = JSON.stringify([names, compared, figures.asked(), inputs.map(([label]) => label)]);
    if (wanted === made) {
      const cells = element.querySelectorAll("td[data-beside=now]");
      for (const [row2, text] of [...here, ...inputs.map(([, first]) => first)].entries()) write(cells[row2], text);
      return;
    }
    made = wanted;
    element.replaceChildren(comparisonTable({ figures, saved, words, names, here, inputs }));
  };
  return { element, show };
}
function kernelTalk({ model, words, settings, say }) {
  let waiting = 0;
  return {
    ask(message, unanswered = () => say(words.no_kernel, true)) {
      clearTimeout(waiting);
      waiting = setTimeout(unanswered, settings.no_answer);
      model.send(message);
    },
    stop: () => clearTimeout(waiting)
  };
}
function savedLine(name, id, { model, words }, load) {
  const box = node("input", { type: "checkbox", id, "data-compare": name });
  box.checked = model.get("compared").includes(name);
  box.addEventListener("change", () => {
    const others = model.get("compared").filter((other) => other !== name);
    model.set("compared", box.checked ? [...others, name] : others);
    model.save_changes();
  });
  const shows = node("button", { type: "button", "data-load": name }, words.load);
  shows.setAttribute("aria-label", `${words.load} ${name}`);
  shows.addEventListener("click", load);
  return node("li", {}, box, node("label", { for: id }, name), shows);
}
function savedScenarios(page) {
  const { id, model, words, settings, scenario, say } = page;
  const kernel = kernelTalk(page);
  const show = (name) => {
    const saved = model.get("saved")[name];
    if (saved) scenario.jump(saved.fields);
  };
  const box = node("input", { type: "text", id: `${id}-name`, maxlength: settings.name_length, "data-action": "name" });
  const saveAs = (over) => {
    replace.hidden = true;
    scenario.commit("");
    kernel.ask({ do: "save", name: box.value, replace: over, fields: scenario.now() });
  };
  const save = button("save", words.save, () => saveAs(false));
  const replace = button("replace", words.replace, () => saveAs(true));
  replace.hidden = true;
  box.addEventListener("input", () => {
    replace.hidden = true;
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") saveAs(false);
  });
  const lines = node("ul", { class: "wb-saved" });
  const list = () => {
    const made = Object.keys(model.get("saved")).map(
      (name, number) => savedLine(
        name,
        `${id}-saved-${number}`,
        page,
        () => (
          // Its file may have been replaced since the page was told of it.
          kernel.ask({ do: "load", name }, () => {
            show(name);
            say(words.not_read, true);
          })
        )
      )
    );
    lines.replaceChildren(...made);
  };
  const bar = node("div", { class: "wb-bar" }, node("label", { for: box.id }, words.name), box, save, replace);
  return {
    element: node("fieldset", { class: "wb-store" }, node("legend", {}, words.scenarios), bar, lines),
    list,
    heard(message) {
      if (message.answer === void 0) return;
      kernel.stop();
      if (message.loaded !== void 0) show(message.loaded);
      say(message.answer, Boolean(message.failed));
      if (message.exists) replace.hidden = false;
    },
    close: kernel.stop
  };
}

// workbook/whatif/js/copy.js
var cellText = (value) => typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
function copiedRows({ model, words, settings, scenario }, figures) {
  const saved = model.get("saved");
  const names = columns(model);
  const values = figures.now();
  const inUnit = (value, scale) => +(value * scale).toPrecision(settings.precision);
  const rows = [[words.figure, words.unit, words.now, words.guidance, words.change, ...names]];
  for (const readout of figures.readouts) {
    const { figure, scale, prefix, suffix } = readout;
    const figureCell = (value) => isNumber(value) ? inUnit(value, scale) : "";
    const then = figures.guidance(figure);
    const others = names.map((name) => {
      const value = figureCell(saved[name].figures[figure]);
      const of = figures.ofAnother(figure, saved[name].fields);
      return of ? value + of : value;
    });
    const unit = (prefix + suffix.trim()).trim();
    const numbers = [values[figure], then, values[figure] - then].map(figureCell);
    rows.push([figures.label(readout), unit, ...numbers, ...others]);
  }
  const fieldCell = ({ kind, scale }, value) => {
    if (kind === "shape") return model.get("shapes")[value];
    return isNumber(value) ? inUnit(value, scale) : value;
  };
  for (const control of model.get("controls")) {
    const scenarios = [scenario.now(), figures.guided.fields, ...names.map((name) => saved[name].fields)];
    const [here, then, ...others] = scenarios.map((fields) => fieldCell(control, fields[control.field]));
    rows.push([fullLabel(control, words), control.basis_words, here, then, "", ...others]);
  }
  return rows.map((row2) => row2.map((cell) => isNumber(cell) || typeof cell === "string" ? cellText(cell) : ""));
}
async function toClipboard(rows, place) {
  const plain = rows.map((row2) => row2.join("	")).join("\n");
  const line = (row2) => node("tr", {}, ...row2.map((cell) => node("td", {}, String(cell))));
  const grid = node("table", {}, ...rows.map(line));
  try {
    const types = { "text/plain": plain, "text/html": grid.outerHTML };
    const blobs = Object.entries(types).map(([type, text]) => [type, new Blob([text], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    const area = node("textarea", { "aria-hidden": "true", style: "position:fixed;opacity:0" });
    area.value = plain;
    place.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
function copyButton(page, figures, place) {
  const { words, say } = page;
  return button("copy", words.copy, async () => {
    if (await toClipboard(copiedRows(page, figures), place)) say(words.copied);
    else say(words.not_copied, true);
  });
}

// workbook/whatif/js/panel.js
function stepButtons({ model, words, scenario, say }, guided) {
  const make = (action, run) => button(action, words[action], () => {
    run();
    say("");
  });
  const undo = make("undo", scenario.undo);
  const redo = make("redo", scenario.redo);
  const reset = make("reset", () => scenario.jump(guided.fields));
  const show = () => {
    for (const [made, steps] of [
      [undo, "past"],
      [redo, "future"]
    ]) {
      const disabled = !model.get(steps).length;
      if (made.disabled !== disabled) made.disabled = disabled;
    }
  };
  return { elements: [undo, redo, reset], show };
}
function companyChoice({ id, model, words }) {
  const select = node("select", { id: `${id}-companies`, "data-action": "comparables" });
  for (const [value, text] of Object.entries(model.get("companies"))) select.append(node("option", { value }, text));
  select.addEventListener("change", () => {
    model.set("company", select.value);
    model.save_changes();
  });
  const bar = node("div", { class: "wb-bar" });
  if (select.options.length > 1) bar.append(node("label", { for: select.id }, words.comparables), select);
  const show = () => {
    if (select.value !== model.get("company")) select.value = model.get("company");
  };
  return { bar, show };
}
function legendOf({ model, words }) {
  const entries = {};
  for (const [mark2, text] of Object.entries(words.legend))
    entries[mark2] = node("li", { class: `wb-mark-${mark2}` }, text);
  const show = () => {
    const drawn = { simulated: model.get("simulate"), others: model.get("company") };
    for (const [mark2, there] of Object.entries(drawn)) {
      if (entries[mark2].hidden === Boolean(there)) entries[mark2].hidden = !there;
    }
  };
  return { element: node("ul", { class: "wb-legend" }, ...Object.values(entries)), show };
}
function keepEvents(root, scenario) {
  root.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, textarea, button, summary")) event.stopPropagation();
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || key !== "z" && key !== "y") return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "y" || event.shiftKey) scenario.redo();
    else scenario.undo();
  });
  root.addEventListener("selectionchange", (event) => event.stopPropagation());
}
function frameOf({ model, words }, status, parts) {
  const { buttons, chart, legend, controls, companies, simulation, table, saved, comparison } = parts;
  return node(
    "section",
    { class: "wb-whatif", "aria-label": words.panel },
    node("div", { class: "wb-bar" }, ...buttons, status),
    node(
      "div",
      { class: "wb-main" },
      node("div", { class: "wb-picture" }, chart, legend),
      controls,
      node("div", {}, companies, simulation, table)
    ),
    saved,
    comparison,
    node("p", { class: "wb-sources" }, model.get("sources"))
  );
}
function listener(model) {
  const stop = [];
  const on = (event, run) => {
    model.on(event, run);
    stop.push(() => model.off(event, run));
  };
  return { on, stop };
}
function render({ model, el }) {
  const [words, settings] = [model.get("words"), model.get("settings")];
  const scenario = scenarioOf(model, settings, idle);
  const { line, say } = statusLine();
  const page = { id: `wb-${Math.random().toString(36).slice(2, 9)}`, model, words, settings, scenario, say };
  const chart = chartPart(page, vegaEmbed);
  const figures = figuresOf(page, chart.signal);
  const controls = controlPanel(page);
  const { table, show: showFigures } = figureTable(figures, words);
  const buttons = stepButtons(page, figures.guided);
  const [companies, legend] = [companyChoice(page), legendOf(page)];
  const simulation = simulationPart(page, chart.simulated);
  const [saved, comparison] = [savedScenarios(page), comparisonPart(page, figures)];
  const root = frameOf(page, line, {
    buttons: [...buttons.elements, copyButton(page, figures, el)],
    chart: chart.frame,
    legend: legend.element,
    controls: controls.element,
    companies: companies.bar,
    simulation: simulation.bar,
    table,
    saved: saved.element,
    comparison: comparison.element
  });
  keepEvents(root, scenario);
  el.replaceChildren(root);
  let due = false;
  const shown = {};
  const refresh = () => {
    due = false;
    if (!chart.drawn()) return;
    chart.follow();
    for (const [field, value] of Object.entries(scenario.now())) {
      if (shown[field] !== value) controls.show(field);
      shown[field] = value;
    }
    companies.show();
    legend.show();
    simulation.show();
    chart.run();
    showFigures();
    buttons.show();
    if (columns(model).length) comparison.show();
  };
  const soon = () => {
    if (due) return;
    due = true;
    queueMicrotask(refresh);
  };
  const resaved = () => {
    saved.list();
    comparison.show();
    chart.saved(beside(columns(model), model.get("saved")));
  };
  const { on, stop } = listener(model);
  chart.start(controls.bounds).then((drawn) => {
    if (!drawn) return;
    for (const field of scenario.fields) on(`change:${field}`, () => scenario.keep(field));
    for (const field of [...scenario.fields, "past", "future", "simulate", "simulation", "company"]) {
      on(`change:${field}`, soon);
    }
    on("change:saved", resaved);
    on("change:compared", resaved);
    on("msg:custom", saved.heard);
    refresh();
    resaved();
    chart.warmUp(settings.warm_up, () => due, showFigures);
  });
  return () => {
    saved.close();
    simulation.close();
    try {
      scenario.finish();
    } catch {
    }
    for (const each of stop) each();
    chart.close();
  };
}
var panel_default = { render };
export {
  panel_default as default
};
