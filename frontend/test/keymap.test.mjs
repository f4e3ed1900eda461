import assert from "node:assert/strict";
import test from "node:test";
import { WAIT_MS, chords, step, writing } from "../src/lib/keymap.js";

const names = ["/", "?", "j", "k", "a", "g h"];

test("single keys are known at once, others are nothing", () => {
  const read = chords(names);
  assert.equal(read("j", 0), "j");
  assert.equal(read("z", 1), null);
});
test("g h is a chord within its time only", () => {
  const read = chords(names);
  assert.equal(read("g", 0), null);
  assert.equal(read("h", WAIT_MS), "g h");
  assert.equal(read("g", 5000), null);
  assert.equal(read("h", 5001 + WAIT_MS), null);
});
test("a broken chord does not swallow the next key", () => {
  const read = chords(names);
  read("g", 0);
  assert.equal(read("j", 10), "j");
});
test("rows stop at both ends", () => {
  assert.deepEqual([step(-1, 1, 3), step(-1, -1, 3), step(2, 1, 3), step(0, -1, 3), step(0, 1, 0)], [0, 2, 2, 0, -1]);
});
test("in a field a key is a letter", () => {
  const made = (matching) => ({ matches: () => matching });
  assert.equal(writing(made(true)), true);
  assert.equal(writing(made(false)), false);
  assert.equal(writing(null), false);
});
