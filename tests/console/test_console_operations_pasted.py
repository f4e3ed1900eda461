"""Whatever is pasted into the inspector gives a page that explains it, and its password is found nowhere afterwards."""

from __future__ import annotations

import html
import json
import logging
import re

import pytest
from django.apps import apps
from django.utils import translation

from qingyuan import hj212
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.operations.words import ERRORS, NOTES, VARIANTS
from qingyuan.hj212 import FrameError, Note, Variant, decode
from qingyuan.hj212.crc import modbus, swapped

pytestmark = pytest.mark.django_db
SECRET = "Tr0ub4dor"
SEGMENTS = {
    "2005": f"QN=20060801085857223;ST=32;CN=2051;PW={SECRET};MN=88888880000001;CP=&&DataTime=20060801085800;"
            "B01-Cou=200;101-Cou=2.5,101-Min=1.1,101-Avg=1.1,101-Max=1.1&&",
    "2017": f"QN=20160801085857223;ST=31;CN=2051;PW={SECRET};MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime="
            "20160801085800;a21026-Avg=12.5,a21026-Flag=N&&",
    "2025": f"QN=20260801085857223;ST=31;CN=2051;PW={SECRET};MN=010000A8900016F000169DC0;Flag=9;CP=&&DataTime="
            "20260801085800;a21026-Avg=12.5,a21026-Flag=N&&",
}
CRC = {Variant.STANDARD: hj212.crc, Variant.STANDARD_SWAPPED: lambda data: swapped(hj212.crc(data)),
       Variant.MODBUS: modbus, Variant.MODBUS_SWAPPED: lambda data: swapped(modbus(data))}


def packet(segment: str, variant: Variant = Variant.STANDARD, coding: str = "utf-8") -> bytes:
    data = segment.encode(coding)
    return b"##%04d%s%04X\r\n" % (len(data), data, CRC[variant](data))


def ask(client, text: str) -> str:
    answer = client.post("/telegrams/", {"packets": text})
    assert answer.status_code == 200, text[:200]
    return html.unescape(answer.content.decode().partition('id="explained"')[2])


def hidden(page: str) -> bool:
    hexadecimal = SECRET.encode().hex(" ")
    return not any(form in page.lower() for form in (SECRET.lower(), hexadecimal, hexadecimal.replace(" ", "")))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("edition", list(SEGMENTS))
@pytest.mark.parametrize("form", ["text", "hex"])
def test_a_packet_of_each_edition_with_each_crc_is_explained(as_role, edition, variant, form):
    raw = packet(SEGMENTS[edition], variant)
    page = ask(as_role(Role.DUTY_OFFICER), raw.decode() if form == "text" else raw.hex())
    assert hidden(page)
    assert ("holds: length and CRC are right" in page) == (variant is Variant.STANDARD)
    row = next(line for line in page.split("<tr>") if f"<td>{VARIANTS[variant]}</td>" in line)
    assert raw[-6:-2].decode() in row
    for name, value in re.findall(r"(\w[\w-]*)=([^;,&]+)", SEGMENTS[edition].partition("CP=")[0]):
        assert name in page
        assert value in page or value == SECRET
    for factor in re.findall(r"[;&,](\w+)-", SEGMENTS[edition]):
        assert factor in page


@pytest.mark.parametrize("cut", range(0, len(packet(SEGMENTS["2017"])) - 2, 7))
def test_a_packet_cut_anywhere_is_a_page(as_role, cut):
    page = ask(as_role(Role.DUTY_OFFICER), packet(SEGMENTS["2017"])[:cut].decode())
    assert hidden(page.replace(SECRET[:max(0, cut - 1)], "") if cut < 60 else page)
    assert "holds: length and CRC are right" not in page


