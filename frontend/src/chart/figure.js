// What stands around the plot: menu, table for readers, states.
import { copy, linkHere } from "../lib/small.js";
import { offsetText, periodText, dateText, clockText } from "../lib/times.js";
import { el } from "../lib/words.js";
import { address, csv } from "./columns.js";
import { say } from "./option.js";
import { FONT } from "./theme.js";

const TABLE_ROWS = 300;
const fileName = (chart) => chart.title.replace(/[\\/:*?"<>|\s]+/g, "_");
const iso = (chart) => (epoch) => `${dateText(epoch, chart.offset)}T${clockText(epoch, chart.offset)}${offsetText(chart.offset).replace("−", "-")}`;

function save(blob, name) {
  const url = URL.createObjectURL(blob), link = el("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** Picture with its title and the address it came from, so that it can stand alone. */
function picture(chart, plot, note) {
  const ratio = 2, source = plot.renderToCanvas({ pixelRatio: ratio, backgroundColor: "#fff" });
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), head = 44 * ratio;
  const slider = plot.getOption().dataZoom.length > 1 ? 24 * ratio : 0;
  canvas.width = source.width; canvas.height = source.height - slider + head + 20 * ratio;
  pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#17212b"; pen.font = `600 ${14 * ratio}px ${FONT}`; pen.fillText(chart.title, 12 * ratio, 20 * ratio);
  pen.fillStyle = "#5c6a76"; pen.font = `${11 * ratio}px ${FONT}`; pen.fillText(note, 12 * ratio, 37 * ratio);
  pen.drawImage(source, 0, 0, source.width, source.height - slider, 0, head, source.width, source.height - slider);
  pen.fillText(linkHere(), 12 * ratio, canvas.height - 7 * ratio);
  canvas.toBlob((blob) => save(blob, `${fileName(chart)}.png`), "image/png");
}

export function menu(chart, plot, note, whole) {
  const L = chart.labels, list = el("ul", { class: "qy-menu__list" });
  const item = (text, act) => list.append(el("li", {}, el("button", { type: "button", onclick: act }, text)));
  if (chart.links?.csv) list.append(el("li", {}, el("a", { href: chart.links.csv, download: true }, L.csv)));
  else item(L.csv, () => save(new Blob(["\ufeff", csv(chart, say(chart), iso(chart))], { type: "text/csv;charset=utf-8" }), `${fileName(chart)}.csv`));
  item(L.png, () => picture(chart, plot, note));
  item(L.link, (event) => copy(event.target, linkHere()));
  item(L.whole, whole);
  return el("details", { class: "qy-menu qy-chart__menu" }, el("summary", {}, L.menu), list);
}

/** The same numbers as a table, built when it is opened: the last rows of what is seen. */
export function table(chart, visible) {
  const L = chart.labels, words = say(chart), box = el("div", { class: "qy-table-wrap", tabindex: "0" });
  const details = el("details", { class: "qy-chart__table" }, el("summary", {}, L.table), box);
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    const [from, to] = visible(), rows = new Map();
    chart.columns.forEach(({ series, cols }, n) => {
      for (let i = cols.count - 1, taken = 0; i >= 0 && taken < TABLE_ROWS; i--) {
        if (cols.x[i] < from || cols.x[i] > to) continue;
        taken++;
        const period = periodText(cols.t[i], cols.span, chart.offset), row = rows.get(period) ?? rows.set(period, { at: cols.t[i], cells: [] }).get(period);
        row.cells[n] = { series, i, value: series.v[i] };
      }
    });
    const made = [...rows].sort((a, b) => b[1].at - a[1].at).slice(0, TABLE_ROWS).map(([period, { cells }]) => el("tr", {}, el("th", { scope: "row", class: "nowrap" }, period),
      ...chart.columns.flatMap((_, n) => [el("td", { class: "num" }, cells[n] ? number(cells[n]) : ""), el("td", {}, cells[n] ? [words.stage(cells[n].series, cells[n].i), cells[n].series.state?.[cells[n].i] ? words.state(cells[n].series, cells[n].i) : "", cells[n].series.flags?.[cells[n].i]].filter(Boolean).join(" · ") : "")])));
    const heads = chart.columns.flatMap(({ series }) => [el("th", { scope: "col", class: "num" }, `${series.name} `, el("span", { class: "qy-unit" }, series.unit ?? chart.unit ?? "")), el("th", { scope: "col" }, L.stage)]);
    box.replaceChildren(el("table", { class: "qy-table" }, el("caption", {}, chart.title), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, L.period), ...heads)), el("tbody", {}, ...made)));
  });
  return details;
}

function number({ series, i, value }) {
  const text = value === null ? "—" : series.digits === undefined ? String(value) : value.toFixed(series.digits), href = address(series, i);
  return href ? el("a", { class: "qy-figure", "data-drawer": true, href }, text) : text;
}
