"""On a phone nothing of the header and of the page of evidence is cut, squeezed or laid over another thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from console_addresses import Firms
from console_browser import NEEDED, PHONE, Seat, chromium
from console_server import served

pytestmark = NEEDED
SMALL = {"width": 320, "height": 640}
AS_OF = "?as_of=2026-11-24T23:00:00.123456%2B08:00"
LONG = "Wilhelmina Featherstonehaugh-Cholmondeley"
WAY = """() => {
  const boxes = [...document.querySelectorAll(".qy-burger, .qy-brand, .qy-top__tools > *")]
    .map(e => [e, e.getBoundingClientRect()]);
  return {
    page: document.documentElement.scrollWidth - innerWidth,
    beyond: boxes.filter(([, r]) => r.left < -10 || r.right > innerWidth).map(([e]) => e.className),
    over: boxes.slice(1).filter(([, r], n) => r.left < boxes[n][1].right - 0.5).map(([e]) => e.className),
    squeezed: boxes.filter(([e]) => e.matches(".qy-burger, .qy-brand, .qy-langs") && e.scrollWidth > e.clientWidth + 1)
      .map(([e]) => e.className),
    burger: boxes[0][1].width,
    tables: [...document.querySelectorAll(".qy-table-wrap")].filter(e => e.scrollWidth > e.clientWidth)
      .map(e => e.textContent.trim().slice(0, 40)),
  };
}"""
FINE = {"page": 0, "beyond": [], "over": [], "squeezed": [], "burger": 40, "tables": []}


@pytest.fixture(scope="module")
def url(two_firms: Firms, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(two_firms.home, tmp_path_factory.mktemp("phone") / "console.sqlite3") as found:
        yield found.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["390", "320"])
@pytest.mark.parametrize("lang", ["en-GB", "zh-CN"])
def test_the_header_and_the_evidence_fit_a_phone_also_with_a_long_name_and_an_instant(
        browser: Any, url: str, lang: str, size: dict[str, int]) -> None:
    seat = Seat(browser, url, lang=lang, width=size)
    seat.enter("auditor")
    found = {}
    for query in ("", AS_OF):
        page = seat.open("/evidence/" + query)
        for name in ("auditor", LONG):
            page.evaluate("name => { document.querySelector('.qy-who__name').textContent = name; }", name)
            found[query, name] = page.evaluate(WAY)
    assert found == dict.fromkeys(found, FINE)
    assert seat.said == []
    seat.context.close()


@pytest.mark.parametrize("query", ["", AS_OF])
def test_each_line_of_a_ledger_says_on_a_phone_what_it_is(browser: Any, url: str, query: str) -> None:
    seat = Seat(browser, url, width=PHONE)
    seat.enter("auditor")
    page = seat.open("/evidence/" + query)
    heads = page.locator("table[data-rows] thead th").all_text_contents()
    cells = page.locator("#l-office td")
    assert [cells.nth(n).get_attribute("data-label") for n in range(1, cells.count())] == heads[1:]
    shown = [cells.nth(n).evaluate("e => getComputedStyle(e, '::before').content") for n in range(1, cells.count())]
    assert shown == [f'"{head}"' for head in heads[1:]]
    tops = [cells.nth(n).bounding_box()["y"] for n in range(cells.count())]
    assert tops == sorted(set(tops))                      # one below the other
    page.locator("#l-office summary").first.click()       # what opens fits too
    assert page.evaluate(WAY) == FINE
    for menu in page.locator(".qy-top details").all():
        menu.locator("summary").click()
        box = menu.locator(".qy-menu__list").bounding_box()
        assert (box["x"] >= 0, box["x"] + box["width"] <= PHONE["width"], box["y"] > 30) == (True, True, True)
        assert menu.locator(".qy-menu__list").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    seat.context.close()
