"""English names of cities."""

from qingyuan.vocabulary import cities, regions


def test_prefectures_of_the_province_have_the_name_of_the_region_table() -> None:
    for name, region in regions.all_regions().items():
        assert cities.english(name).removesuffix(" (Jiangsu)") == region.name_en


def test_no_two_cities_are_spelled_alike_and_an_unknown_one_keeps_its_name() -> None:
    named = list(cities._english().values())
    assert len(set(named)) == len(named)
    assert cities.english("南京市") == "Nanjing"
    assert cities.english("东京") == "东京"
