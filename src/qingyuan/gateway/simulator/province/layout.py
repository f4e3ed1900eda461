"""Where everything stands: air stations, parks with their boundary, stacks, outfalls, river sections. From a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qingyuan.gateway.simulator.province import tables
from qingyuan.gateway.simulator.province.tables import EnterpriseRow, OutfallType, ParkRow, RiverRow, StackType
from qingyuan.gateway.simulator.synthetic import CITIES
from qingyuan.vocabulary import regions
from qingyuan.vocabulary.boundaries import inside, prefectures

JIANGSU = "320000"
KM_A_DEGREE = 111.195            # of latitude, sphere of 6371 km
CORNERS = 7


@dataclass(frozen=True)
class Place:
    """A point of the simulated province."""

    id: str
    name_zh: str
    name_en: str
    city: str
    lon: float
    lat: float
    belongs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stack:
    """A stack outlet with what burns below it."""

    place: Place
    type: StackType
    industry: str


@dataclass(frozen=True)
class Outfall:
    """A waste-water outlet and where it meets its river."""

    place: Place
    type: OutfallType
    river: str
    km: float


@dataclass(frozen=True)
class Park:
    """A park, its outline in degrees, its fugitive source and the stations on its boundary."""

    place: Place
    row: ParkRow
    outline: tuple[tuple[float, float], ...]
    boundary: tuple[Place, ...]


@dataclass(frozen=True)
class River:
    """A river and its sections, downstream order."""

    row: RiverRow
    sections: tuple[Place, ...]


@dataclass(frozen=True)
class Layout:
    """The whole province."""

    seed: int
    air: tuple[Place, ...]
    parks: tuple[Park, ...]
    stacks: tuple[Stack, ...]
    outfalls: tuple[Outfall, ...]
    rivers: tuple[River, ...]
    enterprises: tuple[tuple[str, EnterpriseRow], ...]        # id of the organisation, row


def build(seed: int) -> Layout:
    """The province of a seed: the seed moves points, it does not change how many there are."""
    draw = np.random.default_rng([seed, 1])
    ids = Ids(seed)
    parks = tuple(_park(ids, row, draw) for row in tables.PARKS)
    rivers = tuple(_river(ids, row) for row in tables.RIVERS)
    firms = tuple((ids.organisation(row), row) for row in tables.ENTERPRISES)
    stacks, outfalls = _outlets(ids, firms, {park.row.key: park for park in parks}, draw)
    return Layout(seed, _air(ids, draw), parks, stacks, outfalls, rivers, firms)


@dataclass(frozen=True)
class Ids:
    """Ids of a seed's sites and organisations."""

    seed: int

    def site(self, what: str) -> str:
        """Id of a site, park or organisation."""
        return f"P{self.seed}-{what}"

    def organisation(self, row: EnterpriseRow) -> str:
        """Id of an enterprise."""
        return self.site(row.key)


def moved(lon: float, lat: float, east_km: float, north_km: float) -> tuple[float, float]:
    """A point some km to the east and north, in degrees with five decimals (about a metre)."""
    north = lat + north_km / KM_A_DEGREE
    return round(lon + east_km / KM_A_DEGREE / math.cos(math.radians(lat)), 5), round(north, 5)


def offset_m(origin: tuple[float, float], lon: float, lat: float) -> tuple[float, float]:
    """Metres east and north of an origin; good to 0.1 % within 50 km."""
    scale = KM_A_DEGREE * 1000
    return (lon - origin[0]) * scale * math.cos(math.radians(origin[1])), (lat - origin[1]) * scale


def _air(ids: Ids, draw: np.random.Generator) -> tuple[Place, ...]:
    """Two or three stations in each prefecture, within its boundary."""
    shapes, out = prefectures(JIANGSU), []
    for number, (city, lon, lat) in enumerate(CITIES):
        region = regions.region(city)
        assert region is not None
        for station in range(2 + number % 2):
            while True:
                point = moved(lon, lat, *(float(km) for km in draw.normal(0, 6, 2)))
                if inside(shapes[region.code], *point):
                    break
            out.append(Place(ids.site(f"A{region.code}-{station + 1}"), f"{city}模拟{station + 1}号空气站",
                             f"{region.name_en} simulated air station {station + 1}", city, *point))
    return tuple(out)


