"""A ledger's hashes in the C2SP `tlog-tiles` layout: paths and bytes of tiles of 256 hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

WIDTH, HEIGHT = 256, 8
Get = Callable[[int, int], bytes]


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """`tile/<L>/<N>[.p/<W>]`, the number in groups of three digits, all but the last with an x before it."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def tiles(size: int, get: Get) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every tile of a tree of `size` leaves; tile level l holds subtrees of 256**l leaves."""
    level, count = 0, size
    while count:
        for number in range((count + WIDTH - 1) // WIDTH):
            first = number * WIDTH
            width = min(WIDTH, count - first)
            yield (tile_path(level, number, width),
                   b"".join(get(level * HEIGHT, index) for index in range(first, first + width)))
        level, count = level + 1, count // WIDTH
