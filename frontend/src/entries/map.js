// On pages with <div class="qy-map" data-sites=URL data-base="URL URL" data-worker=URL data-labels='{…}'>.
import * as maplibre from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import { el } from "../lib/words.js";
import { drawList, fetchRows, gradeChip, inView, markRow, ranked } from "../map/list.js";
import { addSigns } from "../map/signs.js";
import { FONT, styleOf } from "../map/style.js";
import { timeSlider } from "../map/times.js";

const absolute = (address) => new URL(address, location.href).href;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** centre and zoom from ?map=zoom/lat/lon or data-view="lon,lat,zoom". */
function viewOf(host) {
  const asked = new URL(location.href).searchParams.get("map")?.split("/").map(Number);
  if (asked?.length === 3 && asked.every(Number.isFinite)) return { zoom: asked[0], center: [asked[2], asked[1]] };
  const [lon, lat, zoom] = host.dataset.view?.split(",").map(Number) ?? [];
  return Number.isFinite(zoom) ? { center: [lon, lat], zoom } : null;
}

function keepView(map) {
  const url = new URL(location.href), { lng, lat } = map.getCenter();
  url.searchParams.set("map", [map.getZoom().toFixed(2), lat.toFixed(4), lng.toFixed(4)].join("/"));
  history.replaceState(history.state, "", url.href.replaceAll("%2F", "/"));
}

