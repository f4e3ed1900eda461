// Telegrams (HJ 212), read as the gateway's codec reads them.
import { big, form, need } from "./values.js";

/** Blanks of Unicode; the script's own list is another. */
const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LEFT = new RegExp(`^[${BLANK}]+`), RIGHT = new RegExp(`[${BLANK}]$`);
const DATA_AREA = new RegExp(`[Cc][Pp][${BLANK}]*=[${BLANK}]*&&`);
const HEAD_ENDS = new RegExp(`;|,(?=[${BLANK}]*(?:[A-Za-z]+[${BLANK}]*=|;|$))`);
const FULL_WIDTH = /[；，＝]/, TEXTS = /\/\/[^]*?\/\//g;

const left = (text) => text.replace(LEFT, "");
function right(text) {
  let end = text.length;
  while (end && RIGHT.test(text[end - 1])) end--;
  return text.slice(0, end);
}
const trim = (text) => left(right(text));

/** True if the bytes begin like a leaf of that kind. */
export const isKind = (leaf, kind) => leaf.length > 4 && leaf[0] === 0x51 && leaf[1] === 0x59 && leaf[2] === 0x4c && leaf[3] === 0x31 && leaf[4] === kind;
export const FRAME = 1, REGISTRY = 5, PUBLICATION = 10;

/** Verdict and frame of a frame leaf; what is withheld must be overwritten. */
export function frameOf(leaf) {
  need(isKind(leaf, FRAME), "telegram");
  form(leaf.length > 20 && leaf.length > 20 + leaf[19]);
  const at = 21 + leaf[19], count = leaf[at - 1], frame = leaf.subarray(at + 4 * count + (count ? 32 : 0));
  for (let i = at; i < at + 4 * count; i += 4) {
    const from = Number(big(leaf.subarray(i, i + 2))), size = Number(big(leaf.subarray(i + 2, i + 4))), span = frame.subarray(from, from + size);
    need(span.length === size && span.every((byte) => byte === 0x2a), "withheld");
  }
  return { verdict: leaf[14], frame };
}

const latin = (bytes) => { let out = ""; for (const byte of bytes) out += String.fromCharCode(byte); return out; };

/** Codes of GB 18030 that editions and browsers give to different signs; here as in the edition of 2005, with which the codec reads. */
const EDITION = new Map([[0xa3a0, 0xe5e5], [0xa8bc, 0xe7c7], [0x8135f437, 0x1e3f], [0xfe59, 0xe81e], [0xfe61, 0xe826], [0xfe66, 0xe82b], [0xfe67, 0xe82c], [0xfe6d, 0xe832], [0xfe7e, 0xe843],
  [0xfe90, 0xe854], [0xfea0, 0xe864], ...[0xa6d9, 0xa6da, 0xa6db, 0xa6dc, 0xa6dd, 0xa6de, 0xa6df, 0xa6ec, 0xa6ed, 0xa6f3].map((code, at) => [code, 0xe78d + at])]);

/** Text of GB 18030, or null. The browser takes a single 0x80 for a euro sign, which the standard does not have. */
function chinese(bytes) {
  const parts = [];
  let from = 0;
  for (let i = 0, size; i < bytes.length; i += size) {
    if (bytes[i] === 0x80 || bytes[i] === 0xff) return null;
    size = bytes[i] < 0x80 ? 1 : bytes[i + 1] >= 0x30 && bytes[i + 1] <= 0x39 ? 4 : 2;
    const other = size > 1 && EDITION.get(Number(big(bytes.subarray(i, i + size))));
    if (!other) continue;
    parts.push(decoded(bytes.subarray(from, i), "gb18030"), String.fromCharCode(other));
    from = i + size;
  }
  parts.push(decoded(bytes.subarray(from), "gb18030"));
  return parts.includes(null) ? null : parts.join("");
}
function decoded(bytes, name) {
  try { return new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes); } catch { return null; }
}

/** Names and values, of doubles the first; around the last dash of a name (factor-suffix) blanks do not count. */
function firstOf(items, fold = (name) => name) {
  const out = new Map();
  for (const item of items) {
    const equals = item.indexOf("="), name = trim(item.slice(0, equals < 0 ? item.length : equals));
    if (equals < 0 || !name) continue;
    const dash = name.lastIndexOf("-"), key = fold(dash < 0 ? name : `${right(name.slice(0, dash))}-${left(name.slice(dash + 1))}`);
    if (!out.has(key)) out.set(key, trim(item.slice(equals + 1)));
  }
  return out;
}

/** Items of a data area end at `;` and `,`, but not between `//` and `//`: that is a text. */
function items(area) {
  const out = [];
  let start = 0, open = true;
  for (let i = 0; i < area.length; i++) {
    if (open && area[i] === "/" && area[i + 1] === "/") {
      const end = area.indexOf("//", i + 2);
      if (end >= 0) { i = end + 1; continue; }
      open = false; // no text ends behind this place
    }
    if (area[i] === ";" || area[i] === ",") { out.push(area.slice(start, i)); start = i + 1; }
  }
  return [...out, area.slice(start)];
}

/** Names (of the head in small letters) and values of head and data area. An item with full-width signs outside texts is none. */
export function readFrame(frame) {
  const signs = latin(frame), length = /^##([0-9]{4})/.exec(signs);
  let segment = length ? frame.subarray(6, 6 + Number(length[1])) : signs.startsWith("##") ? frame.subarray(2) : frame;
  if (length && (segment.length < Number(length[1]) || !latin(segment).endsWith("&&"))) {
    const last = /&&[0-9A-Fa-f]{4}[\r\n \t]*$/.exec(signs);
    if (last) segment = frame.subarray(6, Math.max(6, last.index + 2));
  }
  const all = decoded(segment, "utf-8") ?? chinese(segment) ?? latin(segment), begins = DATA_AREA.exec(all);
  const head = begins ? all.slice(0, begins.index) : all, rest = begins ? all.slice(begins.index + begins[0].length) : "";
  const area = rest.includes("&&") ? rest.slice(0, rest.lastIndexOf("&&")) : rest;
  return { head: firstOf(head.split(HEAD_ENDS), (name) => name.toLowerCase()), area: firstOf(items(area).filter((item) => !FULL_WIDTH.test(item.replace(TEXTS, "")))) };
}
