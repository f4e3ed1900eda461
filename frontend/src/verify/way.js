// The steps of a bundle done again, with what its registry entries say.
import { behindPoint, fixed, largest, like, mda8, mean, number, scaled, subIndex } from "./decimals.js";
import { REGISTRY, frameOf, isKind, readFrame } from "./frames.js";
import { parse } from "./json.js";
import { big, counts, each, equal, find, form, get, handle, int, isObject, isText, need, shown, text, whole } from "./values.js";

const STEPS = { registry: ["leaf", "mn"], telegram: ["factor", "leaf", "unit_exp"], text: [], mean: ["in"], points: ["in"], round: ["in"], mda8: ["in"], iaqi: ["in"], max: ["in"] };
const GIVES = { "mean minute": "hour", "mean hour": "day", "mda8 hour": "day", "points hour": "hour", "points day": "day", "round hour": "hour", "round day": "day",
  "iaqi hour": "index", "iaqi day": "index", "max index": "aqi" }; // operation and kind of its inputs: what it makes
export const FACTORS = new Map([["a21026", "SO2"], ["a21004", "NO2"], ["a21005", "CO"], ["a05024", "O3"], ["a34002", "PM10"], ["a34004", "PM2.5"]]);
const OLD_CODES = { "02": "a21026", "04": "a21005" }; // HJ/T 212-2005
const ROWS = "t:6 kg:3 g:0 mg:-3 ug:-6 ng:-9|m3:0 L:-3 mL:-6|km:3 m:0 cm:-2 mm:-3|kPa:3 hPa:2 Pa:0|S:0 mS:-3 uS:-6|kV:3 V:0 mV:-3|A:0 mA:-3|MWh:6 kWh:3 Wh:0|s:0|min:0|h:0|Bq:0|count:0";
const UNITS = new Map(ROWS.split("|").flatMap((row, what) => row.split(" ").map((item) => item.split(":")).map(([unit, power]) => [unit, { what, power: BigInt(power) }])));
const KINDS = { 2051: "minute", 2061: "hour" };
const HOUR_US = 3_600_000_000n, LOCAL_US = 28_800_000_000n;
const ACCEPTED = 1, QUARANTINED = 2;

/** A step done again. `used`: the telegrams that it rests on, as a tree, so that a long chain of steps needs no more room than its file. */
const NOTHING = { size: 0 };
const done = (out, kind, factor = null, used = NOTHING) => ({ text: out, kind, factor, used });

/** The ends of such a tree: which factor of which telegram, its site and its hour of the period. */
function ends(used) {
  const out = [], open = [used];
  while (open.length) {
    const one = open.pop();
    if (one.parts) for (const part of one.parts) open.push(part);
    else if (one.size) out.push(one);
  }
  return out;
}

/** All of several: their own parts where there is more than one that holds any. */
function together(known) {
  const parts = known.map((one) => one.used).filter((used) => used.size);
  return parts.length > 1 ? { size: parts.reduce((sum, used) => sum + used.size, 0), parts } : parts[0] ?? NOTHING;
}

/** Instant in µs of a DataTime of 14 digits; a date that does not exist makes it no bundle. */
function instantOf(digits) {
  const [year, month, day, hour, minute, second] = [digits.slice(0, 4), ...digits.slice(4).match(/../g)].map(Number);
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second);
  form(year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second < 60);
  return BigInt(at.getTime()) * 1000n - LOCAL_US;
}

/** Power of ten from a unit to another; null where none leads over. */
function leads(one, unit) {
  const [from, to] = [one, unit].map((name) => text(name).split("/").map((part) => UNITS.get(part)));
  if (one === unit) return 0n;
  if (from.length !== to.length || !from.every((part, at) => part && to[at] && part.what === to[at].what)) return null;
  return from.reduce((sum, part, at) => sum + (at ? -1n : 1n) * (part.power - to[at].power), 0n);
}

export class Way {
  /** Does all steps; `published` is the publication leaf's content. Raises Failed. */
  constructor(bundle, leaves, published, facts) {
    Object.assign(this, { figure: get(bundle, "figure"), published, done: [], entries: new Map(), admitted: [] });
    const items = get(bundle, "leaves"), publication = Number(get(bundle, "publication")), touched = new Set([publication]);
    this.home = get(items[publication], "origin").replace(/office$/, "");
    for (const step of each(get(bundle, "steps"))) {
      facts.at = { what: "step", number: this.done.length };
      this.done.push(this.again(step, items, leaves));
      if (step.has("leaf")) touched.add(Number(step.get("leaf")));
    }
    facts.at = null;
    need(touched.size === leaves.length, "unused");
  }

