import assert from "node:assert/strict";
import test from "node:test";
import { tick } from "../src/chart/option.js";
import { ago, clockText, offsetText, periodText } from "../src/lib/times.js";

const at = (text) => Date.parse(`${text}+08:00`) / 1000;

test("an hour is told with its end", () => assert.equal(periodText(at("2026-02-24T14:00:00"), 3600), "2026-02-24 14:00–15:00"));
test("the last hour of a day ends at 24:00", () => assert.equal(periodText(at("2026-02-24T23:00:00"), 3600), "2026-02-24 23:00–24:00"));
test("a period over midnight names both days", () => assert.equal(periodText(at("2026-02-24T22:00:00"), 4 * 3600), "2026-02-24 22:00–2026-02-25 02:00"));
test("a day is its date, a week two dates", () => {
  assert.equal(periodText(at("2026-02-24T00:00:00"), 86400), "2026-02-24");
  assert.equal(periodText(at("2026-02-24T00:00:00"), 7 * 86400), "2026-02-24 – 2026-03-02");
});
test("twenty-four hours that are no calendar day keep their clock", () => assert.equal(periodText(at("2026-02-24T08:00:00"), 86400), "2026-02-24 08:00–2026-02-25 08:00"));
test("seconds are told when there are any", () => {
  assert.equal(periodText(at("2026-02-24T14:00:30"), 30), "2026-02-24 14:00:30–14:01:00");
  assert.equal(periodText(at("2026-02-24T14:00:05"), 0), "2026-02-24 14:00:05");
});
test("another offset is another clock", () => {
  assert.equal(periodText(at("2026-02-24T14:00:00"), 3600, 0), "2026-02-24 06:00–07:00");
  assert.equal(clockText(at("2026-02-24T14:00:00"), -5.5 * 3600), "00:30:00");
  assert.deepEqual([8 * 3600, -5.5 * 3600].map(offsetText), ["+08:00", "−05:30"]);
});
test("since: the largest unit that is not nought", () => {
  assert.deepEqual(ago(1000, 1030), [-30, "second"]);
  assert.deepEqual(ago(0, 7260), [-2, "hour"]);
  assert.deepEqual(ago(0, 200000), [-2, "day"]);
});
test("ticks: clock within a day, date at midnight, year at its beginning", () => {
  const ms = (text) => Date.parse(`${text}Z`), day = 864e5;
  assert.equal(tick(ms("2026-02-24T06:00"), day), "06:00");
  assert.equal(tick(ms("2026-02-24T00:00"), 7 * day), "02-24");
  assert.equal(tick(ms("2026-01-01T00:00"), 60 * day), "2026-01-01");
  assert.equal(tick(ms("2026-03-01T00:00"), 900 * day), "2026-03");
});
