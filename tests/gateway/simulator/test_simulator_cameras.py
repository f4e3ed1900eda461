"""Pictures of the simulated cameras: readable, small, the same every time, and different where the scene is."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from qingyuan.gateway.simulator import province
from qingyuan.gateway.simulator.province.cameras import HEIGHT, WIDTH, Scene, picture, png
from qingyuan.registry import fold


def pixels(data: bytes) -> np.ndarray:
    """Decode what `png` writes (no filter), checking every chunk."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, body, size = 8, b"", (0, 0)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, content = data[place + 4:place + 8], data[place + 8:place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length)[0] == zlib.crc32(name + content)
        if name == b"IHDR":
            size = struct.unpack_from(">II", content)
        elif name == b"IDAT":
            body += content
        place += 12 + length
    rows = np.frombuffer(zlib.decompress(body), np.uint8).reshape(size[1], 1 + 3 * size[0])
    assert (rows[:, 0] == 0).all()
    return rows[:, 1:].reshape(size[1], size[0], 3)


def test_every_outlet_and_park_has_its_frames_with_hash_and_time(tmp_path: Path) -> None:
    source = province(2, hours=24)
    assert source.write_pictures(tmp_path) == 32 * 4
    index = json.loads((tmp_path / "index.json").read_text())
    assert len({row["site"] for row in index}) == 32
    assert all(row["simulated"] for row in index)
    for row in index:
        data = (tmp_path / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert len(data) < 12_000
        assert pixels(data).shape == (HEIGHT, WIDTH, 3)
    registry = fold([(1, entry) for entry in source.entries])
    assert {(row["camera"], row["site"], row["kind"]) for row in index} == {
        (camera.id, camera.place, camera.sees.value) for camera in registry.cameras.values()}
    again = tmp_path / "again"
    province(2, hours=24).write_pictures(again)
    assert (again / "index.json").read_bytes() == (tmp_path / "index.json").read_bytes()


@pytest.mark.parametrize("lean", [-0.9, 0.9])
def test_a_stack_at_work_shows_its_plume_on_the_lee_side(lean: float) -> None:
    place = province(1, hours=1).world.layout.stacks[0].place
    still, working = (picture(Scene(place, "stack", amount, lean), np.random.default_rng(1), 0).astype(float)
                      for amount in (0.0, 1.5))
    changed = np.abs(working - still).sum(axis=2)
    left, right = changed[:, :WIDTH // 2 - 12].sum(), changed[:, WIDTH // 2 + 12:].sum()
    assert changed.max() > 20
    assert (left > 3 * right) if lean < 0 else (right > 3 * left)


def test_a_png_holds_the_pixels_it_was_given() -> None:
    given = np.random.default_rng(3).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    assert (pixels(png(given)) == given).all()
