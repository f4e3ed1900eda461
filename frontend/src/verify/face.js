// How a verdict is shown. All words are the page's; whatever comes out of a bundle is text, never markup.
import { el, fill } from "../lib/words.js";

let known;
/** The page's word of a key; a missing one shows its key. */
export function say(key, values = {}) {
  known ??= JSON.parse(document.getElementById("qy-verify-words")?.textContent || "{}");
  return fill(known[key] ?? key, values);
}

/** An instant in µs as the house writes it, in the local time of HJ 212. */
function clock(us) {
  const at = new Date(Number(us / 1000n) + 28_800_000);
  return Number.isNaN(at.getTime()) ? `${us} µs` : `${new Date(Number(us / 1000n) + 28_800_000).toISOString().slice(0, 19).replace("T", " ")}+08:00`;
}
const seconds = (value) => (value < 0.01 ? "0.01" : value.toFixed(2));
const line = (name, ...what) => [el("dt", {}, say(name)), el("dd", {}, ...what)];
const UNITS = { "ug/m3": "µg/m³", "mg/m3": "mg/m³" };

function ofFigure({ name, subject, factor, value, unit, stage, standard, start, end }) {
  const said = value ? `${value} ${UNITS[unit] ?? unit}` : say("ui.no_value");
  return line("ui.figure", el("b", { class: "qy-num" }, said.trim()), " ", el("span", { class: "qy-mono qy-break" }, [name, factor, subject, stage, standard].filter(Boolean).join(" · ")),
    el("div", { class: "qy-quiet" }, `${clock(start)} – ${clock(end)}`));
}

function ofCheckpoint({ origin, size, witnesses }) {
  const seen = witnesses.map(({ name, when }) => say("ui.witnessed", { name, time: clock(when) })).join(say("ui.and"));
  return el("div", {}, say("ui.size", { ledger: origin, size: String(size) }), say("ui.and"), witnesses.length ? seen : el("strong", {}, say("ui.not_witnessed")));
}

function ofKeys({ keys, signed, pinned }) {
  const shown = [...new Set([...signed, ...keys])];
  return [el("p", { class: "qy-quiet" }, say(pinned ? "ui.pinned" : "ui.claimed")),
    ...shown.map((key) => el("div", {}, el("b", {}, say(signed.includes(key) ? "ui.signed" : "ui.not_trusted")), " ", el("span", { class: "qy-mono qy-break qy-small" }, key)))];
}

function ofContent({ origin, index, received, text }) {
  return el("details", {}, el("summary", {}, say("ui.leaf", { ledger: origin, leaf: String(index), time: clock(received) })), el("code", { class: "qy-telegram" }, text.slice(0, 20_000)));
}

function facts({ code, facts: found }) {
  const out = found.figure ? ofFigure(found.figure) : [];
  if (found.telegrams) out.push(...line("ui.telegrams", String(found.telegrams)));
  if (found.steps) out.push(...line("ui.steps", String(found.steps), found.stated ? ` ${say("ui.stated", { count: found.stated })}` : ""));
  if (found.checkpoints.length) out.push(...line("ui.checkpoints", ...found.checkpoints.map(ofCheckpoint)));
  if (found.keys.length && code !== "form") out.push(...line("ui.keys", ...ofKeys(found)));
  if (found.content.length) out.push(...line("ui.content", ...found.content.map(ofContent)));
  return out.length ? [el("dl", { class: "qy-facts" }, ...out)] : [];
}

function limits() {
  const all = ["ui.limit.sender", "ui.limit.complete", "ui.limit.instrument", "ui.limit.page"];
  return el("details", { class: "qy-verify__limits" }, el("summary", {}, say("ui.limits")), el("ul", {}, ...all.map((key) => el("li", {}, say(key)))));
}

/** Show a verdict in an output. */
export function show(output, result, file = "") {
  const { at } = result.facts, kind = result.holds ? " qy-verdict--true" : result.code === "not_recomputed" ? "" : " qy-verdict--false";
  output.dataset.code = result.code;
  output.replaceChildren(el("div", { class: "qy-verify" },
    el("div", { class: `qy-verdict${kind}` }, el("span", {}, file && el("span", { class: "qy-mono qy-break" }, `${file} `), say(result.code), " ", at && `${say(`ui.at.${at.what}`, { number: at.number })} `, el("span", { class: "qy-quiet" }, say("ui.seconds", { seconds: seconds(result.seconds) })))),
    ...facts(result), ...(kind.endsWith("false") ? [] : [limits()])));
}

/** Show that there is no verdict, and why. */
export function trouble(output, error) {
  delete output.dataset.code;
  output.replaceChildren(el("div", { class: "qy-verify" }, el("div", { class: "qy-error", role: "alert" }, el("p", {}, say(error.trouble ?? "ui.broken", error.values)))));
}

export function busy(output) {
  delete output.dataset.code;
  output.replaceChildren(el("span", { class: "qy-quiet" }, say("ui.checking")));
}
