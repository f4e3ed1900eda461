"""A gateway process: ledger opened, everything warm, then listening."""

from __future__ import annotations

from collections.abc import Callable

import uvloop

from qingyuan.gateway.committer import Committer
from qingyuan.gateway.server import Server
from qingyuan.ledger import Home, Keyring
from qingyuan.registry import Register


def run(home: Home, host: str, port: int, name: str, register: Register,
        listening: Callable[[str, int], None]) -> None:
    """Run a gateway until SIGTERM or SIGINT. Raises LedgerError where its ledger cannot be opened or written."""
    committer = Committer(home, Keyring.open(home.path / "keys"), name, register)

    async def serve() -> None:
        await Server(committer, home.path / "run", name).serve(host, port, listening)

    uvloop.run(serve())