  again(step, items, leaves) {
    const op = get(step, "op"), out = get(step, "out");
    form(isText(op) && Object.hasOwn(STEPS, op) && equal([...step.keys()].sort(), [...STEPS[op], "op", "out"].sort()));
    let one = step.has("in") ? this.compute(op, step) : done(out, "text");
    if (step.has("leaf")) {
      const at = whole(step.get("leaf"), leaves.length), origin = get(items[at], "origin");
      need(origin.startsWith(this.home), "cut");
      const where = { ledger: origin.slice(this.home.length), index: get(items[at], "index") };
      one = this[op](step, where, leaves[at]);
    }
    need(equal(one.text, out), "step");
    return one;
  }

  /** An entry of the registry: whose an MN is, or which quarantined telegrams of an MN were admitted. */
  registry(step, where, leaf) {
    need(isKind(leaf, REGISTRY) && where.ledger === "office", "registry");
    need(int(where.index) < int(get(get(this.published, "cut"), "office")), "cut");
    const entry = parse(leaf.subarray(13)), kind = get(entry, "entry"), name = get(entry, "id"), data = get(entry, "data"), mn = get(step, "mn");
    need(equal(get(data, "mn"), mn) && equal(name, get(step, "out")), "registry");
    if (kind === "admission") {
      this.admitted.push({ ledger: get(data, "ledger"), mn, from: int(get(data, "from_leaf")), to: int(get(data, "to_leaf")) });
    } else {
      this.entries.set(where.index, { name, data, since: get(entry, "valid_from_us"), until: get(entry, "valid_to_us") });
    }
    const key = find(entry, "key", "");
    form(isText(key) || Array.isArray(key) || isObject(key));
    return done(name, "entry");
  }

  /** The mean that a telegram states, in the figure's unit; station, period, factor must be the figure's. */
  telegram(step, where, leaf) {
    const { verdict, frame } = frameOf(leaf), { head, area } = readFrame(frame), figure = this.figure, code = get(step, "factor");
    this.arrived(verdict, where, leaf, head);
    const { kind, atUs } = this.time(head, area), { site, entries } = this.ofSite(head, atUs), since = atUs - int(get(figure, "start"));
    need(kind && since >= 0n && since < int(get(figure, "span_s")) * 1_000_000n, "period");
    const factor = this.factor(code), named = counts(get(figure, "factor"));
    need(named ? equal(factor, get(figure, "factor")) : FACTORS.has(factor), "factor");
    const { shift, led } = this.shift(step, entries, factor), stated = area.get(`${code}-Avg`);
    need(stated !== undefined, "telegram");
    const out = fixed(scaled(number(stated), shift), Math.max(0, behindPoint(stated) - Number(shift)));
    return done(out, led ? kind : "text", factor, { size: 1, key: `${get(step, "leaf")} ${factor}`, site: handle(site), hour: since / HOUR_US });
  }

  /** The site that had an MN then, which must be the figure's or in the figure's city, and its entry in force (of several the newest; where there is none, all). */
  ofSite(head, atUs) {
    const mn = head.get("mn") ?? null, all = [...this.entries].sort(([a], [b]) => Number(a - b)).map(([, entry]) => entry), held = new Map(), names = new Map();
    for (const { name, data, since, until } of all) {
      names.set(handle(name), name);
      if ((since === null || int(since) <= atUs) && (until === null || atUs < int(until))) held.set(handle(name), data);
    }
    const now = [...held].filter(([, data]) => equal(get(data, "mn"), mn)).map(([key]) => key);
    const sites = now.length ? now : [...new Set(all.filter(({ data }) => equal(get(data, "mn"), mn)).map(({ name }) => handle(name)))];
    need(sites.length === 1 && counts(names.get(sites[0])), "registry");
    const site = names.get(sites[0]), entries = held.has(sites[0]) ? [held.get(sites[0])] : all.filter(({ name }) => equal(name, site)).map(({ data }) => data);
    const whose = [site, ...entries.map((data) => `city:${shown(find(data, "city", null))}`)];
    need(whose.some((one) => equal(one, get(this.figure, "subject"))), "site");
    return { site, entries };
  }

