// Numbers in columns. Pure.
const FIGURE_SPACE = "\u2007", POINT_SPACE = "\u2008";

/** What each cell lacks behind its number so that the points stand under each other in a right-aligned column. */
export function pads(texts) {
  const decimals = texts.map((text) => /^[<>≤≥~]?\s*[−+-]?[\d,\u202f\u2009 ]*\d(?:\.(\d+))?\s*$/.exec(text.trim())?.[1]?.length ?? (/\d\s*$/.test(text) ? 0 : null));
  const most = Math.max(0, ...decimals.filter((n) => n !== null));
  return decimals.map((n) => (n === null || n === most ? "" : (n === 0 ? POINT_SPACE : "") + FIGURE_SPACE.repeat(most - n)));
}

/** A number out of a cell's text, NaN if it holds none ("<0.02" counts as 0.02). */
export const numberOf = (text) => Number.parseFloat(text.replace(/[,\s\u202f\u2009]/g, "").replace("−", "-").replace(/^[^\d.+-]+/, ""));

/** Order of two cells by kind; empty cells come last whatever the direction. */
export function compare(a, b, kind, direction) {
  const keyed = kind === "number" ? [numberOf(a), numberOf(b)] : kind === "time" ? [Date.parse(a), Date.parse(b)] : [a, b];
  const empty = keyed.map((key) => (typeof key === "number" ? Number.isNaN(key) : key === ""));
  if (empty[0] || empty[1]) return empty[0] - empty[1];
  const order = typeof keyed[0] === "number" ? keyed[0] - keyed[1] : keyed[0].localeCompare(keyed[1], undefined, { numeric: true });
  return direction * order;
}
