// All figures and fields as a table for a spreadsheet.

import { columns } from "./comparison.js";
import { fullLabel } from "./controls.js";
import { button, node } from "./dom.js";
import { isNumber } from "./figures.js";

/** A spreadsheet takes a text that begins with one of these for a formula. */
export const cellText = (value) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value);

/** The cells: a head, the figures and the fields; numbers are in the unit that stands beside them or in their label. */
export function copiedRows({ model, words, settings, scenario }, figures) {
  const saved = model.get("saved");
  const names = columns(model);
  const values = figures.now();
  const inUnit = (value, scale) => +(value * scale).toPrecision(settings.precision);
  const rows = [[words.figure, words.unit, words.now, words.guidance, words.change, ...names]];
  for (const readout of figures.readouts) {
    const { figure, scale, prefix, suffix } = readout;
    const figureCell = (value) => (isNumber(value) ? inUnit(value, scale) : "");
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
  return rows.map((row) => row.map((cell) => (isNumber(cell) || typeof cell === "string" ? cellText(cell) : "")));
}

/** Put rows on the clipboard, as text and as a table; false where the browser allows neither way. */
async function toClipboard(rows, place) {
  const plain = rows.map((row) => row.join("\t")).join("\n");
  const line = (row) => node("tr", {}, ...row.map((cell) => node("td", {}, String(cell))));
  const grid = node("table", {}, ...rows.map(line));
  try {
    const types = { "text/plain": plain, "text/html": grid.outerHTML };
    const blobs = Object.entries(types).map(([type, text]) => [type, new Blob([text], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    return true;
  } catch {
    // A page that was not served safely has no clipboard of that kind.
    const area = node("textarea", { "aria-hidden": "true", style: "position:fixed;opacity:0" });
    area.value = plain;
    place.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** The button that copies; `place` is an element of the page. */
export function copyButton(page, figures, place) {
  const { words, say } = page;
  return button("copy", words.copy, async () => {
    if (await toClipboard(copiedRows(page, figures), place)) say(words.copied);
    else say(words.not_copied, true);
  });
}
