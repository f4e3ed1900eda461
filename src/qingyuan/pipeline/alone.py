"""One pipeline, or one rebuild that writes, over a home at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from qingyuan.lake.durable import LakeBusy, exclusive
from qingyuan.ledger import Home


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Be the only one who turns ledgers into the lake; raises LakeBusy while another process does."""
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(home.path / "run" / "pipeline.lock"))
        except LakeBusy:
            raise LakeBusy(f"a pipeline or rebuild is at work over {home.path}") from None
        yield
