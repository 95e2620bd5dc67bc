// The scenario's fields: the rules they keep, edits by hand and the steps they leave, and when the kernel is told.

// Rules that the page has to know before the kernel answers -------------------------------------------------

/** A year that is still being typed is four digits from the first on: 0002, 0020, 0202. */
export function sensible(day, [firstYear, lastYear]) {
  return /^\d{4}-\d\d-\d\d$/.test(day) && firstYear <= +day.slice(0, 4) && +day.slice(0, 4) <= lastYear;
}

/** Name the rule that a scenario breaks, as the panel's words do; "" when it breaks none. */
export function brokenRule(state, years) {
  if (!sensible(state.start, years) || !sensible(state.end, years)) return "year";
  if (!(state.start < state.end)) return "order";
  // An S-curve tends to a level above both its ends.
  if (state.shape === "s_curve" && !(state.ceiling > Math.max(state.start_arr, state.end_arr))) return "ceiling";
  return "";
}

/** Read a number that was typed; null when it is none, or outside what the control's field may be. */
export function accepted(typed, { least, most, closed }) {
  const wanted = Number(typed);
  if (typed.trim() === "" || !Number.isFinite(wanted)) return null;
  const low = least == null || wanted > least || (wanted === least && ["left", "both"].includes(closed));
  const high = most == null || wanted < most || (wanted === most && ["right", "both"].includes(closed));
  return low && high ? wanted : null;
}

/** The ceiling that an S-curve gets when its higher end passes the old one. */
function lifted(top, { ceiling_room, ceiling_step, precision }) {
  const steps = Math.ceil((ceiling_room * top) / ceiling_step);
  return +(steps * ceiling_step).toPrecision(precision);
}

/**
 * Add to changes of a scenario the ceiling they need: an end that is moved past the ceiling lifts it, and lets it
 * down again, to where the gesture began, while the same gesture lasts.
 */
export function withCeiling(state, changes, began, settings) {
  const after = { ...state, ...changes };
  if (after.shape !== "s_curve" || "ceiling" in changes) return changes;
  const top = Math.max(after.start_arr, after.end_arr);
  return { ...changes, ceiling: began > top ? began : lifted(top, settings) };
}

/** How far a slider goes: as far as its value, and once the hand has let go no further than its own range. */
export function reach(current, { low, high, step }, held) {
  const [least, most] = held ?? [low, high];
  const below = low + Math.floor(+((current - low) / step).toFixed(6)) * step;
  return [Math.min(least, below), Math.max(most, current)];
}

/** The field's value for a level under the pointer: in steps of the control, and inside its slider. */
export function dragged(level, { step, scale }, [min, max], precision) {
  const wanted = Math.round((level * scale) / step) * step;
  const inside = Math.min(max, Math.max(min, wanted));
  return +(inside / scale).toPrecision(precision);
}

export function dayAfter(iso, days) {
  return new Date(Date.parse(iso) + days * 86_400_000).toISOString().slice(0, 10);
}

// Steps back and forward, as `history.py` has them: the fields an edit changed, with their other values ------------

export function changed(before, after) {
  return Object.fromEntries(Object.entries(before).filter(([field, value]) => value !== after[field]));
}

/** The steps with one more; the oldest goes when there are too many. */
export function added(past, step, kept) {
  return [...past, step].slice(-kept);
}

/** Both lists of steps after the last of `origin` was made, and can be made undone from `other`. */
export function taken(origin, other, now) {
  const step = origin.at(-1);
  const back = Object.fromEntries(Object.keys(step).map((field) => [field, now[field]]));
  return [origin.slice(0, -1), [...other, back]];
}

/**
 * The steps after a gesture from `before` to `now`. One that goes on with the last step is made one with it, and
 * what has come back to where it began leaves no step.
 */
export function afterGesture(past, before, now, goesOn, kept) {
  const rest = goesOn ? past.slice(0, -1) : past;
  const step = changed({ ...before, ...(goesOn ? past.at(-1) : {}) }, now);
  return Object.keys(step).length ? added(rest, step, kept) : rest;
}

// The scenario under the hand ------------------------------------------------------------------------------------

/**
 * Tell the kernel what was set: in steps, and when the page has time, since its answers cost what a moving hand
 * needs.
 */
function teller(model, between, idle) {
  let waiting = 0;
  let untold = {}; // what the hand has set since
  const tell = () => {
    clearTimeout(waiting);
    waiting = 0;
    untold = {};
    model.save_changes();
  };
  const soon = () => {
    waiting ||= setTimeout(() => idle(() => waiting && tell(), { timeout: between }), between);
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
    },
  };
}

/**
 * Return what can be done with the scenario of an anywidget model. `edit` begins a gesture or goes on with it and
 * returns the name of the rule it breaks, if any; `commit` ends the gesture and makes a step of it.
 */
export function scenarioOf(model, settings, idle, clock = () => performance.now()) {
  const fields = model.get("fields");
  const kernel = teller(model, settings.between, idle);
  const now = () => Object.fromEntries(fields.map((field) => [field, model.get(field)]));
  const same = (a, b) => fields.every((field) => a[field] === b[field]);
  let gesture = null; // the state before the change under way
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
    // In one message with the fields: a change that the kernel refuses leaves no step.
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
    redo: () => step("future", "past"),
  };
}
