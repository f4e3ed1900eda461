// Which key means what. Pure.
export const WAIT_MS = 1200;

/** Is the person writing? Then keys are letters. */
export function writing(target) {
  if (!target?.matches) return false;
  return target.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range])");
}

/** A reader of keys: feed it a key and the time in ms, it answers the chord's name ("g h", "j") or null. */
export function chords(names) {
  const known = new Set(names), starts = new Set(names.filter((n) => n.includes(" ")).map((n) => n.split(" ")[0]));
  let first = null, since = 0;
  return (key, now) => {
    const pair = first !== null && now - since <= WAIT_MS ? `${first} ${key}` : null;
    first = null;
    if (pair && known.has(pair)) return pair;
    if (starts.has(key)) { first = key; since = now; }
    return known.has(key) ? key : null;
  };
}

/** Next row's index for j (+1) and k (−1): stops at the ends. */
export const step = (index, by, count) => (count === 0 ? -1 : index < 0 ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, index + by)));
