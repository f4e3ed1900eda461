// One house look of all charts.
export const INK = "#17212b", INK2 = "#45525e", INK3 = "#5c6a76", LINE = "#e6ebef", LINE2 = "#c3ccd4", LIMIT = "#ab241c", WARN = "#8a4b00";
export const COLOURS = ["#0b5c8a", "#a6490c", "#4a6b16", "#76478f", "#7d6200", "#1f7178", "#9c3552", "#4d5a66"];
export const FONT = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
export const DARK = { LIMIT: "#ff8f85", WARN: "#f2b566", INK: "#eef3f6", INK2: "#bccad4", INK3: "#9aaab6", LINE: "#26343f", LINE2: "#3a4a57", ground: "#131d25",
  COLOURS: ["#6cb8e0", "#f0a26b", "#a9cf6f", "#c9a2e0", "#dcc15c", "#6fc9d0", "#f08fab", "#bccad4"] };

/** Measures for a width in px: margins and what is left out on a phone. */
export function measures(width, { marks, slider, named }) {
  const small = width < 600, room = { strip: marks ? 18 : 0, slide: slider && !small ? 26 : 0 };
  return { small, left: small ? 40 : 52, right: !named ? 18 : small ? 64 : 116, top: 24, bottom: 22 + room.strip + room.slide, ...room };
}
