// From the JSON form to an ECharts option.
import { fields, periodText } from "../lib/times.js";
import { STATE, limitsFor, lineData, marked, nearest, thin } from "./columns.js";
import * as theme from "./theme.js";

const colour = (look, series, n) => look.COLOURS[(series.colour ?? n) % look.COLOURS.length];
const digits = (series, value) => (value === null || Number.isNaN(value) ? "—" : series.digits === undefined ? String(value) : value.toFixed(series.digits));

/** The changing part: points of each series for a visible range (local ms). */
export function data(chart, look, from, to, pixels) {
  return chart.columns.flatMap(({ series, cols }, n) => {
    const kept = thin(cols, from, to, pixels), { line, lone } = lineData(cols, kept);
    const tint = colour(look, series, n), dots = kept.length <= pixels / 8 ? kept : lone;
    const special = marked(series, cols, from, to, pixels), isSpecial = new Set(special);
    const points = dots.filter((i) => !isSpecial.has(i)).map((i) => ({ value: [cols.x[i], cols.y[i], i], symbolSize: 4, itemStyle: { color: tint } }));
    for (const i of special) points.push(...signs(series, cols, i, tint, look));
    return [{ id: `line:${n}`, data: series.kind === "points" ? [] : line }, { id: `points:${n}`, data: points }];
  });
}

function signs(series, cols, i, tint, look) {
  const at = [cols.x[i], cols.y[i], i], ghost = series.original?.[i];
  switch (series.state[i]) {
    case STATE.invalid: return [{ value: at, symbol: "circle", symbolSize: 7, itemStyle: { color: look.ground, borderColor: tint, borderWidth: 1.3 } }];
    case STATE.substituted: {
      const made = [{ value: at, symbol: "diamond", symbolSize: 10, itemStyle: { color: tint, borderColor: look.ground, borderWidth: 1 } }];
      if (ghost != null) made.unshift({ value: [cols.x[i], ghost, i], symbol: "circle", symbolSize: 7, itemStyle: { color: look.ground, borderColor: tint, borderWidth: 1, opacity: 0.45 } });
      return made;
    }
    default: return [{ value: at, symbol: "circle", symbolSize: 6, itemStyle: { color: look.WARN, borderColor: look.ground, borderWidth: 1 } }];
  }
}

/** Limits to draw, each once, with the series it belongs to; those far above everything are told, not drawn. */
export function limits(chart) {
  const drawn = [], told = [];
  for (const [n, { series, cols }] of chart.columns.entries()) {
    let top = 0;
    for (const value of cols.y) if (value > top) top = value;
    for (const limit of limitsFor(series, chart.limits ?? [], chart)) {
      if ([...drawn, ...told].some((had) => had.limit === limit)) continue;
      (limit.value <= 1.6 * top || top === 0 ? drawn : told).push({ limit, n });
    }
  }
  return { drawn, told };
}

function limitLines(drawn, n, size, look) {
  return { silent: true, symbol: "none", animation: false, lineStyle: { color: look.LIMIT, type: [5, 4], width: 1 },
    label: { position: "insideStartTop", color: look.LIMIT, fontSize: 11, distance: [2, 2], formatter: ({ name }) => name },
    data: drawn.filter((d) => d.n === n).map(({ limit }) => ({ yAxis: limit.value, name: size.small ? limit.short ?? limit.label : [limit.label, limit.clause].filter(Boolean).join("  ") })) };
}

