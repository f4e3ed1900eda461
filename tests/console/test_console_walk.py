"""Every page of the real server in a real browser: by role, in both languages, at desk and phone width."""

from __future__ import annotations

import hashlib
import re
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from console_addresses import two_firms
from console_browser import AXE, DESK, NEEDED, PHONE, chromium
from console_server import Served, served

LOOK = (Path(__file__).parent / "walk_page.js").read_text("utf-8")
pytestmark = NEEDED
WIDTHS = {DESK["width"], PHONE["width"]}
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-GB"}
# After a change of width the page has had time to follow it.
RUN = """new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => axe.run({resultTypes: ['violations']}))"""
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z][A-Za-z.'’-]*[A-Za-z]|[A-Za-z]{2,}")
# What stays Latin in Chinese: symbols, units, names of standards, systems and file forms; never a word of a sentence.
STAYS = frozenset("""
AQI IAQI HJ GB MN CRC ST CN QN PW CP PNUM PNO Flag DataTime Rtd Avg Min Max Cou PM SO NO NOx CO COD BOD pH TSP VOC VOCs
WGS CGCS GCJ BD API CSV JSON JSONL GeoJSON Parquet Excel XLSX UTF GBK SHA RFC HTTP HTTPS URL IP TCP UTC QARTOD
mg ug µg kg km dB kPa hPa Pa min ms kB MB EN Esc Enter ID SQLite Python python TOTP Merkle MPa NH PO DO TP TN LF CR
Bearer Authorization OpenAPI openapi json qingyuan Qingyuan ISO Modbus Ctrl English 中文
entry id password city office gw
""".split())  # noqa: SIM905 (one word a line would be long)

# Identifiers, files, orders of the command line, hashes, versions of rule sets, keys of witnesses.
CODES = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\([a-z]+\)|\b[\w-]+\.(?:json|csv|py|bundle|quarantine)\b|qingyuan [a-z]+"
                   r"|\b(?=[a-f]*\d)[0-9a-f]{8,}…?|[a-z]+@[\w.+-]+|qingyuan/\w+/\w+|\bpw-[\w-]+|\bMN-[\w-]+")


class Page:
    """One page as one role sees it in one language, and what is wrong with it."""

    def __init__(self, name: str, role: str, lang: str, url: str) -> None:
        self.name, self.role, self.lang, self.url = name, role, lang, url
        self.wrong: list[str] = []

    def __str__(self) -> str:
        return f"{self.name} [{self.role}, {self.lang}] {self.url}"


@pytest.fixture(scope="module")
def console_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("walk")
    home = two_firms(place / "home").home
    with served(home, place / "console.sqlite3") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


def _fetch(served_at: Served, page: Page) -> tuple[Page, int, str]:
    request = urllib.request.Request(served_at.url + page.url, headers={
        "Cookie": f"qy_session={served_at.sessions[page.role]}; qy_language={page.lang}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            kind = answer.headers.get("Content-Type", "")
            return page, answer.status, answer.read().decode() if kind.startswith("text/html") else ""
    except urllib.error.HTTPError as error:
        kind = error.headers.get("Content-Type", "")
        return page, error.code, error.read().decode() if kind.startswith("text/html") else ""


def _same(text: str) -> str:
    """Digest of a page's main part without numbers and tokens: pages alike in it are one page."""
    main = text.partition("<main")[2].partition("</main>")[0]
    main = re.sub(r'value="[A-Za-z0-9]{64}"|[0-9a-f-]{16,}|\d+', "#", main)
    return hashlib.sha256(main.encode()).hexdigest()


@pytest.fixture(scope="module")
def distinct(console_served: Served) -> list[Page]:
    """Every page that differs from the others, refusals included, asked for by every role in both languages."""
    asked = [Page(name, role, lang, url) for lang in LANGUAGES for role, pages in console_served.pages.items()
             for name, url in pages.items()]
    found: dict[tuple[str, str], Page] = {}
    with ThreadPoolExecutor(3) as pool:
        for page, status, text in pool.map(lambda p: _fetch(console_served, p), asked):
            assert status in (200, 302, 403, 404, 405), f"{status} {page}"
            if text and "<main" in text:
                found.setdefault((page.lang, _same(text)), page)
    assert len({page.name for page in found.values()}) > 30
    return list(found.values())


class Context:
    """A browser as one role uses it in one language; remembers errors and what was asked of other places."""

    def __init__(self, browser: Any, at: Served, role: str, lang: str) -> None:
        self.context = browser.new_context(viewport=DESK, locale=LANGUAGES[lang])
        if AXE.exists():
            self.context.add_init_script(path=str(AXE))            # under the content policy too
        self.context.add_cookies([
            {"name": "qy_session", "value": at.sessions[role], "url": at.url},
            {"name": "qy_language", "value": lang, "url": at.url}])
        self.page, self.at, self.said = self.context.new_page(), at, list[str]()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "status of 403" not in message.text and "status of 404" not in message.text:
            self.said.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.at.url, "data:", "blob:")):
            self.said.append(f"outside: {request.url}")
        if request.url.startswith(self.at.url + "/csp/"):
            self.said.append(f"policy: {request.post_data}")

    def open(self, path: str) -> Any:
        self.said.clear()
        self.page.set_viewport_size(DESK)
        self.page.goto(self.at.url + path, wait_until="load")
        self.page.wait_for_selector("html[data-script=ready]")
        return self.page


