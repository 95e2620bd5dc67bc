// The figures of the scenario beside the guidance's, and how any figure is written.

import { node, write } from "./dom.js";

export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

function unsigned(value, digits) {
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part ? `${grouped}.${part}` : grouped;
}

export const fixed = (value, digits) => (value < 0 ? "−" : "") + unsigned(value, digits);

/** Write a figure, or a dash where there is none; `Readout.write` in Python. */
export function written({ prefix, scale, digits, suffix }, value) {
  return isNumber(value) ? prefix + fixed(value * scale, digits) + suffix : "–";
}

/** Write a change with its sign; one that rounds to nothing has none. `Readout.write_change` in Python. */
export function writtenChange({ scale, digits, change: unit }, change) {
  if (!isNumber(change)) return "–";
  const text = unsigned(change * scale, digits);
  const sign = !/[1-9]/.test(text) ? "" : change < 0 ? "−" : "+";
  return sign + text + unit;
}

/** Write the level whose chance a scenario asks for, in the reader's unit. */
export function levelAsked({ target, end_arr }, { target_scale, asked_digits }) {
  return String(+((target ?? end_arr) * target_scale).toPrecision(asked_digits));
}

/** What stands after a saved scenario's chance when that is of another level than the panel's. */
export function ofAnother(figure, fields, asked, settings, words) {
  const other = levelAsked(fields, settings);
  return figure === "p_target" && other !== asked ? ` (${words.of} ${other})` : "";
}

/** What the figures, the comparison and the copy read; `signal` gives a signal of the drawing, once there is one. */
export function figuresOf({ model, settings, words }, signal) {
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
    ofAnother: (figure, fields) => ofAnother(figure, fields, asked(), settings, words),
  };
}

/** Return the table's element and `show`, which writes what has changed. */
export function figureTable(figures, words) {
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
  const heads = [words.figure, words.now, words.guidance, words.change].map((text) =>
    node("th", { scope: "col" }, text),
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
