"""Fetching public data: against a real local HTTP server with ranges, cuts, changes and faults."""

from __future__ import annotations

import csv
import gzip
import hashlib
import http.server
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qingyuan.cli.beijing import COLUMNS, HEADER, STATIONS, WrongContent, convert, unpack
from qingyuan.cli.data_fetch import TARGET
from qingyuan.cli.download import TRIES, download
from qingyuan.cli.errors import CliError
from qingyuan.cli.main import run


class Site(http.server.ThreadingHTTPServer):
    """One file; `plan` says how each coming request misbehaves: a number of bytes after which to cut, or a status."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.content, self.tag, self.ranges, self.length = b"", '"v1"', True, True
        self.plan: list[tuple[str, int]] = []
        self.asked: list[tuple[str | None, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/set.zip"


class Answer(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        wanted, condition = self.headers.get("Range"), self.headers.get("If-Range")
        site.asked.append((wanted, condition))
        kind, number = site.plan.pop(0) if site.plan else ("", 0)
        if kind == "status":
            self.send_error(number)
            return
        resumed = wanted and site.ranges and condition == site.tag
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and resumed else 0
        if start:
            if start >= len(site.content):
                self.send_error(416)
                return
            self.send_response(206)
            first = start + 1 if kind == "shift" else start
            self.send_header("Content-Range", f"bytes {first}-{len(site.content) - 1}/{len(site.content)}")
        else:
            self.send_response(200)
        if site.tag:
            self.send_header("ETag", site.tag)
        body = site.content[start:]
        if site.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:number] if kind == "cut" else body)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def table(station: str, hours: int = 48, columns: tuple[str, ...] = COLUMNS) -> str:
    """CSV of a station for 2013-03-01 and 02, every third hour without SO2."""
    text, start = io.StringIO(), datetime(2013, 3, 1)
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(columns)
    for n in range(hours):
        hour = start + timedelta(hours=n)
        out.writerow([n + 1, hour.year, hour.month, hour.day, hour.hour, n, n + 1, "NA" if n % 3 == 0 else 5, 7, 300,
                      77, -0.7, 1023, -18.8, 0, "NNW", 4.4, station])
    return text.getvalue()


def packed(tables: dict[str, str], *, wrapped: bool = True) -> bytes:
    """The zip as published: station files in an inner zip beside unrelated files."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        for station, text in tables.items():
            file.writestr(f"PRSA_Data_20130301-20170228/PRSA_Data_{station}_20130301-20130302.csv", text)
    if not wrapped:
        return inner.getvalue()
    with zipfile.ZipFile(outer, "w") as file:
        file.writestr("PRSA2017_Data_20130301-20170228.zip", inner.getvalue())
        file.writestr("data.csv", "unrelated\n")
    return outer.getvalue()


@pytest.fixture(scope="module")
def good() -> bytes:
    return packed({station: table(station) for station in STATIONS})


def fetch(site: Site, target: Path) -> list[tuple[int, int | None]]:
    seen: list[tuple[int, int | None]] = []
    download(site.url, target, lambda done, total: seen.append((done, total)), wait=lambda _s: None, timeout_s=5)
    return seen


def test_a_file_comes_whole_with_progress(site: Site, tmp_path: Path) -> None:
    site.content = bytes(range(256)) * 1000
    seen = fetch(site, tmp_path / "deep" / "set.zip")
    assert (tmp_path / "deep" / "set.zip").read_bytes() == site.content
    assert seen[-1] == (256_000, 256_000)
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["set.zip"]