class SiteMap {
  constructor(host) {
    Object.assign(this, { host, labels: JSON.parse(host.dataset.labels), list: host.dataset.list && document.querySelector(host.dataset.list), points: [], wanted: viewOf(host) });
    const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh", L = this.labels;
    host.replaceChildren();
    const map = this.map = new maplibre.Map({ container: host, style: styleOf((host.dataset.base ?? "").split(/\s+/).filter(Boolean).map(absolute), lang, Number(host.dataset.cluster ?? 8)),
      center: [119.3, 32.9], zoom: 6, ...this.wanted, minZoom: 2.5, maxZoom: 16, maxPitch: 0, dragRotate: false, attributionControl: false, localIdeographFontFamily: FONT, fadeDuration: 0,
      cooperativeGestures: !host.classList.contains("qy-map--full"), locale: { "NavigationControl.ZoomIn": L.zoom_in, "NavigationControl.ZoomOut": L.zoom_out, "CooperativeGesturesHandler.MobileHelpText": L.two_fingers, "CooperativeGesturesHandler.WindowsHelpText": L.ctrl_zoom, "CooperativeGesturesHandler.MacHelpText": L.ctrl_zoom, "Map.Title": L.title, "Popup.Close": L.close } });
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.ScaleControl({ maxWidth: 90 }), "top-left");
    if (L.source) host.append(el("span", { class: "qy-map__source" }, L.source));
    map.on("idle", () => { if (this.loaded) host.dataset.ready = "true"; });
    map.on("load", () => this.load());
    map.on("moveend", (event) => { this.refreshList(); if (event.originalEvent) keepView(map); });
    this.listen();
  }

  /** Fetch the sites, for a time if one is given; what is shown stays if it fails. */
  async load(at) {
    const url = new URL(this.host.dataset.sites, location.href);
    if (at !== undefined) url.searchParams.set("at", at);
    delete this.host.dataset.ready;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.put((await answer.json()).features);
      this.host.querySelector(".qy-map__state")?.remove();
    } catch {
      if (!this.host.querySelector(".qy-map__state")) this.host.append(el("p", { class: "qy-map__state", role: "alert" }, this.labels.error));
      this.loaded = true;
      this.map.triggerRepaint();
    }
  }

  put(features) {
    const { map, host } = this, first = !this.loaded;
    this.points = ranked(features.filter(({ geometry }) => geometry?.type === "Point"));
    addSigns(map, this.points, FONT);
    map.getSource("areas").setData({ type: "FeatureCollection", features: features.filter(({ geometry }) => geometry && geometry.type !== "Point") });
    map.getSource("sites").setData({ type: "FeatureCollection", features: this.points });
    this.byId = new Map(this.points.map((point) => [String(point.properties.id), point]));
    this.loaded = true;
    if (first && !this.wanted && this.points.length) {
      const box = this.points.reduce((bounds, point) => bounds.extend(point.geometry.coordinates), new maplibre.LngLatBounds(this.points[0].geometry.coordinates, this.points[0].geometry.coordinates));
      map.fitBounds(box, { padding: 36, maxZoom: 11, animate: false });
    }
    this.refreshList();
    if (first && host.dataset.times) timeSlider(host, JSON.parse(host.dataset.times), Number(host.dataset.span ?? 3600), this.labels, (time) => this.load(time));
    if (first && host.dataset.refresh) setInterval(() => document.hidden || this.load(this.at), 1000 * Number(host.dataset.refresh));
  }

  /** The list is what the map shows; rows that the server left out are asked for when the view rests. */
  refreshList() {
    const { list, map, labels } = this;
    if (!list || !this.loaded) return;
    const bounds = map.getBounds(), box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const seen = inView(this.points, box), draw = () => drawList(list, seen, this.points.length, labels, this.chosen && String(this.chosen));
    draw();
    this.asking?.abort();
    clearTimeout(this.resting);
    if (list.dataset.part === undefined) return;
    this.resting = setTimeout(() => {
      this.asking = new AbortController();
      fetchRows(list, box, this.asking.signal).then(draw, () => {});
    }, 250);
  }

  focus(id) { if (this.map.getLayer("focus")) this.map.setFilter("focus", ["==", ["get", "id"], id ?? this.chosen ?? ""]); }

  /** Open a site's popup, ring it and mark its row. */
  open(point, move = false) {
    const p = point.properties, at = point.geometry.coordinates;
    this.popup?.remove();
    this.chosen = p.id;
    this.focus(p.id);
    if (this.list) markRow(this.list, String(p.id));
    if (move) this.map[calm ? "jumpTo" : "easeTo"]({ center: at, zoom: Math.max(this.map.getZoom(), 9), duration: 300 });
    const body = el("div", { class: "qy-popup" }, el("h3", {}, el("a", { href: p.url }, p.name)), ...[gradeChip(p), p.text && el("p", {}, p.text), p.wind_text && el("p", {}, p.wind_text)].filter(Boolean));
    this.popup = new maplibre.Popup({ closeButton: true, offset: 12, maxWidth: "280px", focusAfterOpen: false }).setLngLat(at).setDOMContent(body).addTo(this.map);
    this.popup.on("close", () => { this.chosen = null; this.focus(); });
  }

  listen() {
    const { map, list } = this;
    const real = (event) => this.byId.get(String(event.features[0].properties.id));
    map.on("click", "sites", (event) => this.open(real(event)));
    map.on("click", "clusters", async ({ features: [{ properties, geometry }] }) => {
      const zoom = await map.getSource("sites").getClusterExpansionZoom(properties.cluster_id);
      map[calm ? "jumpTo" : "easeTo"]({ center: geometry.coordinates, zoom: zoom + 0.3, duration: 300 });
    });
    for (const layer of ["sites", "clusters"]) {
      map.on("mouseenter", layer, (event) => { map.getCanvas().style.cursor = "pointer"; if (layer === "sites") { this.focus(event.features[0].properties.id); if (list) markHover(list, String(event.features[0].properties.id)); } });
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; this.focus(); if (list) markHover(list, null); });
    }
    map.getCanvas().addEventListener("keydown", ({ key }) => { if (key === "Enter") { const near = this.nearestToCentre(); if (near) this.open(near); } });
    this.host.addEventListener("qy:refresh", () => this.load());
    if (!list) return;
    const rowOf = (event) => event.target.closest?.("[data-site]")?.dataset.site;
    list.addEventListener("pointerover", (event) => this.focus(rowOf(event)));
    list.addEventListener("focusin", (event) => this.focus(rowOf(event)));
    list.addEventListener("pointerleave", () => this.focus());
    list.addEventListener("click", (event) => { const point = !event.target.closest("a, button") && this.byId.get(rowOf(event)); if (point) this.open(point, true); });
  }

  nearestToCentre() {
    const { x, y } = this.map.project(this.map.getCenter());
    const found = this.map.queryRenderedFeatures([[x - 80, y - 80], [x + 80, y + 80]], { layers: ["sites"] });
    const far = (feature) => { const at = this.map.project(feature.geometry.coordinates); return Math.hypot(at.x - x, at.y - y); };
    const best = found.sort((a, b) => far(a) - far(b))[0];
    return best && this.byId.get(String(best.properties.id));
  }
}

const markHover = (list, id) => list.querySelectorAll("[data-site]").forEach((row) => row.classList.toggle("is-hovered", row.dataset.site === id));

function start(root) {
  for (const host of root.querySelectorAll(".qy-map[data-sites]:not([data-started])")) {
    host.dataset.started = "true";
    maplibre.setWorkerUrl(absolute(host.dataset.worker));
    host.siteMap = new SiteMap(host);
  }
}
start(document);
document.addEventListener("htmx:after:swap", () => start(document));
