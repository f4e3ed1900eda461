"""Manifests: whole or passed over."""

import pytest
from sample_lake import figure, fill, plain

from qingyuan.lake import BrokenManifest, Lake, LakeDamaged, Manifest, Question


def path(lake, number):
    return lake.manifests / f"{number:08d}.json"


def test_encode_and_decode_are_inverse(lake):
    fill(lake, "hour", [figure()], {"a": 3}, 17)
    made = lake.current()
    assert Manifest.decode(made.encode()) == made


def test_every_flipped_byte_is_found(lake):
    fill(lake, "hour", [figure()], {"a": 3}, 17)
    data = lake.current().encode()
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 1
        with pytest.raises(BrokenManifest):
            Manifest.decode(bytes(broken))


def test_torn_newest_manifest_falls_back_and_its_number_is_not_used_again(lake):
    fill(lake, "hour", [figure(value="1")], {"t": 1})
    fill(lake, "hour", [figure("B", value="2")], {"t": 2})
    path(lake, 2).write_bytes(path(lake, 2).read_bytes()[:-20])
    assert (lake.current().number, lake.current().position["t"], len(lake.read("hour"))) == (1, 1, 1)
    fill(lake, "hour", [figure("B", value="3")], {"t": 2})
    assert lake.current().number == 3
    assert plain(lake.read("hour"), "subject", "value") == [("1151A", "1"), ("B", "3")]


def test_lake_without_a_whole_manifest_says_rebuild(lake):
    fill(lake, "hour", [figure()])
    path(lake, 1).write_bytes(b"")
    for act in (lake.current, lake.gc, lake.begin, lambda: lake.read("hour")):
        with pytest.raises(BrokenManifest, match="rebuild"):
            act()
    assert list(lake.path.glob("hour/*/*.parquet"))


def test_missing_or_cut_file_is_named_when_it_is_read(lake):
    fill(lake, "hour", [figure()])
    file = lake.path / lake.current().files[0].path
    data = file.read_bytes()
    for broken in (data[:-10], b"", None):
        file.unlink() if broken is None else file.write_bytes(broken)
        with pytest.raises(LakeDamaged, match=r"00000001-000.parquet.*rebuild it"):
            lake.read("hour")
        with pytest.raises(LakeDamaged):
            list(lake.stream("hour", Question()))


def test_folder_names_are_no_patterns(tmp_path):
    for name in ("a*", "ab", "[a]b", "a?"):
        fill(Lake(tmp_path / name), "hour", [figure(name)])
    for name in ("a*", "[a]b", "a?"):
        assert plain(Lake(tmp_path / name).read("hour"), "subject") == [(name,)]
    next((tmp_path / "a*").rglob("*.parquet")).unlink()
    with pytest.raises(LakeDamaged):
        Lake(tmp_path / "a*").read("hour")


def test_check_names_missing_and_changed_files(lake):
    fill(lake, "hour", [figure()])
    fill(lake, "hour", [figure("B")])
    assert lake.check() == []
    first, second = (lake.path / f.path for f in lake.current().files)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1] + b"?")
    assert lake.check() == [f"{lake.current().files[0].path} is missing",
                            f"{lake.current().files[1].path} differs from what was written"]
