"""Reading the tables of this room."""

from __future__ import annotations

import csv
from importlib.resources import files


def read(name: str) -> list[dict[str, str]]:
    """Rows of a table by its name, every cell as text."""
    text = files("qingyuan.vocabulary").joinpath("data", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
