import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { address } from "../src/chart/columns.js";
import { ownPath, withDrawer } from "../src/lib/paths.js";
import { inView, ranked } from "../src/map/list.js";

test("a drawer opens only paths of our own", () => {
  assert.equal(ownPath("/figures/1?x=2"), "/figures/1?x=2");
  for (const other of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "", null, undefined]) assert.equal(ownPath(other), null);
});
test("the page's address carries the drawer's and loses it again", () => {
  const open = withDrawer("https://a.example/s?as_of=1#x", "/figures/1");
  assert.equal(open, "/s?as_of=1&drawer=/figures/1#x");
  assert.equal(withDrawer(`https://a.example${open}`, null), "/s?as_of=1#x");
});
test("a point leads to its evidence by id or by time", () => {
  assert.equal(address({ url: "/f/{id}", id: ["a/b"] }, 0), "/f/a%2Fb");
  assert.equal(address({ url: "/f?t={t}", t0: 100, step_s: 60 }, 2), "/f?t=220");
  assert.equal(address({ url: "/f/{id}", id: [null] }, 0), null);
  assert.equal(address({ id: ["a"] }, 0), null);
});
test("the list is what the map shows, worst first", () => {
  const point = (name, grade, x, y) => ({ properties: { name, grade }, geometry: { coordinates: [x, y] } });
  const seen = inView(ranked([point("P10", 2, 1, 1), point("P9", 2, 1, 1), point("Q", 6, 1, 1), point("far", 6, 9, 9)]), [0, 0, 2, 2]);
  assert.deepEqual(seen.map((p) => p.properties.name), ["Q", "P9", "P10"]);
});
test("scripts hold no words, no eval and no inline markup", () => {
  const sources = ["lib", "chart", "map", "entries"].flatMap((folder) => readdirSync(new URL(`../src/${folder}/`, import.meta.url)).filter((name) => name.endsWith(".js")).map((name) => [name, readFileSync(new URL(`../src/${folder}/${name}`, import.meta.url), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "")]));
  assert.ok(sources.length > 15);
  for (const [name, text] of sources) {
    assert.ok(!/\beval\(|new Function|\.(inner|outer)HTML|setAttribute\("style"|window\.(confirm|alert)/.test(text), name);
    assert.ok(!/[\u4e00-\u9fff]/.test(text.replace(/"[^"]*劣[^"]*"/g, "")), `${name} holds Chinese words`);
  }
});
