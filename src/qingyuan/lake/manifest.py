"""Numbered, immutable manifests: which files the lake consists of, up to which leaf and tick.

The position in the ledgers stands here and nowhere else, so files and position become visible together and
nothing is doubled. A manifest carries a checksum; one that fails it is passed over for the one before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

FORMAT = "qingyuan-lake-v1"


class BrokenManifest(ValueError):
    """The bytes are no manifest, or their checksum does not fit."""


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file of the lake."""

    table: str
    month: str            # local month (+08:00) of the starts in it, YYYY-MM
    path: str             # below the lake folder
    rows: int
    min_start_us: int     # UTC microseconds, inclusive
    max_start_us: int     # inclusive
    bytes: int
    sha256: str

    def overlaps(self, start_us: int | None, end_us: int | None) -> bool:
        """True if a row with start in [start_us, end_us) can be in it."""
        before_end = end_us is None or self.min_start_us < end_us
        return before_end and (start_us is None or self.max_start_us >= start_us)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of the lake. Number 0 is the empty lake."""

    number: int = 0
    files: tuple[File, ...] = ()
    position: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Ledger -> number of leaves worked off."""
    tick_us: int = 0
    """The last belief tick worked off, UTC microseconds; 0 before the first."""

    def select(self, table: str, start_us: int | None = None, end_us: int | None = None) -> list[File]:
        """Files of a table that can hold rows with start in [start_us, end_us)."""
        return [f for f in self.files if f.table == table and f.overlaps(start_us, end_us)]

    def rows(self, table: str) -> int:
        """Stored rows of a table, all versions counted."""
        return sum(f.rows for f in self.files if f.table == table)

    def encode(self) -> bytes:
        """Bytes of the manifest file: one JSON object whose `sha256` is over the object without it."""
        body = {"format": FORMAT, "number": self.number, "tick_us": self.tick_us,
                "position": dict(self.position), "files": [asdict(f) for f in self.files]}
        return _canonical({**body, "sha256": hashlib.sha256(_canonical(body)).hexdigest()})

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """Read what `encode` wrote. Raises BrokenManifest for anything else."""
        try:
            body = json.loads(data)
            digest = body.pop("sha256")
            if body["format"] != FORMAT or hashlib.sha256(_canonical(body)).hexdigest() != digest:
                raise BrokenManifest("checksum or format does not fit")
            return cls(body["number"], tuple(File(**f) for f in body["files"]),
                       MappingProxyType(body["position"]), body["tick_us"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BrokenManifest(str(error)) from error


def path_of(folder: Path, number: int) -> Path:
    """Where manifest `number` lies."""
    return folder / f"{number:08d}.json"


def numbers(folder: Path) -> list[int]:
    """Numbers of the manifest files in a folder, whole or not, newest first."""
    found = (p.stem for p in folder.glob("*.json")) if folder.is_dir() else ()
    return sorted((int(stem) for stem in found if stem.isdigit()), reverse=True)


def newest(folder: Path) -> Manifest:
    """The newest manifest that is whole; the empty one where there is none.

    Raises BrokenManifest when there are manifests and not one is whole: the lake must then be rebuilt.
    """
    candidates = numbers(folder)
    manifest = next(whole(folder, candidates), None)
    if manifest is None and candidates:
        raise BrokenManifest(f"none of the {len(candidates)} manifests in {folder} is whole; rebuild it")
    return manifest or Manifest()


def whole(folder: Path, candidates: Iterable[int]) -> Iterator[Manifest]:
    """Manifests that can be read, in the order of the numbers given."""
    for number in candidates:
        try:
            yield Manifest.decode(path_of(folder, number).read_bytes())
        except (BrokenManifest, FileNotFoundError):
            continue


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
