// Our own dialog in place of window.confirm, and focus that goes back to where it came from.
import { el, word } from "./words.js";

/** Open a dialog modally; when it closes, the focus returns and, if told so, the dialog goes. */
export function openModal(dialog, { remove = false, back = document.activeElement } = {}) {
  if (!dialog.isConnected) document.body.append(dialog);
  dialog.addEventListener("close", () => { if (remove) dialog.remove(); if (back?.isConnected) back.focus({ preventScroll: true }); }, { once: true });
  dialog.addEventListener("click", (event) => { if (event.target === dialog && outside(dialog, event)) dialog.close(); });
  dialog.showModal();
}

function outside(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

/** Ask; resolves to true or false. `data-confirm-yes`, `data-confirm-preview="#id"` on the element refine it. */
export function ask(question, element) {
  return new Promise((resolve) => {
    const preview = element?.dataset?.confirmPreview && document.querySelector(element.dataset.confirmPreview);
    const yes = el("button", { type: "submit", value: "yes", class: "btn btn-primary" }, element?.dataset?.confirmYes || word("confirm.yes"));
    const no = el("button", { type: "submit", value: "", class: "btn", autofocus: true }, word("confirm.no"));
    const text = el("p", { id: "qy-ask" }, question);
    const dialog = el("dialog", { class: "qy-dialog", "aria-labelledby": "qy-ask" },
      el("form", { method: "dialog" }, text, preview?.cloneNode(true), el("div", { class: "qy-actions" }, no, yes)));
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
    openModal(dialog, { remove: true });
  });
}

const agreed = new WeakSet();

async function guard(event, element, again) {
  if (agreed.delete(element)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (await ask(element.dataset.confirm, element)) { agreed.add(element); again(); }
}

// Capture phase: before htmx and before the browser.
document.addEventListener("submit", (event) => {
  const asking = event.submitter?.matches("[data-confirm]") ? event.submitter : event.target.matches("[data-confirm]") ? event.target : null;
  if (asking) guard(event, asking, () => event.target.requestSubmit(event.submitter));
}, true);
document.addEventListener("click", (event) => {
  const asking = event.target.closest?.("a[data-confirm], button[type=button][data-confirm]");
  if (asking) guard(event, asking, () => asking.click());
}, true);
