// All checks of a bundle, in the order and with the codes of docs/formats.md; the same as src/qingyuan/evidence/verify_bundle.py.
import { instant } from "./decimals.js";
import { FRAME, PUBLICATION, frameOf, isKind } from "./frames.js";
import { canonical, parse } from "./json.js";
import { checkNote, leafHash, readKey, rootOfPath, unpack } from "./notes.js";
import { digest } from "./sha2.js";
import { Failed, alike, big, byPoints, counts, each, equal, form, get, hex, isObject, isText, need, text, utf8, whole } from "./values.js";
import { Way } from "./way.js";

const FORMAT = "qingyuan-bundle-v1";
const PARTS = ["checkpoints", "figure", "figure_path", "format", "keys", "leaves", "publication", "steps"];
export const HOLDS = ["recomputed", "leaf_proven", "no_value"]; // every other code but not_recomputed: it does not hold

const names = (object) => { form(isObject(object)); return [...object.keys()].sort(byPoints); };

/** The content, if the first line is that of a bundle with this content and nothing in it could be written otherwise. */
async function open(data) {
  const end = data.indexOf(10), line = end < 0 ? data : data.subarray(0, end), body = end < 0 ? new Uint8Array() : data.subarray(end + 1);
  form(alike(line, utf8(`${FORMAT} sha256=${hex(await digest(body))}`)));
  const bundle = parse(body);
  form(alike(utf8(canonical(bundle)), body) && equal(names(bundle), PARTS) && bundle.get("format") === FORMAT);
  return bundle;
}

function checkLeaves(bundle, trees, facts) {
  const leaves = [];
  for (const item of each(bundle.get("leaves"))) {
    facts.at = { what: "leaf", number: leaves.length };
    form(equal(names(item), ["index", "leaf", "origin", "path"]) && isText(item.get("origin")) && trees.has(item.get("origin")));
    const leaf = unpack(item.get("leaf")), { size, root } = trees.get(item.get("origin")), path = each(item.get("path")).map(unpack);
    need(alike(rootOfPath(item.get("index"), size, leafHash(leaf), path), root), "leaf");
    if (isKind(leaf, FRAME)) frameOf(leaf);
    form(bundle.get("figure") !== null || leaf.length > 4);
    leaves.push(leaf);
  }
  facts.at = null;
  need(leaves.length && new Set(bundle.get("leaves").map((item) => item.get("origin"))).size === trees.size, "unused");
  return leaves;
}

/** The content of the publication leaf, in which the figure's line stands. */
function checkPublication(bundle, leaves) {
  const figure = bundle.get("figure"), place = bundle.get("figure_path"), at = whole(bundle.get("publication"), leaves.length);
  need(isKind(leaves[at], PUBLICATION) && bundle.get("leaves")[at].get("origin").endsWith("/office"), "publication");
  const published = parse(leaves[at].subarray(13));
  need(equal(get(published, "tick_us"), get(figure, "believed_from")), "publication");
  const count = get(published, "figures_count");
  get(published, "software");
  const path = each(get(place, "path"));
  form(Array.isArray(place.get("path")) && equal(names(place), ["index", "path", "size"]) && path.every((node) => /^(?:[0-9a-f]{2})*$/.test(text(node))));
  const nodes = path.map((node) => Uint8Array.from(node.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
  const root = rootOfPath(place.get("index"), place.get("size"), leafHash(utf8(canonical(figure))), nodes);
  need(equal(hex(root), get(published, "figures_root")) && equal(place.get("size"), count), "figure");
  return published;
}

function checkFigure(bundle, leaves, facts) {
  const published = checkPublication(bundle, leaves), figure = bundle.get("figure"), value = get(figure, "value");
  for (const name of ["name", "subject", "factor", "unit", "stage", "standard"]) get(figure, name);
  form(typeof get(figure, "start") === "bigint" && typeof get(figure, "span_s") === "bigint"); // a period is stated in whole numbers
  const start = instant(figure.get("start")), end = instant(start + figure.get("span_s") * 1_000_000n);
  facts.figure = { start, end, ...Object.fromEntries(["name", "subject", "factor", "value", "unit", "stage", "standard"].map((name) => [name, isText(figure.get(name)) ? figure.get(name) : ""])) };
  const done = new Way(bundle, leaves, published, facts).done, last = done.at(-1) ?? { text: null, kind: "", factor: null };
  Object.assign(facts, { steps: done.length, stated: done.filter((one) => one.kind === "text").length });
  need(equal(last.text, value), "value");
  if (!counts(value)) get(figure, "detail");
  const decimal = /^-?[0-9.]+$/.test(text(value));
  if (last.kind === "text" || !decimal) return decimal ? "not_recomputed" : "no_value";
  const name = text(figure.get("name"));
  need(last.kind === name.split(".", 1)[0] && (last.factor === null || equal(last.factor, figure.get("factor"))), "value");
  const named = new Set([done.length - 1, ...each(bundle.get("steps")).flatMap((step) => (step.has("in") ? each(step.get("in")).filter((at) => at !== null).map(Number) : []))]);
  need(done.every((one, at) => named.has(at) || one.kind === "entry"), "unused"); // no step leads nowhere
  return "recomputed";
}

async function all(data, pinned, facts) {
  const bundle = await open(data), keys = each(bundle.get("keys")).map(readKey), trees = new Map();
  facts.keys = keys.map(({ line }) => line);
  for (const origin of names(bundle.get("checkpoints"))) {
    const { size, root, witnesses, signers } = checkNote(bundle.get("checkpoints").get(origin), keys, origin, pinned);
    trees.set(origin, { size, root });
    facts.checkpoints.push({ origin, size, witnesses });
    facts.signed.push(...signers.filter((line) => !facts.signed.includes(line)));
  }
  const leaves = checkLeaves(bundle, trees, facts);
  Object.assign(facts, { leaves: leaves.length, telegrams: leaves.filter((leaf) => isKind(leaf, FRAME)).length });
  if (bundle.get("figure") !== null) return checkFigure(bundle, leaves, facts);
  form(bundle.get("figure_path") === null && bundle.get("publication") === null && equal(bundle.get("steps"), []));
  facts.content = leaves.map((leaf, at) => ({ origin: bundle.get("leaves")[at].get("origin"), index: bundle.get("leaves")[at].get("index"), received: big(leaf.subarray(5, 13)),
    text: new TextDecoder().decode(isKind(leaf, FRAME) ? frameOf(leaf).frame : leaf.subarray(13)) }));
  return "leaf_proven";
}

/** All checks of a bundle's bytes. With key lines given only those are trusted, and every witness among them must have signed.
 *  {code, holds, facts}; facts hold what was found until then, and `at` the leaf or step that does not hold. */
export async function check(data, pinned = null) {
  const facts = { bytes: data.length, keys: [], pinned: Boolean(pinned?.length), checkpoints: [], signed: [], leaves: 0, telegrams: 0, steps: 0, stated: 0, figure: null, content: [], at: null };
  let code;
  try { code = await all(data, pinned, facts); } catch (error) {
    code = error instanceof Failed ? error.code : "form"; // what cannot even be read is of another form
  }
  return { code, holds: HOLDS.includes(code), facts };
}
