"""Where measured data lie: beside the checkout, or where the environment says."""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = "QINGYUAN_SHARED"
REMARK = re.compile(r"[(（][^)）]*[)）]")


def find(pattern: str) -> Path | None:
    """A data file, by folder and name (with *): in the folder the environment names, beside the working folder or
    the checkout, or where `qingyuan data fetch` puts it. Of several the last by name.
    """
    given = os.environ.get(FOLDER)
    checkout = Path(__file__).resolve().parents[4]
    shared = [Path(given)] if given else [Path.cwd().parent / "shared", checkout.parent / "shared"]
    for folder in (*(place / "data" for place in shared), Path("var") / "data"):
        if found := sorted(folder.glob(pattern)):
            return found[-1]
    return None


class Place(NamedTuple):
    """One line of the national station list; its coordinate system is not stated by the source."""

    code: str
    name: str
    lon: float | None
    lat: float | None
    background: bool
    province: str


class Places:
    """National stations by city and name; a name may carry a remark in brackets that was added or dropped later."""

    def __init__(self, file: Path | None) -> None:
        self._exact: dict[tuple[str, str], Place] = {}
        self._base: dict[tuple[str, str], list[Place]] = defaultdict(list)
        if file is not None and file.is_file():
            for city, place in _rows(file):
                self._exact.setdefault((city, place.name), place)
                self._base[city, base_name(place.name)].append(place)

    def find(self, city: str, name: str) -> Place | None:
        """The station of that very name; else the only one of that name without remarks; else None."""
        exact = self._exact.get((city, name))
        near = self._base.get((city, base_name(name)), [])
        return exact or (near[0] if len(near) == 1 else None)


def base_name(name: str) -> str:
    """A station's name without remarks in brackets (in service since, out of service, control point)."""
    return REMARK.sub("", name).strip()


def _rows(file: Path) -> Iterator[tuple[str, Place]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["city"], Place(row["site_code"], row["site_name"], _number(row["lon"]), _number(row["lat"]),
                                     row["is_background"] == "Y", row["province"])


def _number(text: str) -> float | None:
    return float(text) if text.strip() else None
