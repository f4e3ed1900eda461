// Answers many questions: node judge.mjs FILE. A line of FILE is {data (base64), keys?}, answered by {code, seconds}, or
// {frame (base64)}, answered by [names and values of the head, those of the data area].
import { readFileSync } from "node:fs";
import { check } from "../src/verify/check.js";
import { readFrame } from "../src/verify/frames.js";

const bytes = (base64) => new Uint8Array(Buffer.from(base64, "base64"));
for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const { data, keys, frame } = JSON.parse(line);
  if (frame !== undefined) {
    const { head, area } = readFrame(bytes(frame));
    console.log(JSON.stringify([[...head], [...area]]));
    continue;
  }
  const began = performance.now(), { code } = await check(bytes(data), keys);
  console.log(JSON.stringify({ code, seconds: (performance.now() - began) / 1000 }));
}
