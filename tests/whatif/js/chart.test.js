import assert from "node:assert/strict";
import { test } from "node:test";

import { followPointer, givenWords, simulationState } from "../../../workbook/whatif/js/chart.js";

/** Let a pointer go down at 100 and do what is listed; say where it was followed to and how often it ended. */
function followed(...events) {
  const page = new EventTarget();
  const seen = { at: [], ends: 0 };
  followPointer(
    { clientY: 100 },
    page,
    (event) => seen.at.push(event.clientY),
    () => {
      seen.ends += 1;
    },
  );
  for (const [type, clientY] of events) page.dispatchEvent(Object.assign(new Event(type), { clientY }));
  return seen;
}

test("a drag ends where the pointer was let go, not at its last move", () => {
  assert.deepEqual(followed(["pointermove", 80], ["pointerup", 45]), { at: [80, 45], ends: 1 });
  assert.deepEqual(followed(["pointerup", 45]), { at: [45], ends: 1 });
  assert.deepEqual(followed(["pointermove", 80], ["pointerup", 80]), { at: [80], ends: 1 });
});

test("a drag that is taken away ends at its last move", () => {
  assert.deepEqual(followed(["pointermove", 80], ["pointercancel", 0]), { at: [80], ends: 1 });
});

test("a click moves nothing, and what comes after a drag is none of its", () => {
  assert.deepEqual(followed(["pointerup", 100]), { at: [], ends: 1 });
  const after = followed(["pointerup", 45], ["pointermove", 10], ["pointerup", 5], ["pointercancel", 0]);
  assert.deepEqual(after, { at: [45], ends: 1 });
});

test("a simulation is shown for the scenario it was made of and for no other", () => {
  const of = { end_arr: 30 };
  const current = (fields) => fields.end_arr === 30;
  assert.equal(simulationState(false, { of }, current), "none");
  assert.equal(simulationState(true, {}, current), "computing");
  assert.equal(simulationState(true, { of: { end_arr: 20 } }, current), "computing");
  assert.equal(simulationState(true, { of }, current), "current");
  assert.equal(simulationState(true, { of, why: "none agree" }, current), "refused");
});

test("it is given what was observed after the start and up to the end", () => {
  const words = { given: "Given: {}", nothing: "nothing" };
  const observed = ["2026-06-30", "2026-08-20", "2026-12-31", "2027-01-01"].map((date) => ({
    date,
    text: `$& ${date}`,
  }));
  const between = { start: "2026-06-30", end: "2026-12-31" };
  assert.equal(givenWords(observed, between, words), "Given: $& 2026-08-20; $& 2026-12-31");
  assert.equal(givenWords([], between, words), "Given: nothing");
});
