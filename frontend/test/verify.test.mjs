import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { check } from "../src/verify/check.js";
import { ed25519 } from "../src/verify/ed25519.js";
import { canonical, parse } from "../src/verify/json.js";
import { digest, sha256, sha512 } from "../src/verify/sha2.js";

const BUNDLES = new URL("../../tests/fixtures/bundles/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", BUNDLES), "utf8"));
const read = (name) => new Uint8Array(readFileSync(new URL(name, BUNDLES)));

for (const { file, code, exit, keys } of manifest.bundles) {
  test(`${file} is judged ${code}`, async () => {
    const result = await check(read(file), keys);
    assert.equal(result.code, code);
    assert.equal(result.holds, exit === 0);
  });
}

test("own hashes are those of the runtime at every length around a block", () => {
  for (let size = 0; size < 300; size++) {
    const message = Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 255);
    assert.deepEqual(Buffer.from(sha256(message)), createHash("sha256").update(message).digest());
    assert.deepEqual(Buffer.from(sha512(message)), createHash("sha512").update(message).digest());
  }
});

test("signatures of the runtime hold, and none with a bit changed", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519"), key = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
  const message = new TextEncoder().encode("清源\n36\n"), signature = new Uint8Array(sign(null, message, privateKey));
  assert.equal(ed25519(key, message, signature), true);
  for (let bit = 0; bit < 512; bit += 37) {
    const other = signature.slice();
    other[bit >> 3] ^= 1 << (bit & 7);
    assert.equal(ed25519(key, message, other), false);
  }
  assert.equal(ed25519(key, message.subarray(1), signature), false);
  assert.equal(ed25519(key.subarray(1), message, signature), false);
  const large = signature.slice(); // s + L is the same scalar, and must not pass
  let rest = 2n ** 252n + 27742317777372353535851937790883648493n;
  for (let i = 32, carry = 0; i < 64; i++, rest >>= 8n) { carry += large[i] + Number(rest & 255n); large[i] = carry & 255; carry >>= 8; }
  assert.equal(ed25519(key, message, large), false);
});

test("a file's digest is the same where the browser keeps its own away", async () => {
  const message = new TextEncoder().encode("清源".repeat(1000));
  assert.deepEqual(await digest(message, null), await digest(message));
});

test("JSON is written as it is hashed, and read to the last digit", () => {
  for (const same of ["[1,-1,100000000000000000000000000000001]", "[0.0,-0.0,0.0001,1e-05,1.5e-07,123.456,100.0,1234567890123456.0,1e+16,1.2345678901234568e+17,1e+22]",
    '{"":null,"a":[true,false,{}],"清":"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\u007f","\uffff":1,"😀":2}']) assert.equal(canonical(parse(new TextEncoder().encode(same))), same);
  for (const other of ["", "[", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "nul", '"\n"', '"\\x"', "[1] 2", "\ufeff\ufeff1", "[".repeat(2000)]) assert.throws(() => parse(new TextEncoder().encode(other)), { code: "form" }, other);
});