def test_text_in_gbk_and_packets_glued_together_are_explained(as_role):
    client = as_role(Role.DUTY_OFFICER)
    odd = SEGMENTS["2017"].replace("a21026-Flag=N", "a21026-Info=温度过高")
    gbk = packet(odd, coding="gb18030")
    page = ask(client, gbk.hex())
    assert "温度过高" in page
    assert str(NOTES[Note.TEXT_ENCODING]) in page
    for glue in ("", "\r\n", "noise"):
        page = ask(client, glue.join((packet(SEGMENTS["2005"]).decode().strip(), packet(SEGMENTS["2017"]).decode())))
        assert "2 packets" in page
        assert hidden(page)
        assert page.count("holds: length and CRC are right") == 2


def everything_kept() -> str:
    """All rows of all tables of the console's database as text."""
    return "\n".join(str(row) for model in apps.get_models() for row in model.objects.values_list())


def test_a_password_is_found_nowhere_afterwards(as_role, caplog, settings):
    caplog.set_level(logging.DEBUG)
    client = as_role(Role.DUTY_OFFICER)
    client.raise_request_exception = False
    whole = packet(SEGMENTS["2017"]).decode()
    for text in (whole, whole.encode().hex(), whole[:70], whole * 3, "##" + whole, whole.replace("PW=", "pw = "),
                 whole.replace(";CN=2051", ";CN=1072").replace("DataTime=20160801085800", f"NewPW={SECRET}"),
                 whole + "\0", "x" * 70_000 + whole):
        answer = client.post("/telegrams/", {"packets": text})
        assert answer.status_code == 200
        assert hidden(html.unescape(answer.content.decode()))
    asked = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert SECRET not in asked
    assert SECRET not in everything_kept()
    assert "DUTY" in everything_kept().upper()


@pytest.mark.shared
def test_every_vector_of_the_standard_gives_a_page(as_role, shared):
    client = as_role(Role.DUTY_OFFICER)
    lines = (shared / "standards" / "hj212_vectors.jsonl").read_text("utf-8").split("\n")
    vectors = [json.loads(line) for line in lines if line.strip()]
    assert len(vectors) > 100
    notes: set[Note] = set()
    errors: set[FrameError] = set()
    for vector in vectors:
        raw = vector["packet"].encode({"gbk": "gb18030"}.get(vector["encoding"], vector["encoding"]))
        telegram = decode(raw)
        for text in (raw.hex(), vector["packet"]):
            page = ask(client, text)
            if not raw.startswith(b"##"):
                continue
            if vector.get("stream"):
                want = vector["expect"]
                if not want["bad_frames"] and not want["remainder"]:
                    assert len(re.findall(r"<h2>Packet \d+</h2>", page)) == len(want["frames"]), vector["id"]
                continue
            shown = page if text == raw.hex() else ""
            secret = telegram.header.get("PW")
            assert not secret or f"PW={secret}" not in page, vector["id"]
            if shown:
                assert ("holds: length and CRC are right" in shown) == telegram.valid, vector["id"]
                assert [note for note in telegram.notes if str(NOTES[note]) not in shown] == [], vector["id"]
                assert telegram.error is None or str(ERRORS[telegram.error]) in shown, vector["id"]
                assert not telegram.crc_calc or telegram.crc_calc in shown, vector["id"]
        notes |= telegram.notes
        errors |= {telegram.error} - {None}
    assert errors == set(FrameError)
    assert len(notes) > 10


@pytest.mark.parametrize(("state", "words"), [
    ("0", "off"), ("1", "on"), ("2", "calibrating"), ("3", "maintenance"), ("4", "alarm"), ("5", "blow-back"),
    ("9", "no state of the standard")])
def test_a_treatment_device_is_named_with_its_state_and_hours(as_role, state, words):
    segment = SEGMENTS["2017"].replace("CN=2051", "CN=2021").replace(
        "a21026-Avg=12.5,a21026-Flag=N", f"SB1-RS={state};SB012-RT=1.50")
    page = re.sub(r"\s+", " ", ask(as_role(Role.DUTY_OFFICER), packet(segment).decode()))
    assert f'treatment device 1 · device state<br><span class="qy-quiet">{words}</span>' in page
    assert "treatment device 012 · running hours" in page
    assert '1.50 <span class="qy-unit nowrap">h</span>' in page
    assert "unknown factor" not in page