/** The whole option for a chart at a width. */
export function option(chart, look, width, slider, grouped) {
  const named = grouped || chart.columns.length > 1 || chart.columns.some(({ series }) => series.short);
  const size = theme.measures(width, { marks: chart.marks?.length, slider, named }), { drawn } = limits(chart);
  const [min, max] = chart.extent, axis = axisParts(look);
  const xAxis = [{ ...axis.time, min, max, gridIndex: 0, axisLabel: { ...axis.label, hideOverlap: true, formatter: (ms) => tick(ms, max - min), showMinLabel: false, showMaxLabel: false } }];
  const yAxis = [{ type: "value", scale: chart.y_zero === false, splitNumber: 4, name: chart.unit ?? "", nameLocation: "end", nameGap: 8, nameTextStyle: { color: look.INK3, fontSize: 11, align: "right", padding: [0, 6, 0, 0] },
    axisLabel: axis.label, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: look.LINE } } }];
  const grid = [{ left: size.left, right: size.right, top: size.top, bottom: size.bottom, containLabel: false, outerBoundsMode: "none" }];
  const series = chart.columns.flatMap((c, n) => lines(chart, c, n, look, size, drawn));
  if (drawn.length) series.push({ id: "room", type: "line", silent: true, showSymbol: false, lineStyle: { opacity: 0 }, data: drawn.map(({ limit }) => [min, limit.value * 1.04]), tooltip: { show: false } });
  if (chart.marks?.length) {
    xAxis.push({ ...axis.time, min, max, gridIndex: 1, axisLabel: { show: false }, axisTick: { show: false }, axisLine: { show: false }, axisPointer: { show: false } });
    yAxis.push({ type: "value", gridIndex: 1, min: 0, max: 1, show: false });
    grid.push({ left: size.left, right: size.right, height: 14, bottom: size.slide + 2, outerBoundsMode: "none" });
    series.push(strip(chart, look));
  }
  const zoom = { xAxisIndex: xAxis.map((_, n) => n), filterMode: "none", minValueSpan: 600e3, ...(chart.zoom ? { startValue: chart.zoom[0], endValue: chart.zoom[1] } : {}) };
  return { animation: false, useUTC: true, backgroundColor: "transparent", color: look.COLOURS, textStyle: { fontFamily: theme.FONT }, grid, xAxis, yAxis, series,
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: look.ground, borderColor: look.LINE2, borderWidth: 1, padding: [6, 10], shadowBlur: 0, shadowColor: "transparent", textStyle: { color: look.INK, fontSize: 12, lineHeight: 17, fontFamily: theme.FONT, rich: { q: { color: look.INK3, fontSize: 11, lineHeight: 16 }, b: { fontWeight: 600, fontSize: 12, lineHeight: 17, color: look.INK } } },
      axisPointer: { type: "line", lineStyle: { color: look.INK3, width: 1, type: "solid" } }, formatter: (found) => hover(chart, [found].flat()[0]?.axisValue) },
    dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, ...zoom },
      ...(size.slide ? [{ type: "slider", bottom: 3, height: 16, brushSelect: false, showDetail: false, showDataShadow: false, borderColor: look.LINE, fillerColor: "rgba(11,92,138,.10)", backgroundColor: "transparent", handleSize: "110%", handleStyle: { color: look.ground, borderColor: look.INK3 }, moveHandleSize: 0, ...zoom }] : [])] };
}

function axisParts(look) {
  const label = { color: look.INK3, fontSize: 11, fontFamily: theme.FONT };
  return { label, time: { type: "time", axisLabel: label, axisLine: { lineStyle: { color: look.LINE2 } }, axisTick: { lineStyle: { color: look.LINE2 }, length: 4 }, splitLine: { show: false }, splitNumber: 6 } };
}

/** A tick's words: clock times within days, a date at midnight or when days go by; the year at its beginning. */
export function tick(ms, range) {
  const f = fields(ms / 1000, 0);
  if (f.hour + f.minute !== "0000") return `${f.hour}:${f.minute}`;
  if (range > 400 * 864e5) return `${f.year}-${f.month}`;
  return f.month + f.day === "0101" ? `${f.year}-${f.month}-${f.day}` : `${f.month}-${f.day}`;
}

