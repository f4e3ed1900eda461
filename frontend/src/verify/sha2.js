// SHA-256 and SHA-512 (FIPS 180-4). Own code, so that a page on plain http, where the browser keeps its own away, checks as
// well; it is also the quicker one for the many short messages of a tree. Constants are computed, not copied.
const PRIMES = [];
for (let n = 2n; PRIMES.length < 80; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);

/** First 64 bits behind the point of the root of a prime: the largest r with r^degree <= prime * 2^(64 * degree). */
function fraction(prime, degree) {
  let low = 0n, high = 1n << 76n;
  while (high - low > 1n) {
    const mid = (low + high) >> 1n;
    if (mid ** degree <= prime << (64n * degree)) low = mid; else high = mid;
  }
  return BigInt.asUintN(64, low);
}
const K512 = PRIMES.map((p) => fraction(p, 3n)), H512 = PRIMES.slice(0, 8).map((p) => fraction(p, 2n));
const K256 = Int32Array.from(K512.slice(0, 64), (k) => Number(k >> 32n)), H256 = Int32Array.from(H512, (h) => Number(h >> 32n));

/** The message with its one bit, zeros and length in bits, a multiple of `block` bytes long. */
function padded(message, block) {
  const out = new Uint8Array(Math.ceil((message.length + 1 + block / 8) / block) * block);
  out.set(message);
  out[message.length] = 0x80;
  new DataView(out.buffer).setBigUint64(out.length - 8, BigInt(message.length) * 8n);
  return out;
}

/** SHA-256 of bytes, 32 bytes. */
export function sha256(message) {
  const data = new DataView(padded(message, 64).buffer), w = new Int32Array(64), state = H256.slice();
  for (let at = 0; at < data.byteLength; at += 64) {
    for (let t = 0; t < 16; t++) w[t] = data.getInt32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15], y = w[t - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3), s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + K256[t] + w[t]) | 0, two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((value, i) => out.setInt32(4 * i, value));
  return new Uint8Array(out.buffer);
}

const turn = (x, n) => (x >> n) | BigInt.asUintN(64, x << (64n - n));

/** SHA-512 of bytes, 64 bytes. Only short messages come here: the texts that were signed. */
export function sha512(message) {
  const data = new DataView(padded(message, 128).buffer), state = H512.slice(), w = Array(80);
  for (let at = 0; at < data.byteLength; at += 128) {
    for (let t = 0; t < 80; t++) {
      if (t < 16) { w[t] = data.getBigUint64(at + 8 * t); continue; }
      const x = w[t - 15], y = w[t - 2];
      w[t] = BigInt.asUintN(64, w[t - 16] + (turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)) + w[t - 7] + (turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n)));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 80; t++) {
      const one = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + (g ^ (e & (f ^ g))) + K512[t] + w[t];
      const two = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = BigInt.asUintN(64, d + one); d = c; c = b; b = a; a = BigInt.asUintN(64, one + two);
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = BigInt.asUintN(64, state[i] + value); });
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((value, i) => out.setBigUint64(8 * i, value));
  return new Uint8Array(out.buffer);
}

/** SHA-256 of a whole file: by the browser where it lets us (https, localhost), else by the own code. */
export async function digest(message, subtle = globalThis.crypto?.subtle) {
  return subtle ? new Uint8Array(await subtle.digest("SHA-256", message)) : sha256(message);
}
