// Checks bundles beside the page, so that the page stays quick and a check that never ends can be ended.
import { check } from "../verify/check.js";

self.addEventListener("message", async ({ data: { id, bytes, keys } }) => {
  const began = performance.now(), result = await check(bytes, keys);
  self.postMessage({ id, ...result, seconds: (performance.now() - began) / 1000 });
});
self.postMessage({ ready: true });
