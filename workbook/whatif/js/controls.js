// What can be changed: numbers by slider and box, dates, and the shape of the path, each with where it started.

import { node, write } from "./dom.js";
import { accepted, dayAfter, reach, sensible } from "./model.js";

const reason = ({ basis_words, why, claim }) => `${basis_words}: ${why}${claim && ` [${claim}]`}`;

/** A control's label with the end of the path it belongs to. */
export function fullLabel({ group, label }, words) {
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

/** Take what a slider or a box says into the scenario, or say why not. */
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
  // A browser forgets a date that is half typed when it is given a value or an end, even the same.
  const show = () => {
    mark(input, false);
    if (input.value !== model.get(field)) input.value = model.get(field);
  };
  input.addEventListener("focus", () => {
    if (field === "end") input.min = dayAfter(model.get("start"), 1);
    else input.max = dayAfter(model.get("end"), -1);
  });
  input.addEventListener("input", () => {
    if (!sensible(input.value, settings.years)) return; // being typed
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

const KINDS = { number: numberControl, date: dateControl, shape: shapeControl };

/** Where the whole origin of a control can be read: text that unfolded in place would push away what is aimed at. */
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

/** Return the controls' element, `show` to bring one up to the model, and `bounds` of a field's slider. */
export function controlPanel(page) {
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
    node("details", {}, node("summary", {}, words.more), group(words.more, "more", assumptions)),
  );
  return {
    element: node("div", { class: "wb-side" }, panel, originLine(panel, controls, words)),
    show(field) {
      made[field]?.show();
      if (field === "shape" && made.ceiling) made.ceiling.element.hidden = model.get("shape") !== "s_curve";
    },
    bounds: (field) => [+made[field].range.min, +made[field].range.max],
  };
}
