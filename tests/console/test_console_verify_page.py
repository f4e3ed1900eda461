"""Proofs are checked in the browser: a dropped file without any request, and the button beside a figure."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as console_settings

from qingyuan.console.accounts.verbs import Role
from qingyuan.lake import Lake
from qingyuan.pipeline import rows

ROOT = Path(__file__).resolve().parents[2]
BUNDLES, BUILT = ROOT / "tests/fixtures/bundles", ROOT / "src/qingyuan/console/static/qy/verify.js"
CHROMIUM = shutil.which("chromium")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(not BUILT.exists(), reason="the front end is not built: tools/frontend.sh"),
]
OUTPUT = "[data-verify-drop] output"
WITNESS = "witness.example+10ab0ff6+BPOBYm5B5wJ+pDG/4wCelL3SWnRr7sRolI1sPHxdyaVL"
OTHER = "witness.example+affcbd6e+BGUioZ3/bM5BqRC1NrqzVLCisTzNk0pc8pckV0xspHpi"
DROP = """([name, signs]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(signs), (sign) => sign.charCodeAt(0))], name));
    document.querySelector("[data-verify-drop]").dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true,
                                                                                     cancelable: true}));
}"""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


def _verdict(page: Any, output: str = OUTPUT) -> str:
    page.wait_for_selector(f"{output}[data-code]")
    return str(page.locator(output).get_attribute("data-code"))


@pytest.mark.django_db(transaction=True)
def test_a_dropped_bundle_is_checked_offline_and_a_forged_one_fails(console: Path, live_server: Any,
                                                                            chrome: Any) -> None:
    context = chrome.new_context(locale="en-GB")
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{live_server.url}/evidence/check/?lang=en")
    page.wait_for_selector("[data-verify-drop=ready]")
    context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.set_input_files("[data-verify-drop] input[type=file]", str(BUNDLES / "hour-sent.bundle"))
    assert _verdict(page) == "recomputed"
    said = page.locator(OUTPUT).inner_text()
    assert "Everything holds" in said
    assert "42 µg/m³" in said
    assert "co-signed by witness.example" in said
    assert page.locator(f"{OUTPUT} .qy-verdict--true").count() == 1

    for name, code in (("forged-changed-leaf.bundle", "leaf"), ("older-rules.bundle", "not_recomputed"),
                       ("forged-signature.bundle", "signature"), ("leaf-telegram.bundle", "leaf_proven")):
        page.locator(OUTPUT).evaluate("(output) => delete output.dataset.code")
        page.evaluate(DROP, [name, base64.b64encode((BUNDLES / name).read_bytes()).decode()])
        assert _verdict(page) == code
        assert page.locator(f"{OUTPUT} .qy-verdict--false").count() == (code in ("leaf", "signature"))
        assert "ui." not in page.locator(OUTPUT).inner_text()
    assert asked == []
    assert errors == []
    context.close()


@pytest.mark.django_db(transaction=True)
def test_pasted_keys_are_the_only_ones_trusted(console: Path, live_server: Any, chrome: Any) -> None:
    context = chrome.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/evidence/check/?lang=zh-hans")
    page.wait_for_selector("[data-verify-drop=ready]")
    ledgers = [line for line in json.loads((BUNDLES / "hour-sent.bundle").read_bytes().partition(b"\n")[2])["keys"]
               if line != WITNESS]
    page.set_input_files("[data-verify-drop] input[type=file]", str(BUNDLES / "hour-sent.bundle"))
    assert _verdict(page) == "recomputed"
    field, output = page.locator("[data-verify-keys]"), page.locator(OUTPUT)
    for keys, code in (([*ledgers, WITNESS], "recomputed"), ([*ledgers, OTHER], "witness"), ([WITNESS], "unsigned")):
        output.evaluate("(output) => delete output.dataset.code")
        field.fill("\n".join(keys))
        field.blur()
        assert _verdict(page) == code
    assert "不通过" in output.inner_text()
    field.fill("no key at all")
    field.blur()
    page.wait_for_selector(f"{OUTPUT} .qy-error")
    assert "该行不是密钥：no key at all" in output.inner_text()
    context.close()


@pytest.mark.django_db(transaction=True)
def test_the_button_beside_a_figure_checks_its_proof(console: Path, live_server: Any, chrome: Any,
                                                            as_role: Any) -> None:
    client = as_role(Role.DUTY_OFFICER)
    figure = next(one for one in rows.figures(Lake(console / "lake").read("hour")) if one.value)
    context = chrome.new_context(locale="en-GB")
    cookie = console_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/figures/{figure.key}?lang=en")
    page.wait_for_selector("html[data-checks=ready]")
    page.click("[data-verify]")
    assert _verdict(page, "[data-verify] + output") == "recomputed"
    said = page.locator("[data-verify] + output").inner_text()
    assert f"{figure.value} " in said
    assert "Everything holds" in said

    page.goto(f"{live_server.url}/sites/?lang=en&drawer=/figures/{figure.key}")
    page.click("dialog [data-verify]")
    assert _verdict(page, "dialog [data-verify] + output") == "recomputed"
    context.close()
