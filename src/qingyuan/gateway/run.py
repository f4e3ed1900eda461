"""A gateway process: ledger opened, everything warm, then listening."""

from __future__ import annotations

from collections.abc import Callable

import uvloop

from qingyuan.gateway.committer import Committer
from qingyuan.gateway.server import Server
from qingyuan.ledger import OFFICE, Home, HomeError, Keyring
from qingyuan.ledger.home import QUARANTINE
from qingyuan.registry import Register


def run(home: Home, host: str, port: int, name: str, register: Register,
        listening: Callable[[str, int], None]) -> None:
    """Run a gateway until SIGTERM or SIGINT. Raises LedgerError where its ledger cannot be opened or written, HomeError
    for a name that is another ledger's.
    """
    if name == OFFICE or name.endswith(QUARANTINE):
        raise HomeError(f"{name!r} cannot be the name of a gateway, it is another ledger's")
    committer = Committer(home, Keyring.open(home.path / "keys"), name, register)

    async def serve() -> None:
        await Server(committer, home.path / "run", name).serve(host, port, listening)

    uvloop.run(serve())
