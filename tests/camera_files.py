"""Pictures of cameras as a simulated province writes them into a home."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from qingyuan.gateway.simulator.province.cameras import png
from qingyuan.numerics.time import iso_utc


def picture(shade: int) -> bytes:
    """A grey PNG of 4 × 3 pixels."""
    return png(np.full((3, 4, 3), shade, np.uint8))


def entry(subject: str, file: str, data: bytes, at_us: int, kind: str = "stack") -> dict[str, Any]:
    """What the index says of one picture."""
    return {"site": subject, "kind": kind, "file": file, "simulated": True, "time": iso_utc(at_us),
            "sha256": hashlib.sha256(data).hexdigest()}


def write(home: Path, at_us: int, *subjects: str, kind: str = "stack") -> list[dict[str, Any]]:
    """Two pictures of each subject, five seconds apart, and the index, which is given back."""
    folder = home / "province" / "cameras"
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for subject in subjects:
        for n in range(2):
            file, data = f"{subject}-{n + 1}.png", picture(10 * n)
            (folder / file).write_bytes(data)
            index.append(entry(subject, file, data, at_us + 5_000_000 * n, kind))
    put(home, index)
    return index


def put(home: Path, index: Any) -> None:
    """Write the index anew."""
    (home / "province" / "cameras" / "index.json").write_text(json.dumps(index), "utf-8")
