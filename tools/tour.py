"""`make tour`: pictures of the console's pages, in both languages and at three widths, with a page that explains them.

Usage: tools/tour.py [HOME] [--out docs/tour]. Without a home one is made by the demonstration. The home's own database
is not touched: people and sessions live in a temporary one.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

WIDTHS = {1280: 860, 768: 1024, 390: 844}
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LARGEST, ALL = 120_000, 6_000_000
QUALITY, START_S = 60, 60
EXAMPLE = ("##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
           "CP=&&RtdInterval=30&&1C80")                     # HJ 212-2017, annex C


class Stop(NamedTuple):
    """One page of the tour: name of its pictures, who sees it, its address, and one sentence in each language."""

    slug: str
    role: str
    path: str
    zh: str
    en: str
    wait: str = ""


STOPS = (
    Stop("login", "", "/accounts/login/", "登录：账号由管理员开设，可用口令、验证器或密钥。",
         "Log-in: accounts are made by an administrator; password, authenticator app or key."),
    Stop("home", "duty-officer", "/", "值班员首页：先列需要处理的事项，旁边是城市指数和地图。",
         "Home of a duty officer: first what needs her, beside it the cities and the map.", ".qy-map[data-ready]"),
    Stop("home-enterprise", "enterprise", "/", "企业首页：只见本企业的排口。",
         "Home of an enterprise: its own outlets only.", ".qy-map[data-ready]"),
    Stop("map", "duty-officer", "/map/", "地图：按等级着色的站点，旁边的清单始终是同一组。",
         "Map: sites by grade, with a list that is always the same set.", ".qy-map[data-ready]"),
    Stop("sites", "duty-officer", "/sites/", "站点清单：最新数值、等级和最后来数时间，可筛选排序。",
         "Sites: newest value, grade and when last heard, filtered and sorted."),
    Stop("station", "duty-officer", "/sites/{site}/", "站点页：各因子曲线共用时间轴，限值注明条款。",
         "A station: its factors on one time axis, limits with their clause.", "[data-chart][data-drawn=ready]"),
    Stop("proof", "duty-officer", "/figures/{figure}", "数据证明：从公布值一直追到原始报文和默克尔证明。",
         "Proof of a figure: from the published number down to the telegram and its Merkle path."),
    Stop("sections", "duty-officer", "/sections/", "水质断面：类别和近期走势。",
         "Water sections: class and recent course."),
    Stop("cuts", "duty-officer", "/cuts/?subject={site}&a={before}", "两个时点对照：何时认定为何值，因何更正。",
         "Two instants compared: what was believed when, and why it changed."),
    Stop("gateway", "duty-officer", "/gateway/", "接入网关：连接、积压和拒收原因。",
         "Gateway: connections, lag and why telegrams were refused."),
    Stop("inspector", "duty-officer", "/telegrams/", "报文解析：逐字节说明粘贴的 HJ 212 报文。",
         "Inspector: a pasted HJ 212 telegram explained byte by byte."),
    Stop("telegrams", "duty-officer", "/telegrams/{site}/", "站点报文：最近收到的原始报文及处理结果。",
         "Telegrams of a site: what came and what was made of it."),
    Stop("evidence", "auditor", "/evidence/", "证据账本：大小、签名、见证和上次核验。",
         "Evidence: size, signature and witness of every ledger, and the last verification."),
    Stop("publications", "auditor", "/evidence/publications/", "公布记录：每一次公布的哈希与时间。",
         "Publications: hash and time of every one."),
    Stop("check", "auditor", "/evidence/check/", "自行核验：在浏览器内检查证明文件，文件不上传。",
         "Check a proof in the browser; the file goes nowhere."),
    Stop("registry", "registrar", "/registry/", "登记簿：站点、单位、数采仪、园区与许可限值。",
         "Registry: sites, organisations, loggers, parks and permit limits."),
    Stop("registry-sites", "registrar", "/registry/sites/", "登记的站点：可导出，任一时点可查。",
         "Sites as registered, at any instant, to be exported."),
    Stop("coordinates", "registrar", "/registry/coordinates/", "存疑坐标：与所在城市边界不符的站点。",
         "Doubtful coordinates: sites that lie outside their own city."),
    Stop("people", "administrator", "/people/", "人员：谁有哪项权限。", "People: who has which right."),
    Stop("access", "administrator", "/people/access/", "权限总表：由系统实际执行的规则生成。",
         "Who may do what: made from the very rules that are enforced."),
    Stop("me", "duty-officer", "/people/me/", "我的账号：权限、代班、语言与登录设备。",
         "My account: rights, leave, language and sessions."),
    Stop("interface", "registrar", "/api/", "数据接口：令牌与每个查询的说明。",
         "Interface: tokens and every question."),
)


def main() -> int:
    """Make the pictures and their page."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("home", nargs="?", type=Path)
    ask.add_argument("--out", type=Path, default=Path("docs/tour"))
    ask.add_argument("--seed", action="store_true", help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.seed:
        print(json.dumps(seed(asked.home)))
        return 0
    with tempfile.TemporaryDirectory(prefix="qingyuan-tour-") as folder:
        home = asked.home or _demonstration(Path(folder) / "home")
        with console(home, Path(folder) / "console.sqlite3") as (url, known):
            sizes = pictures(url, known, asked.out)
    (asked.out / "README.md").write_text(index(sizes), "utf-8")
    large = {name: size for name, size in sizes.items() if size > LARGEST}
    print(f"{len(sizes)} pictures, {sum(sizes.values()) / 1e6:.1f} MB in {asked.out}")
    if large or sum(sizes.values()) > ALL:
        print(f"too large: {large or 'all together'}")
        return 1
    return 0


def _demonstration(home: Path) -> Path:
    print("a demonstration makes a home; this takes about two minutes")
    order = [str(Path(sys.executable).with_name("qingyuan")), "demo", "--once", "--home", str(home)]
    subprocess.run(order, check=True, stdout=subprocess.DEVNULL)
    return home


def seed(home: Path) -> dict[str, Any]:
    """Make the database and its people; the passwords, a site and a figure. Runs in a process of its own."""
    from qingyuan.console import prepare
    from qingyuan.ledger import Home

    prepare.use(Home.open(home))
    prepare.migrate()
    from qingyuan.console.accounts.scope import Right
    from qingyuan.console.accounts.seed import seed_demo
    from qingyuan.console.accounts.verbs import Role
    from qingyuan.console.reading import Reading, scope_of
    from qingyuan.console.shell.page import instant_text

    reading = Reading(scope_of((Right(Role.DUTY_OFFICER),)))
    day_us = 86_400_000_000
    newest = reading.newest(["aqi.realtime"], since_us=reading.shown_us - 2 * day_us)
    told = [figure for (subject, _name), figure in sorted(newest.items())
            if figure.value.isdigit() and subject in reading.registry.sites]
    figure = max(told, key=lambda found: int(found.value))
    people = {role: [name, password] for name, password, role in seed_demo(home) if name == role}
    return {"people": people, "site": figure.subject, "figure": str(figure.key),
            "before": quote(instant_text(figure.believed_from - 1))}


@contextmanager
def console(home: Path, database: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The real server over a home with a database of its own; its address and what `seed` found."""
    environment = os.environ | {"QINGYUAN_HOME": str(home.resolve()), "QINGYUAN_DATABASE_URL": f"sqlite:///{database}",
                                "DJANGO_SETTINGS_MODULE": "qingyuan.console.settings"}
    made = subprocess.run([sys.executable, __file__, str(home), "--seed"], env=environment, capture_output=True,
                          text=True, check=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
         "qingyuan.console.wsgi:application"], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _answers(url, run)
        yield url, json.loads(made.stdout.splitlines()[-1])
    finally:
        run.terminate()
        run.wait(20)


def _answers(url: str, run: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while run.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/accounts/login/", timeout=10):  # noqa: S310 (our own server)
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the console did not start")


def pictures(url: str, known: dict[str, Any], out: Path) -> dict[str, int]:
    """Take all pictures; bytes of each by file name."""
    from playwright.sync_api import sync_playwright

    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    sizes: dict[str, int] = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=[
            "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
        seats: dict[str, Any] = {}
        for stop in STOPS:
            if stop.role and stop.role not in known["people"]:
                print(f"{stop.slug}: the home has nobody of the role {stop.role}")
                continue
            page = seats.get(stop.role) or seats.setdefault(stop.role, _enter(browser, url, known, stop.role))
            for short, language in LANGUAGES.items():
                path = stop.path.format(**known)
                page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={language}", wait_until="load")
                if stop.slug == "inspector":
                    _explain(page)
                for width, height in WIDTHS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    name = f"{stop.slug}-{short}-{width}.webp"
                    sizes[name] = _take(page, stop, out / name)
        browser.close()
    return sizes


def _enter(browser: Any, url: str, known: dict[str, Any], role: str) -> Any:
    page = browser.new_page(locale="zh-CN", reduced_motion="reduce")
    if role:
        name, password = known["people"][role]
        page.goto(f"{url}/accounts/login/")
        page.locator("main input[name=login]").fill(name)
        page.locator("main input[name=password]").fill(password)
        with page.expect_navigation():
            page.locator("main input[name=password]").press("Enter")
    return page


def _explain(page: Any) -> None:
    """Paste the example that the page itself offers, and have it explained."""
    page.locator("main textarea").fill(EXAMPLE)
    page.locator("main form .btn-primary").click()
    page.wait_for_selector("main table")


def _take(page: Any, stop: Stop, file: Path) -> int:
    page.wait_for_selector("html[data-script=ready]", state="attached")
    if stop.wait:
        page.wait_for_selector(stop.wait, state="attached", timeout=30_000)
    page.wait_for_timeout(350)                  # lines of charts follow the new width
    shot = page.context.new_cdp_session(page).send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    file.write_bytes(base64.b64decode(shot["data"]))
    return file.stat().st_size


def index(sizes: dict[str, int]) -> str:
    """The page that says what each picture shows."""
    parts = ["# 导览 · Tour\n\n由 `make tour` 生成，勿手改。Made by `make tour`; do not edit by hand.\n"]
    for stop in STOPS:
        if f"{stop.slug}-zh-1280.webp" not in sizes:
            continue
        more = " · ".join(f"[{short} {width} px]({stop.slug}-{short}-{width}.webp)" for short in LANGUAGES
                          for width in WIDTHS if width != max(WIDTHS))
        parts.append(f"## {stop.slug}\n\n{stop.zh}\n{stop.en}\n\n"
                     f"| 中文 | English |\n| --- | --- |\n| ![{stop.zh}]({stop.slug}-zh-1280.webp) "
                     f"| ![{stop.en}]({stop.slug}-en-1280.webp) |\n\n{more}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
