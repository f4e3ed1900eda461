"""The verifier reads telegrams as the gateway's codec does: over the shared vectors and over drawn data areas."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qingyuan import hj212
from qingyuan.evidence.verify_bundle import read_frame

LOGS = "a34004-Avg=52.5;i11001-Info=//up;a34004-Avg=98,PolId=2//"
PIECES = st.sampled_from([
    "a34004-Avg", "a34004", "-Avg", "Avg", "-", "=", ";", ",", "//", "/", " ", "\u00a0", "\u3000", "\t", "5", "98", "+",
    "DataTime=20260101120000", "datatime=1", "a05024-Flag=N", "&&", "CP=&&", "cp = &&", "；", "，", "＝", "正常", "\n"])
HEADS = st.sampled_from(["MN=A;", "mn = B ;", "CN=2061;", "MN=C,CN=2051;", "QN=1,2;", ",;", "MN", "=;", " CN=1,",
                         "PW=x,y;"])


def read(raw: bytes) -> tuple:
    """MN, CN, DataTime and the texts of the factors as the verifier reads them."""
    head, area = read_frame(raw)
    fields = {name: value for name, value in area.items() if "-" not in name}
    return (head.get("mn"), head.get("cn"), hj212_find(fields, "DataTime"),
            {name: value for name, value in area.items() if "-" in name})


def decoded(raw: bytes) -> tuple:
    """The same as the codec reads them."""
    told = hj212.decode(raw)
    factors = {f"{code}-{suffix}": value for code, values in told.factors.items() for suffix, value in values.items()}
    return told.mn, told.cn, hj212_find(told.fields, "DataTime"), factors


def hj212_find(fields: dict[str, str], name: str) -> str | None:
    folded = [value for key, value in fields.items() if key.lower() == name.lower()]
    return fields.get(name, folded[0] if folded else None)


@pytest.mark.shared
def test_every_vector_is_read_alike(shared: Path) -> None:
    lines = (shared / "standards/hj212_vectors.jsonl").read_text("utf-8").strip().split("\n")
    values = 0
    for vector in map(json.loads, lines):
        encoding = {"gbk": "gb18030", "bytes": "latin-1"}.get(vector["encoding"], vector["encoding"])
        raw = vector["packet"].encode(encoding)
        assert read(raw) == decoded(raw), vector["id"]
        values += len(read(raw)[3])
    assert values > 100


@settings(max_examples=200, deadline=None)
@given(st.lists(HEADS, max_size=4), st.lists(PIECES, max_size=24), st.sampled_from(["utf-8", "gb18030", "latin-1"]),
       st.integers(-3, 3), st.booleans())
@example([], [LOGS], "utf-8", 0, True)
@example(["MN=A;"], ["a34004-Avg=\u00a098"], "utf-8", 0, True)
@example(["MN=A;"], ["a34004-Avg=\u00a098"], "gb18030", 0, True)
@example(["MN=A;"], ["正常//；//=1;a34004-Avg=5"], "gb18030", 0, True)
def test_drawn_telegrams_are_read_alike(heads: list[str], pieces: list[str], encoding: str, shift: int,
                                        joined: bool) -> None:
    text = "".join(heads) + ("CP=&&" if joined else "") + "".join(pieces) + "&&"
    segment = text.encode(encoding, "replace")
    raw = f"##{len(segment) + shift:04d}".encode() + segment + b"1C80\r\n"
    assert read(raw) == decoded(raw)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_alike(noise: bytes) -> None:
    for raw in (noise, b"##0040" + noise, b"##0030MN=A;CP=&&a34004-Avg=5" + noise + b"&&1C80\r\n"):
        assert read(raw) == decoded(raw)
