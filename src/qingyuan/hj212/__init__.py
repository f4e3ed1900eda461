"""The wire codec of HJ 212: pure functions on bytes, editions of 2005, 2017 and 2025."""

from qingyuan.hj212.answer import answer, compose
from qingyuan.hj212.commands import COMMANDS, Command, CommandKind, kind_of
from qingyuan.hj212.crc import Variant, crc
from qingyuan.hj212.encode import CannotEncode, encode, wrap
from qingyuan.hj212.frame import BadSpan, RawFrame, StreamReader
from qingyuan.hj212.notes import FrameError, Note
from qingyuan.hj212.profile import DEFAULT, PROFILES, Profile
from qingyuan.hj212.secrets import damaged_spans, secret_spans
from qingyuan.hj212.telegram import CODECS, Flag, Telegram, decode
from qingyuan.hj212.words import numeric

__all__ = [
    "CODECS", "COMMANDS", "DEFAULT", "PROFILES", "BadSpan", "CannotEncode", "Command", "CommandKind", "Flag",
    "FrameError", "Note", "Profile", "RawFrame", "StreamReader", "Telegram", "Variant", "answer", "compose", "crc",
    "damaged_spans", "decode", "encode", "kind_of", "numeric", "secret_spans", "wrap",
]
