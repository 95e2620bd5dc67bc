import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accepted,
  added,
  afterGesture,
  brokenRule,
  changed,
  dayAfter,
  dragged,
  reach,
  scenarioOf,
  sensible,
  taken,
  withCeiling,
} from "../../../workbook/whatif/js/model.js";
import { cases, GUIDANCE, SETTINGS, stubModel } from "./cases.js";

test("a scenario breaks the rules that Python refuses", () => {
  for (const { changes, broken } of cases.rules) {
    assert.equal(brokenRule({ ...GUIDANCE, ...changes }, SETTINGS.years), broken, JSON.stringify(changes));
  }
});

test("a half typed year is no date yet", () => {
  for (const day of ["0002-03-31", "0202-03-31", "1899-12-31", "2200-01-01", "", "2026-3-31"]) {
    assert.equal(sensible(day, SETTINGS.years), false, day);
  }
  for (const day of ["1900-01-01", "2199-12-31"]) assert.equal(sensible(day, SETTINGS.years), true, day);
  assert.equal(brokenRule({ ...GUIDANCE, start: "0202-03-31" }, SETTINGS.years), "year");
});

test("a number is taken inside its range, with or without the ends", () => {
  const range = { least: 0, most: 100 };
  for (const [closed, wanted] of Object.entries({
    both: [0, 50, 100],
    left: [0, 50],
    right: [50, 100],
    neither: [50],
  })) {
    const taken = ["-1", "0", "50", "100", "101"].map((typed) => accepted(typed, { ...range, closed }));
    assert.deepEqual(
      taken.filter((value) => value !== null),
      wanted,
      closed,
    );
  }
  for (const typed of ["", " ", "1e999", "twelve"]) assert.equal(accepted(typed, { ...range, closed: "both" }), null);
  for (const { range: limits, typed, accepted: wanted } of cases.ranges) {
    assert.equal(accepted(String(typed), limits), wanted ? typed : null, `${typed}`);
  }
});

test("an end that passes the ceiling lifts it, and lets it down again in the same gesture", () => {
  const state = { ...GUIDANCE, shape: "s_curve" };
  // 1.05 of 300 is 315; of 63.2 it is 66.36, which is rounded up to a tenth.
  assert.deepEqual(withCeiling(state, { end_arr: 300 }, 60, SETTINGS), { end_arr: 300, ceiling: 315 });
  assert.deepEqual(withCeiling(state, { end_arr: 63.2 }, 60, SETTINGS), { end_arr: 63.2, ceiling: 66.4 });
  assert.deepEqual(withCeiling({ ...state, ceiling: 315 }, { end_arr: 30 }, 60, SETTINGS), {
    end_arr: 30,
    ceiling: 60,
  });
  // A ceiling that is set itself is left as it is set, and other shapes have none.
  assert.deepEqual(withCeiling(state, { ceiling: 20 }, 60, SETTINGS), { ceiling: 20 });
  assert.deepEqual(withCeiling(GUIDANCE, { end_arr: 300 }, 60, SETTINGS), { end_arr: 300 });
});

test("a slider reaches as far as its value, and shrinks once the hand has let go", () => {
  const control = { low: 10, high: 60, step: 0.5 };
  assert.deepEqual(reach(30, control, null), [10, 60]);
  assert.deepEqual(reach(175, control, null), [10, 175]);
  assert.deepEqual(reach(30, control, [10, 175]), [10, 175]); // held
  assert.deepEqual(reach(8.7, control, null), [8.5, 60]); // on its own steps
});

test("a drag goes in steps and stays inside the slider", () => {
  assert.equal(dragged(41.234, { step: 0.1, scale: 1 }, [10, 60], 12), 41.2);
  assert.equal(dragged(41.234, { step: 1, scale: 10 }, [100, 600], 12), 41.2); // in hundreds of millions
  assert.equal(dragged(99, { step: 0.1, scale: 1 }, [10, 60], 12), 60);
  assert.equal(dragged(-3, { step: 0.1, scale: 1 }, [10, 60], 12), 10);
});

test("the day after crosses months, years and a leap day", () => {
  const days = ["2026-12-31", "2028-02-28", "2026-06-30"];
  assert.deepEqual(
    days.map((day) => dayAfter(day, 1)),
    ["2027-01-01", "2028-02-29", "2026-07-01"],
  );
  assert.equal(dayAfter("2026-03-01", -1), "2026-02-28");
});

