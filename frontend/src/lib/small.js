// Small things: copy buttons, "since" times, menus that close, the navigation on a phone, polled parts' first stamp.
import { ago } from "./times.js";
import { el, word } from "./words.js";
import { stamp } from "./requests.js";

async function toClipboard(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const box = el("textarea", { class: "qy-only-reader", readonly: true });
  const host = document.querySelector("dialog[open]") ?? document.body;
  host.append(box);
  box.value = text;
  box.select();
  document.execCommand("copy");
  box.remove();
}

/** This page's address with its as_of, so that a colleague sees the same. */
export function linkHere(href = location.href, asOf = document.body.dataset.asOf) {
  const url = new URL(href);
  if (asOf && !url.searchParams.has("as_of")) url.searchParams.set("as_of", asOf);
  return url.href;
}

export async function copy(button, text) {
  await toClipboard(text);
  button.classList.add("is-copied");
  button.title = word("copied");
  setTimeout(() => button.classList.remove("is-copied"), 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-from], [data-copy-link]");
  if (button) {
    const { copy: plain, copyFrom, copyLink } = button.dataset;
    copy(button, copyLink !== undefined ? linkHere(copyLink ? new URL(copyLink, location.href).href : undefined) : copyFrom ? document.querySelector(copyFrom).textContent.trim() : plain);
  }
  for (const menu of document.querySelectorAll("details.qy-menu[open]")) if (!menu.contains(event.target) || event.target.closest(".qy-menu__list a, .qy-menu__list button")) menu.open = false;
  const nav = document.querySelector(".qy-nav"), toggle = event.target.closest?.(".qy-burger");
  if (toggle) { event.preventDefault(); openNav(nav, toggle); }
  else if (nav?.classList.contains("is-open") && (!nav.contains(event.target) || event.target.closest("a"))) shutNav(nav);
});

function openNav(nav, toggle) {
  nav.classList.add("is-open");
  toggle.setAttribute("aria-expanded", "true");
  nav.querySelector("a")?.focus();
}
function shutNav(nav) {
  nav.classList.remove("is-open");
  document.querySelector(".qy-burger")?.setAttribute("aria-expanded", "false");
}
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.qy-menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  const nav = document.querySelector(".qy-nav.is-open");
  if (nav) { shutNav(nav); document.querySelector(".qy-burger")?.focus(); }
});

/** Refresh <time data-ago datetime=…>: "3 minutes ago" in the page's language; the full time stays in its title. */
export function tellTimes(root = document, now = Date.now() / 1000) {
  const speak = new Intl.RelativeTimeFormat(document.documentElement.lang || "zh-Hans", { numeric: "auto" });
  for (const time of root.querySelectorAll("time[data-ago]")) {
    time.title ||= time.textContent.trim();
    time.textContent = speak.format(...ago(Date.parse(time.dateTime) / 1000, now));
  }
}
setInterval(tellTimes, 15000, document);

export function startPolls(root) {
  for (const part of root.querySelectorAll("[data-poll]")) if (!part.dataset.pollLast) stamp(part);
}