  /** Accepted below the publication's cut, or admitted from quarantine. */
  arrived(verdict, where, leaf, head) {
    const mn = head.get("mn") ?? null, index = int(where.index);
    const admitted = verdict === QUARANTINED && big(leaf.subarray(5, 13)) <= int(get(this.published, "tick_us"))
      && this.admitted.some((given) => equal(given.ledger, where.ledger) && equal(given.mn, mn) && given.from <= index && index < given.to);
    need(verdict === ACCEPTED || admitted, "telegram");
    need(admitted || index < int(find(get(this.published, "cut"), where.ledger, 0n)), "cut");
  }

  /** Kind of the data and their time. */
  time(head, area) {
    const when = area.get("DataTime") ?? [...area].find(([name]) => name.toLowerCase() === "datatime")?.[1] ?? "";
    need(/^[0-9]{14}(?:[0-9]{3})?$/.test(when), "period");
    return { kind: Object.hasOwn(KINDS, head.get("cn") ?? "") ? KINDS[head.get("cn")] : null, atUs: instantOf(when.slice(0, 14)) };
  }

  factor(code) {
    const old = Object.hasOwn(OLD_CODES, text(code)) ? OLD_CODES[code] : undefined;
    return old ?? (/^[0-9BS][0-9]{1,2}$/.test(code) ? get(this.figure, "factor") : code);
  }

  /** Power of ten of the step, and whether it leads from the registered unit to the figure's; else it is shown as sent. */
  shift(step, entries, factor) {
    const unit = counts(get(this.figure, "unit")) ? get(this.figure, "unit") : factor === "a21005" ? "mg/m3" : "ug/m3";
    const sent = entries.map((data) => find(find(data, "units", new Map()), factor, unit)), shift = get(step, "unit_exp");
    const ways = sent.map((one) => leads(one, unit));
    need(typeof shift === "bigint" && ways.some((way) => shift === (way ?? 0n)), "unit");
    return { shift, led: ways.includes(shift) };
  }

  /** What a step over earlier ones gives. */
  compute(op, step) {
    const given = each(step.get("in")).map((at) => (at === null ? null : this.done[whole(at, this.done.length)]));
    const known = given.filter((one) => one !== null), used = together(known), all = ends(used);
    need(known.length && new Set(all.map(({ key }) => key)).size === used.size, "step");
    const kinds = new Set(known.map((one) => one.kind)), numbers = known.map((one) => number(one.text));
    const kind = kinds.has("text") ? "text" : kinds.size === 1 ? GIVES[`${op} ${[...kinds][0]}`] : undefined;
    need(kind, "step");
    this.unmixed(op, kind, known, kinds, all);
    if (op === "max") return done(known[numbers.indexOf(largest(numbers))].text, kind, null, used);
    if (op === "iaqi") return done(this.index(numbers[0], known[0], kinds), kind, null, used);
    need(op !== "mda8" || given.every((one, at) => !one || ends(one.used).every(({ hour }) => hour === BigInt(at))), "period");
    const result = op === "round" ? numbers[0] : op === "mda8" ? mda8(given.map((one) => one && number(one.text))) : mean(numbers);
    return done(like(result, step.get("out")), kind, known[0].factor, used);
  }

  unmixed(op, kind, known, kinds, all) {
    const count = (name) => new Set(all.map((one) => one[name])).size;
    const factors = new Set(known.map((one) => one.factor).filter((factor) => factor !== null));
    need(op === "max" || factors.size <= 1, "factor");
    need(count("site") <= (op === "mean" || op === "mda8" ? 1 : op === "points" ? known.length : Infinity), "site");
    need(kinds.size !== 1 || !kinds.has("minute") || count("hour") === 1, "period");
    need(op !== "mean" || kind !== "day" || known.length >= 20, "step"); // GB 3095
  }

  index(value, one, kinds) {
    const period = int(get(this.figure, "span_s")) > 3600n ? "day" : "hour", name = FACTORS.get(one.factor) ?? "";
    need([...kinds].every((kind) => kind === "text" || kind === period), "period");
    const averaging = period === "day" ? (name === "O3" ? "8h" : "24h") : name.startsWith("PM") ? "24h" : "1h";
    return subIndex(value, `${shown(get(this.figure, "standard"))}/${name}/${averaging}`);
  }
}
