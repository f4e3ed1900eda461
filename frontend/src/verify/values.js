// Values as the one-file verifier sees them. It is in Python: there a missing name or a value of another kind raises, and the
// bundle is then "of another form"; script would go on with undefined. These small functions raise in the same places.

/** A check does not hold; `code` is one of docs/formats.md. */
export class Failed extends Error {
  constructor(code) { super(code); this.code = code; }
}

/** A number with a point or exponent; whole numbers are BigInt. */
export class Real {
  constructor(value) { this.value = value; }
}

/** Fail with a code unless it holds. */
export function need(holds, code) {
  if (!holds) throw new Failed(code);
}
export const form = (holds) => need(holds, "form");
export const isText = (value) => typeof value === "string";
export const isObject = (value) => value instanceof Map;

/** A text, or the bundle is of another form. */
export function text(value) {
  form(isText(value));
  return value;
}

/** The value of a name that must be there. */
export function get(object, name) {
  form(isObject(object) && object.has(name));
  return object.get(name);
}

/** The value of a name, or what stands for a missing one. */
export function find(object, name, missing) {
  form(isObject(object));
  return object.has(name) ? object.get(name) : missing;
}

/** What a loop over it gives: items of a list, signs of a text, names of an object. */
export function each(value) {
  form(Array.isArray(value) || isText(value) || isObject(value));
  return Array.isArray(value) ? value : [...(isObject(value) ? value.keys() : value)];
}

/** A number of one of so many, as a plain number. */
export function whole(value, end, code = "form") {
  need(typeof value === "bigint" && value >= 0n && value < BigInt(end), code);
  return Number(value);
}

/** A whole number to reckon with: true is 1, and 3.0 is 3. */
export function int(value) {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return BigInt(value);
  form(value instanceof Real && Number.isSafeInteger(value.value));
  return BigInt(value.value);
}

const isNumber = (value) => typeof value === "bigint" || typeof value === "boolean" || value instanceof Real;
const plain = (value) => (typeof value === "boolean" ? BigInt(value) : value instanceof Real ? value.value : value);

/** Equal as JSON values. */
export function equal(a, b) {
  if (isNumber(a) && isNumber(b)) return plain(a) == plain(b); // whole and broken numbers compare by value
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => equal(one, b[i]));
  if (isObject(a) && isObject(b)) return a.size === b.size && [...a].every(([name, one]) => b.has(name) && equal(one, b.get(name)));
  return a === b;
}

/** A text by which equal values are found again; lists and objects cannot be looked up. */
export function handle(value) {
  form(value === null || isText(value) || isNumber(value));
  return isText(value) ? `t${value}` : value === null ? "null" : `n${plain(value)}`;
}

/** Empty, zero, false and null do not count. */
export const counts = (value) => (isObject(value) ? value.size > 0 : Array.isArray(value) ? value.length > 0 : value instanceof Real ? value.value !== 0 : Boolean(value));

/** As it stands inside a sentence. */
export function shown(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  form(isText(value) || typeof value === "bigint");
  return String(value);
}

/** Order by code points; the script's own order is by halves of them. */
export function byPoints(a, b) {
  const one = a[Symbol.iterator](), two = b[Symbol.iterator]();
  for (;;) {
    const x = one.next(), y = two.next();
    if (x.done || y.done) return Number(Boolean(y.done)) - Number(Boolean(x.done));
    if (x.value !== y.value) return x.value.codePointAt(0) - y.value.codePointAt(0);
  }
}

/** The same bytes. */
export const alike = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const utf8 = (string) => new TextEncoder().encode(string);

/** Whole number of bytes, highest first. */
export const big = (bytes) => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
