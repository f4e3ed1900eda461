"""Words of the field."""

import pytest

from qingyuan.vocabulary import factors, marks, regions, systems, units
from qingyuan.vocabulary.units import UnitMismatch


def test_every_factor_has_both_names_and_one_code() -> None:
    known = factors.all_factors().values()
    assert len(known) > 350
    assert all(f.name_zh and f.name_en and f.kind and f.source for f in known)
    aliases = [f.code2005 for f in known if f.code2005]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize(("code", "name"), [
    ("011", "chemical oxygen demand"), ("w01018", "chemical oxygen demand"), ("B01", "waste water flow"),
    ("02", "sulphur dioxide"), ("a05024", "ozone"), ("Leq", "equivalent level"), ("e10101", "inlet flow"),
    ("i13008", "slope"), ("i33311", "upper furnace temperature"), ("i3334a", "secondary-air temperature")])
def test_codes_of_every_edition_are_found(code: str, name: str) -> None:
    found = factors.factor(code)
    assert found is not None
    assert found.name_en == name


def test_unknown_codes_stay_as_they_are() -> None:
    assert factors.factor("x99999") is None
    assert factors.canonical("x99999") == "x99999"
    assert factors.unit_of("x99999") == ""
    assert factors.factor("e10100") is None
    assert factors.factor("i33351") is None


def test_the_six_pollutants_are_published_in_micrograms_and_co_in_milligrams() -> None:
    assert {s: factors.unit_of(c) for s, c in factors.AIR_SIX.items()} == {
        "SO2": "ug/m3", "NO2": "ug/m3", "CO": "mg/m3", "O3": "ug/m3", "PM10": "ug/m3", "PM2.5": "ug/m3"}
    assert [factors.symbol_of(c) for c in factors.AIR_SIX.values()] == list(factors.AIR_SIX)


def test_ambiguous_process_codes_say_so() -> None:
    assert "as well" in factors.all_factors()["e701"].source
    assert "as well" in factors.all_factors()["g119"].source


@pytest.mark.parametrize(("source", "target", "exponent"), [
    ("ng/m3", "ug/m3", -3), ("mg/m3", "ug/m3", 3), ("ug/m3", "ug/m3", 0), ("kg", "g", 3), ("mg/L", "ug/L", 3),
    ("mg/L", "mg/m3", 3), ("g/m3", "mg/L", 0), ("L/s", "m3/s", -3), ("hPa", "kPa", -1), ("uS/cm", "mS/m", -1),
    ("ppm", "ppm", 0)])
def test_units_a_power_of_ten_apart(source: str, target: str, exponent: int) -> None:
    assert units.factor10(source, target) == exponent
    assert units.factor10(target, source) == -exponent


@pytest.mark.parametrize(("source", "target"), [
    ("mg/L", "mg"), ("degC", "K"), ("", "ug/m3"), ("m3/h", "m3/s"), ("ppm", "mg/m3"), ("mg/m3/s", "mg/m3"),
    ("m", "m3")])
def test_other_units_do_not_convert(source: str, target: str) -> None:
    with pytest.raises(UnitMismatch):
        units.factor10(source, target)


def test_units_are_printed_as_people_write_them() -> None:
    assert (units.label("ug/m3"), units.label("degC"), units.label("dB")) == ("µg/m³", "°C", "dB")
    assert (units.label("1"), units.label("m3/h"), units.label("uS/cm")) == ("", "m³/h", "µS/cm")
    labels = {units.label(f.unit) for f in factors.all_factors().values()}
    assert [text for text in labels if any(raw in text for raw in ("m3", "m2", "ug", "deg", "uS"))] == []


@pytest.mark.parametrize(("mark", "counts"), [("N", True), (None, True), ("", True), ("S", True), ("F", False),
                                              ("M", False), ("D", False), ("C", False), ("T", False), ("B", False),
                                              ("Q", False)])
def test_marks_count_or_not(mark: str | None, counts: bool) -> None:
    assert marks.counts(mark) is counts


def test_systems_and_regions_are_found() -> None:
    found = systems.system("22")
    assert found is not None
    assert found.name_zh == "空气质量监测"
    assert systems.system("00") is None
    nanjing = regions.region("南京市")
    assert nanjing is not None
    assert nanjing.code == "320100"
    assert len(regions.all_regions()) == 13
    assert regions.region("东京") is None
