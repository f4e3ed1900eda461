// Exact fractions over BigInt [numerator, denominator > 0], rounding by GB/T 8170, means and sub-indices.
import { form, need, text } from "./values.js";

const DIGITS = 4300; // a number of more digits cannot be written by the one-file verifier either
const INDEX = [0, 50, 100, 150, 200, 300, 400, 500]; // of the concentrations below: HJ 633 table 1 (2026: 1 and 3)
const TABLES = {
  "SO2/24h": [0, 50, 150, 475, 800, 1600, 2100, 2620], "NO2/24h": [0, 40, 80, 180, 280, 565, 750, 940], "SO2/1h": [0, 150, 500, 650, 800],
  "NO2/1h": [0, 100, 200, 700, 1200, 2340, 3090, 3840], "CO/24h": [0, 2, 4, 14, 24, 36, 48, 60], "CO/1h": [0, 5, 10, 35, 60, 90, 120, 150],
  "O3/8h": [0, 100, 160, 215, 265, 800], "O3/1h": [0, 160, 200, 300, 400, 800, 1000, 1200],
  "HJ 633-2012/PM10/24h": [0, 50, 150, 250, 350, 420, 500, 600], "HJ 633-2012/PM2.5/24h": [0, 35, 75, 115, 150, 250, 350, 500],
  "HJ 633-2026/PM10/24h": [0, 50, 120, 250, 350, 420, 500, 600], "HJ 633-2026/PM2.5/24h": [0, 35, 60, 115, 150, 250, 350, 500],
};
const ABOVE = { "HJ 633-2026/SO2/1h": "200", "HJ 633-2026/O3/8h": "300", "HJ 633-2012/SO2/1h": null, "HJ 633-2012/O3/8h": null };
const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);

const floor = (a, b) => { const q = a / b; return q * b > a ? q - 1n : q; }; // b > 0
export const compare = ([a, b], [c, d]) => { const left = a * d, right = c * b; return left < right ? -1 : Number(left > right); };
function plus([a, b], [c, d]) {
  if (b % d === 0n) return [a + c * (b / d), b]; // powers of ten mostly: the sum grows no longer than its parts
  return d % b === 0n ? [a * (d / b) + c, d] : [a * d + c * b, b * d];
}
export const largest = (numbers) => numbers.reduce((most, one) => (compare(one, most) > 0 ? one : most));

/** Exact mean of at least one number. */
export function mean(numbers) {
  const [top, bottom] = numbers.reduce(plus);
  return [top, bottom * BigInt(numbers.length)];
}

/** A plain decimal as a fraction; anything else could stand for other numbers, or take for ever. */
export function number(written) {
  const found = /^([+-]?)(?=\.?[0-9])([0-9]{0,40})\.?([0-9]{0,40})$/.exec(text(written));
  need(found, "step");
  const [, sign, before, behind] = found, size = BigInt(`0${before}${behind}`);
  return [sign === "-" ? -size : size, 10n ** BigInt(behind.length)];
}

/** Times ten to a power. */
export const scaled = ([top, bottom], power) => (power < 0n ? [top, bottom * 10n ** -power] : [top * 10n ** power, bottom]);

/** Nearest whole number, an exact half to the even one. */
export function round([top, bottom]) {
  const low = floor(top, bottom), twice = 2n * (top - low * bottom);
  return twice > bottom || (twice === bottom && low & 1n) ? low + 1n : low;
}
export const behindPoint = (shown) => (shown.includes(".") ? shown.length - shown.indexOf(".") - 1 : 0);

/** Rounded once to so many decimals, as text. */
export function fixed(value, digits) {
  form(digits <= DIGITS + 200 || value[0] === 0n);
  const whole = value[0] === 0n ? 0n : round(scaled(value, BigInt(digits))), size = String(whole < 0n ? -whole : whole);
  form(size.length <= DIGITS);
  const padded = size.padStart(digits + 1, "0"), point = padded.length - digits;
  return (whole < 0n ? "-" : "") + (digits ? `${padded.slice(0, point)}.${padded.slice(point)}` : padded);
}

/** Rounded once to as many decimals as a text shows. */
export const like = (value, shown) => fixed(value, behindPoint(text(shown)));

/** Largest 8 h mean of a day's 24 values (null: absent): 6 hours a window, 14 windows or above the limit (GB 3095, HJ 663). */
export function mda8(values) {
  const means = [];
  for (let end = 8; end < 25; end++) {
    const known = values.slice(end - 8, end).filter((value) => value !== null);
    if (known.length >= 6) means.push(mean(known));
  }
  need(means.length && (means.length >= 14 || round(largest(means)) > 160n), "step");
  return largest(means);
}

/** Sub-index by a table of HJ 633, always rounded up; null above the end of a table that has no more. */
export function subIndex(value, name) {
  const row = own(TABLES, name) ?? own(TABLES, name.includes("/") ? name.slice(name.indexOf("/") + 1) : "");
  need(row && value[0] >= 0n, "step");
  for (let i = 1; i < row.length; i++) {
    const [low, high] = [BigInt(row[i - 1]), BigInt(row[i])], [from, to] = [BigInt(INDEX[i - 1]), BigInt(INDEX[i])];
    if (compare(value, [high, 1n]) <= 0) return String(from - floor(-(to - from) * (value[0] - low * value[1]), (high - low) * value[1]));
  }
  const above = own(ABOVE, name);
  return above === undefined ? "500" : above;
}

const FIRST_US = -62_135_596_800_000_000n, LAST_US = 253_402_300_800_000_000n; // years 1 to 9999

/** An instant in µs since 1970 UTC that has a date in the local time of HJ 212 (+08:00). */
export function instant(us) {
  form(us + 28_800_000_000n >= FIRST_US && us + 28_800_000_000n < LAST_US);
  return us;
}
