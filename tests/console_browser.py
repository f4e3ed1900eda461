"""A real browser for tests of the console, which remembers what should not have happened in its pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from console_server import PASSWORD, STATIC

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).resolve().parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
NEEDED = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(not STATIC.exists(), reason="the front end is not in place: tools/frontend.sh"),
]


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; skips where its driver is missing."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with driver.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--use-angle=swiftshader",
                                                                    "--enable-unsafe-swiftshader"])
        yield made
        made.close()


class Seat:
    """One browser profile with one page. `said`: errors, dialogs, breaches of the content policy, foreign requests."""

    def __init__(self, browser: Any, url: str, *, friends: tuple[str, ...] = (), lang: str = "en-GB",
                 width: dict[str, int] | None = None) -> None:
        self.context = browser.new_context(viewport=width or DESK, locale=lang)
        self.page, self.url, self.said = self.context.new_page(), url, list[str]()
        self._known = (url, *friends, "data:", "blob:")
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.context.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.said.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self.said.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(self._known):
            self.said.append(f"outside: {request.url}")
        if request.url.startswith(self.url + "/csp/"):
            self.said.append(f"policy: {request.post_data}")

    def open(self, path: str) -> Any:
        """The page at a path, its scripts ready."""
        self.page.goto(self.url + path, wait_until="load")
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until the scripts of the page that is shown are ready."""
        self.page.wait_for_selector("html[data-script=ready]")

    def enter(self, name: str, password: str = PASSWORD) -> Any:
        """Log in by password, as somebody who was not there before; what is shown then."""
        self.context.clear_cookies()
        page = self.open("/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", password)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")
        return page

    def session(self, key: str) -> None:
        """Take a session that is there already."""
        self.context.add_cookies([{"name": "qy_session", "value": key, "url": self.url}])
