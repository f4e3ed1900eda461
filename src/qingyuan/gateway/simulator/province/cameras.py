"""Pictures of cameras at outlets and parks, drawn by code: a few frames some seconds apart, as PNG files.

A stack shows its plume leaning with the wind and thicker the more it emits, an outfall its stream as wide as its
flow, a park its skyline. They are drawings and say so in their index; the same seed draws the same pixels.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyuan.gateway.simulator.province.entries import camera_id
from qingyuan.gateway.simulator.province.layout import Place
from qingyuan.gateway.simulator.province.period import WARM
from qingyuan.gateway.simulator.province.tables import SMOKE
from qingyuan.gateway.simulator.province.world import World
from qingyuan.numerics.time import HOUR_US, iso_utc

WIDTH, HEIGHT = 160, 96
FRAMES, APART_S = 4, 5
NOON = 12
SKY, GROUND, DARK, WATER, SMOKE_GREY = (176, 200, 222), (96, 112, 84), (84, 80, 78), (78, 116, 138), (228, 228, 226)
Picture = NDArray[np.uint8]


class Scene(NamedTuple):
    """What a camera sees: how much comes out (0 to 1 and more) and how the wind bends it (-1 to 1)."""

    place: Place
    kind: str
    amount: float
    lean: float


def write(folder: Path, world: World) -> int:
    """Write every frame and `index.json` into a folder; number of files. The hour shown is the first noon."""
    folder.mkdir(parents=True, exist_ok=True)
    hour = int((NOON - world.period.clock[WARM]) % 24) % world.period.hours
    start_us, index = world.period.start_us + hour * HOUR_US, []
    for number, scene in enumerate(_scenes(world, WARM + hour)):
        draw = np.random.default_rng([world.seed, 12, number])
        for frame in range(FRAMES):
            name = f"{scene.place.id}-{frame + 1}.png"
            data = png(picture(scene, draw, frame))
            (folder / name).write_bytes(data)
            index.append({"site": scene.place.id, "camera": camera_id(scene.place), "kind": scene.kind, "file": name,
                          "simulated": True,
                          "time": iso_utc(start_us + frame * APART_S * 1_000_000),
                          "sha256": hashlib.sha256(data).hexdigest()})
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")
    return len(index)


def _scenes(world: World, row: int) -> Iterator[Scene]:
    for n, stack in enumerate(world.layout.stacks):
        grams = float(world.stacks.grams_s(SMOKE)[row, n])
        usual = stack.type.typical[SMOKE] * stack.type.flow / 1000
        yield Scene(stack.place, "stack", grams / usual, _lean(world, row, stack.place))
    for n, outfall in enumerate(world.layout.outfalls):
        yield Scene(outfall.place, "outfall", float(world.outfalls.flow[row, n]) / outfall.type.flow, 0.0)
    for park in world.layout.parks:
        yield Scene(park.place, "park", 1.0, _lean(world, row, park.place))


def _lean(world: World, row: int, place: Place) -> float:
    return float(np.tanh(world.weather.u[row, world.places[place.id]] / 3))


def picture(scene: Scene, draw: np.random.Generator, frame: int) -> Picture:
    """One frame, shape (HEIGHT, WIDTH, 3)."""
    out = np.empty((HEIGHT, WIDTH, 3), np.float64)
    out[:] = SKY
    horizon = HEIGHT * 2 // 3
    out[horizon:] = GROUND
    if scene.kind == "outfall":
        wide = int(6 + 22 * min(scene.amount, 1.5))
        out[horizon + 8:] = WATER
        out[horizon - 8:horizon + 12, WIDTH // 2 - wide // 2:WIDTH // 2 + wide // 2] = (
            WATER if scene.amount > 0 else DARK)
    else:
        for n in range(1 if scene.kind == "stack" else 4):
            foot = WIDTH // 2 if scene.kind == "stack" else 24 + 36 * n
            top = horizon - (44 if scene.kind == "stack" else 20 + 7 * n)
            out[top:horizon, foot - 3:foot + 3] = DARK
            _smoke(out, foot, top, scene, frame)
    out += draw.normal(0, 1.0, out.shape[:2])[..., None]
    return np.clip(np.round(out / 4) * 4, 0, 255).astype(np.uint8)


def _smoke(out: NDArray[np.float64], foot: int, top: int, scene: Scene, frame: int) -> None:
    for puff in range(10):
        x = foot + scene.lean * (8 * puff + 1.5 * frame)
        y = top - (10 - 5 * abs(scene.lean)) * puff * 0.5
        wide = 3.0 + 1.4 * puff
        left, upper = max(int(x - 3 * wide), 0), max(int(y - 3 * wide), 0)
        part = out[upper:max(int(y + 3 * wide), 0), left:max(int(x + 3 * wide), 0)]
        rows, columns = np.ogrid[upper:upper + part.shape[0], left:left + part.shape[1]]
        away = ((columns - x) ** 2 + (rows - y) ** 2) / wide**2
        cover = (min(scene.amount, 2.0) * 0.42 * np.exp(-0.12 * puff) * np.exp(-away))[..., None]
        part += np.minimum(cover, 1) * (np.array(SMOKE_GREY) - part)


def png(pixels: Picture) -> bytes:
    """A PNG file of 8-bit RGB pixels (ISO/IEC 15948)."""
    height, width = pixels.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 5)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
