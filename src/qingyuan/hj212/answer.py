"""What a platform answers to a packet (HJ 212-2017 6.5.2, 6.5.3)."""

from __future__ import annotations

from qingyuan.hj212.commands import CommandKind, kind_of
from qingyuan.hj212.encode import wrap
from qingyuan.hj212.telegram import Telegram

SYSTEM = "91"
ANSWER_FLAGS = {"2005": "0", "2017": "4", "2025": "8"}
ANSWERS = {CommandKind.UPLOAD: "9014", CommandKind.NOTICE: "9013"}


def answer(telegram: Telegram) -> bytes | None:
    """The whole answer, or None where none is due: no Flag or no answer bit, an answer itself, no MN.

    QN, PW and MN as received; Flag of the packet's edition with its low bits clear, of an unknown edition likewise.
    """
    flag = telegram.flag
    cn = ANSWERS.get(kind_of(telegram.cn or ""))
    if flag is None or not flag.ack or cn is None or not telegram.mn:
        return None
    number = ANSWER_FLAGS.get(flag.version, str(flag.number & ~3))
    return compose(cn, telegram.qn, telegram.pw, telegram.mn, number)


def compose(cn: str, qn: str | None, pw: str | None, mn: str, flag: str) -> bytes:
    """An answer packet with an empty data area; QN and PW are left out where the packet had none."""
    head = [("QN", qn), ("ST", SYSTEM), ("CN", cn), ("PW", pw), ("MN", mn), ("Flag", flag)]
    text = "".join(f"{name}={value};" for name, value in head if value is not None)
    return wrap(f"{text}CP=&&&&".encode("utf-8", "surrogateescape"))
