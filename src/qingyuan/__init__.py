"""清源 Qingyuan: environmental monitoring in which every published figure proves itself."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qingyuan.api import Platform

__version__ = "0.1.0"


def open(path: str | PathLike[str]) -> Platform:
    """Open the home of a system to read its figures; see `qingyuan.api.Platform`. Raises HomeError."""
    from qingyuan.api import Platform

    return Platform(path)
