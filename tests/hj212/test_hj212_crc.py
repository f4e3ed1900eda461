"""The CRC three ways, its variants, and what it cannot see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.hj212.crc import TABLE, Variant, crc, match, modbus, swapped


def bit_by_bit(data: bytes) -> int:
    """As the standard's text has it (appendix A)."""
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    return register


def by_table(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register = TABLE[register >> 8 ^ byte]
    return register


@given(st.binary(max_size=1100))
def test_the_fold_equals_the_text_of_the_standard(data: bytes) -> None:
    assert crc(data) == bit_by_bit(data) == by_table(data)


@pytest.mark.parametrize("length", [*range(20), 63, 64, 65, 127, 128, 129, 1023, 1024, 9999])
def test_every_length_folds_rightly(length: int) -> None:
    data = bytes(i * 37 % 251 for i in range(length))
    assert crc(data) == bit_by_bit(data)


@pytest.mark.parametrize(("segment", "digits"), [
    (b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&", "1C80"),
    (b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&", "2200")])
def test_worked_examples_of_the_standards(segment: bytes, digits: str) -> None:
    assert f"{crc(segment):04X}" == digits


def test_modbus_is_the_catalogued_one() -> None:
    assert modbus(b"123456789") == 0x4B37


@given(st.binary(min_size=1, max_size=60))
def test_each_variant_is_named_the_standard_first(data: bytes) -> None:
    right, other = crc(data), modbus(data)
    assert match(data, right) is Variant.STANDARD
    for received in (swapped(right), other, swapped(other)):
        assert match(data, received) is not None
    taken = {right, swapped(right), other, swapped(other)}
    assert match(data, next(v for v in range(65_536) if v not in taken)) is None


@given(st.binary(min_size=24, max_size=60), st.integers(0, 7))
def test_bytes_sixteen_apart_can_change_places_unseen(data: bytes, place: int) -> None:
    changed = bytearray(data)
    changed[place], changed[place + 16] = changed[place + 16], changed[place]
    assert crc(bytes(changed)) == crc(data)
