// Times as people read them: local, 24 h, with the period they cover. Pure.
export const HOUSE_OFFSET = 8 * 3600;
const two = (n) => String(n).padStart(2, "0");

/** Fields of an instant (epoch seconds) at a fixed offset (seconds). */
export function fields(epoch, offset = HOUSE_OFFSET) {
  const at = new Date((epoch + offset) * 1000);
  return { year: at.getUTCFullYear(), month: two(at.getUTCMonth() + 1), day: two(at.getUTCDate()),
    hour: two(at.getUTCHours()), minute: two(at.getUTCMinutes()), second: two(at.getUTCSeconds()) };
}

export const dateText = (epoch, offset) => { const f = fields(epoch, offset); return `${f.year}-${f.month}-${f.day}`; };
export const clockText = (epoch, offset) => { const f = fields(epoch, offset); return `${f.hour}:${f.minute}:${f.second}`; };

/** "2026-02-24 14:00–15:00"; a whole day is its date, whole days are both dates, an instant has seconds. */
export function periodText(start, span, offset = HOUSE_OFFSET) {
  const a = fields(start, offset), b = fields(start + span, offset);
  const midnight = (f) => f.hour + f.minute + f.second === "000000";
  if (!span) return `${dateText(start, offset)} ${clockText(start, offset)}`;
  if (midnight(a) && span % 86400 === 0) {
    return span === 86400 ? dateText(start, offset) : `${dateText(start, offset)} – ${dateText(start + span - 86400, offset)}`;
  }
  const short = (f) => (span % 60 || start % 60 ? `${f.hour}:${f.minute}:${f.second}` : `${f.hour}:${f.minute}`);
  const sameDay = dateText(start, offset) === dateText(start + span - 1, offset);
  const end = sameDay && midnight(b) ? (short(b).length > 5 ? "24:00:00" : "24:00") : short(b);
  return `${dateText(start, offset)} ${short(a)}–${sameDay ? "" : `${dateText(start + span, offset)} `}${end}`;
}

/** Offset as people write it: "+08:00". */
export const offsetText = (offset = HOUSE_OFFSET) => `${offset < 0 ? "−" : "+"}${two(Math.trunc(Math.abs(offset) / 3600))}:${two(Math.trunc(Math.abs(offset) / 60) % 60)}`;

/** [amount, unit] for Intl.RelativeTimeFormat: the largest unit that is not nought. */
export function ago(epoch, now) {
  const seconds = Math.round(epoch - now), size = Math.abs(seconds);
  if (size < 60) return [seconds, "second"];
  if (size < 3600) return [Math.trunc(seconds / 60), "minute"];
  if (size < 86400) return [Math.trunc(seconds / 3600), "hour"];
  return [Math.trunc(seconds / 86400), "day"];
}
