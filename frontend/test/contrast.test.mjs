// WCAG AA of the house tokens, computed from tokens.css, light and wall.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { COLOURS, DARK, INK, INK2, INK3, LIMIT, WARN } from "../src/chart/theme.js";
import { fillOf, inkOn } from "../src/map/signs.js";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
const block = (selector) => Object.fromEntries([...css.slice(css.indexOf(`${selector} {`)).split("}")[0].matchAll(/--qy-([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
const light = block(":root"), wall = { ...light, ...block(".qy-wall") };
const luminance = (hex) => [0.2126, 0.7152, 0.0722].reduce((sum, share, n) => {
  const c = Number.parseInt(hex.slice(1 + 2 * n, 3 + 2 * n), 16) / 255;
  return sum + share * (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
}, 0);
const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const atLeast = (least, a, b, what) => assert.ok(contrast(a, b) >= least, `${what}: ${contrast(a, b).toFixed(2)} < ${least}`);

test("black on white is 21, so the formula is the one of the guideline", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
});

for (const [name, t] of Object.entries({ light, wall })) {
  test(`text on its grounds, ${name}`, () => {
    for (const ground of ["ground", "surface"]) for (const ink of ["ink", "ink-2", "ink-3", "accent", "accent-2", "danger", "warn", "ok"]) atLeast(4.5, t[ink], t[ground], `${ink} on ${ground}`);
    for (const [ink, ground] of [["accent-2", "accent-soft"], ["accent", "accent-soft"], ["ink", "accent-soft"], ["ink-2", "accent-soft"], ["danger", "danger-soft"], ["ink", "danger-soft"], ["warn", "warn-soft"], ["ink", "warn-soft"], ["ok", "ok-soft"], ["ink", "ok-soft"], ["on-accent", "accent"], ["on-none", "none"]]) atLeast(4.5, t[ink], t[ground], `${ink} on ${ground}`);
  });
  test(`edges of controls, ${name}`, () => { for (const ground of ["ground", "surface"]) atLeast(3, t.control, t[ground], `control on ${ground}`); });
  test(`letters on grade colours, ${name}`, () => {
    for (const scale of ["air", "water"]) for (let n = 1; n <= 6; n++) atLeast(4.5, t[`on-${scale}-${n}`], t[`${scale}-${n}`], `${scale} ${n}`);
  });
}

test("signs of the map have the colours of the page and readable letters", () => {
  for (const scale of ["air", "water"]) for (let n = 1; n <= 6; n++) {
    assert.equal(fillOf(scale, n), light[`${scale}-${n}`]);
    atLeast(4.5, inkOn(fillOf(scale, n)), fillOf(scale, n), `sign ${scale} ${n}`);
  }
});

test("air colours are the standard's RGB (HJ 633)", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6].map((n) => light[`air-${n}`]), ["#00e400", "#ffff00", "#ff7e00", "#ff0000", "#99004c", "#7e0023"]);
});

test("lines and labels of charts are read on white and on the wall", () => {
  for (const tint of [...COLOURS, INK, INK2, INK3, LIMIT, WARN]) atLeast(4.5, tint, "#ffffff", tint);
  for (const tint of [...DARK.COLOURS, DARK.INK, DARK.INK2, DARK.INK3, DARK.LIMIT, DARK.WARN]) atLeast(4.5, tint, DARK.ground, tint);
});
