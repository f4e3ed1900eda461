"""Measuring and printing: medians of repeated runs, each number beside a peer or a physical floor."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import subprocess
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


def commit() -> str:
    """The commit measured, or `unknown` outside a repository."""
    try:
        told = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return told.stdout.strip() or "unknown"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def markdown(rows: list[Row], at: str) -> str:
    """The page docs/benchmarks.md."""
    head = ("# Benchmarks\n\nMade by `make bench`: medians of five runs in one process on one core, CPU time unless "
            f"the unit says otherwise, each beside a peer or a floor in the same run.\n\nMachine: {machine()}.\n"
            f"Commit: {at}.\n\n| what | ours | unit | beside | theirs | ratio | note |\n"
            "| --- | ---: | --- | --- | ---: | ---: | --- |\n")
    return head + "".join(
        f"| {r.what} | {r.ours:,.4g} | {r.unit} | {r.peer} | {f'{r.theirs:,.4g}' if r.theirs else ''} | {r.ratio} "
        f"| {r.note} |\n" for r in rows)
