// Tables: sorting by the header, decimal points under each other, wide ones scrolled by keys too.
import { compare, pads } from "./numbers.js";
import { el } from "./words.js";

const textOf = (cell) => cell?.dataset.value ?? cell?.textContent.trim() ?? "";

function sortBy(head) {
  const table = head.closest("table"), index = head.cellIndex, kind = head.dataset.sort || "text";
  const up = head.ariaSort ? head.ariaSort !== "ascending" : head.dataset.first !== "descending";
  for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
  head.ariaSort = up ? "ascending" : "descending";
  for (const part of table.tBodies) {
    part.append(...[...part.rows].sort((a, b) => compare(textOf(a.cells[index]), textOf(b.cells[index]), kind, up ? 1 : -1)));
  }
}

/** A table that is wider than its place can be reached by Tab and scrolled with the arrow keys, as long as it is. */
const widths = new ResizeObserver((entries) => {
  for (const wrap of new Set(entries.map((entry) => entry.target.closest(".qy-table-wrap")))) {
    if (!wrap) continue;
    if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
    else wrap.removeAttribute("tabindex");
  }
});

/** Make headers with data-sort into buttons (those the server sorts hold a link and stay) and pad numbers. */
export function dressTables(root) {
  for (const head of root.querySelectorAll("th[data-sort]")) {
    if (head.querySelector("a, button")) continue;
    const button = el("button", { type: "button", class: "qy-sort", onclick: () => sortBy(head) });
    button.append(...head.childNodes);
    head.append(button);
  }
  for (const table of root.querySelectorAll("table.qy-table")) {
    const wrap = table.closest(".qy-table-wrap");
    if (wrap) { widths.observe(wrap); widths.observe(table); }
    const heads = table.tHead?.rows[0]?.cells ?? [];
    [...heads].forEach((head, index) => { if (head.dataset.align === "decimal") align(table, index); });
  }
}

function align(table, index) {
  const cells = [...table.tBodies].flatMap((part) => [...part.rows]).map((row) => row.cells[index]).filter(Boolean);
  const lacking = pads(cells.map((cell) => cell.dataset.number ?? cell.textContent));
  cells.forEach((cell, n) => { cell.classList.add("num"); if (lacking[n]) cell.dataset.pad = lacking[n]; else delete cell.dataset.pad; });
}
