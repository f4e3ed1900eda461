"""The console's scripts and styles in a real browser, under the real content policy, at desk and phone width."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM, NODE, BUILT = shutil.which("chromium"), shutil.which("node"), ROOT / "src/qingyuan/console/static/qy/map.js"
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(NODE is None, reason="node is missing: apt-get install nodejs npm"),
    pytest.mark.skipif(not BUILT.exists(), reason="the front end is not built: tools/frontend.sh"),
]
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
PAGES = ("/", "/station", "/map", "/review", "/form")
DRIVER_SPEED = "GPU stall due to ReadPixels"


def until(page: Any, condition: str, seconds: float = 15) -> None:
    """Wait for a condition in the page; playwright's own wait needs eval, which the policy forbids."""
    for _ in range(int(seconds * 20)):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Address of the demonstration server."""
    assert NODE is not None
    order = [NODE, "demo/serve.mjs", "0"]
    with subprocess.Popen(order, cwd=ROOT / "frontend", stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        yield run.stdout.readline().strip().rstrip("/")
        run.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--use-angle=swiftshader",
                                                                    "--enable-unsafe-swiftshader"])
        yield made
        made.close()


class Watched:
    """A page that remembers errors and outside requests."""

    def __init__(self, browser: Any, site: str, size: dict[str, int]) -> None:
        self.page, self.site = browser.new_page(viewport=size, locale="zh-CN"), site
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._asked)

    def _said(self, message: Any) -> None:
        if message.type in {"error", "warning"} and DRIVER_SPEED not in message.text:
            self.errors.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, path: str) -> Any:
        self.page.goto(self.site + path)
        self.page.wait_for_selector("html[data-script=ready]")
        return self.page


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def watched(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Watched]:
    made = Watched(browser, site, request.param)
    yield made
    made.page.close()


@pytest.fixture
def desk(browser: Any, site: str) -> Iterator[Watched]:
    made = Watched(browser, site, DESK)
    yield made
    made.page.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_error_no_outside_request_and_fits(watched: Watched, path: str) -> None:
    page = watched.open(path)
    if path == "/map":
        page.wait_for_selector(".qy-map[data-ready]", timeout=60_000)
    if path == "/station":
        page.wait_for_selector("[data-chart='/charts/o3'][data-drawn=ready]")
        page.locator("[data-chart='/charts/none']").scroll_into_view_if_needed()
        page.wait_for_selector("[data-chart='/charts/none'][data-drawn=empty]")
    assert watched.errors == []
    assert watched.outside == []
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


def test_charts_draw_hover_and_lead_to_the_evidence(watched: Watched) -> None:
    page = watched.open("/station")
    figure = page.locator("[data-chart='/charts/pm25']")
    page.wait_for_selector("[data-chart='/charts/pm25'][data-drawn=ready]")
    ink = """canvas => { const c = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
             let n = 0; for (let i = 0; i < c.length; i += 4) if (c[i + 3] && c[i] < 60 && c[i + 2] > 100) n++;
             return n; }"""
    assert figure.locator("canvas").first.evaluate(ink) > 300
    assert "不画" in figure.locator(".qy-chart__note").inner_text()
    plot = figure.locator(".qy-chart__plot")
    plot.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.qy-drawer[open] .qy-steps")
    assert "drawer=/figures/0" in page.url
    page.keyboard.press("Escape")
    until(page, "!location.search.includes('drawer')")
    figure.locator(".qy-chart__table > summary").click()
    figure.locator(".qy-chart__table tbody tr").first.wait_for()
    assert figure.locator(".qy-chart__table tbody tr").count() == 168
    assert "14:00–15:00" in figure.locator(".qy-chart__table tbody").inner_text()
    assert watched.errors == []


def test_two_hundred_thousand_points_are_drawn(desk: Watched) -> None:
    page = desk.open("/station")
    page.locator("[data-chart='/charts/long']").scroll_into_view_if_needed()
    page.wait_for_selector("[data-chart='/charts/long'][data-drawn=ready]", timeout=30_000)
    assert page.evaluate("performance.getEntriesByName('qy-chart').some(e => e.detail === 'PM2.5 分钟值')")


def test_zoom_is_kept_in_the_address_and_across_the_group(desk: Watched) -> None:
    page = desk.open("/station?zoom=1771430400-1771516800")
    for name in ("pm25", "o3"):
        page.wait_for_selector(f"[data-chart='/charts/{name}'][data-drawn=ready]")
    box = page.locator("[data-chart='/charts/pm25'] .qy-chart__plot").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 100, steps=4)
    page.mouse.up()
    until(page, "!location.search.includes('zoom=1771430400-')")
    start, end = (int(part) for part in page.url.split("zoom=")[1].split("-"))
    assert end - start == pytest.approx(86400, abs=60)
    assert start > 1771430400


def test_map_and_list_are_the_same_set(watched: Watched) -> None:
    page = watched.open("/map?map=10.4/32.1/118.8")
    page.wait_for_selector(".qy-map[data-ready]", timeout=60_000)
    few = page.locator("#list [data-site]").count()
    assert 0 < few < 100
    page.locator("#list [data-site]").nth(2).locator(".qy-grade").click()
    page.wait_for_selector(".maplibregl-popup a[href='/station']")
    until(page, "document.querySelectorAll('#list .is-current').length === 1")
    page.locator(".maplibregl-ctrl-zoom-in").click()          # the list is drawn anew, the row stays marked
    until(page, f"document.querySelectorAll('#list [data-site]').length < {few}")
    assert page.locator("#list .is-current").count() == 1
    page.keyboard.press("Escape")
    assert watched.errors == []


def test_panning_five_thousand_sites_asks_for_nothing_and_draws_the_list_once(desk: Watched) -> None:
    page = desk.open("/map?map=8.2/32.5/119.5")
    page.wait_for_selector(".qy-map[data-ready]", timeout=60_000)
    page.evaluate("window.drawn = 0; new MutationObserver(() => { drawn += 1; }).observe("
                  "document.querySelector('#list'), { childList: true })")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.mouse.move(600, 400)
    page.mouse.down()
    for n in range(30):
        page.mouse.move(600 - 6 * n, 400 - 2 * n)
        page.wait_for_timeout(16)
    assert page.evaluate("drawn") == 0
    page.mouse.up()
    until(page, "drawn > 0")
    assert asked == []


def test_times_of_the_map_ask_for_their_sites(desk: Watched) -> None:
    page = desk.open("/map")
    page.wait_for_selector(".qy-map[data-ready]", timeout=60_000)
    with page.expect_request(lambda request: "at=1771902000" in request.url):
        page.locator(".qy-map__times input").press("ArrowLeft")
    assert page.locator(".qy-map__times output").inner_text() == "2026-02-24 11:00–12:00"


def test_drawer_opens_nests_closes_and_survives_a_reload(watched: Watched) -> None:
    page = watched.open("/")
    link = page.locator("#r1 .qy-figure")
    link.click()
    page.wait_for_selector("dialog[open] .qy-steps")
    assert page.locator("#qy-drawer-title").inner_text() == "PM2.5 53 µg/m³ · 14:00–15:00"
    box = page.locator("dialog.qy-drawer").bounding_box()
    assert box["width"] == min(720, page.viewport_size["width"])
    page.locator("dialog a[data-drawer]").click()
    until(page, "location.search.includes('/figures/9')")
    page.reload()
    page.wait_for_selector("dialog[open] .qy-steps")
    page.keyboard.press("Escape")
    until(page, "!location.search.includes('drawer') && !document.querySelector('dialog[open]')")
    link.click()
    page.wait_for_selector("dialog[open] .qy-steps")
    page.go_back()
    until(page, "!document.querySelector('dialog[open]')")
    assert link.evaluate("e => e === document.activeElement")
    assert watched.errors == []


def test_drawer_shows_the_servers_sentence_when_there_is_nothing(desk: Watched) -> None:
    page = desk.open("/")
    page.locator("#r6 .qy-figure").click()
    page.wait_for_selector("dialog[open] .qy-error")
    assert "没有这个数" in page.locator("dialog .qy-error").inner_text()
    assert page.locator(".qy-note").count() == 0


def test_keys_walk_rows_open_evidence_and_stay_letters_in_fields(desk: Watched) -> None:
    page = desk.open("/")
    page.wait_for_selector("#n1")
    page.keyboard.press("j")
    assert page.locator("#n1.is-current").count() == 1
    page.locator("#r2 td").nth(1).click()
    page.keyboard.press("j")
    page.keyboard.press("e")
    until(page, "location.search.includes('/figures/3')")
    page.wait_for_selector("dialog[open] .qy-steps")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog[open]')")
    page.keyboard.press("?")
    assert "快捷键" in page.locator("dialog.qy-keys").inner_text()
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog[open]')")
    page.keyboard.press("/")
    until(page, "document.activeElement.matches('[data-search]')")
    page.keyboard.type("j?gh")
    assert page.locator("[data-search]").input_value() == "j?gh"
    assert page.locator("dialog[open]").count() == 0


def test_g_h_goes_home(desk: Watched) -> None:
    page = desk.open("/review")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(desk.site + "/")


def test_a_failed_poll_keeps_what_is_shown_and_says_since_when(desk: Watched) -> None:
    page = desk.open("/")
    page.wait_for_selector("#n1")
    page.evaluate("history.replaceState(null, '', '/?fail=1')")
    page.wait_for_selector("[data-note=poll-needs]")
    said = page.locator("[data-note=poll-needs]").inner_text()
    assert "页面内容已保留" in said
    assert page.locator("[data-poll-time=needs]").inner_text() in said
    assert page.locator("#needs.is-stale #n1").count() == 1
    page.evaluate("history.replaceState(null, '', '/')")
    page.wait_for_selector("[data-note=poll-needs]", state="detached")
    assert page.locator("#needs.is-stale").count() == 0


def test_an_ended_session_does_not_take_a_half_written_form(desk: Watched) -> None:
    page = desk.open("/session")
    page.locator("#x").fill("看到什么")
    page.wait_for_selector("[data-note=login] a[href='/form']")
    assert page.locator("#x").input_value() == "看到什么"
    desk.open("/session")
    page.wait_for_url(desk.site + "/form")


def test_a_question_is_asked_in_our_own_dialog(desk: Watched) -> None:
    page = desk.open("/form")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.locator("button.btn-primary").click()
    assert "只能补充" in page.locator("dialog[open]").inner_text()
    page.get_by_role("button", name="取消").click()
    assert posts == []
    page.locator("main button.btn-primary").click()
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="确定").click()
    assert posts == [desk.site + "/form"]


def test_tables_sort_and_stand_by_the_point(desk: Watched) -> None:
    page = desk.open("/")
    head = page.locator("th", has_text="AQI")
    head.locator("button").click()
    column = "[...document.querySelectorAll('tr[id^=r] td:nth-child(3)')].map(cell => cell.textContent)"
    assert page.evaluate(column) == ["41", "86", "118", "152", "226", "318"]
    head.locator("button").click()
    assert page.evaluate(column)[0] == "318"
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#r1 td").nth(5).get_attribute("data-pad") == "\u2007"


def test_links_are_plain_links_without_script(browser: Any, site: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site + "/")
    page.locator("#r1 .qy-figure").click()
    assert page.url == site + "/figures/1"
    page.goto(site + "/")
    assert page.locator("#r1 .qy-stage").is_visible()
    page.context.close()


def test_the_wall_alone_is_dark(desk: Watched) -> None:
    page = desk.open("/")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(245, 247, 249)"
    page.evaluate("document.body.classList.add('qy-wall')")
    assert page.evaluate(ground) == "rgb(13, 20, 26)"
