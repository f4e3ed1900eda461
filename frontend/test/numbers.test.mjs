import assert from "node:assert/strict";
import test from "node:test";
import { compare, numberOf, pads } from "../src/lib/numbers.js";

const F = "\u2007", P = "\u2008";

test("points stand under each other", () => assert.deepEqual(pads(["53", "116.5", "0.65", "<0.02", "—", ""]), [P + F + F, F, "", "", "", ""]));
test("whole numbers alone need nothing", () => assert.deepEqual(pads(["1", "12,410", "−3"]), ["", "", ""]));
test("numbers out of cells", () => {
  assert.deepEqual(["12,410", "−3.5", "<0.02", " 7 "].map(numberOf), [12410, -3.5, 0.02, 7]);
  assert.ok(Number.isNaN(numberOf("—")));
});
test("order by number, the empty last in both directions", () => {
  const cells = ["9", "—", "110", "−2"], sorted = (direction) => [...cells].sort((a, b) => compare(a, b, "number", direction));
  assert.deepEqual(sorted(1), ["−2", "9", "110", "—"]);
  assert.deepEqual(sorted(-1), ["110", "9", "−2", "—"]);
});
test("order by time and by name with numbers in it", () => {
  assert.ok(compare("2026-02-24T14:00+08:00", "2026-02-24T07:00Z", "time", 1) < 0);
  assert.ok(compare("P7", "P12", "text", 1) < 0);
});
