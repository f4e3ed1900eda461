// Builds every entry of src/entries/ into the console's static folder; `npm run build`.
import { build } from "esbuild";
import { readdirSync, rmSync, existsSync } from "node:fs";

const out = new URL("../src/qingyuan/console/static/qy/", import.meta.url).pathname;
const entries = readdirSync("src/entries").map((name) => `src/entries/${name}`);
entries.push({ in: "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs", out: "map-worker" });

for (const name of existsSync(out) ? readdirSync(out) : []) if (name !== "base") rmSync(out + name, { recursive: true });
await build({
  entryPoints: entries.map((e) => (typeof e === "string" ? { in: e, out: e.replace(/^.*\/|\.\w+$/g, "") } : e)),
  outdir: out, chunkNames: "chunk-[hash]", format: "esm", bundle: true, splitting: true, minify: true,
  target: ["chrome120", "firefox121", "safari17"], legalComments: "none", logLevel: "warning",
});
console.log(`[frontend] ${readdirSync(out).length} files in src/qingyuan/console/static/qy`);
