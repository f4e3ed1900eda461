"""A gateway process: port taken, ledger opened, everything warm, then listening."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import uvloop

from qingyuan.gateway.committer import Committer
from qingyuan.gateway.server import Connection, Server
from qingyuan.ledger import OFFICE, Home, HomeError, Keyring
from qingyuan.ledger.home import QUARANTINE
from qingyuan.registry import Register


def run(home: Home, host: str, port: int, name: str, register: Register,
        listening: Callable[[str, int], None]) -> None:
    """Run a gateway until SIGTERM or SIGINT. Raises OSError where it cannot listen (nothing was made then), LedgerError
    where its ledger cannot be opened or written, HomeError for a name that is another ledger's.
    """
    if name == OFFICE or name.endswith(QUARANTINE):
        raise HomeError(f"{name!r} cannot be the name of a gateway, it is another ledger's")

    async def serve() -> None:
        server: Server
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: Connection(server), host, port, backlog=4096, start_serving=False)
        try:
            committer = Committer(home, Keyring.open(home.path / "keys"), name, register)
            server = Server(committer, home.path / "run", name)
            await server.serve(listener, listening)
        finally:
            listener.close()

    uvloop.run(serve())
