// Signs of sites: the shape says the kind, the colour the grade, the letter says the grade again.
const SIZE = 24, RATIO = 2;
const AIR = ["#e3e8ec", "#00e400", "#ffff00", "#ff7e00", "#ff0000", "#99004c", "#7e0023"];
const WATER = ["#e3e8ec", "#ccffff", "#00ccff", "#00ff00", "#ffff00", "#ff9b00", "#ff0000"];
export const SHAPES = { station: "circle", outlet_stack: "triangle", outlet_water: "square", section: "diamond", boundary: "ring" };

/** Fill of a grade (0 = none) on a scale (air or water). */
export const fillOf = (scale, grade) => (scale === "water" ? WATER : AIR)[grade ?? 0] ?? AIR[0];

/** Black or white, whichever is read better on a fill (relative luminance of WCAG). */
export function inkOn(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return (light + 0.05) / 0.05 >= 1.05 / (light + 0.05) ? "#000000" : "#ffffff";
}

export const signName = ({ kind, scale, grade, letter }) => `site|${kind}|${scale ?? "air"}|${grade ?? 0}|${letter ?? ""}`;

function path(pen, shape, c, r) {
  pen.beginPath();
  if (shape === "circle" || shape === "ring") pen.arc(c, c, r, 0, 2 * Math.PI);
  else if (shape === "square") pen.rect(c - r * 0.86, c - r * 0.86, r * 1.72, r * 1.72);
  else {
    const corners = shape === "triangle" ? [[0, -1.12], [1.12, 0.86], [-1.12, 0.86]] : [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]];
    corners.forEach(([x, y], n) => pen[n ? "lineTo" : "moveTo"](c + x * r, c + y * r));
  }
  pen.closePath();
}

const pixels = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);

function blank(size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(RATIO, RATIO);
  return { canvas, pen };
}

function sign({ kind, scale, grade, letter }, font) {
  const { canvas, pen } = blank(SIZE), shape = SHAPES[kind] ?? "circle", fill = fillOf(scale, grade), c = SIZE / 2;
  path(pen, shape, c, 9);
  pen.fillStyle = shape === "ring" ? "#ffffff" : fill;
  pen.fill();
  pen.lineWidth = shape === "ring" ? 3.2 : 2.4;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  if (shape === "ring") { path(pen, shape, c, 8); pen.lineWidth = 2.6; pen.strokeStyle = fill; pen.stroke(); path(pen, shape, c, 9.6); }
  pen.lineWidth = 1;
  pen.strokeStyle = "rgba(23,33,43,.72)";
  pen.stroke();
  if (letter) {
    pen.fillStyle = shape === "ring" ? "#17212b" : inkOn(fill);
    pen.font = `600 10.5px ${font}`;
    pen.textAlign = "center";
    pen.textBaseline = "alphabetic";
    pen.fillText(letter, c, c + (shape === "triangle" ? 5.6 : 3.9));
  }
  return pixels(canvas);
}

/** An arrow that points up; the map turns it. */
function arrow() {
  const { canvas, pen } = blank(56), c = 28;
  pen.strokeStyle = "#2d4a5e"; pen.fillStyle = "#2d4a5e"; pen.lineWidth = 1.6;
  pen.beginPath(); pen.moveTo(c, 16); pen.lineTo(c, 4); pen.stroke();
  pen.beginPath(); pen.moveTo(c, 0); pen.lineTo(c + 4, 7); pen.lineTo(c - 4, 7); pen.closePath(); pen.fill();
  return pixels(canvas);
}

/** A small chip at a cluster: the worst grade in it, colour and letter. */
function badge(scale, grade, font) {
  const { canvas, pen } = blank(15), letters = scale === "water" ? ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣"] : ["", "1", "2", "3", "4", "5", "6"];
  pen.fillStyle = "#ffffff"; pen.fillRect(0, 0, 15, 15);
  pen.fillStyle = "rgba(23,33,43,.72)"; pen.fillRect(1, 1, 13, 13);
  pen.fillStyle = fillOf(scale, grade); pen.fillRect(1.7, 1.7, 11.6, 11.6);
  pen.fillStyle = inkOn(fillOf(scale, grade)); pen.font = `600 9.5px ${font}`; pen.textAlign = "center";
  pen.fillText(letters[grade], 7.5, 11);
  return pixels(canvas);
}

/** Give the map every sign that these features need and it does not have yet. */
export function addSigns(map, features, font) {
  if (!map.hasImage("wind")) map.addImage("wind", arrow(), { pixelRatio: RATIO });
  for (const scale of ["air", "water"]) for (let grade = 1; grade <= 6; grade++) {
    if (!map.hasImage(`badge|${scale}|${grade}`)) map.addImage(`badge|${scale}|${grade}`, badge(scale, grade, font), { pixelRatio: RATIO });
  }
  for (const { properties } of features) {
    const name = signName(properties);
    properties.sign = name;
    if (!map.hasImage(name)) map.addImage(name, sign(properties, font), { pixelRatio: RATIO });
  }
}