def _words(seen: dict[str, Any], lang: str, names: tuple[str, ...]) -> list[str]:
    """Texts in the wrong language."""
    wrong = []
    for text in seen["texts"]:
        said = text
        for name in names:
            said = said.replace(name, " ")
        if lang == "en":
            if text not in STAYS and HAN.search(said):
                wrong.append(f"Chinese: {text}")
        elif words := [w for w in LATIN.findall(CODES.sub(" ", said)) if w not in STAYS and not w.isupper()]:
            wrong.append(f"English: {' '.join(words)} in: {text.strip()[:80]}")
    return wrong


def _judge(page: Page, seen: dict[str, Any], names: tuple[str, ...]) -> None:
    page.wrong += _words(seen, page.lang, names)
    page.wrong += [f"no proof behind: {text}" for text in seen["unproven"]]
    if seen["h1"] != 1:
        page.wrong.append(f"{seen['h1']} main headings")
    if not seen["title"].partition("·")[0].strip():
        page.wrong.append("no title")
    if len(seen["main"]) < 20:
        page.wrong.append("empty")


def _width(shown: Any) -> int:
    """How wide a page is on a phone; charts get a second to follow."""
    for _ in range(10):
        wide = shown.evaluate("document.documentElement.scrollWidth")
        if wide <= PHONE["width"]:
            break
        shown.wait_for_timeout(100)
    return wide


def _hindrances(page: Page, shown: Any) -> list[str]:
    """What would keep somebody out of a page as it is shown, serious or worse, by the rules of axe-core."""
    found = []
    width = shown.viewport_size["width"]
    for rule in shown.evaluate(RUN)["violations"]:
        if rule["impact"] in ("serious", "critical"):
            where = [f"{node['target'][0]}  {node['html'][:120]}" for node in rule["nodes"][:4]]
            head = f"{page} at {width} px\n  {rule['id']}: {rule['help']} ({len(rule['nodes'])})"
            found.append("\n    ".join([head, *where]))
    return found


class Walk:
    """What was wrong on the walk, and which pages axe-core has seen: (name, nobody's, language) -> width."""

    def __init__(self, pages: list[Page]) -> None:
        self.hindrances: list[str] = []
        self.seen: dict[tuple[str, bool, str], int] = {}
        self._number = {name: number for number, name in enumerate(sorted({page.name for page in pages}))}

    def axe(self, page: Page, shown: Any, width: dict[str, int]) -> None:
        """Run axe-core on a page once a language: at the desk in one of them and on the phone in the other, pages in
        turn.
        """
        key = page.name, page.role == "nobody", page.lang
        turn = DESK if (self._number[page.name] + (page.lang == "en")) % 2 == 0 else PHONE
        if AXE.exists() and width is turn and key not in self.seen:
            self.seen[key] = width["width"]
            self.hindrances += _hindrances(page, shown)


@pytest.fixture(scope="module")
def walk(console_served: Served, browser: Any, distinct: list[Page]) -> Walk:
    """Every page is opened once, looked at, and narrowed to a phone."""
    by_seat: dict[tuple[str, str], list[Page]] = defaultdict(list)
    for page in distinct:
        by_seat[page.role, page.lang].append(page)
    done = Walk(distinct)
    for (role, lang), pages in by_seat.items():
        seat = Context(browser, console_served, role, lang)
        for page in pages:
            shown = seat.open(page.url)
            _judge(page, shown.evaluate(LOOK), tuple(console_served.names))
            done.axe(page, shown, DESK)
            shown.set_viewport_size(PHONE)
            if (wide := _width(shown)) > PHONE["width"]:
                page.wrong.append(f"{wide} px wide on a phone")
            done.axe(page, shown, PHONE)
            page.wrong += seat.said
        seat.context.close()
    return done


def test_every_page_is_whole_in_both_languages(walk: Walk, distinct: list[Page]) -> None:
    wrong = [f"{page}\n    " + "\n    ".join(dict.fromkeys(page.wrong)) for page in distinct if page.wrong]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: tools/frontend.sh")
def test_no_page_keeps_anybody_out(walk: Walk, distinct: list[Page]) -> None:
    pages = {(page.name, page.role == "nobody", page.lang) for page in distinct}
    assert set(walk.seen) == pages
    both = {name for name, nobody, _ in pages if {walk.seen.get((name, nobody, lang)) for lang in LANGUAGES} == WIDTHS}
    assert len(both) > 30
    assert walk.hindrances == [], "\n".join(walk.hindrances)
