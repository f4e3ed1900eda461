// Columns of a series: times, gaps, and the few points a screen can show. Pure.
export const STATE = { valid: 0, suspect: 1, invalid: 2, substituted: 3, missing: 4 };

/** Typed columns out of the JSON form: t (start, epoch s), x (middle of the period, local ms), y, ok and gap counts. */
export function columns(series, offset) {
  const count = series.v.length, span = series.span_s ?? series.step_s ?? 0;
  const t = series.t ? Float64Array.from(series.t) : Float64Array.from({ length: count }, (_, i) => series.t0 + i * series.step_s);
  const x = new Float64Array(count), y = new Float64Array(count), gap = new Int32Array(count);
  const step = series.step_s ?? usualStep(t);
  let gaps = 0;
  for (let i = 0; i < count; i++) {
    x[i] = (t[i] + span / 2 + offset) * 1000;
    const state = series.state?.[i] ?? STATE.valid, value = series.v[i];
    y[i] = value === null || state === STATE.missing ? Number.NaN : value;
    const drawn = !Number.isNaN(y[i]) && state !== STATE.invalid;
    if (!drawn || (i > 0 && t[i] - t[i - 1] > 1.5 * step)) gaps++;
    gap[i] = gaps;
    if (!drawn) gaps++;
  }
  return { t, x, y, gap, span, count, drawn: (i) => !Number.isNaN(y[i]) && (series.state?.[i] ?? 0) !== STATE.invalid };
}

/** The step most neighbours have (median of up to 500 differences), s. */
export function usualStep(t) {
  if (t.length < 2) return Number.POSITIVE_INFINITY;
  const every = Math.max(1, Math.floor(t.length / 500)), found = [];
  for (let i = 1; i < t.length; i += every) found.push(t[i] - t[i - 1]);
  found.sort((a, b) => a - b);
  return found[found.length >> 1];
}

/** First index whose value is not below the wanted one, in an ascending column. */
export function lowerBound(column, wanted) {
  let low = 0, high = column.length;
  while (low < high) { const mid = (low + high) >> 1; if (column[mid] < wanted) low = mid + 1; else high = mid; }
  return low;
}

/** Index nearest to x, or -1 if none is nearer than `reach`. */
export function nearest(x, wanted, reach) {
  const after = lowerBound(x, wanted), before = after - 1;
  const best = after >= x.length || (before >= 0 && wanted - x[before] < x[after] - wanted) ? before : after;
  return best >= 0 && Math.abs(x[best] - wanted) <= reach ? best : -1;
}

/**
 * Indices that draw the same picture at `buckets` pixels: of each bucket the first, the lowest, the highest and the last
 * drawn point, so that no extreme is lost. All of them, if there are not more than would be kept.
 */
export function thin(cols, from, to, buckets) {
  const start = Math.max(0, lowerBound(cols.x, from) - 1), end = Math.min(cols.count, lowerBound(cols.x, to) + 1);
  const kept = [];
  if (end - start <= 4 * buckets) {
    for (let i = start; i < end; i++) if (cols.drawn(i)) kept.push(i);
    return kept;
  }
  const left = cols.x[start], width = (cols.x[end - 1] - left) / buckets || 1;
  let bucket = -1, first = -1, low = -1, high = -1, last = -1;
  const flush = () => { if (first >= 0) kept.push(...new Set([first, low, high, last].sort((a, b) => a - b))); };
  for (let i = start; i < end; i++) {
    if (!cols.drawn(i)) continue;
    const now = Math.floor((cols.x[i] - left) / width);
    if (now !== bucket) { flush(); bucket = now; first = low = high = i; }
    if (cols.y[i] < cols.y[low]) low = i;
    if (cols.y[i] > cols.y[high]) high = i;
    last = i;
  }
  flush();
  return kept;
}

/** Points [x, y, index] with a break wherever something is missing between two of them; lone ones apart, they need a dot. */
export function lineData(cols, kept) {
  const line = [], lone = [];
  kept.forEach((i, n) => {
    const before = n > 0 && cols.gap[kept[n - 1]] === cols.gap[i], after = n + 1 < kept.length && cols.gap[kept[n + 1]] === cols.gap[i];
    if (n > 0 && !before) line.push([(cols.x[kept[n - 1]] + cols.x[i]) / 2, null, -1]);
    line.push([cols.x[i], cols.y[i], i]);
    if (!before && !after) lone.push(i);
  });
  return { line, lone };
}

/** Points that need a sign of their own (suspect, invalid, substituted) in a range, at most two a pixel. */
export function marked(series, cols, from, to, buckets) {
  if (!series.state) return [];
  const start = lowerBound(cols.x, from), end = lowerBound(cols.x, to), found = [];
  for (let i = start; i < end; i++) if ([STATE.suspect, STATE.invalid, STATE.substituted].includes(series.state[i]) && !Number.isNaN(cols.y[i])) found.push(i);
  if (found.length <= 2 * buckets) return found;
  const width = (to - from) / (2 * buckets), taken = new Map();
  for (const i of found) { const slot = Math.floor((cols.x[i] - from) / width); const had = taken.get(slot); if (had === undefined || cols.y[i] > cols.y[had]) taken.set(slot, i); }
  return [...taken.values()];
}

/** Limits that speak of the same averaging time as a series, and only those. */
export const limitsFor = (series, limits, chart) => limits.filter((limit) => limit.averaging === (series.averaging ?? chart.averaging) && (limit.unit ?? chart.unit) === (series.unit ?? chart.unit) && (!limit.series || limit.series === series.name));

/** A cell's text; what a spreadsheet would take for a formula is shielded. */
function cellText(cell) {
  const text = String(cell ?? ""), safe = typeof cell === "string" && /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The whole as comma-separated lines with every word that goes with a number. `say` gives {stage, state} words. */
export function csv(chart, say, iso) {
  const L = chart.labels;
  const rows = [[L.from, L.to, L.series, L.averaging, L.value, L.unit, L.state, L.stage, L.flags, L.original, "id"]];
  for (const { series: s, cols } of chart.columns) {
    for (let i = 0; i < cols.count; i++) {
      rows.push([iso(cols.t[i]), iso(cols.t[i] + cols.span), s.name, s.averaging ?? chart.averaging ?? "", s.v[i] ?? "", s.unit ?? chart.unit ?? "",
        say.state(s, i), say.stage(s, i), s.flags?.[i] ?? "", s.original?.[i] ?? "", s.id?.[i] ?? ""]);
    }
  }
  return rows.map((row) => row.map(cellText).join(",")).join("\r\n");
}

/** Where a point's evidence is: the series' `url` with {id} and {t}, or nothing. */
export function address(series, i) {
  if (!series.url || i < 0 || (series.url.includes("{id}") && series.id?.[i] == null)) return null;
  return series.url.replace("{id}", encodeURIComponent(series.id?.[i])).replace("{t}", series.t?.[i] ?? series.t0 + i * series.step_s);
}
