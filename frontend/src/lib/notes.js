// Sentences on top of the page: errors that keep what is there, and what was done.
import { el, word } from "./words.js";

const place = () => document.querySelector(".qy-notes")
  ?? (document.querySelector("main") ?? document.body).insertAdjacentElement("afterbegin", el("div", { class: "qy-notes", "aria-live": "polite" }));

/** Show a sentence; one with the same key replaces the former. Kinds: error, warn, done. */
export function note(key, kind, text, link) {
  forget(key);
  const close = el("button", { type: "button", class: "qy-x", "aria-label": word("close"), onclick: () => forget(key) }, "×");
  const action = link && el("a", { href: link.href, target: link.target }, link.text);
  place().append(el("div", { class: `qy-note qy-note--${kind}`, "data-note": key, role: kind === "error" ? "alert" : "status" },
    el("span", {}, text), action, close));
}

export const forget = (key) => document.querySelector(`[data-note="${CSS.escape(key)}"]`)?.remove();
