// The what-if panel as anywidget renders it: its parts, put together, and brought up to the model when that changes.
// The scenario's fields are the model's; the page recomputes at once, and the kernel is told without being waited for.

import { chartPart, simulationPart } from "./chart.js";
import { beside, columns, comparisonPart, savedScenarios } from "./comparison.js";
import { controlPanel } from "./controls.js";
import { copyButton } from "./copy.js";
import { button, idle, node, statusLine } from "./dom.js";
import { figuresOf, figureTable } from "./figures.js";
import { scenarioOf } from "./model.js";

/** Undo, redo and back to the guidance, which also take away what the status line said. */
function stepButtons({ model, words, scenario, say }, guided) {
  const make = (action, run) =>
    button(action, words[action], () => {
      run();
      say("");
    });
  const undo = make("undo", scenario.undo);
  const redo = make("redo", scenario.redo);
  const reset = make("reset", () => scenario.jump(guided.fields));
  const show = () => {
    for (const [made, steps] of [
      [undo, "past"],
      [redo, "future"],
    ]) {
      const disabled = !model.get(steps).length;
      if (made.disabled !== disabled) made.disabled = disabled;
    }
  };
  return { elements: [undo, redo, reset], show };
}

/** Choose whose growth is drawn beside the path. */
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

/** Name what is drawn; two of the marks only while they are. */
function legendOf({ model, words }) {
  const entries = {};
  for (const [mark, text] of Object.entries(words.legend))
    entries[mark] = node("li", { class: `wb-mark-${mark}` }, text);
  const show = () => {
    const drawn = { simulated: model.get("simulate"), others: model.get("company") };
    for (const [mark, there] of Object.entries(drawn)) {
      if (entries[mark].hidden === Boolean(there)) entries[mark].hidden = !there;
    }
  };
  return { element: node("ul", { class: "wb-legend" }, ...Object.values(entries)), show };
}

/** Keep keys and selections of the panel from JupyterLab, which has commands of its own for them. */
function keepEvents(root, scenario) {
  root.addEventListener("keydown", (event) => {
    // JupyterLab takes single letters and Enter for commands of its own.
    if (event.target.matches("input, select, textarea, button, summary")) event.stopPropagation();
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "y" || event.shiftKey) scenario.redo();
    else scenario.undo();
  });
  // A number written into a box moves its cursor, and then every editor of JupyterLab looks for its own: 2 ms a move.
  root.addEventListener("selectionchange", (event) => event.stopPropagation());
}

/** Lay out the parts of a panel. */
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
      node("div", {}, companies, simulation, table),
    ),
    saved,
    comparison,
    node("p", { class: "wb-sources" }, model.get("sources")),
  );
}

/** Register what is done on events of the model; returns how to register and how to stop. */
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
  // vl_convert.javascript_bundle puts vegaEmbed in scope.
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
    comparison: comparison.element,
  });
  keepEvents(root, scenario);
  el.replaceChildren(root);

  let due = false;
  const shown = {}; // the fields as the controls have them
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
  // Several fields may change at once; all is drawn after the last of them and before the next frame.
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
      // A kernel that is gone takes nothing.
    }
    for (const each of stop) each();
    chart.close();
  };
}

export default { render };
