"""What a platform answers to a packet (HJ 212-2017 6.5.2, 6.5.3)."""

from __future__ import annotations

from qingyuan.hj212.commands import CommandKind, kind_of
from qingyuan.hj212.encode import LONGEST, CannotEncode, wrap
from qingyuan.hj212.telegram import CODECS, Telegram

SYSTEM = "91"
ANSWER_FLAGS = {"2005": "0", "2017": "4", "2025": "8"}
ANSWERS = {CommandKind.UPLOAD: "9014", CommandKind.NOTICE: "9013"}


def answer(telegram: Telegram) -> bytes | None:
    """The whole answer, or None where none is due: not accepted (a wrong CRC ends processing, 6.3; the sender
    repeats), no Flag or no answer bit, a request or an answer itself, no MN or one too long for any answer.

    QN, PW and MN as received, in the packet's own encoding; Flag of its edition with the low bits clear.
    """
    flag = telegram.flag
    cn = ANSWERS.get(kind_of(telegram.cn or ""))
    if not telegram.accepted or flag is None or not flag.ack or cn is None or not telegram.mn:
        return None
    number = ANSWER_FLAGS.get(flag.version, str(flag.number & ~3))
    try:
        return compose(cn, telegram.qn, telegram.pw, telegram.mn, number, CODECS[telegram.text_encoding])
    except CannotEncode:
        return None


def compose(cn: str, qn: str | None, pw: str | None, mn: str, flag: str, codec: str = "utf-8") -> bytes:
    """An answer packet with an empty data area; QN and PW are left out where the packet had none.

    A QN with which no packet has room is left out too. Raises CannotEncode where MN and PW alone have none.
    """
    head = [("ST", SYSTEM), ("CN", cn), ("PW", pw), ("MN", mn), ("Flag", flag)]
    text = "".join(f"{name}={value};" for name, value in head if value is not None) + "CP=&&&&"
    rest = text.encode(codec, "surrogateescape")
    first = b"" if qn is None else f"QN={qn};".encode(codec, "surrogateescape")
    return wrap(first + rest if len(first + rest) <= LONGEST else rest)
