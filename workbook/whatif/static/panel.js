// The what-if panel. Its model holds the scenario's fields; a Vega view recomputes path, fan and figures from
// them in the page, and the kernel is told without being waited for.
// vl_convert.javascript_bundle puts vegaEmbed in scope. Text from data only ever becomes a text node.


function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

const unsigned = (value, digits) => {
  const [whole, part] = Math.abs(value).toFixed(digits).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part ? `${grouped}.${part}` : grouped;
};
const fixed = (value, digits) => (value < 0 ? "−" : "") + unsigned(value, digits);

const number = (value) => typeof value === "number" && Number.isFinite(value);

function written(readout, value) {
  return number(value) ? readout.prefix + fixed(value * readout.scale, readout.digits) + readout.suffix : "–";
}

function writtenChange(readout, change) {
  if (!number(change)) return "–";
  const text = unsigned(change * readout.scale, readout.digits);
  const sign = !/[1-9]/.test(text) ? "" : change < 0 ? "−" : "+";
  return sign + text + readout.change;
}

const dayAfter = (iso, days) => new Date(Date.parse(iso) + days * 86_400_000).toISOString().slice(0, 10);

function render({ model, el }) {
  const words = model.get("words");
  const settings = model.get("settings");
  const controls = model.get("controls");
  const readouts = model.get("readouts");
  const fields = model.get("fields");
  const guided = model.get("guided");
  // The guidance's chance too is that of the level asked for.
  const guidedFigure = (figure) =>
    figure === "p_target" && view ? view.signal("guided_p_target") : guided.figures[figure] ?? NaN;
  const id = `wb-${Math.random().toString(36).slice(2, 9)}`;
  const now = () => Object.fromEntries(fields.map((field) => [field, model.get(field)]));
  const same = (a, b) => fields.every((field) => a[field] === b[field]);
  let view;
  let gone = false;

  // Changing the scenario --------------------------------------------------------------------------------

  // A year that is still being typed is four digits from the first on: 0002, 0020, 0202.
  const [firstYear, lastYear] = settings.years;
  const sensible = (day) => /^\d{4}-\d\d-\d\d$/.test(day) && firstYear <= +day.slice(0, 4) && +day.slice(0, 4) <= lastYear;
  const problem = (state) => {
    if (!sensible(state.start) || !sensible(state.end)) return words.year;
    if (!(state.start < state.end)) return words.order;
    // An S-curve tends to a level above both its ends.
    if (state.shape === "s_curve" && !(state.ceiling > Math.max(state.start_arr, state.end_arr))) return words.ceiling;
    return "";
  };

  // The kernel is told in steps and when the page has time: its answers cost what a moving hand needs.
  const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 20));
  let telling = 0;
  let untold = {}; // what the hand has set since
  const tell = () => {
    clearTimeout(telling);
    telling = 0;
    untold = {};
    model.save_changes();
  };
  const tellSoon = () => {
    telling ||= setTimeout(() => idle(() => telling && tell(), { timeout: settings.between }), settings.between);
  };

  const lifted = (top) => {
    const steps = Math.ceil((settings.ceiling_room * top) / settings.ceiling_step);
    return +(steps * settings.ceiling_step).toPrecision(settings.precision);
  };
  const put = (changes) => {
    let state = { ...now(), ...changes };
    if (state.shape === "s_curve" && !("ceiling" in changes)) {
      // An end that is moved past the ceiling lifts it, and lets it down again in the same gesture.
      const top = Math.max(state.start_arr, state.end_arr);
      const ceiling = gesture ? gesture.ceiling : state.ceiling;
      changes = { ...changes, ceiling: ceiling > top ? ceiling : lifted(top) };
      state = { ...state, ...changes };
    }
    const wrong = problem(state);
    if (wrong) return wrong;
    Object.assign(untold, changes);
    for (const [field, value] of Object.entries(changes)) model.set(field, value);
    tellSoon();
    return "";
  };

  let gesture = null; // the state before the change under way
  let last = { field: "", at: 0 };
  const edit = (field, changes) => {
    gesture ??= now();
    return put(changes);
  };
  const commit = (field) => {
    const before = gesture;
    gesture = null;
    if (!before || same(before, now())) {
      if (telling) tell();
      return;
    }
    const past = [...model.get("past")];
    const goesOn = field && field === last.field && performance.now() - last.at < settings.one_gesture;
    last = { field, at: performance.now() };
    // What was changed again within the gesture goes back to where the gesture began.
    const from = { ...before, ...(goesOn ? past.pop() : {}) };
    const changed = Object.fromEntries(Object.entries(from).filter(([each, value]) => value !== model.get(each)));
    if (Object.keys(changed).length) past.push(changed);
    // In one message with the fields: a change that the kernel refuses leaves no step.
    model.set("past", past.slice(-settings.steps_kept));
    model.set("future", []);
    tell();
  };
  const jump = (changes) => {
    edit("", changes);
    commit("");
  };
  const step = (from, to) => {
    commit("");
    const stack = [...model.get(from)];
    if (!stack.length) return;
    const changes = stack.pop();
    const back = Object.fromEntries(Object.keys(changes).map((field) => [field, model.get(field)]));
    model.set(from, stack);
    model.set(to, [...model.get(to), back]);
    last = { field: "", at: 0 };
    put(changes);
    tell();
  };
  const undo = () => step("past", "future");
  const redo = () => step("future", "past");

  // Controls ---------------------------------------------------------------------------------------------

  const write = (cell, text) => {
    const there = cell.firstChild ?? cell.appendChild(new Text());
    if (there.data !== text) there.data = text;
  };
  const status = node("p", { class: "wb-status", role: "status" });
  const say = (text, alarm = false) => {
    if (status.textContent !== text) status.textContent = text;
    if (status.classList.contains("wb-alarm") !== alarm) status.classList.toggle("wb-alarm", alarm);
  };
  const sides = { from: words.from, to: words.to };
  const fullLabel = ({ group, label }) => (sides[group] ? `${sides[group]}: ${label}` : label);
  const shown = {}; // how to bring each control up to the model
  const ranges = {}; // sliders by field

  const reason = ({ basis_words, why, claim }) => `${basis_words}: ${why}${claim && ` [${claim}]`}`;
  const origin = (control) => {
    const note = node("span", { class: `wb-basis wb-${control.basis}`, id: `${id}-${control.field}-why` });
    note.append(reason(control));
    return note;
  };

  const numberControl = (control) => {
    const name = `${id}-${control.field}`;
    const about = `${name}-why`;
    const common = { "data-field": control.field, "aria-describedby": about };
    const range = node("input", { ...common, type: "range", id: name, step: control.step });
    const box = node("input", { ...common, type: "number", step: "any", "aria-label": control.label });
    range.min = control.low;
    range.max = control.high;
    ranges[control.field] = range;
    shown[control.field] = () => {
      box.removeAttribute("aria-invalid");
      range.removeAttribute("aria-invalid");
      const value = model.get(control.field);
      if (value == null) {
        box.value = "";
        range.setAttribute("aria-valuetext", "–");
        return;
      }
      const current = value * control.scale;
      // The slider goes as far as its value, and no further than its own range once the hand has let go.
      const { low, high, step } = control;
      const [least, most] = gesture ? [+range.min, +range.max] : [low, high];
      const min = Math.min(least, low + Math.floor(+((current - low) / step).toFixed(6)) * step);
      const max = Math.max(most, current);
      if (+range.min !== min) range.min = +min.toFixed(9);
      if (+range.max !== max) range.max = max;
      if (+range.value !== current) range.value = current;
      range.setAttribute("aria-valuetext", current.toFixed(control.digits));
      if (document.activeElement !== box || +box.value !== +current.toFixed(9)) {
        box.value = +current.toFixed(Math.max(control.digits, 4));
      }
    };
    const take = (source) => {
      const typed = source.value.trim();
      const text = `${fullLabel(control)}: ${control.rule}`;
      const wanted = Number(typed);
      const { least, most, closed } = control;
      const low = least == null || wanted > least || (wanted === least && ["left", "both"].includes(closed));
      const high = most == null || wanted < most || (wanted === most && ["right", "both"].includes(closed));
      if (typed === "" || !Number.isFinite(wanted) || !low || !high) {
        source.setAttribute("aria-invalid", "true");
        say(text, true);
        return false;
      }
      const wrong = edit(control.field, { [control.field]: +(wanted / control.scale).toPrecision(settings.precision) });
      if (wrong) source.setAttribute("aria-invalid", "true");
      else source.removeAttribute("aria-invalid");
      say(wrong, Boolean(wrong));
      return !wrong;
    };
    for (const source of [range, box]) {
      source.addEventListener("input", () => take(source));
      source.addEventListener("change", () => {
        // What was taken on the way to something that cannot be (15 of 150) is given back.
        if (source.hasAttribute("aria-invalid") && gesture) put(gesture);
        commit(control.field);
        shown[control.field]();
      });
    }
    return node(
      "div",
      { class: "wb-control", "data-control": control.field },
      node("label", { for: name }, control.label),
      range,
      box,
      origin(control),
    );
  };

  const dateControl = (control) => {
    const name = `${id}-${control.field}`;
    const input = node("input", {
      type: "date",
      id: name,
      "data-field": control.field,
      "aria-describedby": `${name}-why`,
    });
    // A browser forgets a date that is half typed when it is given a value or an end, even the same.
    shown[control.field] = () => {
      input.removeAttribute("aria-invalid");
      if (input.value !== model.get(control.field)) input.value = model.get(control.field);
    };
    input.addEventListener("focus", () => {
      if (control.field === "end") input.min = dayAfter(model.get("start"), 1);
      else input.max = dayAfter(model.get("end"), -1);
    });
    input.addEventListener("input", () => {
      if (!sensible(input.value)) return; // being typed
      const wrong = edit(control.field, { [control.field]: input.value });
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      say(wrong, Boolean(wrong));
    });
    input.addEventListener("change", () => commit(control.field));
    input.addEventListener("blur", () => {
      if (input.value && !sensible(input.value)) say(words.year, true);
      else if (input.hasAttribute("aria-invalid")) say("");
      shown[control.field]();
    });
    return node(
      "div",
      { class: "wb-control", "data-control": control.field },
      node("label", { for: name }, control.label),
      input,
      origin(control),
    );
  };

  const shapeControl = (control) => {
    const name = `${id}-${control.field}`;
    const select = node("select", { id: name, "data-field": "shape", "aria-describedby": `${name}-why` });
    for (const [value, text] of Object.entries(model.get("shapes"))) select.append(node("option", { value }, text));
    shown.shape = () => {
      select.value = model.get("shape");
      for (const row of el.querySelectorAll('[data-control="ceiling"]')) {
        row.hidden = model.get("shape") !== "s_curve";
      }
    };
    select.addEventListener("change", () => {
      jump({ shape: select.value });
    });
    return node(
      "div",
      { class: "wb-control", "data-control": control.field },
      node("label", { for: name }, control.label),
      select,
      origin(control),
    );
  };

  const make = { number: numberControl, date: dateControl, shape: shapeControl };
  const group = (title, list, type = {}) =>
    node("fieldset", type, node("legend", {}, title), ...list.map((control) => make[control.kind](control)));
  const of = (name) => controls.filter((control) => control.group === name);
  const more = node(
    "details",
    {},
    node("summary", {}, words.more),
    group(words.more, of("more"), { class: "wb-assumptions" }),
  );
  const panel = node(
    "div",
    { class: "wb-controls" },
    group(words.from, of("from")),
    group(words.to, of("to")),
    group(words.path, of("path")),
    group(words.assumptions, of("main"), { class: "wb-assumptions" }),
    more,
  );

  // The whole of it stands in a place of its own: text that unfolded where it is would push away what is aimed at.
  const why = node("p", { class: "wb-why", "aria-hidden": "true" }, words.why);
  const tellWhy = (event) => {
    const control = controls.find(({ field }) => field === event.target.closest("[data-control]")?.dataset.control);
    if (control) write(why, `${fullLabel(control)}. ${reason(control)}`);
  };
  for (const event of ["focusin", "pointerover"]) panel.addEventListener(event, tellWhy);
  const side = node("div", { class: "wb-side" }, panel, why);

  // Figures ----------------------------------------------------------------------------------------------

  const body = node("tbody");
  const table = node(
    "table",
    { class: "wb-figures" },
    node("caption", {}, words.figures),
    node(
      "thead",
      {},
      node(
        "tr",
        {},
        node("th", { scope: "col" }, words.figure),
        node("th", { scope: "col" }, words.now),
        node("th", { scope: "col" }, words.guidance),
        node("th", { scope: "col" }, words.change),
      ),
    ),
    body,
  );
  const cells = {};
  const level_asked = (level) => String(+(level * settings.target_scale).toPrecision(settings.asked_digits));
  const asked = () => level_asked(model.get("target") ?? model.get("end_arr"));
  // A saved scenario's chance is of the level that scenario asks for.
  const ofAnother = (figure, { fields }) => {
    const other = level_asked(fields.target ?? fields.end_arr);
    return figure === "p_target" && other !== asked() ? ` (${words.of} ${other})` : "";
  };
  for (const readout of readouts) {
    const head = node("th", { scope: "row" });
    const cell = (column) => node("td", { "data-figure": readout.figure, "data-column": column });
    const [here, then, change] = [cell("now"), cell("guidance"), cell("change")];
    then.textContent = written(readout, guidedFigure(readout.figure));
    cells[readout.figure] = { head, here, then, change };
    body.append(node("tr", {}, head, here, then, change));
  }
  const figures = () => Object.fromEntries(readouts.map(({ figure }) => [figure, view.signal(`figure_${figure}`)]));
  const readOut = () => {
    const values = figures();
    for (const readout of readouts) {
      const { head, here, then, change } = cells[readout.figure];
      const label = readout.label.replace("{target}", asked());
      write(head, label);
      write(here, written(readout, values[readout.figure]));
      const base = guidedFigure(readout.figure);
      if (readout.figure === "p_target") write(then, written(readout, base));
      write(change, writtenChange(readout, values[readout.figure] - base));
    }
  };

  // Simulation: follows from the kernel, and is shown only for the scenario it was made of -------------------

  const simulate = node("input", { type: "checkbox", "data-action": "simulate", id: `${id}-simulate` });
  const simulation = node("span", { class: "wb-simulation", "data-state": "none", role: "status" });
  simulate.addEventListener("change", () => {
    model.set("simulate", simulate.checked);
    model.save_changes();
  });
  const none = [];
  let drawnRows = none;
  let computing = 0; // a timer while an answer is due
  let overdue = false;
  const showSimulation = () => {
    const wanted = model.get("simulate");
    const result = model.get("simulation");
    const current = wanted && result.of && same(result.of, now());
    const state = !wanted ? "none" : !current ? "computing" : result.why ? "refused" : "current";
    if (state !== "computing") {
      clearTimeout(computing);
      computing = 0;
      overdue = false;
    } else if (!computing) {
      computing = setTimeout(() => {
        overdue = true;
        showSimulation();
      }, settings.no_answer);
    }
    const due = overdue ? words.overdue : words.computing;
    const text = { none: "", computing: due, refused: result.why, current: result.words }[state];
    if (simulate.checked !== wanted) simulate.checked = wanted;
    if (simulation.dataset.state !== state) simulation.dataset.state = state;
    if (simulation.textContent !== (text ?? "")) simulation.textContent = text ?? "";
    const rows = state === "current" ? result.fan : none;
    if (rows === drawnRows) return;
    drawnRows = rows;
    view.data("simulated", rows.map((row) => ({ ...row })));
  };

  // Saved scenarios --------------------------------------------------------------------------------------

  let waiting = 0;
  const ask = (message, unanswered = () => say(words.no_kernel, true)) => {
    clearTimeout(waiting);
    waiting = setTimeout(unanswered, settings.no_answer);
    model.send(message);
  };
  const show = (each) => {
    const saved = model.get("saved")[each];
    if (saved) jump(saved.fields);
  };
  const heard = (message) => {
    if (message.answer === undefined) return;
    clearTimeout(waiting);
    if (message.loaded !== undefined) show(message.loaded);
    say(message.answer, Boolean(message.failed));
    if (message.exists) replace.hidden = false;
  };
  const name = node("input", { type: "text", id: `${id}-name`, maxlength: settings.name_length, "data-action": "name" });
  const save = node("button", { type: "button", "data-action": "save" }, words.save);
  const replace = node("button", { type: "button", "data-action": "replace", hidden: true }, words.replace);
  const saveAs = (over) => {
    replace.hidden = true;
    commit("");
    // With the fields: changes wait while a kernel is busy, a message does not.
    ask({ do: "save", name: name.value, replace: over, fields: now() });
  };
  save.addEventListener("click", () => saveAs(false));
  replace.addEventListener("click", () => saveAs(true));
  name.addEventListener("input", () => {
    replace.hidden = true;
  });
  name.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") saveAs(false);
  });
  const list = node("ul", { class: "wb-saved" });
  const comparison = node("div", { class: "wb-comparison", tabindex: 0, role: "region", "aria-label": words.comparison });
  const listSaved = () => {
    const saved = model.get("saved");
    const compared = model.get("compared");
    list.replaceChildren(
      ...Object.keys(saved).map((each, number) => {
        const box = node("input", { type: "checkbox", id: `${id}-saved-${number}`, "data-compare": each });
        box.checked = compared.includes(each);
        box.addEventListener("change", () => {
          const others = model.get("compared").filter((other) => other !== each);
          model.set("compared", box.checked ? [...others, each] : others);
          model.save_changes();
        });
        const load = node("button", { type: "button", "data-load": each }, words.load);
        load.setAttribute("aria-label", `${words.load} ${each}`);
        // Its file may have been replaced since the page was told of it.
        load.addEventListener("click", () =>
          ask({ do: "load", name: each }, () => {
            show(each);
            say(words.not_read, true);
          }),
        );
        return node("li", {}, box, node("label", { for: `${id}-saved-${number}` }, each), load);
      }),
    );
  };
  const columns = () => model.get("compared").filter((each) => each in model.get("saved"));
  const shownField = ({ field, kind, scale, digits }, value) => {
    if (kind === "shape") return model.get("shapes")[value];
    return number(value) ? fixed(value * scale, digits) : value ?? "–";
  };
  let compared = ""; // what the comparison was made of, but for the figures of the moving scenario
  const compare = () => {
    const saved = model.get("saved");
    const names = columns();
    comparison.hidden = !names.length;
    if (!names.length) return;
    const values = figures();
    const here = readouts.map((readout) => written(readout, values[readout.figure]));
    const fieldsOf = [now(), guided.fields, ...names.map((each) => saved[each].fields)];
    const differing = controls
      .map((control) => [fullLabel(control), ...fieldsOf.map((each) => shownField(control, each[control.field]))])
      .filter(([, first, ...others]) => others.some((other) => other !== first));
    const made = JSON.stringify([names, names.map((each) => saved[each]), asked(), differing.map(([label]) => label)]);
    if (made === compared) {
      const cells = [...comparison.querySelectorAll("td[data-beside=now]")];
      for (const [row, text] of [...here, ...differing.map(([, first]) => first)].entries()) write(cells[row], text);
      return;
    }
    compared = made;
    const heads = [words.figure, words.now, words.guidance, ...names].map((text) => node("th", { scope: "col" }, text));
    const rowOf = (label, cells) =>
      node(
        "tr",
        {},
        node("th", { scope: "row" }, label),
        ...cells.map((text, column) => {
          const source = column > 1 ? { "data-saved": names[column - 2] } : { "data-beside": ["now", "guidance"][column] };
          return node("td", source, text);
        }),
      );
    const rows = readouts.map((readout, line) => {
      const { figure, label } = readout;
      const then = written(readout, guidedFigure(figure));
      const others = names.map((each) => written(readout, saved[each].figures[figure]) + ofAnother(figure, saved[each]));
      const row = rowOf(label.replace("{target}", asked()), [here[line], then, ...others]);
      for (const cell of row.querySelectorAll("td")) cell.dataset.figure = figure;
      return row;
    });
    const inputs = differing.map(([label, ...cells]) => rowOf(label, cells));
    const between = node("th", { scope: "rowgroup", colspan: heads.length }, words.differ);
    comparison.replaceChildren(
      node(
        "table",
        {},
        node("caption", {}, words.comparison),
        node("thead", {}, node("tr", {}, ...heads)),
        node("tbody", {}, ...rows),
        ...(inputs.length ? [node("tbody", { class: "wb-differ" }, node("tr", {}, between), ...inputs)] : []),
      ),
    );
  };
  const savedPaths = () =>
    columns().flatMap((name) => {
      const { path, color } = model.get("saved")[name];
      return path.map(([day, arr]) => ({ name, color, day, arr }));
    });

  // Copying ----------------------------------------------------------------------------------------------

  // A spreadsheet takes a text that begins with one of these for a formula.
  const cellText = (value) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
  const copied = () => {
    const values = figures();
    const saved = model.get("saved");
    const names = columns();
    const rows = [[words.figure, words.unit, words.now, words.guidance, words.change, ...names]];
    // Numbers are in the unit that stands beside them or that their label names.
    for (const readout of readouts) {
      const { figure, label, scale, prefix, suffix } = readout;
      const then = guidedFigure(figure);
      const inReadersUnit = (value) => (number(value) ? +(value * scale).toPrecision(settings.precision) : "");
      const others = names.map((each) => {
        const [value, of] = [inReadersUnit(saved[each].figures[figure]), ofAnother(figure, saved[each])];
        return of ? value + of : value;
      });
      const unit = (prefix + suffix.trim()).trim();
      const numbers = [values[figure], then, values[figure] - then].map(inReadersUnit);
      rows.push([label.replace("{target}", asked()), unit, ...numbers, ...others]);
    }
    const inUnit = ({ kind, scale }, value) => {
      if (kind === "shape") return model.get("shapes")[value];
      return number(value) ? +(value * scale).toPrecision(settings.precision) : value;
    };
    for (const control of controls) {
      const each = [now(), guided.fields, ...names.map((name) => saved[name].fields)];
      const [here, then, ...others] = each.map((values) => inUnit(control, values[control.field]));
      rows.push([fullLabel(control), control.basis_words, here, then, "", ...others]);
    }
    return rows.map((row) => row.map((cell) => (number(cell) || typeof cell === "string" ? cellText(cell) : "")));
  };
  const copy = node("button", { type: "button", "data-action": "copy" }, words.copy);
  copy.addEventListener("click", async () => {
    const rows = copied();
    const plain = rows.map((row) => row.join("\t")).join("\n");
    const grid = node("table", {}, ...rows.map((row) => node("tr", {}, ...row.map((cell) => node("td", {}, String(cell))))));
    try {
      const types = { "text/plain": plain, "text/html": grid.outerHTML };
      const blobs = Object.entries(types).map(([type, text]) => [type, new Blob([text], { type })]);
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
    } catch {
      // A page that was not served safely has no clipboard of that kind.
      const area = node("textarea", { "aria-hidden": "true", style: "position:fixed;opacity:0" });
      area.value = plain;
      el.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) return say(words.not_copied, true);
    }
    say(words.copied);
  });

  // Buttons and the frame ----------------------------------------------------------------------------------

  const button = (action, text, run) => {
    const made = node("button", { type: "button", "data-action": action }, text);
    made.addEventListener("click", () => {
      run();
      say("");
    });
    return made;
  };
  const undoButton = button("undo", words.undo, undo);
  const redoButton = button("redo", words.redo, redo);
  const reset = button("reset", words.reset, () => jump(guided.fields));
  const companies = node("select", { id: `${id}-companies`, "data-action": "comparables" });
  for (const [value, text] of Object.entries(model.get("companies"))) companies.append(node("option", { value }, text));
  companies.addEventListener("change", () => {
    model.set("company", companies.value);
    model.save_changes();
  });
  const chart = node("div", { class: "wb-chart", role: "img" });
  const describe = () => {
    const said = ["start", "end"].map((end) => `${model.get(end)}: ${+model.get(`${end}_arr`).toPrecision(5)}`);
    chart.setAttribute("aria-label", `${words.drawing} ${said.join(" → ")}`);
  };
  const legend = node("ul", { class: "wb-legend" });
  const entries = {};
  for (const [mark, text] of Object.entries(words.legend)) {
    entries[mark] = node("li", { class: `wb-mark-${mark}` }, text);
    legend.append(entries[mark]);
  }
  const choose = node("div", { class: "wb-bar" });
  if (companies.options.length > 1) choose.append(node("label", { for: companies.id }, words.comparables), companies);
  const given = node("div", { class: "wb-bar" });
  const condition = node("span");
  if (model.get("observed").length) given.append(node("label", { class: "wb-check" }, simulate, condition), simulation);
  const showCondition = () => {
    const within = ({ date }) => model.get("start") < date && date <= model.get("end");
    const seen = model.get("observed").filter(within).map(({ text }) => text);
    write(condition, words.given.replace("{}", () => seen.join("; ") || words.nothing));
  };
  const store = node(
    "fieldset",
    { class: "wb-store" },
    node("legend", {}, words.scenarios),
    node("div", { class: "wb-bar" }, node("label", { for: name.id }, words.name), name, save, replace),
    list,
  );
  const root = node(
    "section",
    { class: "wb-whatif", "aria-label": words.panel },
    node("div", { class: "wb-bar" }, undoButton, redoButton, reset, copy, status),
    node(
      "div",
      { class: "wb-main" },
      node("div", { class: "wb-picture" }, chart, legend),
      side,
      node("div", {}, choose, given, table),
    ),
    store,
    comparison,
    node("p", { class: "wb-sources" }, model.get("sources")),
  );
  root.addEventListener("keydown", (event) => {
    // JupyterLab takes single letters and Enter for commands of its own.
    if (event.target.matches("input, select, textarea, button, summary")) event.stopPropagation();
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  });
  // A number written into a box moves its cursor, and then every editor of JupyterLab looks for its own: 2 ms a move.
  root.addEventListener("selectionchange", (event) => event.stopPropagation());
  el.replaceChildren(root);

  // The chart follows the model ----------------------------------------------------------------------------

  let due = false;
  const brought = {};
  const refresh = () => {
    due = false;
    if (!view) return;
    // The level axis has room for every level; it stands still while a hand moves.
    view.signal("held_top", gesture ? (view.signal("held_top") ?? view.signal("top")) : null);
    for (const field of fields) {
      const value = model.get(field);
      if (view.signal(field) !== value) view.signal(field, value);
      if (brought[field] !== value) {
        brought[field] = value;
        shown[field]?.();
      }
    }
    view.signal("compared", model.get("company"));
    if (companies.value !== model.get("company")) companies.value = model.get("company");
    const asides = { simulated: model.get("simulate"), others: model.get("company") };
    for (const [mark, drawn] of Object.entries(asides)) {
      if (entries[mark].hidden === Boolean(drawn)) entries[mark].hidden = !drawn;
    }
    showCondition();
    showSimulation();
    view.run();
    readOut();
    describe();
    const [back, on] = [model.get("past").length > 0, model.get("future").length > 0];
    if (undoButton.disabled === back) undoButton.disabled = !back;
    if (redoButton.disabled === on) redoButton.disabled = !on;
    if (columns().length) compare();
  };
  // Several fields may change at once; all is drawn after the last of them and before the next frame.
  const soon = () => {
    if (due) return;
    due = true;
    queueMicrotask(refresh);
  };
  // The kernel repeats what it was told. What the hand did after that is newer, and stays.
  const keep = (field) => {
    if (field in untold && model.get(field) !== untold[field]) model.set(field, untold[field]);
  };
  const resaved = () => {
    listSaved();
    compare();
    const rows = savedPaths();
    const days = rows.map(({ day }) => day).sort();
    view.signal("saved_first", days[0] ?? null);
    view.signal("saved_last", days.at(-1) ?? null);
    view.signal("saved_highest", Math.max(0, ...rows.map(({ arr }) => arr)));
    view.data("saved", rows).run();
  };

  const watched = [...fields, "past", "future", "simulate", "simulation", "company"];
  const stop = [];
  const onModel = (event, run) => {
    model.on(event, run);
    stop.push(() => model.off(event, run));
  };

  const begin = async () => {
    const width = () => Math.max(240, Math.floor(chart.clientWidth) - 82);
    // The frame says what is drawn, and the table beside it has the figures.
    const options = { actions: false, renderer: "svg", config: { aria: false, mark: { aria: false }, axis: { aria: false } } };
    const drawn = await vegaEmbed(chart, structuredClone(model.get("spec")), options);
    if (gone) return drawn.finalize();
    view = drawn.view;
    view.width(width());
    const resized = new ResizeObserver(() => {
      if (chart.clientWidth && view.width() !== width()) view.width(width()).runAsync();
    });
    resized.observe(chart);
    stop.push(() => resized.disconnect(), () => drawn.finalize());

    // Dragging a handle: the level under the pointer, in steps of the control.
    const level = (event) => {
      const box = chart.querySelector("svg").getBoundingClientRect();
      const scaled = box.height / chart.querySelector("svg").height.baseVal.value;
      return view.scale("y").invert((event.clientY - box.top) / scaled - view.origin()[1]);
    };
    view.addEventListener("pointerdown", (event, item) => {
      const field = item?.datum?.handle;
      if (!field || event.button) return;
      event.preventDefault();
      const { step, scale } = controls.find((each) => each.field === field);
      const { min, max } = ranges[field];
      const off = level(event) - model.get(field);
      const move = (moved) => {
        const wanted = Math.round(((level(moved) - off) * scale) / step) * step;
        const inside = Math.min(+max, Math.max(+min, wanted));
        edit(field, { [field]: +(inside / scale).toPrecision(settings.precision) });
      };
      const end = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", end);
        window.removeEventListener("pointercancel", end);
        commit("");
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", end);
      window.addEventListener("pointercancel", end);
    });

    for (const field of fields) onModel(`change:${field}`, () => keep(field));
    for (const field of watched) onModel(`change:${field}`, soon);
    onModel("change:saved", resaved);
    onModel("change:compared", resaved);
    onModel("msg:custom", heard);
    refresh();
    resaved();
    warmUp(settings.warm_up);
  };
  // A browser compiles well only what has run a few times: without this the first moves take thrice as long.
  const warmUp = (runs) => {
    if (!view || !runs) return;
    if (!due && !gesture) {
      const level = model.get("end_arr");
      view.signal("end_arr", level * (1 + 1e-9)).run();
      view.signal("end_arr", level).run();
      readOut();
    }
    idle(() => warmUp(runs - 1));
  };
  begin();

  return () => {
    clearTimeout(waiting);
    clearTimeout(computing);
    try {
      if (telling) tell();
    } catch {
      // A kernel that is gone takes nothing.
    }
    for (const each of stop) each();
    view = undefined;
    gone = true;
  };
}

export default { render };
