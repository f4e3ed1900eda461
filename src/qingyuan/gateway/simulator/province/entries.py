"""What the registry is told of a province beside its stations: enterprises, parks, permit limits, cameras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from qingyuan.gateway.simulator.province.layout import Layout, Place
from qingyuan.gateway.simulator.province.monitors import UNITS_OF
from qingyuan.gateway.simulator.province.tables import SO2
from qingyuan.numerics.time import CST_OFFSET_S, micros, moment
from qingyuan.registry import Averaging, CoordinateSystem, EntryKind, Origin, Scene, payload
from qingyuan.registry.outline import geometry

PERMIT_YEARS = 5                     # a discharge permit is given for so long (State Council decree 736, article 14)
Entry = Mapping[str, object]


class Watched(NamedTuple):
    """A place with a camera, and what that looks at."""

    place: Place
    scene: Scene


def entries(land: Layout, start_us: int) -> Sequence[Entry]:
    """Entries in an order in which each names only what stands already; permits hold from the year of `start_us` on."""
    return [*_firms(land), *_parks(land), *_limits(land, start_us), *_cameras(land)]


def watched(land: Layout) -> Iterator[Watched]:
    """Every place with a camera."""
    yield from (Watched(stack.place, Scene.STACK) for stack in land.stacks)
    yield from (Watched(outfall.place, Scene.OUTFALL) for outfall in land.outfalls)
    yield from (Watched(park.place, Scene.PARK) for park in land.parks)


def camera_id(place: Place) -> str:
    """Id of the camera at a place."""
    return f"{place.id}-C1"


def _firms(land: Layout) -> Iterator[Entry]:
    for name, row in land.enterprises:
        yield payload(EntryKind.ORGANISATION, name, {
            "name": row.name_zh, "name_en": row.name_en, "kind": "enterprise", "belongs": [
                park.place.id for park in land.parks if park.row.key == row.park]})


def _parks(land: Layout) -> Iterator[Entry]:
    for park in land.parks:
        yield payload(EntryKind.PARK, park.place.id, {
            "name": park.place.name_zh, "name_en": park.place.name_en, "city": park.place.city, "organisations": [
                name for name, row in land.enterprises if row.park == park.row.key],
            "outline": geometry(park.outline), "coordinate_system": str(CoordinateSystem.CGCS2000)})


def _limits(land: Layout, start_us: int) -> Iterator[Entry]:
    """Hour means of stacks and day means of waste water, as their permits have them; the permits are made up too."""
    year = moment(start_us, CST_OFFSET_S).year
    begin_us, end_us = (_year_us(year + more) for more in (0, PERMIT_YEARS))
    outlets = [*((stack.place, stack.type.limit, Averaging.HOUR) for stack in land.stacks),
               *((outfall.place, outfall.type.limit, Averaging.DAY) for outfall in land.outfalls)]
    for place, limits, averaging in outlets:
        for factor, value in limits.items():
            yield payload(EntryKind.LIMIT, f"{place.id}-{factor}", {
                "site": place.id, "factor": factor, "averaging": str(averaging), "value": f"{value:g}",
                "unit": "mg/m3" if factor == SO2 else UNITS_OF[factor], "permit": f"SIMULATED-{place.belongs[0]}"},
                valid_from_us=begin_us, valid_to_us=end_us)


def _cameras(land: Layout) -> Iterator[Entry]:
    for place, scene in watched(land):
        yield payload(EntryKind.CAMERA, camera_id(place), {
            "place": place.id, "name": f"{place.name_zh}摄像头", "name_en": f"{place.name_en}, camera",
            "sees": str(scene), "origin": str(Origin.SIMULATED)})


def _year_us(year: int) -> int:
    """Beginning of a year, +08:00."""
    return micros(datetime.fromisoformat(f"{year:04}-01-01T00:00:00+08:00"))
