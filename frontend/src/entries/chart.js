// On pages with <figure class="qy-chart" data-chart="URL or #id of JSON">.
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { connect, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { address, columns, nearest } from "../chart/columns.js";
import { menu, table } from "../chart/figure.js";
import { data, limits, option } from "../chart/option.js";
import * as theme from "../chart/theme.js";
import { openDrawer } from "../lib/drawer.js";
import { HOUSE_OFFSET, offsetText } from "../lib/times.js";
import { el, word } from "../lib/words.js";

use([LineChart, ScatterChart, CustomChart, GridComponent, TooltipComponent, MarkLineComponent, DataZoomComponent, LabelLayout, CanvasRenderer]);
const words = () => JSON.parse(document.getElementById("qy-words")?.textContent || "{}").chart ?? {};

async function read(source) {
  if (source.startsWith("#")) return JSON.parse(document.querySelector(source).textContent);
  const answer = await fetch(source, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** The JSON form with typed columns, words and range. */
function prepare(json) {
  const offset = json.offset_s ?? HOUSE_OFFSET, made = (json.series ?? []).map((series) => ({ series, cols: columns(series, offset) }));
  const ends = made.flatMap(({ cols }) => (cols.count ? [(cols.t[0] + offset) * 1000, (cols.t[cols.count - 1] + cols.span + offset) * 1000] : []));
  const extent = [json.from != null ? (json.from + offset) * 1000 : Math.min(...ends), json.to != null ? (json.to + offset) * 1000 : Math.max(...ends)];
  const asked = /^(\d+)-(\d+)$/.exec(new URL(location.href).searchParams.get("zoom") ?? "");
  const zoom = asked && [(Number(asked[1]) + offset) * 1000, (Number(asked[2]) + offset) * 1000];
  return { ...json, offset, columns: made, extent, labels: { ...words(), ...json.labels }, zoom: zoom && zoom[0] < extent[1] && zoom[1] > extent[0] ? zoom : null, empty: !ends.length };
}

async function draw(figure) {
  figure.dataset.drawn = "loading";
  let chart;
  try { chart = prepare(await read(figure.dataset.chart)); } catch (error) { return state(figure, word("chart.error"), "error"); }
  figure.querySelectorAll(".qy-skeleton, .qy-chart__state").forEach((old) => old.remove());
  const caption = figure.querySelector("figcaption") ?? figure.insertAdjacentElement("afterbegin", el("figcaption"));
  if (!caption.textContent.trim()) caption.textContent = chart.title;
  if (chart.empty) return state(figure, chart.labels.empty, "empty");
  show(figure, caption, chart);
}

function state(figure, text, kind) {
  figure.querySelectorAll(".qy-skeleton, .qy-chart__state").forEach((old) => old.remove());
  figure.append(el("p", { class: `qy-chart__state qy-${kind}`, role: kind === "error" ? "alert" : "status" }, text));
  figure.dataset.drawn = kind;
}

function show(figure, caption, chart) {
  const dark = figure.closest(".qy-wall") !== null, look = dark ? theme.DARK : { ...theme, ground: "#ffffff" };
  const place = el("div", { class: "qy-chart__plot", tabindex: "0", role: "img", "aria-label": chart.title });
  caption.after(place);
  const plot = init(place, null, { renderer: "canvas" }), note = noteOf(chart);
  const grouped = Boolean(figure.dataset.group);
  const began = performance.now();
  const slider = () => [...document.querySelectorAll(`.qy-chart[data-group="${CSS.escape(figure.dataset.group ?? "")}"]`)].at(-1) === figure || !figure.dataset.group;
  const visible = () => plot.getModel().getComponent("xAxis", 0).axis.scale.getExtent();
  const pixels = () => Math.max(50, plot.getWidth() - 100);
  const refill = () => plot.setOption({ series: data(chart, look, ...visible(), pixels()) });
  const whole = () => plot.dispatchAction({ type: "dataZoom", startValue: chart.extent[0], endValue: chart.extent[1] });
  plot.setOption(option(chart, look, plot.getWidth(), slider(), grouped));
  refill();
  if (note) caption.append(el("span", { class: "qy-chart__note" }, note));
  caption.append(menu(chart, plot, note, whole));
  if (!figure.querySelector(".qy-chart__table")) figure.append(table(chart, visible));
  if (figure.dataset.group) { plot.group = figure.dataset.group; connect(plot.group); }
  let due = 0, told = 0;
  plot.on("datazoom", () => {
    cancelAnimationFrame(due); due = requestAnimationFrame(refill);
    clearTimeout(told); told = setTimeout(() => keepZoom(chart, visible()), 400);
  });
  plot.getZr().on("click", ({ offsetX, offsetY }) => follow(chart, plot, offsetX, offsetY, place));
  keyboard(place, plot, chart, visible, whole);
  new ResizeObserver(() => { if (place.clientWidth && Math.abs(place.clientWidth - plot.getWidth()) > 1) { chart.zoom = visible(); plot.resize(); plot.setOption(option(chart, look, plot.getWidth(), slider(), grouped), { replaceMerge: ["dataZoom"] }); refill(); } }).observe(place);
  figure.dataset.drawn = "ready";
  performance.measure("qy-chart", { start: began, end: performance.now(), detail: chart.title });
}

/** The caption's quiet words: averaging and clock, limits that lie above the picture, or that no limit speaks of these means. */
function noteOf(chart) {
  const { drawn, told } = limits(chart), L = chart.labels;
  const over = told.map(({ limit }) => `${limit.label} ↑${limit.clause ? ` ${limit.clause}` : ""}`);
  return [chart.note, offsetText(chart.offset) === "+08:00" ? null : offsetText(chart.offset), ...over, !drawn.length && !told.length && chart.limits ? L.no_limit : null].filter(Boolean).join(" · ");
}

/** The picture's range goes into the page's address, so that a link shows the same. */
function keepZoom(chart, [from, to]) {
  const url = new URL(location.href), all = from <= chart.extent[0] + 1 && to >= chart.extent[1] - 1;
  if (all) url.searchParams.delete("zoom");
  else url.searchParams.set("zoom", [from, to].map((ms) => Math.round(ms / 1000 - chart.offset)).join("-"));
  history.replaceState(history.state, "", url);
}

function follow(chart, plot, x, y, place) {
  if (!plot.containPixel({ gridIndex: 0 }, [x, y])) return;
  const [at] = plot.convertFromPixel({ gridIndex: 0 }, [x, y]);
  let best = null;
  for (const { series, cols } of chart.columns) {
    const reach = Math.max(cols.span * 1000, 0.02 * (chart.extent[1] - chart.extent[0])), i = nearest(cols.x, at, reach), href = address(series, i);
    if (!href || Number.isNaN(cols.y[i])) continue;
    const [, py] = plot.convertToPixel({ gridIndex: 0 }, [cols.x[i], cols.y[i]]), far = Math.abs(py - y);
    if (!best || far < best.far) best = { far, href };
  }
  if (best && best.far < 60) openDrawer(best.href, { back: place });
}

/** Arrows walk along the points, Enter opens the one, 0 shows the whole. */
function keyboard(place, plot, chart, visible, whole) {
  let index = -1;
  place.addEventListener("keydown", (event) => {
    const { series, cols } = chart.columns[0], by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "0") return whole();
    if (event.key === "Enter") { const href = address(series, index); if (href) openDrawer(href, { back: place }); return undefined; }
    if (!by) return undefined;
    event.preventDefault();
    const [from, to] = visible();
    do index = index < 0 ? (by > 0 ? 0 : cols.count - 1) : index + by; while (index > 0 && index < cols.count - 1 && Number.isNaN(cols.y[index]));
    index = Math.min(cols.count - 1, Math.max(0, index));
    if (cols.x[index] < from || cols.x[index] > to) plot.dispatchAction({ type: "dataZoom", startValue: cols.x[index] - (to - from) / 2, endValue: cols.x[index] + (to - from) / 2 });
    const [x, y] = plot.convertToPixel({ gridIndex: 0 }, [cols.x[index], cols.y[index] || 0]);
    return plot.dispatchAction({ type: "showTip", x, y });
  });
}

const watch = new IntersectionObserver((seen) => { for (const { isIntersecting, target } of seen) if (isIntersecting) { watch.unobserve(target); draw(target); } }, { rootMargin: "300px" });
const start = (root) => root.querySelectorAll(".qy-chart[data-chart]:not([data-drawn])").forEach((figure) => watch.observe(figure));
start(document);
document.addEventListener("htmx:after:swap", () => start(document));
