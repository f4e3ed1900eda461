// Gives bytes to the worker and waits for its answer. Nothing is asked of the server but what `fetched` is told to.
export const LARGEST = 32 * 2 ** 20; // bytes; the bundle of a city's day has some hundred kilobytes
const LONGEST_MS = 60_000;
let worker, count = 0;
const waiting = new Map();

/** What went wrong before a verdict: `trouble` is a key of the page's words. */
export class Trouble extends Error {
  constructor(trouble, values = {}) { super(trouble); Object.assign(this, { trouble, values }); }
}

function stop(trouble) {
  worker?.terminate();
  worker = undefined;
  for (const { fail } of waiting.values()) fail(new Trouble(trouble));
  waiting.clear();
}

/** Start the worker; the promise holds when it can check without the network. */
export function begin() {
  worker ??= (() => {
    const made = new Worker(new URL("./verify-worker.js", import.meta.url), { type: "module" });
    made.ready = new Promise((hold) => made.addEventListener("message", ({ data }) => data.ready && hold(), { once: true }));
    made.addEventListener("message", ({ data }) => { waiting.get(data.id)?.hold(data); waiting.delete(data.id); });
    made.addEventListener("error", () => made === worker && stop("ui.broken"));
    return made;
  })();
  return worker.ready;
}

/** Verdict on bytes: {code, holds, facts, seconds}. Raises Trouble. */
export function judge(bytes, keys) {
  if (bytes.length > LARGEST) return Promise.reject(new Trouble("ui.too_large"));
  begin();
  const id = ++count;
  return new Promise((hold, fail) => {
    const late = setTimeout(stop, LONGEST_MS, "ui.too_long"), over = (then) => (value) => { clearTimeout(late); then(value); };
    waiting.set(id, { hold: over(hold), fail: over(fail) });
    worker.postMessage({ id, bytes, keys });
  });
}

/** Bytes of an own address, no more of them than may be checked. Raises Trouble. */
export async function fetched(address) {
  let answer;
  try { answer = await fetch(address, { credentials: "same-origin" }); } catch { throw new Trouble("ui.network"); }
  if (!answer.ok) throw new Trouble("ui.not_fetched", { status: answer.status });
  const parts = [];
  let size = 0;
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read().catch(() => { throw new Trouble("ui.network"); });
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > LARGEST) { reader.cancel(); throw new Trouble("ui.too_large"); }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
