"""The simulated province as it is sent: the same every time, whole, plausible, and as its truth says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest

from qingyuan import hj212
from qingyuan.gateway.simulator import Province, SourceError, Telegram, choose_source, province, telegrams
from qingyuan.gateway.simulator.province.incidents import MARKED, Mishap
from qingyuan.numerics.time import HOUR_US, iso_local, iso_utc, parse_cst
from qingyuan.registry import Origin, SiteKind, fold, payload
from qingyuan.vocabulary import regions
from qingyuan.vocabulary.boundaries import inside, prefectures

SEED = 7


@pytest.fixture(scope="module")
def sent() -> tuple[Province, list[Telegram]]:
    source = replace(province(SEED), secret=b"for the tests 16")
    return source, list(telegrams(source, seed=SEED))


@pytest.fixture(scope="module")
def read(sent: tuple[Province, list[Telegram]]) -> dict[str, dict[int, hj212.Telegram]]:
    """Hour telegrams by site and start."""
    source, frames = sent
    site = {source.mn(s.id): s.id for s in source.stations}
    out: dict[str, dict[int, hj212.Telegram]] = defaultdict(dict)
    for one in frames:
        told = hj212.decode(one.frame)
        if told.valid and told.cn == "2061" and told.pw == source.password(site[told.mn or ""]):
            out[site[told.mn or ""]][told.data_time_us or 0] = told
    return out


def column(read: dict, site: str, factor: str, suffix: str = "Avg") -> np.ndarray:
    return np.array([float(t.factors[factor][suffix]) for _, t in sorted(read[site].items())])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(sent: tuple[Province, list[Telegram]]) -> None:
    again = replace(province(SEED), secret=b"for the tests 16")
    assert list(telegrams(again, seed=SEED)) == sent[1]
    assert json.dumps(again.truth()) == json.dumps(sent[0].truth())
    other = province(SEED + 1)
    assert [r.values for r in other.readings[:200]] != [r.values for r in sent[0].readings[:200]]
    assert not {s.id for s in other.stations} & {s.id for s in sent[0].stations}


def test_two_days_stay_few_and_are_in_order() -> None:
    frames = list(telegrams(province(3)))
    assert len(frames) < 15_000
    assert [t.send_at_us for t in frames] == sorted(t.send_at_us for t in frames)


def test_every_frame_is_valid_but_those_damaged_on_purpose(sent: tuple[Province, list[Telegram]]) -> None:
    source, frames = sent
    damaged = [i for i in source.world.incidents if i.what is Mishap.DAMAGED]
    told = [hj212.decode(t.frame) for t in frames]
    assert sum(not t.valid for t in told) == sum(i.end - i.first for i in damaged)
    assert all(t.valid == one.answered or t.pw == "wrong0" for t, one in zip(told, frames, strict=True))
    assert {n for t in told if t.valid for n in t.notes} == set()
    assert {(t.st, t.cn) for t in told if t.valid} == {("22", "2061"), ("31", "2061"), ("31", "2051"), ("31", "2011"),
                                                       ("32", "2061"), ("21", "2061")}


def test_the_registry_takes_every_entry_and_knows_that_all_is_simulated(sent: tuple[Province, list[Telegram]]) -> None:
    source = sent[0]
    entries = [*source.entries, *(payload("site", s.id, source.registry_data(s, lambda *_: "0" * 64))
                                  for s in source.stations)]
    registry = fold([(n, e) for n, e in enumerate(entries)])
    assert registry.problems == ()
    assert len(registry.by_mn) == len(source.stations) == 89
    assert Counter(s.kind for s in registry.sites.values()) == {SiteKind.AIR: 43, SiteKind.WATER: 28, SiteKind.GAS: 18}
    assert {s.origin for s in registry.sites.values()} == {Origin.SIMULATED}
    assert (len(registry.parks), len(registry.organisations)) == (2, 17)
    for site in registry.sites.values():
        assert site.name
        assert site.name_en.isascii()
        assert (site.lon or 0) > 116
        assert not site.in_city_mean          # no public figure of a city rests on what was made up
        assert all(b in registry.organisations or b in registry.parks for b in site.belongs)
    assert all(o.name_en for o in registry.organisations.values())


def test_parks_limits_and_cameras_stand_in_the_registry_as_they_are_in_truth(
        sent: tuple[Province, list[Telegram]]) -> None:
    source = sent[0]
    registry, truth = fold([(1, entry) for entry in source.entries]), source.truth()
    for park in truth["parks"]:
        entered = registry.parks[park["id"]]
        assert [list(place) for place in entered.outline] == park["outline"]
        assert entered.coordinate_system == park["coordinate_system"]
        for station in (s for s in source.stations if s.id in park["boundary"]):
            assert park["id"] in station.belongs
    told = {(one["site"], factor): (value, "hour" if one["kind"] == "stack" else "day")
            for one in truth["sources"] for factor, value in
            {**one.get("limit_mg_m3", {}), **one.get("limit_mg_l", {})}.items()}
    entered = {(one.site, one.factor): (float(one.value), one.averaging.value) for one in registry.limits.values()}
    assert entered == told
    stations = {station.id: station for station in source.stations}
    for limit in registry.limits.values():
        assert limit.unit == stations[limit.site].units[limit.factor]       # else no chart could draw it
        assert limit.permit == f"SIMULATED-{stations[limit.site].belongs[0]}"
    spans = {(entry["valid_from_us"], entry["valid_to_us"]) for entry in source.entries if entry["entry"] == "limit"}
    assert [(iso_local(begin), iso_local(end)) for begin, end in spans] == [
        ("2025-01-01T00:00:00+08:00", "2030-01-01T00:00:00+08:00")]
    assert all(registry.cameras_at(place) for place in {site for site, _factor in told} | set(registry.parks))
    assert len(registry.cameras) == 32


def test_every_point_lies_in_its_prefecture() -> None:
    shapes = prefectures("320000")
    for seed in range(1, 9):
        land = province(seed, hours=1)
        for station in land.stations:
            found = regions.region(station.city)
            assert found is not None
            assert inside(shapes[found.code], station.lon or 0, station.lat or 0), station.id
    assert len({s.city for s in land.stations}) == 13


RANGES = {"a21026": (0, 60), "a21004": (1, 200), "a21005": (0.1, 4), "a05024": (0, 330), "a34002": (2, 400),
          "a34004": (1, 300), "a24088": (0.2, 3), "a21028": (0.3, 20), "a21001": (3, 200), "a01001": (-15, 42),
          "a01002": (10, 100), "a01006": (98, 105), "a01007": (0.3, 20), "a01008": (0, 359), "w01010": (0, 35),
          "w01001": (6.5, 9), "w01009": (3, 16), "w01014": (200, 1200), "w01003": (2, 200), "w01019": (1, 12),
          "w21003": (0.05, 25), "w21011": (0.02, 1), "w21001": (0.5, 20), "w01018": (8, 160), "w00000": (0, 900)}
ODD = {Mishap.SPIKE, Mishap.NEGATIVE, Mishap.OVER_RANGE, Mishap.LINK}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("start", ["20250115000000", "20250720000000"])
def test_air_and_water_are_plausible_in_winter_and_summer(seed: int, start: str) -> None:
    source = province(seed, parse_cst(start), 48)
    odd = {(i.site, source.start_us + h * HOUR_US) for i in source.world.incidents if i.what in ODD
           for h in range(i.first, i.end)}
    kinds = {s.id: s.kind for s in source.stations}
    for reading in source.readings:
        if kinds[reading.station] is SiteKind.GAS or (reading.station, reading.start_us) in odd:
            continue
        for factor, text, _ in reading.values:
            low, high = RANGES[factor]
            assert low <= float(text) <= high, (reading.station, factor, text)


def test_the_day_shows_ozone_at_noon_and_nitrogen_dioxide_in_the_rush_hours() -> None:
    source = province(4, parse_cst("20250720000000"), 24 * 8)
    day: dict[str, list[list[float]]] = {f: [[] for _ in range(24)] for f in ("a05024", "a21004")}
    for reading in source.readings:
        if "-A" in reading.station:
            for factor, text, _ in reading.values:
                if factor in day:
                    day[factor][(reading.start_us // HOUR_US + 8) % 24].append(float(text))
    ozone, nitrogen = (np.array([np.mean(v) for v in hours]) for hours in day.values())
    assert 12 <= int(ozone.argmax()) <= 17
    assert ozone.max() > 1.5 * ozone.min()
    assert nitrogen[[8, 19, 20, 21]].mean() > nitrogen[[12, 13, 14, 15]].mean()


def test_stacks_say_converted_means_and_kilograms_that_follow_from_what_stands_beside(
        sent: tuple[Province, list[Telegram]], read: dict) -> None:
    for source in (s for s in sent[0].truth()["sources"] if s["kind"] == "stack"):
        for told in read[source["site"]].values():
            oxygen = float(told.factors["a19001"]["Avg"])
            flow = float(told.factors["a00000"]["Avg"])
            assert float(told.factors["a00000"]["Cou"]) == pytest.approx(flow * 3600, abs=0.5)
            for factor in ("a21026", "a21002", "a34013"):
                row = told.factors[factor]
                mean = float(row["Avg"])
                expected = mean if oxygen >= 19 else mean * (21 - source["reference_o2"]) / (21 - oxygen)
                assert float(row["ZsAvg"]) == pytest.approx(expected, abs=0.0051)
                assert float(row["Cou"]) == pytest.approx(mean * flow * 0.0036, abs=0.0001)
                assert float(row["Min"]) <= mean <= float(row["Max"])


CHANGED = {Mishap.SUBSTITUTED, Mishap.FLAT, Mishap.SPIKE, Mishap.NEGATIVE, Mishap.CALIBRATION, Mishap.OVER_RANGE,
           Mishap.LINK}


def test_what_is_sent_is_the_truth_but_for_the_mishaps(sent: tuple[Province, list[Telegram]], read: dict) -> None:
    truth = sent[0].truth()
    held = 0
    for source in truth["sources"]:
        for factor, kg in source["kg"].items() if source["site"] else ():
            stated = {int((start - sent[0].start_us) // HOUR_US): float(t.factors[factor]["Cou"])
                      for start, t in read[source["site"]].items()}
            for hour, value in stated.items():
                if _free(truth, source["site"], factor, hour):
                    assert value == pytest.approx(kg[hour], rel=0.01, abs=0.02), (source["site"], factor, hour)
                    held += 1
    assert held > 3000


def _free(truth: dict, site: str, factor: str, hour: int) -> bool:
    when = iso_utc(parse_cst("20250115000000") + hour * HOUR_US)
    return not any(i["site"] == site and i["what"] in CHANGED and (not i["factors"] or factor in i["factors"])
                   and i["begin"] <= when < i["end"] for i in truth["incidents"])


def test_every_mishap_happens_and_shows_as_it_is_meant(sent: tuple[Province, list[Telegram]], read: dict) -> None:
    source, frames = sent
    seen = set()
    for incident in source.world.incidents:
        hours = range(incident.first, incident.end)
        starts = [source.start_us + h * HOUR_US for h in hours]
        told = [read[incident.site][s] for s in starts if s in read[incident.site]]
        factors = incident.factors or tuple(told[0].factors) if told else incident.factors
        if incident.what is Mishap.SILENCE:
            assert told == []
        elif incident.what is Mishap.LATE:
            at = [t.send_at_us for t in frames for s in [hj212.decode(t.frame)]
                  if s.mn == source.mn(incident.site) and s.data_time_us in starts]
            assert min(at) >= starts[-1] + HOUR_US
            assert len(at) == len(starts)
        elif incident.what is Mishap.REPEAT:
            doubles = Counter(t.frame for t in frames if t.mn == source.mn(incident.site))
            assert sorted(doubles.values())[-len(starts):] == [2] * len(starts)
        elif incident.what is Mishap.PASSWORD:
            wrong = [t for t in frames if t.mn == source.mn(incident.site) and b"PW=wrong0;" in t.frame]
            assert len(wrong) == len(starts)
        elif incident.what is Mishap.DAMAGED:
            assert len(told) == len(starts)
        elif incident.what in MARKED:
            assert {t.factors[f]["Flag"] for t in told for f in factors} == {MARKED[incident.what]}
        else:
            assert {t.factors[f]["Flag"] for t in told for f in factors} <= {"N", "F"}
            _shows(incident.what, [[float(t.factors[f]["Avg"]) for t in told] for f in factors],
                   column(read, incident.site, factors[0]))
        seen.add(incident.what)
    assert seen == set(Mishap)


def _shows(what: Mishap, values: list[list[float]], whole: np.ndarray) -> None:
    if what is Mishap.EXCEEDANCE:
        assert min(values[0]) > 2.5 * np.median(whole)
    elif what is Mishap.FLAT:
        assert len(set(values[0])) == 1
    elif what is Mishap.SPIKE:
        assert min(values[0]) > 4 * np.median(whole)
    elif what is Mishap.NEGATIVE:
        assert max(values[0]) < 0
    else:
        assert what is Mishap.SUBSTITUTED
        assert all(np.std(v) / np.mean(v) < 0.05 for v in values)


def test_the_substituted_outlet_really_emits_more_than_it_says(sent: tuple[Province, list[Telegram]],
                                                               read: dict) -> None:
    truth = sent[0].truth()
    incident = next(i for i in truth["incidents"] if i["what"] == "substituted")
    source = next(s for s in truth["sources"] if s["site"] == incident["site"])
    stated = {iso_utc(start): t for start, t in read[incident["site"]].items()}
    hours = [h for h in sorted(stated) if incident["begin"] <= h < incident["end"]]
    for hour in hours:
        index = sorted(stated).index(hour)
        assert float(stated[hour].factors["a21002"]["Cou"]) < 0.6 * source["kg"]["a21002"][index]
        assert float(stated[hour].factors["a21002"]["Avg"]) < source["limit_mg_m3"]["a21002"]


def test_ten_minute_and_real_time_values_average_to_their_hour(sent: tuple[Province, list[Telegram]]) -> None:
    fine: dict[tuple[str, int], list[dict[str, float]]] = defaultdict(list)
    whole: dict[tuple[str, int], dict[str, float]] = {}
    for reading in sent[0].readings:
        values = {f: float(v) for f, v, _ in reading.values}
        key = reading.station, reading.start_us // HOUR_US
        if reading.cn == "2061":
            whole[key] = values
        else:
            fine[key].append(values)
    assert len({station for station, _ in fine}) == 4
    for key, rows in fine.items():
        assert len(rows) in (6, 12)
        for factor, value in whole[key].items():
            assert np.mean([row[factor] for row in rows]) == pytest.approx(value, rel=0.005, abs=0.01)


def test_sections_speak_every_four_hours_from_midnight_whatever_the_start() -> None:
    source = province(2, (parse_cst("20250115000000") or 0) + 5 * HOUR_US, 24)
    hours = {(r.start_us // HOUR_US + 8) % 24 for r in source.readings if "S" in r.station}
    assert hours == {0, 4, 8, 12, 16, 20}


@pytest.mark.parametrize("hours", [1, 2, 5])
def test_short_periods_are_whole_too(hours: int) -> None:
    source = province(1, hours=hours)
    assert all(0 <= i.first < i.end <= hours for i in source.world.incidents)
    assert all(hj212.decode(t.frame).valid or not t.answered for t in telegrams(source))


def test_a_start_within_an_hour_is_refused() -> None:
    with pytest.raises(SourceError, match="whole hour"):
        province(1, start_us=1)


def test_it_is_one_of_the_sets_a_fleet_can_play_and_earlier_editions_too() -> None:
    source = choose_source("province", hours=2, seed=3, edition="2005")
    assert isinstance(source, Province)
    assert {len(source.mn(s.id)) for s in source.stations} == {14}
    assert {hj212.decode(t.frame).flag.version for t in telegrams(source) if t.answered} == {"2005"}


def test_several_sources_are_sent_in_one_order_of_time() -> None:
    one, two = choose_source("simulated", hours=5, stations=3), province(1, hours=5)
    both = list(telegrams(one, two))
    assert len(both) == len(list(telegrams(one))) + len(list(telegrams(two)))
    assert [t.send_at_us for t in both] == sorted(t.send_at_us for t in both)


def test_it_knows_nothing_of_the_rooms_that_assess_check_or_trace() -> None:
    script = ("import sys; from qingyuan.gateway.simulator import province; province(1, hours=1).truth(); "
              "print(sorted({m.split('.')[1] for m in sys.modules if m.startswith('qingyuan.')}))")
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    rooms = set(json.loads(found.replace("'", '"')))
    assert "gateway" in rooms
    assert not rooms & {"assess", "quality", "standards", "trace", "oversight", "parks", "programmes", "pipeline"}
