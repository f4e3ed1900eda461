// Ed25519 (RFC 8032), verification only, with the same rules as the one-file verifier: canonical points and scalars, no cofactor.
import { sha512 } from "./sha2.js";

const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (n) => { const r = n % P; return r < 0n ? r + P : r; };
function power(base, exponent) {
  let out = 1n;
  for (let b = mod(base), e = exponent; e; e >>= 1n, b = (b * b) % P) if (e & 1n) out = (out * b) % P;
  return out;
}
const inverse = (n) => power(n, P - 2n);
const D = mod(-121665n * inverse(121666n)), TWO_D = (2n * D) % P, ROOT = power(2n, (P - 1n) / 4n);

/** Whole number of bytes, lowest first. */
function little(bytes) {
  let out = 0n;
  for (let i = bytes.length; i--;) out = (out << 8n) | BigInt(bytes[i]);
  return out;
}

/** The point in extended coordinates [X, Y, Z, T], or null where the 32 bytes name none. */
function decode(bytes) {
  const y = BigInt.asUintN(255, little(bytes)), sign = BigInt(bytes[31] >> 7);
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if ((x * x) % P !== square) x = (x * ROOT) % P;
  if (y >= P || (x * x) % P !== square || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

/** Sum of two points (Hisil and others 2008; complete on this curve). */
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % P, b = ((y1 + x1) * (y2 + x2)) % P, c = (t1 * TWO_D * t2) % P, d = (2n * z1 * z2) % P;
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(number, point) {
  let out = [0n, 1n, 1n, 0n];
  for (let n = number, p = point; n; n >>= 1n, p = add(p, p)) if (n & 1n) out = add(out, p);
  return out;
}
const same = (a, b) => mod(a[0] * b[2] - b[0] * a[2]) === 0n && mod(a[1] * b[2] - b[1] * a[2]) === 0n;
const BASE = decode(Uint8Array.from({ length: 32 }, (_, i) => (i ? 0x66 : 0x58)));

/** True if the signature of the message is the key's. All are bytes. */
export function ed25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const a = decode(key), r = decode(signature.subarray(0, 32)), s = little(signature.subarray(32));
  if (!a || !r || s >= L) return false;
  const signed = new Uint8Array(64 + message.length);
  signed.set(signature.subarray(0, 32));
  signed.set(key, 32);
  signed.set(message, 64);
  return same(times(s, BASE), add(r, times(little(sha512(signed)) % L, a)));
}
