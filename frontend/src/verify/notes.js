// Signed notes and trees: C2SP signed-note, tlog-checkpoint and tlog-cosignature, RFC 6962.
import { ed25519 } from "./ed25519.js";
import { instant } from "./decimals.js";
import { sha256 } from "./sha2.js";
import { Real, big, form, hex, int, need, text, utf8 } from "./values.js";

const COSIGNATURE = 4; // algorithm byte of a witness's key

/** Bytes of base64 in its one canonical form. */
export function unpack(packed) {
  form(/^[A-Za-z0-9+/]*={0,2}$/.test(text(packed)) && packed.length % 4 === 0);
  const signs = atob(packed);
  form(btoa(signs) === packed);
  return Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
}

/** {name, id (hex), algorithm, key, line} of a verifier key line. */
export function readKey(line) {
  const [, name, id, packed] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(text(line)) ?? [];
  form(name !== undefined);
  const raw = unpack(packed), head = utf8(`${name}\n`), signed = new Uint8Array(head.length + raw.length);
  signed.set(head);
  signed.set(raw, head.length);
  need(hex(sha256(signed)).slice(0, 8) === id, "signature");
  form(raw.length > 0);
  return { name, id, algorithm: raw[0], key: raw.subarray(1), line };
}

/** A whole number as a checkpoint writes it. */
function sizeOf(line) {
  const digits = line?.trim().replaceAll(/(?<=\d)_(?=\d)/g, "") ?? "";
  form(/^[+-]?[0-9]{1,4300}$/.test(digits));
  return BigInt(digits.replace("+", ""));
}

/** Size, root, witnesses and signers of a checkpoint. Every signature must be right; only pinned keys are trusted. */
export function checkNote(note, keys, origin, pinned) {
  const at = text(note).lastIndexOf("\n\n"), body = at < 0 ? "" : note.slice(0, at), tail = at < 0 ? note : note.slice(at + 2);
  const lines = body.split("\n"), signers = new Map(), trusted = pinned?.length ? pinned : null;
  for (const line of tail.replace(/\n$/, "").split("\n")) {
    const parts = line.split(" ");
    form(parts.length === 3);
    const [dash, name, packed] = parts, raw = unpack(packed);
    const key = keys.find((one) => one.name === name && one.id === hex(raw.subarray(0, 4)));
    need(dash === "—" && key, "signature");
    const when = key.algorithm === COSIGNATURE ? big(raw.subarray(4, 12)) : null;
    const message = when === null ? `${body}\n` : `cosignature/v1\ntime ${when}\n${body}\n`;
    need(ed25519(key.key, utf8(message), raw.subarray(when === null ? 4 : 12)), "signature");
    if (!trusted || trusted.includes(key.line)) signers.set(key.line, { name, when });
  }
  need(lines[0] === origin && [...signers.values()].some(({ name, when }) => name === origin && when === null), "unsigned");
  for (const { line, algorithm } of (trusted ?? []).map(readKey)) need(signers.has(line) || algorithm !== COSIGNATURE, "witness");
  const witnesses = [...signers.values()].filter(({ when }) => when !== null).map(({ name, when }) => ({ name, when: instant(when * 1_000_000n) }));
  return { origin, size: sizeOf(lines[1]), root: unpack(lines[2]), witnesses, signers: [...signers.keys()] };
}

function pair(left, right) {
  const joined = new Uint8Array(1 + left.length + right.length);
  joined[0] = 1;
  joined.set(left, 1);
  joined.set(right, 1 + left.length);
  return sha256(joined);
}

/** Hash of a leaf in a tree. */
export function leafHash(bytes) {
  const marked = new Uint8Array(1 + bytes.length);
  marked.set(bytes, 1);
  return sha256(marked);
}

/** Root that a hash at an index leads to, by its path in a tree of that size (RFC 6962 2.1.1). */
export function rootOfPath(index, size, node, path) {
  need(typeof index === "bigint" && index >= 0n, "leaf");
  if (!(size instanceof Real)) return climb(index, int(size), node, path, path.length);
  need(index < size.value && (size.value === 1) === !path.length, "leaf"); // a broken number halves no further
  form(!path.length);
  return node;
}

function climb(index, size, node, path, length) {
  need(index >= 0n && index < size, "leaf");
  if (size === 1n || !length) {
    need(size === 1n && !length, "leaf");
    return node;
  }
  const half = 1n << BigInt((size - 1n).toString(2).length - 1), last = path[length - 1];
  if (index < half) return pair(climb(index, half, node, path, length - 1), last);
  return pair(last, climb(index - half, size - half, node, path, length - 1));
}
