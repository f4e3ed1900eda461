// The evidence drawer: <a data-drawer href=URL> opens URL's fragment in a <dialog>; without script it is a plain link.
import { htmx } from "./requests.js";
import { openModal } from "./dialogs.js";
import { drawerOf, withDrawer } from "./paths.js";
import { el, word } from "./words.js";

let dialog, body, title, page, opener;

function make() {
  title = el("h2", { id: "qy-drawer-title" });
  page = el("a", { class: "qy-small" }, word("drawer.page"));
  body = el("div", { class: "qy-drawer__body", "data-drawer-body": true, tabindex: "0", autofocus: true, "aria-live": "polite" });
  const close = el("button", { type: "button", class: "qy-x", "aria-label": word("close"), onclick: () => dialog.close() }, "×");
  dialog = el("dialog", { class: "qy-drawer", id: "qy-drawer", "aria-labelledby": "qy-drawer-title" },
    el("div", { class: "qy-drawer__bar" }, title, page, close), body);
  document.body.append(dialog);
}

export async function openDrawer(path, { push = true, back } = {}) {
  if (!dialog?.isConnected) make();
  if (push) history[dialog.open ? "replaceState" : "pushState"]({ ...history.state, qyDrawer: true }, "", withDrawer(location.href, path));
  page.href = path;
  if (!dialog.open) {
    title.textContent = "";
    opener = back;
    body.replaceChildren(...[1, 2, 3, 4].map((n) => el("span", { class: `qy-skeleton${n % 2 ? "" : " qy-skeleton--line"}` })));
    dialog.addEventListener("close", closed, { once: true });
    openModal(dialog, { back: opener });
  }
  body.classList.add("is-loading");
  const seen = { ok: false };
  const after = ({ detail: { ctx } }) => { if (ctx.target === body) Object.assign(seen, { ok: ctx.response.status < 400, text: ctx.text, status: ctx.response.status }); };
  document.addEventListener("htmx:after:request", after);
  await htmx.ajax("GET", path, { source: body, target: body, swap: "innerHTML", quiet: true });
  document.removeEventListener("htmx:after:request", after);
  body.classList.remove("is-loading");
  if (!seen.ok) body.replaceChildren(trouble(seen, path));
  const named = body.querySelector("[data-drawer-title], h1, h2");
  title.textContent = named?.dataset.drawerTitle || named?.textContent.trim() || "";
  body.scrollTop = 0;
}

function trouble({ text, status }, path) {
  const found = text?.includes("<") && new DOMParser().parseFromString(text, "text/html").querySelector(".qy-error, .qy-noright, .qy-empty");
  if (found) return document.importNode(found, true);
  const cause = { 403: "right", 404: "missing" }[status] ?? (status ? "server" : "network");
  return el("div", { class: "qy-error" }, el("p", {}, word(`error.${cause}`, { status: status ?? "" })), el("a", { href: path }, word("drawer.page")));
}

function closed() {
  if (asked()) {
    if (history.state?.qyDrawer) history.back();
    else history.replaceState(history.state, "", withDrawer(location.href, null));
  }
}

const asked = () => drawerOf(location.href);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-drawer]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin) return;
  event.preventDefault();
  openDrawer(url.pathname + url.search, { back: link });
});
addEventListener("popstate", () => {
  const path = asked();
  if (path) openDrawer(path, { push: false });
  else if (dialog?.open) dialog.close();
});
// Closing the drawer goes one step back; the page below is the same and is not fetched again.
document.addEventListener("htmx:before:history:restore", (event) => {
  const without = (href) => withDrawer(new URL(href, location.href), null);
  if (without(event.detail.path) === without(shown)) event.preventDefault();
  shown = location.href;
});
let shown = location.href;
for (const name of ["htmx:after:history:push", "htmx:after:history:replace"]) document.addEventListener(name, () => { shown = location.href; });

export function startDrawer() {
  const path = asked();
  if (path) openDrawer(path, { push: false });
}
