// htmx: what is swapped, and what happens when an answer is no good. What stands on the page is kept.
import htmx from "htmx.org/dist/htmx.esm.js";
import { clockText } from "./times.js";
import { ask } from "./dialogs.js";
import { forget, note } from "./notes.js";
import { word } from "./words.js";

htmx.config.noSwap = [204, 304, "4xx", "5xx"];
htmx.config.mode = "same-origin";
const dirty = new WeakSet();
const isPoll = (ctx) => ["every", "load", "revealed"].includes(ctx?.sourceEvent?.type);
const anyDirty = () => [...document.forms].some((form) => dirty.has(form));
const CAUSES = { 0: "network", 401: "login", 403: "right", 404: "missing", 409: "conflict", 413: "size", 422: "form", 429: "often" };

/** The server's own sentence, if it sent one: the text of .qy-error or .qy-noright. */
function sentence(text) {
  if (!text?.includes("<")) return "";
  const found = new DOMParser().parseFromString(text, "text/html").querySelector(".qy-error, .qy-noright");
  return found?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

function failed(element, status, text) {
  const part = element?.closest?.("[data-poll]");
  part?.classList.add("is-stale");
  const said = sentence(text) || word(`error.${CAUSES[status] ?? "server"}`, { status });
  const since = part?.dataset.pollLast;
  note(part ? `poll-${part.id}` : "request", "error", since ? `${said} ${word("stale", { time: since })}` : said);
}

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (!ctx.hx?.redirect && !ctx.quiet) failed(ctx.sourceElement, ctx.response.status, ctx.text);
});
document.addEventListener("htmx:error", ({ target, detail: { ctx, error } }) => {
  if (ctx && !ctx.quiet) failed(ctx.sourceElement ?? target, 0);
  else if (!ctx) console.error(error);
});

// The session ended while a part polled: the login page must not take a half-written form with it.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status !== 401 || !ctx.hx?.redirect || !(isPoll(ctx) && anyDirty())) return;
  event.preventDefault();
  note("login", "warn", word("error.login"), { href: ctx.hx.redirect, text: word("login"), target: "_blank" });
});

// A hidden tab does not ask; a part in which someone writes is left alone.
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type !== "every") return;
  if (document.hidden || (ctx.target?.contains?.(document.activeElement) && document.activeElement.matches("input, textarea, select"))) event.preventDefault();
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 400) return;
  const part = ctx.sourceElement?.closest?.("[data-poll]");
  if (part) { stamp(part); forget(`poll-${part.id}`); } else forget("request");
});

/** Say when a polled part was last seen fresh. */
export function stamp(part, now = Date.now() / 1000) {
  part.dataset.pollLast = clockText(now);
  part.classList.remove("is-stale");
  for (const place of document.querySelectorAll(`[data-poll-time="${CSS.escape(part.id)}"]`)) place.textContent = part.dataset.pollLast;
}

document.addEventListener("htmx:confirm", (event) => {
  const { ctx, issueRequest, dropRequest } = event.detail;
  if (!ctx.confirm) return;
  event.preventDefault();
  ask(ctx.confirm, ctx.sourceElement).then((yes) => (yes ? issueRequest() : dropRequest()));
});

document.addEventListener("input", ({ target }) => target.form && dirty.add(target.form));
document.addEventListener("submit", ({ target }) => dirty.delete(target));
export { htmx };
