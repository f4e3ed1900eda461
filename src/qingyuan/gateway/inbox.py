"""What arrived from one connection since it was last served."""

from __future__ import annotations

from typing import NamedTuple

from qingyuan.gateway.judge import any_variant
from qingyuan.hj212 import StreamReader

LONGEST_BUFFER = 65_536      # HJ 212 segments end at 9999 bytes; a buffer that never frames is given up (hj212.md 14.1)


class Peer:
    """The sender's side of a connection as the ledger thread knows it: its stream and its address."""

    __slots__ = ("address", "local_port", "port", "reader")

    def __init__(self, address: str, port: int, local_port: int) -> None:
        self.address, self.port, self.local_port = address, port, local_port
        self.reader = StreamReader(LONGEST_BUFFER, any_variant)


class Parcel(NamedTuple):
    """Bytes of one peer, in order; `last` if nothing more can come."""

    peer: Peer
    data: bytes
    last: bool