def _park(ids: Ids, row: ParkRow, draw: np.random.Generator) -> Park:
    park = Place(ids.site(row.key), row.name_zh, row.name_en, row.city, row.lon, row.lat)
    turn = float(draw.uniform(0, 360))
    radii = row.radius_km * draw.uniform(0.85, 1.15, CORNERS)
    corners = [_polar(row, turn + 360 * n / CORNERS, float(radius)) for n, radius in enumerate(radii)]
    stations = []
    for n in range(row.boundary):
        at = n * CORNERS / row.boundary
        one, two, share = corners[int(at)], corners[(int(at) + 1) % CORNERS], at % 1
        lon, lat = (round(a + share * (b - a), 5) for a, b in zip(one, two, strict=True))
        stations.append(Place(ids.site(f"{row.key}B{n + 1}"), f"{row.name_zh}边界{n + 1}号站",
                              f"{row.name_en}, boundary station {n + 1}", row.city, lon, lat, (park.id,)))
    return Park(park, row, (*corners, corners[0]), tuple(stations))


def _polar(row: ParkRow, degrees: float, km: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return moved(row.lon, row.lat, km * math.sin(angle), km * math.cos(angle))


def _river(ids: Ids, row: RiverRow) -> River:
    sections = tuple(Place(ids.site(f"{row.key}S{n + 1}"), f"{row.name_zh}{n + 1}号断面",
                           f"{row.name_en}, section {n + 1}", row.city, *course(row, km))
                     for n, km in enumerate(row.sections_km))
    return River(row, sections)


def course(row: RiverRow, km: float) -> tuple[float, float]:
    """The point of a river at a km: a straight course with a gentle meander of 9 km."""
    side = 0.5 * math.sin(2 * math.pi * km / 9)
    angle = math.radians(row.towards_deg)
    return moved(row.lon, row.lat, km * math.sin(angle) + side * math.cos(angle),
                 km * math.cos(angle) - side * math.sin(angle))


def _outlets(ids: Ids, firms: tuple[tuple[str, EnterpriseRow], ...], parks: dict[str, Park],
             draw: np.random.Generator) -> tuple[tuple[Stack, ...], tuple[Outfall, ...]]:
    stacks: list[Stack] = []
    outfalls: list[Outfall] = []
    rivers = {row.key: row for row in tables.RIVERS}
    for firm, row in firms:
        park = parks.get(row.park)
        belongs = (firm, park.place.id) if park else (firm,)
        yard = (row.lon, row.lat) if park is None else _polar(park.row, float(draw.uniform(0, 360)),
                                                              float(park.row.radius_km * draw.uniform(0.15, 0.6)))
        for n, key in enumerate(row.stacks):
            kind = tables.STACK_TYPES[key]
            place = Place(ids.site(f"G{len(stacks) + 1:02}"), f"{row.name_zh}{n + 1}号{kind.name_zh}排口",
                          f"{row.name_en}, {kind.name_en} {n + 1} stack", row.city, *moved(*yard, 0.12 * n, 0.05 * n),
                          belongs=belongs)
            stacks.append(Stack(place, kind, key))
        for key, river, km in row.outfalls:
            point = moved(*course(rivers[river], km), 0.0, 0.15)
            place = Place(ids.site(f"W{len(outfalls) + 1:02}"), f"{row.name_zh}废水总排口",
                          f"{row.name_en}, waste-water outlet", row.city, *point, belongs=belongs)
            outfalls.append(Outfall(place, tables.OUTFALL_TYPES[key], river, km))
    return tuple(stacks), tuple(outfalls)
