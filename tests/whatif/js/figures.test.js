import assert from "node:assert/strict";
import { test } from "node:test";

import { beside, differing } from "../../../workbook/whatif/js/comparison.js";
import { cellText, copiedRows } from "../../../workbook/whatif/js/copy.js";
import { figuresOf, levelAsked, ofAnother, written, writtenChange } from "../../../workbook/whatif/js/figures.js";
import { cases, GUIDANCE, SETTINGS, stubModel } from "./cases.js";

const WORDS = {
  from: "From",
  to: "To",
  of: "of",
  figure: "Figure",
  unit: "Unit",
  now: "now",
  guidance: "guidance",
  change: "change",
};
const SHAPES = { exponential: "constant growth", linear: "constant amount" };
const NUMBER = { kind: "number", basis_words: "assumption" };
const CONTROLS = [
  { ...NUMBER, field: "end_arr", label: "ARR then", group: "to", scale: 1, digits: 1 },
  { ...NUMBER, field: "churn", label: "Churn, %", group: "main", scale: 100, digits: 1 },
  { field: "end", label: "Date", group: "to", kind: "date", basis_words: "guidance" },
  { field: "shape", label: "Path", group: "path", kind: "shape", basis_words: "assumption" },
  { ...NUMBER, field: "target", label: "=Level", group: "more", scale: 1, digits: 1 },
];
const READOUTS = [
  { figure: "net_new_arr", label: "Net new ARR", scale: 1, digits: 1, prefix: "RMB ", suffix: " bn", change: " bn" },
  { figure: "p_target", label: "P(at least {target})", scale: 100, digits: 0, prefix: "", suffix: "%", change: " pp" },
];

function page(values = {}) {
  const guided = { fields: GUIDANCE, figures: { net_new_arr: 20, p_target: 0.5 } };
  const saved = {};
  const model = stubModel({
    ...GUIDANCE,
    readouts: READOUTS,
    controls: CONTROLS,
    shapes: SHAPES,
    guided,
    saved,
    compared: [],
    ...values,
  });
  const now = () => Object.fromEntries(Object.keys(GUIDANCE).map((field) => [field, model.get(field)]));
  return { model, words: WORDS, settings: SETTINGS, scenario: { now } };
}

test("figures and changes are written as Python writes them", () => {
  for (const { readout, value, text, changed } of cases.written) {
    assert.equal(written(readout, value), text);
    assert.equal(writtenChange(readout, value), changed);
  }
});

test("the level asked for is written as Python writes it", () => {
  for (const { level, scale, text } of cases.asked) {
    const settings = { ...SETTINGS, target_scale: scale };
    assert.equal(levelAsked({ target: level, end_arr: 1 }, settings), text);
    assert.equal(levelAsked({ target: null, end_arr: level }, settings), text); // the end, where none is asked for
  }
});

test("a chance of another level says of which", () => {
  const other = { target: 25, end_arr: 20 };
  assert.equal(ofAnother("p_target", other, "30", SETTINGS, WORDS), " (of 25)");
  assert.equal(ofAnother("p_target", other, "25", SETTINGS, WORDS), "");
  assert.equal(ofAnother("multiple", other, "30", SETTINGS, WORDS), "");
});

test("the guidance is judged by the level asked for, once there is a drawing to ask", () => {
  const without = figuresOf(page(), () => undefined);
  assert.deepEqual([without.guidance("p_target"), without.guidance("net_new_arr")], [0.5, 20]);
  const signals = { guided_p_target: 0.8, figure_net_new_arr: 14, figure_p_target: 0.6 };
  const figures = figuresOf(page({ target: 24 }), (name) => signals[name]);
  assert.deepEqual([figures.guidance("p_target"), figures.guidance("net_new_arr")], [0.8, 20]);
  assert.deepEqual(figures.now(), { net_new_arr: 14, p_target: 0.6 });
  assert.equal(figures.label(READOUTS[1]), "P(at least 24)");
  // A figure the guidance has not got is none, not nothing.
  assert.equal(figures.guidance("external_share"), Number.NaN);
});

test("no cell that is copied is a formula", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]) assert.equal(cellText(text), `'${text}`);
  for (const cell of ["Churn, %", "−1.2 pp", "", -1.5, 0]) assert.equal(cellText(cell), cell);
});

test("what is copied has its numbers in the unit beside them or in the label", () => {
  const low = { fields: { ...GUIDANCE, end_arr: 20, target: 25 }, figures: { net_new_arr: 10, p_target: null } };
  const other = { fields: { ...GUIDANCE, target: 25 }, figures: { net_new_arr: 20, p_target: 0.75 } };
  const shown = page({
    end_arr: 24,
    shape: "linear",
    target: null,
    saved: { low, "=other": other, gone: other },
    compared: ["low", "=other", "never saved"],
  });
  const signals = { figure_net_new_arr: 14, figure_p_target: 0.6, guided_p_target: 0.85 };
  const rows = copiedRows(
    shown,
    figuresOf(shown, (name) => signals[name]),
  );
  assert.deepEqual(rows, [
    ["Figure", "Unit", "now", "guidance", "change", "low", "'=other"],
    ["Net new ARR", "RMB bn", 14, 20, -6, 10, 20],
    ["P(at least 24)", "%", 60, 85, -25, " (of 25)", "75 (of 25)"],
    ["To: ARR then", "assumption", 24, 30, "", 20, 30],
    ["Churn, %", "assumption", 2, 2, "", 2, 2],
    ["To: Date", "guidance", "2026-12-31", "2026-12-31", "", "2026-12-31", "2026-12-31"],
    ["Path", "assumption", "constant amount", "constant growth", "", "constant growth", "constant growth"],
    ["'=Level", "assumption", "", 30, "", 25, 25],
  ]);
});

test("the comparison lists the controls that differ", () => {
  const scenarios = [GUIDANCE, { ...GUIDANCE, end_arr: 20, target: null }, { ...GUIDANCE, shape: "linear" }];
  assert.deepEqual(differing(CONTROLS, scenarios, SHAPES, WORDS), [
    ["To: ARR then", "30.0", "20.0", "30.0"],
    ["Path", "constant growth", "constant growth", "constant amount"],
    ["=Level", "30.0", "–", "30.0"],
  ]);
});

test("the drawing is given the saved scenarios as the stored picture is", () => {
  for (const { saved, rows, signals } of cases.beside) {
    assert.deepEqual(beside(Object.keys(saved), saved), { rows, signals });
  }
});
