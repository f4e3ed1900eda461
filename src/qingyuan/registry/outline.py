"""An outline as an entry states it: a GeoJSON polygon (RFC 7946) of one closed ring that does not cross itself."""

from __future__ import annotations

from typing import Any

from qingyuan.registry.fields import Fields

MOST = 1000                          # positions; what has more is drawn finer than anybody measured it
LEAST = 4                            # three corners, and the first again
LIMITS = (180, 90)                   # degrees of longitude and latitude
Outline = tuple[tuple[float, float], ...]            # (longitude, latitude) in degrees, the last equal to the first


def outline_of(fields: Fields, field: str) -> Outline:
    """The outer ring of a polygon, empty where none is stated. Raises EntryError."""
    value = fields.whatever(field)
    if value is None:
        return ()
    rings = value.get("coordinates") if isinstance(value, dict) and value.get("type") == "Polygon" else None
    if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) for ring in rings):
        raise fields.fault(field, "is no polygon in GeoJSON", "give a type Polygon and its coordinates")
    if len(rings) > 1:
        raise fields.fault(field, "has a hole or more than one part", "give the outer ring only")
    if len(rings[0]) > MOST:
        raise fields.fault(field, f"has more than {MOST} corners", "draw it more simply")
    ring = tuple(_position(fields, field, number, place) for number, place in enumerate(rings[0], 1))
    if len(ring) < LEAST:
        raise fields.fault(field, "has fewer than three corners", "name them all, and the first one again at the end")
    if ring[0] != ring[-1]:
        raise fields.fault(field, "is not closed", "name the first corner again at the end")
    _demand_simple(fields, field, ring)
    return ring


def geometry(outline: Outline) -> dict[str, Any]:
    """An outline as a GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [[list(place) for place in outline]]}


def _position(fields: Fields, field: str, number: int, place: Any) -> tuple[float, float]:
    if not isinstance(place, list | tuple) or len(place) != len(LIMITS) or not all(
            isinstance(v, int | float) and not isinstance(v, bool) and v == v for v in place):
        raise fields.fault(field, f"corner {number} is not a longitude and a latitude", "give two numbers, degrees")
    for value, limit in zip(place, LIMITS, strict=True):
        if abs(value) > limit:
            raise fields.fault(field, f"corner {number}: {value} is outside ±{limit} degrees",
                               "check whether longitude and latitude are exchanged")
    return float(place[0]), float(place[1])


def _demand_simple(fields: Fields, field: str, ring: Outline) -> None:
    """Raise EntryError for an outline that crosses or touches itself, or that encloses nothing."""
    from shapely import LinearRing, Polygon  # late: few entries have an outline

    if not LinearRing(ring).is_simple or Polygon(ring).area == 0:
        raise fields.fault(field, "crosses itself", "name the corners in the order in which one walks round")