test("steps are those of history.py", () => {
  for (const { before, now, changed: step, undone } of cases.history) {
    assert.deepEqual(changed(before, now), step);
    assert.deepEqual(taken([step], [], now), undone);
  }
  const many = Array.from({ length: 200 }, (_, index) => ({ end_arr: index }));
  const more = added(many, { churn: 0.1 }, 200);
  assert.deepEqual([more.length, more[0], more.at(-1)], [200, { end_arr: 1 }, { churn: 0.1 }]);
});

test("one gesture is one step, and there and back is none", () => {
  const [first, second] = [{ end_arr: 30 }, { end_arr: 31 }];
  assert.deepEqual(afterGesture([], first, second, false, 200), [{ end_arr: 30 }]);
  // Going on with the last step keeps where that began.
  assert.deepEqual(afterGesture([{ end_arr: 30 }], second, { end_arr: 32 }, true, 200), [{ end_arr: 30 }]);
  assert.deepEqual(afterGesture([{ end_arr: 30 }], second, { end_arr: 32 }, false, 200), [{ end_arr: 30 }, second]);
  assert.deepEqual(afterGesture([{ churn: 0.1 }, { end_arr: 30 }], second, first, true, 200), [{ churn: 0.1 }]);
});

/** A scenario under the hand, with a clock that the test moves. */
function underHand(values = {}) {
  const fields = Object.keys(GUIDANCE);
  const model = stubModel({ fields, past: [], future: [], ...GUIDANCE, ...values });
  const clock = { at: 0 };
  const later = [];
  const scenario = scenarioOf(
    model,
    SETTINGS,
    (run) => later.push(run),
    () => clock.at,
  );
  return { model, scenario, clock };
}

test("the kernel is told a gesture with its step in one message", () => {
  const { model, scenario } = underHand();
  assert.equal(scenario.edit({ end_arr: 31 }), "");
  assert.equal(scenario.edit({ end_arr: 40 }), "");
  assert.equal(scenario.moving(), true);
  assert.deepEqual(model.sent, []);
  scenario.commit("end_arr");
  assert.equal(scenario.moving(), false);
  assert.deepEqual(model.sent, [{ end_arr: 40, past: [{ end_arr: 30 }], future: [] }]);
});

test("keys within the time of a gesture are one step, later ones another", () => {
  const { model, scenario, clock } = underHand();
  for (const [at, level] of [
    [0, 31],
    [700, 32],
    [1600, 33],
  ]) {
    clock.at = at;
    scenario.edit({ end_arr: level });
    scenario.commit("end_arr");
  }
  assert.deepEqual(model.get("past"), [{ end_arr: 30 }, { end_arr: 32 }]);
});

test("what breaks a rule changes nothing and is named", () => {
  const { model, scenario } = underHand();
  assert.equal(scenario.edit({ end: "2026-06-30" }), "order");
  scenario.commit("");
  assert.deepEqual([model.get("end"), model.get("past"), model.sent], ["2026-12-31", [], []]);
});

test("undo and redo go there and back, and a new edit ends what could be made again", () => {
  const { model, scenario } = underHand();
  scenario.jump({ end_arr: 40 });
  scenario.jump({ churn: 0.05, shape: "linear" });
  scenario.undo();
  assert.deepEqual(scenario.now(), { ...GUIDANCE, end_arr: 40 });
  scenario.undo();
  scenario.undo(); // nothing more
  assert.deepEqual(scenario.now(), GUIDANCE);
  scenario.redo();
  scenario.redo();
  assert.deepEqual(scenario.now(), { ...GUIDANCE, end_arr: 40, churn: 0.05, shape: "linear" });
  scenario.undo();
  scenario.jump({ end_arr: 20 });
  assert.deepEqual(model.get("future"), []);
});

test("an echo of the kernel never sets a moving hand back", () => {
  const { model, scenario } = underHand();
  scenario.edit({ end_arr: 41 });
  model.set("end_arr", 40); // what the kernel was told before
  scenario.keep("end_arr");
  assert.equal(model.get("end_arr"), 41);
  scenario.commit("");
  model.set("end_arr", 25); // set in Python, after all was told
  scenario.keep("end_arr");
  assert.equal(model.get("end_arr"), 25);
});

test("what was taken on the way to something that cannot be is given back", () => {
  const { model, scenario } = underHand();
  scenario.edit({ churn: 0.15 }); // 15 of 150
  scenario.giveBack();
  scenario.commit("churn");
  assert.deepEqual([model.get("churn"), model.get("past")], [0.02, []]);
});