function lines(chart, { series }, n, look, size, drawn) {
  const tint = colour(look, series, n), name = series.short ?? series.name;
  const many = chart.columns.length > 1;
  return [
    { id: `line:${n}`, name: series.name, type: "line", xAxisIndex: 0, yAxisIndex: 0, showSymbol: false, connectNulls: false, step: series.kind === "step" ? "middle" : false, lineStyle: { width: 1.3, color: tint, type: series.dash ? [3, 3] : "solid" }, itemStyle: { color: tint }, emphasis: { disabled: true }, z: 3,
      endLabel: { show: many || Boolean(series.short), formatter: () => name, color: tint, fontSize: 11, lineHeight: 15, width: size.right - 12, overflow: "truncate", distance: 6 }, labelLayout: { moveOverlap: "shiftY" }, markLine: limitLines(drawn, n, size, look), data: [] },
    { id: `points:${n}`, type: "scatter", xAxisIndex: 0, yAxisIndex: 0, symbolSize: 6, cursor: "pointer", emphasis: { scale: 1.4 }, tooltip: { show: false }, z: 4, data: [] },
  ];
}

function strip(chart, look) {
  return { id: "marks", type: "custom", xAxisIndex: 1, yAxisIndex: 1, silent: true, clip: true, tooltip: { show: false }, encode: { x: [0, 1] },
    data: chart.marks.map((mark) => [(mark.from + chart.offset) * 1000, (mark.to + chart.offset) * 1000]),
    renderItem: ({ dataIndex, coordSys }, api) => {
      const [a, top] = api.coord([api.value(0), 1]), [b] = api.coord([api.value(1), 1]), mark = chart.marks[dataIndex];
      const x = Math.max(a, coordSys.x), width = Math.max(2, Math.min(b, coordSys.x + coordSys.width) - x);
      if (b < coordSys.x || a > coordSys.x + coordSys.width) return null;
      return { type: "group", children: [{ type: "rect", shape: { x, y: top, width, height: coordSys.height }, style: { fill: look.LINE2, stroke: look.ground, lineWidth: 1 } },
        ...(width >= 9 ? [{ type: "text", style: { text: mark.letter, x: x + width / 2, y: top + coordSys.height / 2, align: "center", verticalAlign: "middle", fontSize: 10, fontFamily: theme.FONT, fill: look.INK } }] : [])] };
    } };
}

/** Words of a number's state and stage. */
export const say = (chart) => ({ state: (s, i) => chart.labels.states?.[s.state?.[i] ?? 0] ?? "", stage: (s, i) => (s.stage ? chart.labels.stages?.[s.stage[i]] ?? "" : "") });

/** What a hover says at a place on the time axis (local ms): each series' own period, value, unit, stage, state, flags. */
export function hover(chart, at) {
  if (at === undefined) return "";
  const L = chart.labels, words = say(chart), said = [];
  let period = null;
  for (const { series, cols } of chart.columns) {
    const i = nearest(cols.x, at, Math.max(cols.span, 60) * 1000);
    if (i < 0) continue;
    const when = periodText(cols.t[i], cols.span, chart.offset);
    if (when !== period) { said.push(`{q|${when}}`); period = when; }
    const more = [words.stage(series, i), (series.state?.[i] ?? 0) ? words.state(series, i) : ""].filter(Boolean).join(" · ");
    said.push(`${series.name}  {b|${digits(series, cols.y[i])}} ${series.unit ?? chart.unit ?? ""}${more ? `  {q|${more}}` : ""}`);
    if (series.original?.[i] != null) said.push(`{q|${L.original} ${digits(series, series.original[i])}}`);
    if (series.flags?.[i]) said.push(...series.flags[i].match(/.{1,44}/gu).map((line) => `{q|${line}}`));
  }
  for (const mark of chart.marks ?? []) if ((mark.from + chart.offset) * 1000 <= at && at < (mark.to + chart.offset) * 1000) said.push(`{q|${mark.letter}  ${mark.label}}`);
  return said.join("\n");
}
