// What the page and Python both do, as one table: `tests/whatif/test_script.py` holds Python to it.

import { readFileSync } from "node:fs";

export const cases = JSON.parse(readFileSync(new URL("../cases.json", import.meta.url), "utf8"));

export const SETTINGS = {
  years: [1900, 2199],
  steps_kept: 200,
  target_scale: 1,
  asked_digits: 6,
  ceiling_room: 1.05,
  ceiling_step: 0.1,
  precision: 12,
  one_gesture: 800,
  between: 40,
};

export const GUIDANCE = {
  start: "2026-06-30",
  end: "2026-12-31",
  start_arr: 10,
  end_arr: 30,
  shape: "exponential",
  ceiling: 60,
  churn: 0.02,
  target: 30,
};

/** An anywidget model: `sent` has what each `save_changes` had to tell. */
export function stubModel(values) {
  const held = { ...values };
  let changes = {};
  const sent = [];
  return {
    sent,
    get: (name) => held[name],
    set(name, value) {
      held[name] = value;
      changes[name] = value;
    },
    save_changes() {
      sent.push(changes);
      changes = {};
    },
  };
}
