"""The inspector: every byte explained, no secret shown again; stored telegrams within a person's rights."""

import pytest

from qingyuan import hj212
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.operations import inspect, packets
from qingyuan.console.operations.anatomy import MOST_PARTS, PartKind, anatomy
from qingyuan.console.operations.inspector import EXAMPLE
from qingyuan.console.operations.recent import tails

pytestmark = pytest.mark.django_db
SECRET = "sEcReT77"
HEAD = [("QN", "20200401140000000"), ("ST", "22"), ("CN", "2061"), ("PW", SECRET), ("MN", "MN-X"), ("Flag", "5")]
ITEMS = [[("DataTime", "20200401130000")], [("a34004-Avg", "53.2"), ("a34004-Flag", "N")]]
FRAME = hj212.encode(HEAD, ITEMS)


def ask(client, text):
    return client.post("/telegrams/", {"packets": text}).content.decode()


def test_the_example_of_the_standard_holds(as_role):
    page = ask(as_role(Role.DUTY_OFFICER), EXAMPLE.decode())
    assert "holds: length and CRC are right" in page
    assert "1C80" in page


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_password_is_never_shown_again(as_role, lang):
    client, text = as_role(Role.DUTY_OFFICER, lang=lang), FRAME.decode()
    for given in (text, FRAME.hex(), text.replace("##", "##9", 1), text[:60], text.replace("PW=", "pw = ")):
        page = ask(client, given)
        assert "********" in page
        assert SECRET not in page
        assert SECRET.encode().hex(" ").upper() not in page


def test_parts_cover_what_stands_there():
    parts = anatomy(FRAME, "utf-8")
    kinds = [part.kind for part in parts]
    assert kinds[:2] == [PartKind.START, PartKind.LENGTH]
    assert kinds[-3:] == [PartKind.CLOSING, PartKind.CRC, PartKind.TAIL]
    for part in parts:
        if part.kind in (PartKind.HEAD, PartKind.FIELD, PartKind.FACTOR):
            assert FRAME[part.start:part.end].decode() == f"{part.name}={part.value}"
    joined = bytearray(FRAME)
    for part in parts:
        joined[part.start:part.end] = b" " * (part.end - part.start)
    assert set(joined.decode()) <= set(" ;,")


def test_a_piece_without_equals_is_odd():
    assert [p.value for p in anatomy(b"##0008QN=1;bad&&0000", "utf-8") if p.kind is PartKind.ODD] == ["bad"]


@pytest.mark.parametrize(("variant", "change"), [
    ("standard_swapped", lambda right, other: (right & 0xFF) << 8 | right >> 8),
    ("modbus", lambda right, other: other), ("modbus_swapped", lambda right, other: (other & 0xFF) << 8 | other >> 8)])
def test_the_variant_that_fits_is_named(variant, change):
    from qingyuan.hj212.crc import modbus

    segment = FRAME[6:-6]
    wrong = FRAME[:-6] + b"%04X\r\n" % change(hj212.crc(segment), modbus(segment))
    one = inspect.explained(wrong)
    assert one.telegram.crc_match == variant
    assert sum(line.fits for line in one.variants) == 1
    assert variant in str(one.variant_words)


def test_each_edition_has_its_own_verdict():
    words = {line.edition: line.verdict.name for line in inspect.explained(FRAME).editions}
    assert words == {"2005": "EDITION_NOT_ALLOWED", "2017": "ACCEPTED", "2025": "EDITION_NOT_ALLOWED"}
    old = inspect.explained(hj212.encode(HEAD[:5], [[("DataTime", "20200401130000")], [("02-Avg", "1")]]))
    remarks = {line.edition: " ".join(line.remarks) for line in old.editions}
    assert "Flag" in remarks["2017"]
    assert "02" in remarks["2017"]
    assert not remarks["2005"]


def test_the_answer_masks_the_password():
    one = inspect.explained(FRAME)
    assert one.answer is not None
    assert "9014" in one.answer
    assert SECRET not in one.answer
    assert inspect.explained(FRAME.replace(b"Flag=5", b"Flag=4")).answer is None


