// Words of the page: scripts hold none of their own. They come from <script type="application/json" id="qy-words">.
let known;

/** The page's word for a key such as "drawer.close"; a missing one shows its key, so that a test sees it. */
export function word(key, values = {}) {
  known ??= JSON.parse(document.getElementById("qy-words")?.textContent || "{}");
  const text = key.split(".").reduce((at, part) => at?.[part], known) ?? key;
  return fill(text, values);
}

/** Put {name} values into a sentence. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** Make an element: el("a", {href: "/x", class: "y"}, "text", child). Values are set as attributes, text as text. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}
