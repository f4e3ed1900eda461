"""Measuring and printing: medians of repeated runs, each number beside a peer or a physical floor."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line: our number, what it stands beside, and the ratio of the two."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    note: str = ""

    @property
    def ratio(self) -> str:
        """Ours over theirs."""
        return f"{self.ours / self.theirs:.1f}×" if self.theirs else ""


def seconds(job: Callable[[], object], runs: int = 5) -> float:
    """Median CPU seconds of a job (the machine is shared: CPU time is what can be trusted)."""
    job()
    taken = []
    for _ in range(runs):
        gc.collect()
        start = time.process_time()
        job()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def machine() -> str:
    """Processor, cores, Python and the versions that matter."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
                 platform.processor())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "pyarrow", "duckdb", "cryptography"))
    return f"{model}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, {libraries}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def markdown(rows: list[Row], commit: str) -> str:
    """The page docs/benchmarks.md."""
    head = ("# Benchmarks\n\nMade by `make bench`: medians of five runs in one process on one core, CPU time unless "
            f"the unit says otherwise, each beside a peer or a floor in the same run.\n\nMachine: {machine()}.\n"
            f"Commit: {commit}.\n\n| what | ours | unit | beside | theirs | ratio | note |\n"
            "| --- | ---: | --- | --- | ---: | ---: | --- |\n")
    return head + "".join(
        f"| {r.what} | {r.ours:,.4g} | {r.unit} | {r.peer} | {f'{r.theirs:,.4g}' if r.theirs else ''} | {r.ratio} "
        f"| {r.note} |\n" for r in rows)
