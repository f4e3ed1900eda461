import assert from "node:assert/strict";
import test from "node:test";
import { STATE, columns, csv, limitsFor, lineData, lowerBound, marked, nearest, thin, usualStep } from "../src/chart/columns.js";
import { hover, limits } from "../src/chart/option.js";

const hours = (v, more = {}) => ({ name: "PM2.5", averaging: "1h", t0: 0, step_s: 3600, span_s: 3600, v, ...more });
const every = (cols, pixels) => thin(cols, cols.x[0], cols.x[cols.count - 1], pixels);

test("few points are all kept, invalid and missing ones are not joined", () => {
  const cols = columns(hours([1, 2, null, 4, 5], { state: [0, 0, STATE.missing, 0, STATE.invalid] }), 0);
  assert.deepEqual(every(cols, 100), [0, 1, 3]);
});

test("no extreme is lost among 200 000 points, and few are kept", () => {
  const v = Array.from({ length: 200000 }, (_, i) => Math.sin(i / 100) * 10 + 50);
  v[123456] = 900; v[77777] = -900;
  const cols = columns(hours(v, { step_s: 60, span_s: 60 }), 0), began = performance.now(), kept = every(cols, 1000);
  assert.ok(performance.now() - began < 200);
  assert.ok(kept.includes(123456) && kept.includes(77777));
  assert.ok(kept.length <= 4004 && kept.length > 1000);
  assert.deepEqual(kept, [...kept].sort((a, b) => a - b));
  assert.equal(kept.at(0), 0);
  assert.equal(kept.at(-1), 199999);
});

test("every bucket keeps its own lowest and highest", () => {
  const v = Array.from({ length: 10000 }, (_, i) => (i * 7919) % 10007), cols = columns(hours(v), 0), buckets = 50, kept = new Set(every(cols, buckets));
  const width = (cols.x[9999] - cols.x[0]) / buckets;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const inside = v.map((_, i) => i).filter((i) => Math.floor((cols.x[i] - cols.x[0]) / width) === bucket);
    for (const pick of [Math.min, Math.max]) { const wanted = pick(...inside.map((i) => v[i])); assert.ok(inside.some((i) => v[i] === wanted && kept.has(i))); }
  }
});

test("a gap is never bridged: by a missing value, an invalid one, or a hole in the times", () => {
  const breaks = (series) => { const cols = columns(series, 0); return lineData(cols, every(cols, 100)).line.map((p) => p[1]); };
  assert.deepEqual(breaks(hours([1, null, 3])), [1, null, 3]);
  assert.deepEqual(breaks(hours([1, 9, 3], { state: [0, STATE.invalid, 0] })), [1, null, 3]);
  assert.deepEqual(breaks({ name: "x", span_s: 3600, t: [0, 3600, 7200, 18000, 21600], v: [1, 2, 3, 4, 5] }), [1, 2, 3, null, 4, 5]);
});

test("a gap within one pixel is still a break after thinning", () => {
  const v = Array.from({ length: 5000 }, (_, i) => i % 10); v[2501] = null;
  const cols = columns(hours(v), 0), { line } = lineData(cols, every(cols, 50));
  assert.equal(line.filter((p) => p[1] === null).length, 1);
});

test("a lone point is told apart, it needs a dot", () => {
  const cols = columns(hours([1, 2, null, 4, null, 6, 7]), 0);
  assert.deepEqual(lineData(cols, every(cols, 100)).lone, [3]);
});

test("points with a sign of their own are found, thinned when there are too many", () => {
  const series = hours(Array(1000).fill(5), { state: Array(1000).fill(STATE.invalid) }), cols = columns(series, 0);
  assert.equal(marked(series, cols, 0, cols.x[999] + 1, 1000).length, 1000);
  assert.ok(marked(series, cols, 0, cols.x[999] + 1, 50).length <= 100);
  assert.deepEqual(marked(hours([1, 2]), columns(hours([1, 2]), 0), 0, 1e9, 10), []);
});

test("x is the middle of the period on the local clock", () => assert.equal(columns(hours([1]), 28800).x[0], (1800 + 28800) * 1000));
test("looking up", () => {
  const column = Float64Array.from([10, 20, 30]);
  assert.deepEqual([lowerBound(column, 5), lowerBound(column, 20), lowerBound(column, 31)], [0, 1, 3]);
  assert.deepEqual([nearest(column, 24, 10), nearest(column, 26, 10), nearest(column, 99, 10), nearest(column, 1, 10)], [1, 2, -1, 0]);
  assert.equal(usualStep(Float64Array.from([0, 60, 120, 600, 660])), 60);
});

test("a limit is drawn only on its own averaging time and unit", () => {
  const all = [{ value: 75, averaging: "24h" }, { value: 200, averaging: "1h" }, { value: 5, averaging: "1h", unit: "mg/m³" }];
  assert.deepEqual(limitsFor(hours([1]), all, { averaging: "1h", unit: "µg/m³" }).map((l) => l.value), [200]);
  assert.deepEqual(limitsFor(hours([1], { averaging: "24h" }), all, { averaging: "1h", unit: "µg/m³" }).map((l) => l.value), [75]);
});

const chartOf = (series, more = {}) => ({ unit: "µg/m³", averaging: "1h", offset: 0, labels: { states: ["有效", "存疑", "无效", "替代", "缺失"], stages: ["初步", "已审核", "最终"], original: "原值" }, columns: [{ series, cols: columns(series, 0) }], ...more });

test("a limit far above everything is told, not drawn", () => {
  const told = (top) => limits(chartOf(hours([top]), { limits: [{ value: 200, averaging: "1h" }] }));
  assert.deepEqual([told(20).drawn.length, told(20).told.length, told(150).drawn.length], [0, 1, 1]);
});

test("a hover says period, value, unit, stage, state, original, flags and marks", () => {
  const series = hours([1, 53, 3], { digits: 1, stage: [0, 1, 2], state: [0, 3, 0], original: { 1: 8 }, flags: { 1: "S1" } });
  const said = hover(chartOf(series, { marks: [{ from: 3600, to: 7200, letter: "C", label: "校准" }] }), 5400e3);
  for (const part of ["1970-01-01 01:00–02:00", "53.0", "µg/m³", "已审核", "替代", "原值 8.0", "S1", "C  校准"]) assert.ok(said.includes(part), part);
  assert.equal(hover(chartOf(series), 99 * 3600e3), "");
});

test("a cell that a spreadsheet would run is shielded, a negative number is not", () => {
  const chart = chartOf(hours([-1], { name: "=1+1" }));
  const row = csv(chart, { state: () => "", stage: () => "" }, String).split("\r\n")[1];
  assert.ok(row.includes(",'=1+1,"));
  assert.ok(row.includes(",-1,"));
});

test("the export has a line a value with its words", () => {
  const chart = chartOf(hours([1, null], { stage: [2, 0], flags: { 0: 'a, "b"' }, id: ["x", "y"] }), {});
  Object.assign(chart.labels, { from: "起", to: "止", series: "系列", averaging: "平均", value: "值", unit: "单位", state: "状态", stage: "阶段", flags: "标记" });
  const lines = csv(chart, { state: () => "有效", stage: (s, i) => chart.labels.stages[s.stage[i]] }, String).split("\r\n");
  assert.equal(lines.length, 3);
  assert.equal(lines[1], '0,3600,PM2.5,1h,1,µg/m³,有效,最终,"a, ""b""",,x');
});
