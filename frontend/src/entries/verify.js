// Checks proofs in the page: <button data-verify="address of a bundle"> with an <output> beside it, and
// <section data-verify-drop> with a file input and an <output>. app.js asks for this when a page or drawer holds one.
import { LARGEST, Trouble, begin, fetched, judge } from "../verify/desk.js";
import { busy, say, show, trouble } from "../verify/face.js";
import { readKey } from "../verify/notes.js";
import { el } from "../lib/words.js";

async function tell(output, work) {
  const turn = output.turn = {}; // a later check of the same place wins
  busy(output);
  try {
    const [result, file] = await work();
    if (output.turn === turn) show(output, result, file);
  } catch (error) { if (output.turn === turn) trouble(output, error); }
}

async function verify(button) {
  const output = button.parentElement.querySelector("output");
  button.disabled = true;
  await tell(output, async () => [await judge(await fetched(button.dataset.verify), null)]);
  button.disabled = false;
}

/** Key lines as they were pasted, one a line. Raises Trouble where one is none. */
function trusted(field) {
  const lines = field.value.split("\n").map((one) => one.trim()).filter(Boolean);
  for (const one of lines) try { readKey(one); } catch { throw new Trouble("ui.key_wrong", { key: one.slice(0, 60) }); }
  return lines;
}

function keyField() {
  const field = el("textarea", { class: "form-control qy-mono", rows: "3", spellcheck: "false", id: "qy-verify-keys", "data-verify-keys": true });
  return el("div", {}, el("label", { for: "qy-verify-keys" }, say("ui.keys_field")), field, el("span", { class: "qy-help" }, say("ui.keys_help")));
}

/** A place where files are dropped or chosen. Once the worker stands, nothing more is fetched. */
async function place(section) {
  section.dataset.verifyDrop = "started";
  const input = section.querySelector("input[type=file]"), output = section.querySelector("output");
  const field = section.querySelector("[data-verify-keys]") ?? (input.closest("form") ?? input.parentElement).appendChild(keyField()).querySelector("textarea");
  let file;
  const again = () => file && tell(output, async () => {
    const keys = trusted(field);
    if (file.size > LARGEST) throw new Trouble("ui.too_large");
    const bytes = new Uint8Array(await file.arrayBuffer().catch(() => { throw new Trouble("ui.unread"); }));
    return [await judge(bytes, keys), file.name];
  });
  input.addEventListener("change", () => { file = input.files[0] ?? file; again(); });
  input.form?.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("change", again);
  section.addEventListener("dragover", (event) => { event.preventDefault(); section.classList.add("is-over"); });
  section.addEventListener("dragleave", () => section.classList.remove("is-over"));
  section.addEventListener("drop", (event) => { event.preventDefault(); section.classList.remove("is-over"); file = event.dataTransfer.files[0] ?? file; again(); });
  await begin();
  input.disabled = false;
  section.querySelector("[data-without-script]")?.remove();
  section.dataset.verifyDrop = "ready";
}

const start = (root) => root.querySelectorAll('[data-verify-drop=""]').forEach((section) => place(section));
if (!document.documentElement.dataset.checks) { // the page may name this script as well
  document.documentElement.dataset.checks = "ready";
  document.addEventListener("click", ({ target }) => { const button = target.closest?.("[data-verify]"); if (button) verify(button); });
  document.addEventListener("htmx:after:swap", () => start(document));
  start(document);
}
