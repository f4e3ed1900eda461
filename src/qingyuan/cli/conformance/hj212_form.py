"""HJ 212 rows: one packet or a piece of a byte stream (hj212.md 16)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qingyuan import hj212
from qingyuan.cli.conformance.compare import same
from qingyuan.cli.conformance.outcome import Difference, Unrecognised

Row = Mapping[str, Any]
INPUTS = ("key_hex",)
STREAM_KEYS = ("frames", "remainder", "bad_frames")


def packet_of(row: Row) -> bytes:
    """The bytes of a row. Raises Unrecognised for an encoding Python does not know."""
    try:
        return str(row["packet"]).encode(row.get("encoding", "utf-8"))
    except LookupError:
        raise Unrecognised(f"encoding {row.get('encoding')}") from None


def described(telegram: hj212.Telegram) -> dict[str, Any]:
    """Everything the form knows of a packet."""
    flag, answer = telegram.flag, hj212.answer(telegram)
    plain, codec = telegram.plain_segment, hj212.CODECS[telegram.text_encoding]
    return {
        "data_len": telegram.data_len, "crc_calc": telegram.crc_calc, "crc_ok": telegram.crc_ok,
        "crc_match": telegram.crc_match, "error": telegram.error.value if telegram.error else None,
        "recoverable": telegram.recoverable, "crc_of_bytes": telegram.crc_of_bytes, "header": telegram.header,
        "flag": None if flag is None else {"version": flag.version, "split": flag.split, "ack": flag.ack},
        "fields": telegram.fields, "factors": telegram.factors,
        "numeric": {code: hj212.numeric(values["Rtd"]) for code, values in telegram.factors.items() if "Rtd" in values},
        "backfill": telegram.backfill, "text_encoding": telegram.text_encoding,
        "notes": sorted(note.value for note in telegram.notes),
        "ack": None if answer is None else answer.decode(codec),
        "encrypted": telegram.encrypted,
        "plain_segment": None if plain is None else plain.decode(codec),
        "crc_of_plain": telegram.crc_calc if telegram.encrypted else None,
    }


def run(row: Row, others: Mapping[str, Row]) -> list[Difference]:
    """Differences of one row. Raises Unrecognised for a key of `expect` that the form does not have."""
    if row.get("stream"):
        return _stream(row)
    expect = row["expect"]
    key = bytes.fromhex(expect["key_hex"]) if "key_hex" in expect else None
    telegram = hj212.decode(packet_of(row), key=key)
    got = described(telegram)
    out = [] if telegram.valid == row["valid"] else [Difference("valid", row["valid"], telegram.valid)]
    for name, wanted in expect.items():
        if name in INPUTS:
            continue
        if name == "same_crc_as":
            other = others.get(wanted)
            found = hj212.decode(packet_of(other)).crc_calc if other else None
            if found != telegram.crc_calc:
                out.append(Difference(name, found, telegram.crc_calc))
        elif name not in got:
            raise Unrecognised(f"key {name} of expect")
        elif not _as_wanted(name, wanted, got[name]):
            out.append(Difference(name, wanted, got[name]))
    return out


def _as_wanted(name: str, wanted: Any, got: Any) -> bool:
    if name == "notes":
        known = {note.value for note in hj212.Note}
        if unknown := sorted(set(wanted) - known):
            raise Unrecognised(f"note {', '.join(unknown)}")
        return not got if not wanted else set(wanted) <= set(got)
    if name == "numeric":
        return wanted.keys() == got.keys() and all(_equal_decimals(value, got[code]) for code, value in wanted.items())
    return same(wanted, got)


def _equal_decimals(wanted: str | None, got: str | None) -> bool:
    return wanted is got if wanted is None or got is None else Decimal(wanted) == Decimal(got)


def _stream(row: Row) -> list[Difference]:
    reader = hj212.StreamReader()
    items = reader.feed(packet_of(row))
    encoding = row.get("encoding", "utf-8")
    got = {"frames": [i.raw.decode(encoding) for i in items if isinstance(i, hj212.RawFrame)],
           "remainder": reader.remainder.decode(encoding), "bad_frames": reader.bad_frames}
    if unknown := sorted(set(row["expect"]) - set(STREAM_KEYS)):
        raise Unrecognised(f"key {', '.join(unknown)} of expect")
    return [Difference(name, wanted, got[name]) for name, wanted in row["expect"].items()
            if not same(wanted, got[name])]