@pytest.mark.parametrize(("text", "fault"), [("  ", packets.Fault.EMPTY), ("hello", packets.Fault.NO_PACKET),
                                             ("##" + "x" * 70_000, packets.Fault.TOO_LONG)])
def test_what_is_no_packet_is_said(text, fault):
    with pytest.raises(packets.NotReadable) as error:
        packets.read(text)
    assert error.value.fault is fault


@pytest.mark.parametrize("text", [FRAME.hex(), FRAME.hex(" "), FRAME.hex(":").upper(),
                                  " ".join(f"0x{byte:02x}" for byte in FRAME)])
def test_hexadecimal_digits_are_the_same_bytes(text):
    assert packets.read(text).packets == [FRAME]
    assert packets.read(text).form is packets.Form.HEXADECIMAL


def test_line_ends_of_a_text_are_taken_for_the_standards():
    assert packets.read(FRAME.decode().replace("\r\n", "\n")).packets == [FRAME]
    assert packets.read(FRAME.decode().strip()).packets == [FRAME]
    assert packets.read(FRAME.strip().hex()).packets == [FRAME.strip()]


def test_a_packet_of_thousands_of_parts_is_cut():
    parts = anatomy(b"##0000CP=&&" + b"a=1;" * 5000 + b"&&0000\r\n", "utf-8")
    assert len(parts) == MOST_PARTS + 1
    assert (parts[-1].kind, parts[-1].end) == (PartKind.REST, 11 + 20_000 + 8)


def test_several_packets_are_told_apart():
    found = packets.read("noise\r\n" + FRAME.decode() + "\r\n\r\n" + EXAMPLE.decode())
    assert found.packets == [FRAME, EXAMPLE]
    assert found.skipped == 7
    assert found.form is packets.Form.UTF8
    assert packets.read(FRAME.decode() * 50).more == 50 - packets.MOST_PACKETS


def test_a_packet_in_gbk_is_known_by_its_crc():
    frame = hj212.wrap("QN=20200401140000000;MN=M1;CP=&&PolId=温度&&".encode("gb18030"))
    assert packets.read(frame.decode("gb18030")).packets == [frame]
    assert packets.read(frame.decode("gb18030")).form is packets.Form.GBK


def test_long_blanks_take_no_time():
    assert packets.read("##0010" + "\n" * 20_000 + "##0011" + " " * 3000).packets


def test_a_stored_telegram_shows_what_came_of_it(as_role, console):
    mn, sent = next(iter(tails()["gw1"].sent.items()))
    page = as_role(Role.DUTY_OFFICER).get(f"/telegrams/{sent.ledger}/{sent.leaf}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert mn in text
    assert "Figures of this hour" in text or "values were read" in text
    assert "data-drawer" in text


def test_telegrams_of_other_sites_are_refused(as_role, console):
    sent = next(iter(tails()["gw1"].sent.values()))
    answer = as_role(Role.COUNTY_STATION, subject="nobody").get(f"/telegrams/{sent.ledger}/{sent.leaf}/")
    assert answer.status_code == 404                  # like a leaf that is not there: no ledger lists it to them
    assert as_role(Role.AGENCY).get(f"/telegrams/{sent.ledger}/{sent.leaf}/").status_code == 404
    watching = as_role(Role.PARK_MANAGER, territory="park:none")
    assert watching.get(f"/telegrams/{sent.ledger}/{sent.leaf}/").status_code == 403


@pytest.mark.parametrize("path", ["/telegrams/gw1/99999999/", "/telegrams/none/0/", "/telegrams/nobody/",
                                  "/telegrams/office/0/"])
def test_what_is_not_there_is_said(as_role, path):
    assert as_role(Role.DUTY_OFFICER).get(path).status_code == 404


def test_the_list_of_a_site(as_role, console, django_assert_max_num_queries):
    from qingyuan.console import home

    client, site = as_role(Role.DUTY_OFFICER), next(iter(home.registry().sites))
    with django_assert_max_num_queries(6):
        page = client.get(f"/telegrams/{site}/").content.decode()
    assert page.count("<tr id=") == 27 or page.count("<tr id=") == 100
    past = client.get(f"/telegrams/{site}/?as_of=2000-01-01T00:00:00")
    assert past.status_code == 404
