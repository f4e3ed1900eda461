"""Every forgery of a bundle is found, with the code and the sentence that name why."""

import base64
import json
import random
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sample_bundle import WITNESS_KEY, Content, Scene, sealed
from sample_forgeries import FORGERIES, OTHER_WITNESS, forged

from qingyuan.evidence import bundle, verify_bundle
from qingyuan.vocabulary.units import UnitMismatch, factor10

SCENE = Scene()
WHOLE = SCENE.whole()
RESULTS = {"no-value": "no_value", "no-value-unit": "no_value", "unit-not-led": "not_recomputed",
           "older-rules": "not_recomputed", "index-over-a-stated-part": "not_recomputed",
           "leaf-telegram": "leaf_proven", "leaf-registry": "leaf_proven"}


@pytest.mark.parametrize("name", WHOLE)
def test_a_genuine_bundle_gives_its_result(name: str) -> None:
    result = verify_bundle.check(WHOLE[name])[-1]
    assert result.code == RESULTS.get(name, "recomputed")
    assert result.ok == (result.code != "not_recomputed")


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_fails_with_a_sentence_that_names_why(name: str) -> None:
    forgery = FORGERIES[name]
    result = verify_bundle.check(forged(forgery, SCENE, WHOLE), list(forgery.pinned))[-1]
    assert (result.ok, result.code) == (False, forgery.code), result
    assert forgery.why in result.detail


UNITS = ("m3/h", "L/s", "m3/s", "L/h", "t", "t/h", "kg/h", "g/m3", "mg/m3", "ug/m3", "ng/m3", "mg/L", "ug/L", "mg",
         "kPa", "hPa", "Pa", "km", "mm", "m/s", "mS/m", "uS/cm", "kV", "mV", "A", "mA", "kWh", "MWh", "Bq/L",
         "count/mL", "count/L", "1", "degC", "ppm", "", "/", "mg/", "/L", "mg/m3/h", "ug/m3/h", "t/(km2.month)",
         "frogs")


def test_the_verifiers_powers_of_ten_are_those_of_the_vocabulary() -> None:
    for one, other in product(UNITS, UNITS):
        try:
            power = factor10(one, other)
        except UnitMismatch:
            power = None
        assert verify_bundle.leads(one, other) == power, (one, other)


def test_every_code_is_documented_and_reached_by_a_bundle() -> None:
    source = Path(verify_bundle.__file__).read_text("utf-8")
    codes = set(re.findall(r', "([a-z_]+)",(?: f?"|$)', source, re.MULTILINE)) | set(verify_bundle.RESULTS)
    page = (Path(__file__).parents[2] / "docs/formats.md").read_text("utf-8")
    documented = re.findall(r"^\| [0-9] `(\w+)` \|", page, re.MULTILINE)
    reached = {forgery.code for forgery in FORGERIES.values()} | set(RESULTS.values()) | {"recomputed", "witness"}
    assert sorted(documented) == sorted(reached)
    assert reached <= codes | {"form"}


def test_a_pinned_witness_must_have_signed_each_checkpoint() -> None:
    ledgers = [key for key in bundle.parse(WHOLE["hour-sent"])["keys"] if key != WITNESS_KEY]
    for keys, code in (([*ledgers, WITNESS_KEY], "recomputed"), ([*ledgers, OTHER_WITNESS], "witness")):
        assert verify_bundle.check(WHOLE["hour-sent"], keys)[-1].code == code


def test_the_figure_line_says_period_site_factor_value_unit_and_stage() -> None:
    said = {item.name: item.detail for item in verify_bundle.check(WHOLE["hour-other-unit"])}
    assert said["figure"] == ("hour.PM2.5 of S2, 2026-01-01T12:00:00+08:00 to 2026-01-01T13:00:00+08:00, "
                              "factor a34004: 52.5 ug/m3, provisional, GB 3095-2012")
    assert "MN-S2" in said["registry"]
    assert "by hand or file" in said["registry"]


def test_a_site_that_only_the_gateway_entered_is_said_to_be_so() -> None:
    said = [item.detail for item in verify_bundle.check(WHOLE["hour-admitted"]) if item.name == "registry"]
    assert "by the gateway alone, at its first telegram" in said[0]


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """Places of all texts and numbers in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [place for key, item in pairs for place in places(item, (*path, key))]
    return inner or ([] if value is None or value in ([], {}) else [path])


def flipped(value: object, draw: random.Random) -> object:
    """A text or number with one bit of it changed; of base64, a bit of what it stands for as well."""
    if isinstance(value, int):
        return value ^ 1 << draw.randrange(8)
    raw = bytearray(str(value).encode())
    if len(raw) > 40 and draw.random() < 0.5:
        try:
            inner = bytearray(base64.b64decode(bytes(raw), validate=True))
            inner[draw.randrange(len(inner))] ^= 1 << draw.randrange(8)
            return base64.b64encode(inner).decode()
        except ValueError:
            pass
    raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(7)
    return raw.decode(errors="replace")


@pytest.mark.parametrize("name", ["hour-other-unit", "hour-of-a-city", "hour-of-minutes", "hour-admitted",
                                  "index-realtime", "day-mean", "day-ozone", "leaf-telegram"])
def test_no_bit_of_the_content_can_change_under_a_mended_digest(name: str) -> None:
    content, draw = bundle.parse(WHOLE[name]), random.Random(name)
    found = places(content)
    for place in [found[draw.randrange(len(found))] for _ in range(30)] if len(found) > 30 else found:
        changed: Content = json.loads(json.dumps(content))
        at: Any = changed
        for key in place[:-1]:
            at = at[key]
        if at[place[-1]] == "":
            at[place[-1]] = "x"
        else:
            at[place[-1]] = flipped(at[place[-1]], draw)
        result = verify_bundle.check(sealed(changed))[-1]
        assert result.code not in verify_bundle.RESULTS, (place, at[place[-1]])
