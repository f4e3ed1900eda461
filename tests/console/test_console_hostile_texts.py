"""Texts made to harm, stored and reflected, in every page and form: nothing of them is ever more than text.

A real browser with the content policy on: no script runs, no dialog opens, no policy is breached, and, since a policy
would hide it, no element or address is made of such a text.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from console_addresses import two_firms
from console_browser import NEEDED, Seat, chromium
from console_server import Served, served

pytestmark = NEEDED
SCRIPT = "window.qyHit=1;alert(1)"
HARM = f"\"><svg onload={SCRIPT}>'<img src=x onerror={SCRIPT}><a href=javascript:{SCRIPT}>A</a>"
LINK = f"javascript:{SCRIPT}//<img src=x onerror={SCRIPT}>"
# Pages on which a text made to harm stands to be read.
SHOWING = {"site", "sites", "figure", "site_telegrams", "telegram", "leaf", "gateway", "admit", "registry_list",
           "registry_entry", "registry_dossier", "people", "person", "me", "leave", "access", "reads", "organisations"}
ROLES = ("duty-officer", "registrar", "administrator", "auditor", "enterprise")
NOT_TRIED = ("account_logout", "openid_connect_login", "openid_connect_callback")
# Elements and addresses that none of our pages has, and that come into being only if a text became one.
LOOK = """() => [
  ...[...document.querySelectorAll("*")].filter(one => [...one.attributes].some(a => /^on/i.test(a.name)))
    .map(one => one.outerHTML.slice(0, 120)),
  ...[...document.querySelectorAll("img[src=x], svg[onload], iframe, object, embed, base")].map(one => one.outerHTML),
  ...[...document.querySelectorAll("[href], [src], [action], [formaction]")]
    .filter(one => ["href", "src", "action", "formaction"].some(
      name => /^\\s*javascript:/i.test(one.getAttribute(name) || "")))
    .map(one => one.outerHTML.slice(0, 120)),
  ...(window.qyHit ? ["a script ran"] : []),
]"""
FILL = """([number, text]) => {
  const form = document.querySelectorAll("main form[method=post]")[number];
  for (const one of form.querySelectorAll("input:not([type]), input[type=text], input[type=search], textarea"))
    if (!one.readOnly) { one.removeAttribute("maxlength"); one.value = text; }
  for (const one of form.querySelectorAll("select")) if (!one.value && one.options.length > 1) one.selectedIndex = 1;
  form.noValidate = true;
  HTMLFormElement.prototype.submit.call(form);
}"""
FORMS = """() => [...document.querySelectorAll("main form[method=post]")].map((form, number) => [number, form])
  .filter(([, form]) => form.enctype !== "multipart/form-data"
    && form.querySelector("input:not([type]), input[type=text], input[type=search], textarea"))
  .map(([number]) => number)"""


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("hostile")
    names = {"a": HARM, "b": LINK}
    home = two_firms(place / "home", names, HARM.replace(";", " ")).home
    with served(home, place / "console.sqlite3") as found:
        environment = os.environ | {
            "QINGYUAN_HOME": str(home), "QINGYUAN_DATABASE_URL": f"sqlite:///{place / 'console.sqlite3'}"}
        subprocess.run([sys.executable, str(Path(__file__).resolve().parents[1] / "hostile_rows.py"), str(home), HARM],
                       env=environment, check=True)
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


def harmed(seat: Seat, what: str) -> list[str]:
    """What went wrong in the page that is shown."""
    found = [f"{what}: {one}" for one in [*seat.page.evaluate(LOOK), *seat.said]]
    seat.said.clear()
    return found


def pages_of(at: Served, role: str) -> dict[str, str]:
    """Addresses of a role that no role before it was shown."""
    mine = at.pages[role]
    return {name: url for name, url in mine.items() if name not in NOT_TRIED}


@pytest.fixture(scope="module")
def shown(at: Served, browser: Any) -> dict[str, tuple[str, str]]:
    """Name of each page -> (role, path): the first role that may see it, in the order of ROLES."""
    found: dict[str, tuple[str, str]] = {}
    for role in ROLES:
        seat = Seat(browser, at.url)
        seat.session(at.sessions[role])
        for name, url in pages_of(at, role).items():
            if name in found:
                continue
            answer = seat.context.request.get(at.url + url, max_redirects=0)
            if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
                found[name] = role, url
        seat.context.close()
    assert len(found) > 30
    return found


@pytest.fixture
def seats(at: Served, browser: Any) -> Iterator[dict[str, Seat]]:
    made = {}
    for role in ROLES:
        made[role] = Seat(browser, at.url)
        made[role].session(at.sessions[role])
    yield made
    for seat in made.values():
        seat.context.close()


def test_what_is_stored_is_shown_as_text(seats: dict[str, Seat], shown: dict[str, tuple[str, str]]) -> None:
    wrong, there = [], set()
    for name, (role, url) in shown.items():
        page = seats[role].open(url)
        wrong += harmed(seats[role], f"{name} {url}")
        if "onerror" in page.inner_text("main"):
            there.add(name)
    assert there >= SHOWING
    assert wrong == [], "\n".join(wrong)


def test_the_look_sees_what_it_looks_for(browser: Any, at: Served) -> None:
    seat = Seat(browser, at.url)
    page = seat.open("/accounts/login/")
    page.evaluate("text => { document.querySelector('main').innerHTML = '<p title=\"' + text; }", HARM)
    said = " ".join(harmed(seat, "log-in"))
    assert all(part in said for part in ("<svg", "<img", "javascript:", "script-src"))
    seat.context.close()


QUERY = ("q", "as_of", "lang", "f", "factor", "page", "with", "from", "to", "site", "subject", "city", "kind", "a", "b",
         "until", "mean", "role", "silent", "next", "of", "base", "belongs", "name", "row", "listing", "province")


@pytest.mark.parametrize("text", [HARM, LINK])
def test_what_is_asked_is_shown_as_text(seats: dict[str, Seat], shown: dict[str, tuple[str, str]], text: str) -> None:
    wrong = []
    for name, (role, url) in shown.items():
        seat = seats[role]
        for left in ((), ("as_of",)):
            query = urlencode({one: text for one in QUERY if one not in left})
            if left == () and name not in ("home", "sites"):
                continue                                     # a wrong instant is answered alike everywhere
            seat.page.goto(f"{seat.url}{url}{'&' if '?' in url else '?'}{query}", wait_until="load")
            wrong += harmed(seat, f"{name} {url}")
    assert wrong == [], "\n".join(wrong)


def test_what_is_filled_in_is_shown_as_text(seats: dict[str, Seat], shown: dict[str, tuple[str, str]]) -> None:
    wrong, tried = [], 0
    for name, (role, url) in shown.items():
        seat = seats[role]
        for number in seat.open(url).evaluate(FORMS):
            seat.open(url)
            with seat.page.expect_navigation():
                seat.page.evaluate(FILL, [number, HARM])
            tried += 1
            wrong += harmed(seat, f"{name} {url} form {number}")
    assert tried >= 8
    assert wrong == [], "\n".join(wrong)


def test_a_name_at_the_log_in_is_shown_as_text(browser: Any, at: Served) -> None:
    seat = Seat(browser, at.url)
    page = seat.open("/accounts/login/?" + urlencode({"next": LINK}))
    page.fill("input[name=login]", HARM)
    page.fill("input[name=password]", HARM)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    assert harmed(seat, "log-in") == []
    seat.context.close()
