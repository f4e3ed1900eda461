"""The plume, the city box and the rivers keep what is put into them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qingyuan.gateway.simulator.province import boxes, plume, rivers, stacks, stations, world
from qingyuan.gateway.simulator.province.layout import offset_m
from qingyuan.gateway.simulator.province.period import WARM, Period
from qingyuan.gateway.simulator.province.tables import NMHC, SO2
from qingyuan.gateway.simulator.synthetic import FIRST

PERIOD = Period(FIRST, 48)


@pytest.fixture(scope="module")
def made() -> world.World:
    return world.make(2, PERIOD)


@pytest.mark.parametrize("category", range(6))
@pytest.mark.parametrize("distance", [200.0, 1500.0, 9000.0])
@pytest.mark.parametrize("height", [6.0, 90.0])
def test_a_plane_across_the_wind_carries_all_that_is_emitted(category: int, distance: float, height: float) -> None:
    speed, mixing = 3.0, 600.0
    across = np.linspace(-6 * distance, 6 * distance, 4001)[:, None]
    above = np.linspace(0, mixing, 1501)[None, :]
    found = plume.concentration(np.array(distance), across, above, np.array(height), speed=np.array(speed),
                                category=np.array(category), mixing=np.array(mixing))
    carried = speed * np.trapezoid(np.trapezoid(found, above[0], axis=1), across[:, 0])
    assert carried == pytest.approx(1.0, rel=2e-3)


def test_upwind_of_a_stack_there_is_nothing_and_a_higher_one_gives_less() -> None:
    def ground(x: float, height: float) -> float:
        return float(plume.concentration(np.array(x), np.array(0.0), np.array(0.0), np.array(height),
                                         speed=np.array(2.0), category=np.array(3), mixing=np.array(800.0)))

    assert ground(-500.0, 40.0) == 0.0
    assert ground(1000.0, 120.0) < ground(1000.0, 40.0)


def test_stability_goes_from_a_at_noon_to_f_in_a_still_night() -> None:
    speeds, suns = np.array([0.8, 6.0, 0.8, 6.0]), np.array([1.0, 1.0, 0.0, 0.0])
    assert plume.stability(speeds, suns).tolist() == [0, 3, 5, 3]
    grid = plume.stability(*np.meshgrid(np.linspace(0.4, 15, 60), np.linspace(0, 1, 40)))
    assert set(np.unique(grid)) == set(range(6))


def test_boundary_stations_see_the_tank_farm_only_when_it_lies_upwind(made: world.World) -> None:
    for park, own in zip(made.layout.parks, made.boundary, strict=True):
        column = made.places[park.place.id]
        u, v = made.weather.u[:, column], made.weather.v[:, column]
        for n, station in enumerate(park.boundary):
            east, north = offset_m((park.place.lon, park.place.lat), station.lon, station.lat)
            along = (east * u + north * v) / np.hypot(u, v)
            assert (own[NMHC][along < 0, n] == 0).all()
        heard = own[NMHC] > 0.2 * own[NMHC].max()
        assert heard.any()


def test_the_exceedance_of_a_stack_shows_downwind_and_nowhere_else(made: world.World) -> None:
    incident = next(i for i in made.incidents if i.what == "exceedance" and SO2 in i.factors)
    when = slice(WARM + incident.first, WARM + incident.end)
    number = [s.place.id for s in made.layout.stacks].index(incident.site)
    stack, park = made.layout.stacks[number], made.layout.parks[0]
    assert made.stacks.values[SO2][when, number].min() > 4 * stack.type.typical[SO2]
    usual = replace(made.stacks, values={f: s.copy() for f, s in made.stacks.values.items()})
    usual.values[SO2][when, number] /= incident.size
    column = made.places[park.place.id]
    without = stations.boundary(made.layout, park, usual, made.fugitive[0], made.weather, column)[SO2]
    more = made.boundary[0][SO2] - without
    assert more.max() > 0.1
    assert not np.delete(more, np.r_[when], axis=0).any()
    u, v = made.weather.u[when, column], made.weather.v[when, column]
    for n, station in enumerate(park.boundary):
        east, north = offset_m((stack.place.lon, stack.place.lat), station.lon, station.lat)
        assert not more[when, n][east * u + north * v <= 0].any()


def test_converted_concentrations_follow_the_annex() -> None:
    found = stacks.converted(np.array([30.0, 30.0, 30.0]), np.array([6.0, 11.0, 20.9]), 6.0)
    assert found.tolist() == [30.0, 45.0, 30.0]


def test_velocity_and_dry_flow_are_one_thing(made: world.World) -> None:
    gas, diameter = made.stacks, np.array([s.type.diameter for s in made.layout.stacks])
    speed = stacks.velocity(gas, diameter, np.full_like(gas.flow, 101.3))
    wet = speed * np.pi * diameter**2 / 4 * (273 / (273 + gas.degrees)) * ((101.3 + gas.pressure) / 101.325)
    assert wet * (1 - gas.humidity / 100) == pytest.approx(gas.flow, rel=1e-9)
    running = speed[gas.running]
    assert running.min() > 2
    assert running.max() < 30


def test_a_city_box_comes_to_rest_where_emission_equals_what_leaves() -> None:
    rows = 400
    source, background = np.full((rows, 1), 1e-3), np.full((rows, 1), 10.0)
    exchange = np.full((rows, 1), 1e-4)
    still = boxes._box(source, background, exchange, 2e-5, np.zeros((rows, 1, 1)))
    at_rest = still[-1, 0]
    assert pytest.approx(exchange[0, 0] * (at_rest - 10.0) + 2e-5 * at_rest, rel=1e-9) == 1e-3


def test_air_comes_from_cities_that_lie_upwind() -> None:
    where = np.array([(118.0, 32.0), (119.0, 32.0)])
    eastward = boxes._upwind(where, np.full((1, 2), 3.0), np.zeros((1, 2)))
    assert eastward[0, 1, 0] > 0
    assert eastward[0, 0, 1] == 0
    assert (boxes._upwind(where, np.zeros((1, 2)), np.full((1, 2), 3.0)) == 0).all()


def test_what_passes_a_section_is_what_passed_above_and_what_came_between(made: world.World) -> None:
    """With a tracer that does not decay, over the whole time and up to what is still on its way."""
    for river, reach in zip(made.layout.rivers, made.rivers, strict=True):
        mass = reach.values[rivers.SALT] * reach.discharge
        hours = np.array(river.row.sections_km) * 1000 / river.row.speed / 3600
        for n in range(1, len(river.sections)):
            expected = rivers.delayed(mass[:, n - 1], hours[n] - hours[n - 1])
            for number, outfall in enumerate(made.layout.outfalls):
                if outfall.river == river.row.key and river.row.sections_km[n - 1] <= outfall.km:
                    lag = (river.row.sections_km[n] - outfall.km) * 1000 / river.row.speed / 3600
                    if lag > 0:
                        expected = expected + rivers.delayed(rivers.loads(made.outfalls, number, rivers.SALT), lag)
            late = slice(30, None)
            assert mass[late, n] == pytest.approx(expected[late], rel=0.02)
            assert mass[late, n].sum() == pytest.approx(expected[late].sum(), rel=2e-3)


def test_a_slug_arrives_after_its_travel_time_and_whole() -> None:
    series = np.zeros(100)
    series[20] = 7.0
    late = rivers.delayed(series, 5.25)
    assert (late[25], late[26]) == (pytest.approx(5.25), pytest.approx(1.75))
    assert late.sum() == pytest.approx(7.0)


def test_ammonia_of_a_failing_sewage_works_is_seen_downstream_and_not_upstream(made: world.World) -> None:
    calm = next(i for i in made.incidents if i.what == "exceedance" and "w21003" in i.factors)
    outfall = next(o for o in made.layout.outfalls if o.place.id == calm.site)
    number = [r.row.key for r in made.layout.rivers].index(outfall.river)
    river, reach = made.layout.rivers[number], made.rivers[number]
    usual = replace(made.outfalls, values={f: s.copy() for f, s in made.outfalls.values.items()})
    column = [o.place.id for o in made.layout.outfalls].index(calm.site)
    usual.values["w21003"][WARM + calm.first:WARM + calm.end, column] /= calm.size
    source = {f: reach.values[f][:, 0] for f in rivers.FACTORS}
    _, without = rivers.transport(river, made.layout, usual, reach.discharge[:, 0], source)
    _, with_it = rivers.transport(river, made.layout, made.outfalls, reach.discharge[:, 0], source)
    rise = (with_it["w21003"] - without["w21003"]).max(axis=0)
    above = np.array(river.row.sections_km) < outfall.km
    assert (rise[above] == 0).all()
    assert rise[~above].min() > 0.05
