// JSON with whole numbers of any length, and the one form in which it is hashed. The browser's own reader rounds numbers.
import { Failed, Real, byPoints, form, isObject, isText } from "./values.js";

const DEEPEST = 900, LONGEST = 4300; // brackets in brackets; digits of one number: more of either is no bundle
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y, BLANK = /[ \t\n\r]*/y, PLAIN = /[^"\\\u0000-\u001f]*/y;
const NAMED = { true: true, false: false, null: null, NaN: new Real(NaN), Infinity: new Real(Infinity), "-Infinity": new Real(-Infinity) };
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  constructor(source) { Object.assign(this, { source, at: 0 }); }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  take(sign) {
    this.match(BLANK);
    if (this.source[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  value(depth) {
    form(depth < DEEPEST);
    if (this.take("{")) return this.object(depth + 1);
    if (this.take("[")) return this.list(depth + 1);
    if (this.take('"')) return this.string();
    const found = this.match(NUMBER);
    if (!found) return this.named();
    form(found[0].replace("-", "").length <= LONGEST || found[1] || found[2]);
    return found[1] === undefined && found[2] === undefined ? BigInt(found[0]) : new Real(Number(found[0]));
  }

  named() {
    const name = Object.keys(NAMED).find((one) => this.source.startsWith(one, this.at));
    form(name);
    this.at += name.length;
    return NAMED[name];
  }

  object(depth) {
    const made = new Map();
    if (this.take("}")) return made;
    do {
      form(this.take('"'));
      const name = this.string();
      form(this.take(":"));
      made.set(name, this.value(depth));
    } while (this.take(","));
    form(this.take("}"));
    return made;
  }

  list(depth) {
    const made = [];
    if (this.take("]")) return made;
    do made.push(this.value(depth)); while (this.take(","));
    form(this.take("]"));
    return made;
  }

  string() {
    const parts = [];
    for (;;) {
      parts.push(this.match(PLAIN)[0]);
      const sign = this.source[this.at++];
      if (sign === '"') return parts.join("");
      form(sign === "\\");
      const escape = this.source[this.at++];
      if (escape !== "u") { form(escape in ESCAPES); parts.push(ESCAPES[escape]); continue; }
      const digits = this.source.slice(this.at, this.at += 4);
      form(/^[0-9A-Fa-f]{4}$/.test(digits));
      parts.push(String.fromCharCode(parseInt(digits, 16)));
    }
  }
}

/** Value of JSON in UTF-8 bytes; objects are Maps, whole numbers BigInt. */
export function parse(bytes) {
  let source;
  try { source = new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { throw new Failed("form"); }
  const reader = new Reader(source), value = reader.value(0);
  reader.match(BLANK);
  form(reader.at === source.length);
  return value;
}

const SHORT = { '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const quoted = (string) => `"${string.replace(/["\\\u0000-\u001f]/g, (sign) => SHORT[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;

/** The shortest digits of a broken number, with an exponent from 1e16 up and below 1e-4. */
function real(value) {
  form(Number.isFinite(value));
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [, sign, first, rest = "", power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()), digits = first + rest, exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${sign}${first}${rest && `.${rest}`}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const padded = digits.padEnd(exponent + 2, "0");
  return `${sign}${padded.slice(0, exponent + 1)}.${padded.slice(exponent + 1)}`;
}

/** JSON as it is hashed: names in order of their code points, no blanks, no escapes that need not be. */
export function canonical(value) {
  if (isText(value)) return quoted(value);
  if (value instanceof Real) return real(value.value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isObject(value)) return `{${[...value.keys()].sort(byPoints).map((name) => `${quoted(name)}:${canonical(value.get(name))}`).join(",")}}`;
  return String(value);
}
