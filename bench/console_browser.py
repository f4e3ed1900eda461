"""What a browser's main thread does with five thousand sites and two hundred thousand points, in a real Chromium."""

from __future__ import annotations

import shutil
import statistics
from importlib.metadata import version
from typing import Any

from bench.table import Row

ROUNDS = 5
WATCH = ("window.long = []; new PerformanceObserver(list => { for (const one of list.getEntries()) "
         "long.push(one.duration); }).observe({ type: 'longtask' })")
READY = ".qy-map[data-ready]"
NO_SITES = """document.querySelector(".qy-map").siteMap.map.getSource("sites")
    .setData({ type: "FeatureCollection", features: [] })"""
LONG_CHART = """points => {
  const figure = document.createElement("figure"), begun = performance.now();
  Object.assign(figure, { id: "bench", className: "qy-chart" }).dataset.chart = points;
  new MutationObserver(() => { if (figure.dataset.drawn === "ready") window.taken = performance.now() - begun; })
    .observe(figure, { attributes: true });
  document.querySelector("main").prepend(figure);
  document.dispatchEvent(new Event("htmx:after:swap"));
}"""


def rows(port: int, cookie: str, station: str, points: str) -> list[Row]:
    """The longest task while the map is moved, beside the same map without sites; the drawing of a long chart."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium here: apt-get install chromium; the browser's rows are left out")
        return []
    from playwright.sync_api import sync_playwright

    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=[
            "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
        seat = browser.new_context(viewport={"width": 1280, "height": 860})
        seat.add_cookies([{"name": "qy_session", "value": cookie, "url": address}])
        page = seat.new_page()
        page.add_init_script(WATCH)
        page.goto(f"{address}/map/?map=7.4/32.4/119.0")
        page.wait_for_selector(READY, timeout=60_000)
        with_sites = _panned(page)
        page.evaluate(NO_SITES)
        page.wait_for_timeout(1500)
        without = _panned(page)
        drawn = [_drawn(page, address + station, points) for _ in range(ROUNDS)]
        name = f"Chromium {browser.version}, drawn without a graphics card, playwright {version('playwright')}"
        browser.close()
    return [Row("longest task while 5,000 sites are panned", statistics.median(with_sites), "ms, wall",
                "the same map without sites", statistics.median(without),
                f"goal 50 ms; 0 is: none of 50 ms or more; median of {ROUNDS}, worst {max(with_sites):.0f}; {name}"),
            Row("chart of 200,000 points, asked for and drawn", statistics.median(drawn), "ms, wall", "", None,
                f"goal 1000 ms; median of {ROUNDS}, worst {max(drawn):.0f}")]


def _panned(page: Any) -> list[float]:
    """Milliseconds of the longest task of each of some pans; the browser reports those of 50 ms and more."""
    page.wait_for_timeout(1000)
    found = []
    for turn in range(ROUNDS):
        page.evaluate("long.length = 0")
        way = -1 if turn % 2 else 1
        page.mouse.move(500, 420)
        page.mouse.down()
        for step in range(30):
            page.mouse.move(500 - 6 * step * way, 420 - 2 * step * way)
            page.wait_for_timeout(16)
        page.mouse.up()
        page.wait_for_timeout(1000)
        found.append(float(page.evaluate("Math.max(0, ...long)")))
    return found


def _drawn(page: Any, station: str, points: str) -> float:
    """Milliseconds from a chart's place in the page until it stands there: asked for, read, drawn."""
    page.goto(station)
    page.wait_for_selector("[data-chart][data-drawn=ready]", timeout=60_000)
    page.wait_for_timeout(1000)
    page.evaluate(LONG_CHART, points)
    page.wait_for_selector("#bench[data-drawn=ready]", timeout=60_000)
    return float(page.evaluate("taken"))
