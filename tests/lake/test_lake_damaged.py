"""A damaged file is named each time it is read, and only then: once it is whole again so is every answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from sample_lake import figure, fill

from qingyuan.lake import Lake, LakeDamaged


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    fill(made, "hour", [figure(), figure("S2", value="9")])
    return made


def file(lake: Lake) -> Path:
    return lake.path / lake.current().files[0].path


def turned_sizes(path: Path) -> Iterator[bytes]:
    """The file with the sign of one stated size turned: one flipped bit, at which DuckDB gives up for good."""
    data = path.read_bytes()
    group = pq.ParquetFile(path).metadata.row_group(0)
    for number in range(group.num_columns):
        size = 2 * group.column(number).total_compressed_size         # a variable-length integer, its sign in bit 0
        stated = bytes([size & 127 | 128, size >> 7])
        at = data.find(stated, len(data) - int.from_bytes(data[-8:-4], "little") - 8)
        if size > 127 and at > 0:
            yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def test_after_damage_a_whole_lake_is_read_again_by_the_same_process(lake: Lake) -> None:
    path, whole, given_up = file(lake), lake.read("hour"), 0
    data = path.read_bytes()
    for changed in turned_sizes(path):
        path.write_bytes(changed)
        try:
            lake.read("hour")
        except LakeDamaged as damage:
            given_up += isinstance(damage.__cause__, duckdb.InternalException)
        path.write_bytes(data)
        assert lake.read("hour").equals(whole)
    assert given_up > 0


@pytest.mark.parametrize("name", [b"subjecT", b"subjec\xf4", b"SUBJECT"])
def test_columns_of_other_names_are_damage(lake: Lake, name: bytes) -> None:
    path = file(lake)
    path.write_bytes(path.read_bytes().replace(b"subject", name, 1))
    with pytest.raises(LakeDamaged, match="rebuild it"):
        lake.read("hour")
