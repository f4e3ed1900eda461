"""The factor dictionary against the tables of HJ 212-2017 annex B as they stand in the shared facts."""

import re
from pathlib import Path

import pytest

from qingyuan.vocabulary import factors

ASCII = {"µg/L": "ug/L", "µS/cm": "uS/cm", "°C": "degC", "mg/m³": "mg/m3", "ng/m³": "ng/m3", "m³/s": "m3/s",
         "m²": "m2", "degree (angle)": "deg", "degree (colour)": "degree", "t/(km²·month)": "t/(km2.month)",
         "m³": "m3", "m³/h": "m3/h", "kg/m³": "kg/m3", "°": "deg", "–": "", "--": ""}
TWICE = {"e701": "加药量", "g119": "入口二氧化硫 SO2"}       # the annex gives these codes to two quantities


def ascii_key(text: str) -> str:
    return ASCII.get(text, text)


@pytest.mark.shared
def test_water_and_air_codes_are_those_of_the_annex(shared: Path) -> None:
    text = (shared / "standards" / "hj212.md").read_text("utf-8")
    rows = re.findall(r"^([wa]\d{5}) (.+?) \| (\S+) \| (.+?) \| (.+?) \| (.+)$", text, re.MULTILINE)
    assert len(rows) > 180
    for code, name, old, unit, mass, width in rows:
        found = factors.factor(code)
        assert found is not None, code
        assert (found.name_zh, found.code2005, found.default_unit, found.mass_unit, found.width) == (
            name, ascii_key(old), ascii_key(unit), ascii_key(mass), ascii_key(width))
        assert not found.code2005 or factors.factor(found.code2005) is found


@pytest.mark.shared
def test_process_noise_and_information_codes_are_those_of_the_annex(shared: Path) -> None:
    text = (shared / "standards" / "hj212.md").read_text("utf-8")
    noise, process, info = (text[text.index(f"### 12.{n}"):text.index(end)]
                            for n, end in ((3, "### 12.4"), (4, "### 12.5"), (5, "## 13.")))
    rows = re.findall(r"([eg]\d{3}) ([^(;\n]+) \(([^)]+)\)", process)
    assert len(rows) > 140
    for code, name, unit in rows:
        found = factors.factor(f"{code}01")
        assert found is not None, code
        if TWICE.get(code) == name:
            assert name in found.source
        else:
            assert (found.name_zh, found.default_unit) == (name, ascii_key(unit))
    for code in [*re.findall(r"i\d{5}|i\d{4}(?=x)", info), *re.findall(r"\bL(?:\d+|eq|dn|d|n|Mx|Mn|A)\b", noise)]:
        assert factors.factor(code) is not None, code
