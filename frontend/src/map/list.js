// The list beside the map is the same set as the map's view.
import { el } from "../lib/words.js";

const LIMIT = 100;

/** Points with the worst grade first, then by name; done once, for comparing names is slow. Pure. */
export function ranked(points) {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return [...points].sort(({ properties: a }, { properties: b }) => (b.grade ?? 0) - (a.grade ?? 0) || compare(a.name, b.name));
}

/** Those inside west, south, east, north, in their order. Pure. */
export const inView = (points, [west, south, east, north]) => points.filter(({ geometry: { coordinates: [x, y] } }) => x >= west && x <= east && y >= south && y <= north);

/** The grade as everywhere else: sign in a box, word beside it. */
export function gradeChip({ scale, grade, letter, grade_text: words }) {
  if (!grade) return null;
  return el("span", { class: `qy-grade qy-grade--${scale === "water" ? "water-" : ""}${grade}` }, el("b", {}, letter ?? String(grade)), words ?? "");
}

/** Fill a list with what is in view, or, if the server wrote its rows, hide those that are not; the chosen row stays marked. */
export function drawList(list, seen, all, labels, chosen) {
  const build = list.dataset.build !== undefined, ids = new Set(seen.map(({ properties }) => String(properties.id)));
  if (build) {
    const rows = seen.slice(0, LIMIT).map(({ properties: p }) => el("li", { "data-site": p.id }, gradeChip({ ...p, grade_text: "" }), el("a", { href: p.url, class: "grow" }, p.name), el("span", { class: "qy-quiet qy-small qy-num" }, p.short ?? "")));
    list.replaceChildren(...rows);
  }
  let shown = 0;
  for (const row of list.querySelectorAll("[data-site]")) {
    row.hidden = !ids.has(row.dataset.site);
    shown += !row.hidden;
    row.classList.toggle("is-current", row.dataset.site === chosen);
  }
  list.querySelector(".qy-empty")?.remove();
  if (!seen.length) list.append(el("li", { class: "qy-empty" }, labels.empty));
  const count = list.dataset.count && document.querySelector(list.dataset.count);
  if (count) count.textContent = labels.count.replace("{shown}", shown).replace("{seen}", seen.length).replace("{all}", all);
}

/** Rows of the view from the server, where it wrote only the first ones: its own page, asked for what lies in a box. */
export async function fetchRows(list, box, signal) {
  const url = new URL(location.href);
  url.searchParams.set("box", box.map((degrees) => degrees.toFixed(5)).join(","));
  const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin", signal });
  const rows = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(list.id);
  if (rows) list.replaceChildren(...rows.children);
}

/** Make a row the current one and bring it into sight within its list. */
export function markRow(list, id) {
  for (const row of list.querySelectorAll("[data-site]")) {
    const is = row.dataset.site === id;
    row.classList.toggle("is-current", is);
    if (is) list.scrollTo({ top: row.offsetTop - list.offsetTop - list.clientHeight / 3, behavior: "auto" });
  }
}
