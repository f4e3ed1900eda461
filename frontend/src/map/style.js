// The quiet base and the layers of sites.
import { fillOf } from "./signs.js";

export const FONT = '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const NONE = { type: "FeatureCollection", features: [] };
const TEXT = { "text-font": ["Noto Sans CJK SC"], "text-padding": 4 };
const kind = (name) => ["==", ["get", "kind"], name];

/** Layers for one base file: land, borders, water lines, names. */
function baseLayers(id, lang) {
  const source = id, name = ["coalesce", ["get", lang], ["get", "zh"], ""];
  const city = ["==", ["get", "of"], "city"];
  return [
    { id: `${id}-land`, source, type: "fill", filter: ["in", ["get", "kind"], ["literal", ["province", "city"]]], paint: { "fill-color": "#fbfcfc", "fill-antialias": false } },
    { id: `${id}-water`, source, type: "line", filter: kind("water"), paint: { "line-color": "#b7cfdd", "line-width": ["interpolate", ["linear"], ["zoom"], 5, 0.6, 10, 2] } },
    { id: `${id}-cities`, source, type: "line", filter: kind("city"), minzoom: 5, paint: { "line-color": "#d3dae0", "line-width": 0.8 } },
    { id: `${id}-provinces`, source, type: "line", filter: kind("province"), maxzoom: 8, paint: { "line-color": "#b4bfc8", "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.6, 8, 1.2] } },
    { id: `${id}-borders`, source, type: "line", filter: kind("border"), minzoom: 8, paint: { "line-color": "#a3afb9", "line-width": 1.2 } },
    { id: `${id}-lines`, source, type: "line", filter: kind("line"), paint: { "line-color": "#9aa7b2", "line-width": 1.2, "line-dasharray": [3, 2] } },
    { id: `${id}-names`, source, type: "symbol", filter: ["all", kind("label"), ["!", city]], maxzoom: 6.5, layout: { ...TEXT, "text-field": name, "text-size": 11 }, paint: { "text-color": "#6d7a86", "text-halo-color": "#fbfcfc", "text-halo-width": 1.2 } },
    { id: `${id}-city-names`, source, type: "symbol", filter: ["all", kind("label"), city], minzoom: 6, layout: { ...TEXT, "text-field": name, "text-size": ["interpolate", ["linear"], ["zoom"], 6, 11, 10, 14] }, paint: { "text-color": "#7a8792", "text-halo-color": "#fbfcfc", "text-halo-width": 1.2 } },
  ];
}

const scaleColour = (scale) => ["match", ["get", "worst"], ...[1, 2, 3, 4, 5, 6].flatMap((n) => [n, fillOf(scale, n)]), fillOf(scale, 0)];

function siteLayers(cluster) {
  const alone = ["!", ["has", "point_count"]];
  return [
    { id: "areas", source: "areas", type: "fill", paint: { "fill-color": "#0b5c8a", "fill-opacity": 0.06 } },
    { id: "areas-edge", source: "areas", type: "line", paint: { "line-color": "#0b5c8a", "line-width": 1.2, "line-dasharray": [4, 2] } },
    { id: "areas-names", source: "areas", type: "symbol", minzoom: 9, layout: { ...TEXT, "text-field": ["get", "name"], "text-size": 11 }, paint: { "text-color": "#084668", "text-halo-color": "#ffffff", "text-halo-width": 1.4 } },
    { id: "wind", source: "sites", type: "symbol", filter: ["all", alone, ["has", "wind_from"]], layout: { "icon-image": "wind", "icon-rotate": ["%", ["+", ["get", "wind_from"], 180], 360], "icon-rotation-alignment": "map", "icon-size": ["interpolate", ["linear"], ["coalesce", ["get", "wind_speed"], 2], 0, 0.7, 10, 1.6], "icon-allow-overlap": true, "icon-ignore-placement": true } },
    { id: "focus", source: "sites", type: "circle", filter: ["==", ["get", "id"], ""], paint: { "circle-radius": 15, "circle-color": "rgba(11,92,138,0.12)", "circle-stroke-color": "#0b5c8a", "circle-stroke-width": 2 } },
    { id: "sites", source: "sites", type: "symbol", filter: alone, layout: { "icon-image": ["get", "sign"], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["coalesce", ["get", "grade"], 0] } },
    { id: "site-names", source: "sites", type: "symbol", filter: alone, minzoom: 9.5, layout: { ...TEXT, "text-field": ["get", "name"], "text-size": 11, "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": 1.2, "text-optional": true }, paint: { "text-color": "#17212b", "text-halo-color": "#ffffff", "text-halo-width": 1.4 } },
    ...(cluster ? [
      { id: "clusters", source: "sites", type: "circle", filter: ["has", "point_count"], paint: { "circle-color": "#ffffff", "circle-radius": ["step", ["get", "point_count"], 12, 20, 15, 100, 18, 1000, 22], "circle-stroke-width": 2.5, "circle-stroke-color": ["case", ["==", ["get", "water"], ["get", "point_count"]], scaleColour("water"), scaleColour("air")] } },
      { id: "clusters-edge", source: "sites", type: "circle", filter: ["has", "point_count"], paint: { "circle-color": "rgba(0,0,0,0)", "circle-radius": ["step", ["get", "point_count"], 14.5, 20, 17.5, 100, 20.5, 1000, 24.5], "circle-stroke-width": 0.8, "circle-stroke-color": "rgba(23,33,43,.55)" } },
      { id: "counts", source: "sites", type: "symbol", filter: ["has", "point_count"], layout: { ...TEXT, "text-field": ["to-string", ["get", "point_count"]], "text-size": 11, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": "#17212b" } },
      { id: "worst", source: "sites", type: "symbol", filter: ["all", ["has", "point_count"], [">", ["get", "worst"], 0]], layout: { "icon-image": ["concat", "badge|", ["case", ["==", ["get", "water"], ["get", "point_count"]], "water", "air"], "|", ["get", "worst"]], "icon-offset": ["step", ["get", "point_count"], ["literal", [11, -11]], 20, ["literal", [13, -13]], 100, ["literal", [15, -15]], 1000, ["literal", [18, -18]]], "icon-allow-overlap": true, "icon-ignore-placement": true } },
    ] : []),
  ];
}

/** The whole style; `bases` are absolute addresses of base files, `clusterZoom` the last zoom that clusters (0: never). */
export function styleOf(bases, lang, clusterZoom) {
  const sources = Object.fromEntries(bases.map((data, n) => [`base${n}`, { type: "geojson", data, tolerance: 0.3, buffer: 32 }]));
  const cluster = clusterZoom > 0 ? { cluster: true, clusterMaxZoom: clusterZoom, clusterRadius: 44, clusterProperties: { worst: ["max", ["coalesce", ["get", "grade"], 0]], water: ["+", ["case", ["==", ["get", "scale"], "water"], 1, 0]] } } : {};
  const base = bases.flatMap((_, n) => baseLayers(`base${n}`, lang)), rank = (layer) => ["land", "water", "cities", "provinces", "borders", "lines"].findIndex((end) => layer.id.endsWith(end));
  const ground = base.filter((layer) => layer.type !== "symbol").sort((a, b) => rank(a) - rank(b)), names = base.filter((layer) => layer.type === "symbol");
  return { version: 8, sources: { ...sources, areas: { type: "geojson", data: NONE }, sites: { type: "geojson", data: NONE, ...cluster } },
    layers: [{ id: "sea", type: "background", paint: { "background-color": "#eaf0f3" } }, ...ground, ...names, ...siteLayers(clusterZoom > 0)] };
}
