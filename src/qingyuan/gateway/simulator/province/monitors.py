"""The monitors of a world: city and boundary air, stacks, outfalls, river sections."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qingyuan.gateway.simulator.province import stacks, stations
from qingyuan.gateway.simulator.province.layout import Outfall, Park, Place, Stack
from qingyuan.gateway.simulator.province.monitor import Derive, Monitor
from qingyuan.gateway.simulator.province.period import WARM, Floats
from qingyuan.gateway.simulator.province.rivers import SALT, Reach
from qingyuan.gateway.simulator.province.tables import COD, CODMN, H2S, NH3, NH3N, NMHC, NOX, SMOKE, SO2, TN, TP
from qingyuan.gateway.simulator.province.world import World, city_columns
from qingyuan.gateway.simulator.source import UNITS, Station
from qingyuan.registry import CoordinateSystem, SiteKind
from qingyuan.vocabulary.factors import AIR_SIX

SIX = {AIR_SIX[symbol]: digits for symbol, digits in stations.DIGITS.items()}
WEATHER = {"a01001": 1, "a01002": 1, "a01006": 3, "a01007": 1, "a01008": 0}     # °C, %, kPa, m/s, degrees
PARK = SIX | {NMHC: 4, H2S: 1, NH3: 1} | WEATHER
GAS = {SO2: 2, NOX: 2, SMOKE: 2, "a19001": 2, "a00000": 3, "a01011": 2, "a01012": 1, "a01013": 3, "a01014": 2}
WASTE = {"w00000": 2, "w01001": 2, COD: 2, NH3N: 3, TP: 3, TN: 2}
SECTION = {"w01010": 1, "w01001": 2, "w01009": 2, SALT: 1, "w01003": 1, CODMN: 2, NH3N: 3, TP: 3, TN: 2}
UNITS_OF = {**{code: UNITS[code] for code in SIX}, NMHC: "mg/m3", H2S: "ug/m3", NH3: "ug/m3", "a01001": "degC",
            "a01002": "%", "a01006": "kPa", "a01007": "m/s", "a01008": "deg", NOX: "mg/m3", SMOKE: "mg/m3",
            "a19001": "%", "a00000": "m3/s", "a01011": "m/s", "a01012": "degC", "a01013": "kPa", "a01014": "%",
            "w00000": "L/s", "w01001": "1", COD: "mg/L", NH3N: "mg/L", TP: "mg/L", TN: "mg/L", CODMN: "mg/L",
            "w01010": "degC", "w01009": "mg/L", SALT: "uS/cm", "w01003": "NTU"}
AROUND = 0.08                    # lowest and highest of an hour about its mean
FINE = {0: "2051", 2: "2011", 7: "2051", 13: "2051"}         # stacks that also send finer data
EVERY_H = 4                      # of a river section


def monitors(world: World) -> list[Monitor]:
    """Every monitor, before mishaps; values are those of the period."""
    out = [*_air(world), *_boundary(world), *_gas(world), *_waste(world), *_sections(world)]
    for monitor in out:
        monitor.values = {factor: monitor.values[factor][WARM:].copy() for factor in monitor.digits}
    return out


def _station(place: Place, kind: SiteKind, st: str, factors: dict[str, int]) -> Station:
    units = {factor: UNITS_OF[factor] for factor in factors}
    if kind is SiteKind.GAS:
        units[SO2] = "mg/m3"
    return Station(place.id, place.name_zh, place.city, place.name_en, "江苏省", place.lon, place.lat,
                   CoordinateSystem.CGCS2000, in_city_mean=False, units=units, kind=kind, st=st, belongs=place.belongs)


def _air(world: World) -> Iterator[Monitor]:
    cities = list(city_columns(world.layout))
    for number, place in enumerate(world.layout.air):
        draw = np.random.default_rng([world.seed, 9, number])
        yield Monitor(_station(place, SiteKind.AIR, "22", SIX), dict(SIX),
                      stations.city_station(draw, world.air, cities.index(place.city)))


def _boundary(world: World) -> Iterator[Monitor]:
    cities = list(city_columns(world.layout))
    for park, own in zip(world.layout.parks, world.boundary, strict=True):
        for number, place in enumerate(park.boundary):
            draw = np.random.default_rng([world.seed, 10, int(park.row.key[1:]), number])
            values = stations.boundary_station(draw, world.air, cities.index(place.city), own, number)
            yield Monitor(_station(place, SiteKind.AIR, "22", PARK), dict(PARK), values | _weather(world, park))


def _weather(world: World, park: Park) -> dict[str, Floats]:
    sky, column = world.weather, world.places[park.place.id]
    series = (sky.degrees, sky.humidity, sky.pressure, sky.speed, sky.coming_from)
    values = {code: one[:, column].copy() for code, one in zip(WEATHER, series, strict=True)}
    values["a01008"] = np.round(values["a01008"]) % 360
    return values


def _gas(world: World) -> Iterator[Monitor]:
    gas, air_kpa = world.stacks, np.stack(
        [world.weather.pressure[:, world.places[stack.place.id]] for stack in world.layout.stacks], axis=1)
    speed = stacks.velocity(gas, np.array([stack.type.diameter for stack in world.layout.stacks]), air_kpa)
    beside = {"a19001": gas.oxygen, "a00000": gas.flow, "a01011": speed, "a01012": gas.degrees,
              "a01013": gas.pressure, "a01014": gas.humidity}
    for number, stack in enumerate(world.layout.stacks):
        values = {factor: series[:, number].copy() for factor, series in (gas.values | beside).items()}
        yield Monitor(_station(stack.place, SiteKind.GAS, "31", GAS), dict(GAS), values, _of_stack(stack),
                      fine=FINE.get(number, ""), spans=dict(stack.type.limit), stopped=~gas.running[WARM:, number])


def _of_stack(stack: Stack) -> Derive:
    """Lowest, highest, converted mean and kg of the hour, from the mean, oxygen and flow as they are sent."""
    def derive(monitor: Monitor) -> dict[str, dict[str, tuple[Floats, int]]]:
        flow = monitor.values["a00000"]
        out: dict[str, dict[str, tuple[Floats, int]]] = {}
        for factor in stacks.POLLUTANTS:
            mean = monitor.values[factor]
            about = np.where(monitor.held[factor], 0.0, AROUND)
            zs = stacks.converted(mean, monitor.values["a19001"], stack.type.reference_o2)
            out[factor] = {"Min": (mean * (1 - about), 2), "Max": (mean * (1 + about), 2), "ZsAvg": (zs, 2),
                           "Cou": (mean * flow * 3600 * 1e-6, 4)}
        out["a00000"] = {"Cou": (flow * 3600, 0)}
        return out
    return derive


def _waste(world: World) -> Iterator[Monitor]:
    waste = world.outfalls
    for number, outfall in enumerate(world.layout.outfalls):
        values = {"w00000": waste.flow[:, number].copy(), "w01001": waste.ph[:, number].copy()}
        values |= {factor: series[:, number].copy() for factor, series in waste.values.items()}
        yield Monitor(_station(outfall.place, SiteKind.WATER, "32", WASTE), dict(WASTE), values, _of_outfall(outfall),
                      spans=dict(outfall.type.limit), stopped=waste.flow[WARM:, number] == 0)


def _of_outfall(outfall: Outfall) -> Derive:
    """m³ and kg of the hour (G = D·C·10⁻³, HJ 212-2017 annex D)."""
    def derive(monitor: Monitor) -> dict[str, dict[str, tuple[Floats, int]]]:
        volume = monitor.values["w00000"] * 3.6
        out = {factor: {"Cou": (monitor.values[factor] * volume / 1000, 3)} for factor in outfall.type.typical}
        return {"w00000": {"Cou": (volume, 1)}} | out
    return derive


def _sections(world: World) -> Iterator[Monitor]:
    for river, reach in zip(world.layout.rivers, world.rivers, strict=True):
        for number, place in enumerate(river.sections):
            yield Monitor(_station(place, SiteKind.WATER, "21", SECTION), dict(SECTION), _water(reach, number),
                          step=EVERY_H, phase=int(-world.period.clock[WARM] % EVERY_H))


def _water(reach: Reach, number: int) -> dict[str, Floats]:
    values = {"w01010": reach.degrees, "w01001": reach.ph, "w01009": reach.oxygen, "w01003": reach.turbidity,
              **reach.values}
    return {factor: series[:, number].copy() for factor, series in values.items()}
