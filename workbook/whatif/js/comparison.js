// Saved scenarios, which the kernel keeps in a folder, and those of them that stand beside this one.

import { fullLabel } from "./controls.js";
import { button, node, write } from "./dom.js";
import { fixed, isNumber, written } from "./figures.js";

/** The names compared that there is a saved scenario of. */
export const columns = (model) => model.get("compared").filter((name) => name in model.get("saved"));

/**
 * What the drawing is given of the saved scenarios compared: the rows of its data set `saved` and the signals that
 * make its axes reach them. `picture.beside` in Python.
 */
export function beside(names, saved) {
  const rows = names.flatMap((name) => {
    const { path, color } = saved[name];
    return path.map(([day, arr]) => ({ name, color, day, arr }));
  });
  const days = rows.map(({ day }) => day).sort();
  const signals = {
    saved_first: days[0] ?? null,
    saved_last: days.at(-1) ?? null,
    saved_highest: Math.max(0, ...rows.map(({ arr }) => arr)),
  };
  return { rows, signals };
}

function shownField({ kind, scale, digits }, value, shapes) {
  if (kind === "shape") return shapes[value];
  return isNumber(value) ? fixed(value * scale, digits) : (value ?? "–");
}

/** The controls in which any scenario differs from the first, each with its label and how each has it. */
export function differing(controls, scenarios, shapes, words) {
  return controls
    .map((control) => [
      fullLabel(control, words),
      ...scenarios.map((fields) => shownField(control, fields[control.field], shapes)),
    ])
    .filter(([, first, ...others]) => others.some((other) => other !== first));
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
    const row = tableRow(figures.label(readout), [here[line], then, ...others], names);
    for (const cell of row.querySelectorAll("td")) cell.dataset.figure = figure;
    return row;
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

/** Return the comparison's element and `show`, which writes what has moved or makes the table anew. */
export function comparisonPart({ model, words, scenario }, figures) {
  const element = node("div", { class: "wb-comparison", tabindex: 0, role: "region", "aria-label": words.comparison });
  let made = ""; // what the table was made of, but for the figures of the moving scenario
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
      for (const [row, text] of [...here, ...inputs.map(([, first]) => first)].entries()) write(cells[row], text);
      return;
    }
    made = wanted;
    element.replaceChildren(comparisonTable({ figures, saved, words, names, here, inputs }));
  };
  return { element, show };
}

// The list of them -----------------------------------------------------------------------------------------------

/** Ask the kernel, and hear its answer or that there was none. */
function kernelTalk({ model, words, settings, say }) {
  let waiting = 0;
  return {
    ask(message, unanswered = () => say(words.no_kernel, true)) {
      clearTimeout(waiting);
      waiting = setTimeout(unanswered, settings.no_answer);
      model.send(message);
    },
    stop: () => clearTimeout(waiting),
  };
}

/** One line of the list: a box that puts the scenario beside the panel's, and a button that shows it. */
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

/** Return the element, `list` to list anew, `heard` for the kernel's answers and `close`. */
export function savedScenarios(page) {
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
    // With the fields: changes wait while a kernel is busy, a message does not.
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
    const made = Object.keys(model.get("saved")).map((name, number) =>
      savedLine(name, `${id}-saved-${number}`, page, () =>
        // Its file may have been replaced since the page was told of it.
        kernel.ask({ do: "load", name }, () => {
          show(name);
          say(words.not_read, true);
        }),
      ),
    );
    lines.replaceChildren(...made);
  };
  const bar = node("div", { class: "wb-bar" }, node("label", { for: box.id }, words.name), box, save, replace);
  return {
    element: node("fieldset", { class: "wb-store" }, node("legend", {}, words.scenarios), bar, lines),
    list,
    heard(message) {
      if (message.answer === undefined) return;
      kernel.stop();
      if (message.loaded !== undefined) show(message.loaded);
      say(message.answer, Boolean(message.failed));
      if (message.exists) replace.hidden = false;
    },
    close: kernel.stop,
  };
}