def test_a_cut_connection_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.content = bytes(range(256)) * 1000
    site.plan = [("cut", 100_000), ("cut", 1), ("cut", 0)]
    fetch(site, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == site.content
    assert site.asked == [(None, None), ("bytes=100000-", '"v1"'), ("bytes=100001-", '"v1"'), ("bytes=100001-", '"v1"')]


def test_a_later_run_goes_on_where_the_first_gave_up(site: Site, tmp_path: Path) -> None:
    site.content = b"x" * 5000
    site.plan = [("cut", 3000)] + [("status", 503)] * (TRIES - 1)
    with pytest.raises(CliError, match=rf"{TRIES} tries.*503"):
        fetch(site, tmp_path / "set.zip")
    assert not (tmp_path / "set.zip").exists()
    fetch(site, tmp_path / "set.zip")
    assert site.asked[-1] == ("bytes=3000-", '"v1"')
    assert (tmp_path / "set.zip").read_bytes() == site.content


@pytest.mark.parametrize("change", ["another version", "no ranges", "no tag", "another range"])
def test_a_part_is_never_joined_to_something_else(site: Site, tmp_path: Path, change: str) -> None:
    site.content, site.plan = b"a" * 5000, [("cut", 3000)] + [("status", 500)] * (TRIES - 1)
    site.tag = "" if change == "no tag" else site.tag
    with pytest.raises(CliError):
        fetch(site, tmp_path / "set.zip")
    site.content = b"b" * 5000
    if change == "another version":
        site.tag = '"v2"'
    elif change == "no ranges":
        site.ranges = False
    elif change == "another range":
        site.plan = [("shift", 0)]
    fetch(site, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == b"b" * 5000


def test_a_part_that_is_longer_than_the_file_is_begun_again(site: Site, tmp_path: Path) -> None:
    site.content = b"c" * 10
    (tmp_path / "set.zip.part").write_bytes(b"d" * 99)
    (tmp_path / "set.zip.part.json").write_text(json.dumps({"url": site.url, "validator": '"v1"'}), "utf-8")
    fetch(site, tmp_path / "set.zip")
    assert (tmp_path / "set.zip").read_bytes() == site.content


def test_a_file_of_unknown_length_is_taken_too(site: Site, tmp_path: Path) -> None:
    site.content, site.length = b"e" * 200_000, False
    assert fetch(site, tmp_path / "set.zip")[-1] == (200_000, None)


def test_not_found_is_said_at_once_with_a_remedy(site: Site, tmp_path: Path) -> None:
    site.plan = [("status", 404)]
    with pytest.raises(CliError, match="answers 404") as error:
        fetch(site, tmp_path / "set.zip")
    assert "--url" in error.value.remedy
    assert len(site.asked) == 1


def test_nobody_at_the_address_is_said_after_some_tries(tmp_path: Path) -> None:
    waited: list[float] = []
    with pytest.raises(CliError, match="refused") as error:
        download("http://127.0.0.1:9/set.zip", tmp_path / "set.zip", lambda _d, _t: None, wait=waited.append)
    assert "same command again" in error.value.remedy
    assert waited == sorted(waited)
    assert len(waited) == TRIES - 1


def test_only_web_addresses_are_taken(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="no web address"):
        download("file:///etc/hostname", tmp_path / "set.zip", lambda _d, _t: None)


def test_a_full_disk_is_one_sentence_with_the_file(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.content = b"f" * 10
    part = tmp_path / "set.zip.part"
    monkeypatch.setattr("qingyuan.cli.download.Part.begin", lambda *_: part.symlink_to("/dev/full"))
    with pytest.raises(CliError, match=r"set\.zip\.part cannot be written: No space left") as error:
        fetch(site, tmp_path / "set.zip")
    assert "--to" in error.value.remedy


def test_a_file_larger_than_the_disk_is_not_begun(site: Site, tmp_path: Path) -> None:
    from qingyuan.cli.download import _room

    with pytest.raises(CliError, match="MB needed") as error:
        _room(tmp_path / "set.zip.part", 1 << 60)
    assert "--to" in error.value.remedy


@pytest.mark.parametrize("wrapped", [True, False])
def test_the_set_becomes_the_form_of_the_replay(tmp_path: Path, wrapped: bool) -> None:
    (tmp_path / "set.zip").write_bytes(packed({s: table(s) for s in reversed(STATIONS)}, wrapped=wrapped))
    assert convert(tmp_path / "set.zip", tmp_path / "out.csv.gz") == 12 * 48
    with gzip.open(tmp_path / "out.csv.gz", "rt", encoding="utf-8", newline="") as text:
        lines = list(csv.reader(text))
    assert tuple(lines[0]) == HEADER
    assert lines[1] == ["Aotizhongxin", "2013-03-01 00:00", "0", "1", "", "7", "300", "77", "-0.7", "1023", "-18.8",
                        "0", "NNW", "4.4"]
    assert lines[2][4] == "5"
    assert lines[-1][:2] == ["Wanshouxigong", "2013-03-02 23:00"]
    assert [line[0] for line in lines[1::48]] == list(STATIONS)


@pytest.mark.shared
def test_the_header_is_that_of_the_measured_file(shared: Path) -> None:
    with gzip.open(shared / "data/qc/beijing12_hourly_201303_201502.csv.gz", "rt", encoding="utf-8") as text:
        assert tuple(text.readline().strip().split(",")) == HEADER


def spoiled(kind: str) -> bytes:
    tables = {station: table(station) for station in STATIONS}
    if kind == "web page":
        return b"<html>moved</html>"
    if kind == "station missing":
        del tables["Tiantan"]
    elif kind == "columns":
        tables["Tiantan"] = table("Tiantan", columns=(*COLUMNS[:9], "carbon", *COLUMNS[10:]))
    elif kind == "short":
        tables["Tiantan"] = table("Tiantan", hours=47)
    elif kind == "other station":
        tables["Tiantan"] = table("Wanliu")
    elif kind == "cell missing":
        tables["Tiantan"] = tables["Tiantan"].replace(",4.4,Tiantan\r\n", ",Tiantan\r\n", 1)
    content = packed(tables)
    if kind == "bit":
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1:]
    return content


def test_any_flipped_bit_of_the_inner_zip_is_found(tmp_path: Path, good: bytes) -> None:
    for place in range(200, len(good) - 400, len(good) // 40):
        (tmp_path / "set.zip").write_bytes(good[:place] + bytes([good[place] ^ 16]) + good[place + 1:])
        with pytest.raises(WrongContent):
            unpack(tmp_path / "set.zip")


@pytest.mark.parametrize(("kind", "said"), [
    ("web page", "no zip file"), ("station missing", "lacks the stations Tiantan"), ("columns", "other columns"),
    ("short", "before the end"), ("other station", "Tiantan 2013-03-01"), ("cell missing", "line 2"),
    ("bit", "checksum|damaged")])
def test_wrong_content_is_named_and_leaves_nothing_behind(
        site: Site, tmp_path: Path, kind: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    site.content = spoiled(kind)
    assert run(["--lang", "en", "data", "fetch", "--to", str(tmp_path), "--url", site.url]) == 2
    error = capsys.readouterr().err
    assert any(part in error for part in said.split("|"))
    assert "--url" in error
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_the_verb_fetches_once_and_notes_the_origin(
        site: Site, tmp_path: Path, good: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    site.content = good
    command = ["--lang", "en", "data", "fetch", "--to", str(tmp_path), "--url", site.url]
    assert run(command) == 0
    assert "576 rows" in capsys.readouterr().out
    origin = json.loads((tmp_path / f"{TARGET}.origin.json").read_text("utf-8"))
    assert origin["sha256"] == hashlib.sha256(good).hexdigest()
    assert run(command) == 0
    assert "there already" in capsys.readouterr().out
    assert len(site.asked) == 1
    before = (tmp_path / TARGET).read_bytes()
    assert run([*command, "--again"]) == 0
    assert (tmp_path / TARGET).read_bytes() == before
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == [TARGET.name, f"{TARGET.name}.origin.json"]


def test_a_folder_that_is_a_file_is_one_sentence(
        site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    assert run(["--lang", "en", "data", "fetch", "--to", str(tmp_path / "file"), "--url", site.url]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert site.asked == []


def test_a_zip_that_would_fill_the_disk_is_refused(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: bytes) -> None:
    monkeypatch.setattr("qingyuan.cli.beijing.LARGEST", 1000)
    (tmp_path / "set.zip").write_bytes(good)
    with pytest.raises(CliError, match="would unpack to more than"):
        unpack(tmp_path / "set.zip")
