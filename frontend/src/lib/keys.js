// Keys: / search, g h home, j k rows, a e r and others by data-key, ? the map of keys.
import { chords, step, writing } from "./keymap.js";
import { el, word } from "./words.js";
import { openModal } from "./dialogs.js";

const ROWS = "[data-rows] > tr, [data-rows] > li, table[data-rows] > tbody > tr";
const shown = (element) => element.getClientRects().length > 0;
const scope = () => document.querySelector("dialog[open]") ?? document;
const rows = () => [...scope().querySelectorAll(ROWS)].filter(shown);
const current = () => rows().find((row) => row.classList.contains("is-current"));

/** Mark a row as the current one, focus it and bring it into sight. */
export function goTo(row) {
  for (const other of document.querySelectorAll(".is-current[tabindex='-1']")) { other.classList.remove("is-current"); other.removeAttribute("aria-selected"); }
  if (!row) return;
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  row.dispatchEvent(new CustomEvent("qy:row", { bubbles: true }));
}

/** The element a key means: in the current row first, then outside all rows. */
function meant(key) {
  const find = (root) => [...root.querySelectorAll("[data-key]")].filter((e) => e.dataset.key === key && shown(e));
  const row = current();
  return (row && find(row)[0]) ?? find(scope()).find((e) => !e.closest(ROWS));
}

function help() {
  const template = document.getElementById("qy-keys");
  if (!template || document.querySelector("dialog.qy-keys")) return;
  const dialog = el("dialog", { class: "qy-dialog qy-keys" });
  const close = el("button", { type: "button", class: "qy-x qy-dialog__x", "aria-label": word("close"), onclick: () => dialog.close() }, "×");
  dialog.append(close, template.content.cloneNode(true));
  openModal(dialog, { remove: true });
}

function act(name) {
  if (name === "?") return help();
  if (name === "/") return void document.querySelector("[data-search]")?.focus();
  if (name === "j" || name === "k") {
    const all = rows();
    return goTo(all[step(all.indexOf(current()), name === "j" ? 1 : -1, all.length)]);
  }
  const target = meant(name);
  if (!target) return undefined;
  return target.matches("input:not([type=checkbox], [type=radio]), textarea, select") ? target.focus() : target.click();
}

let read, names = "";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) return;
  const now = ["/", "?", "j", "k", ...new Set([...document.querySelectorAll("[data-key]")].map((e) => e.dataset.key))];
  if (now.join() !== names) { names = now.join(); read = chords(now); }
  if (event.key === "Enter" && event.target.matches(".is-current")) return void event.target.querySelector("a, button")?.click();
  const name = read(event.key, event.timeStamp);
  if (!name) return;
  event.preventDefault();
  act(name);
});

document.addEventListener("click", ({ target }) => { const row = target.closest?.(ROWS); if (row && !target.closest("a, button, input, select, textarea, label, summary")) goTo(row); });

// A polled list is drawn anew: the current row stays current, by its id.
let kept = null;
document.addEventListener("htmx:before:swap", () => { kept = current()?.id || null; });
document.addEventListener("htmx:after:swap", () => {
  const row = kept && document.getElementById(kept);
  if (row && !row.classList.contains("is-current")) { row.classList.add("is-current"); row.tabIndex = -1; }
});
