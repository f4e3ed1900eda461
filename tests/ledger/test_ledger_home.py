"""The folder of a system."""

import pytest
from sample_ledger import small_ledger

from qingyuan.ledger import Home, HomeError, Keyring, Ledger


def test_a_new_home_has_keys_and_an_empty_office_ledger(tmp_path):
    home = Home.create(tmp_path / "home")
    assert Home.open(tmp_path / "home") == home
    assert home.ledgers() == ["office"]
    assert Ledger(home.ledger_path("office")).size == 0
    assert Keyring.open(home.path / "keys").home_id == home.id
    assert sorted(p.name for p in home.path.iterdir()) == [
        "blobs", "keys", "lake", "ledgers", "logs", "outbox", "qingyuan.json", "run", "witness"]
    for name in ("keys", "ledgers", "outbox", "blobs"):
        assert (home.path / name).stat().st_mode & 0o077 == 0


def test_a_home_is_not_made_twice(tmp_path):
    Home.create(tmp_path / "home")
    with pytest.raises(HomeError, match="already"):
        Home.create(tmp_path / "home")


@pytest.mark.parametrize("text", [None, "", "[]", '{"format":"x"}', '{"format":"qingyuan-home-v1","id":3}'])
def test_a_folder_that_is_no_home_is_named(tmp_path, text):
    if text is not None:
        (tmp_path / "qingyuan.json").write_text(text)
    with pytest.raises(HomeError, match=r"qingyuan\.json"):
        Home.open(tmp_path)


def test_ledgers_are_listed_with_and_without_strangers(tmp_path):
    home, _ = small_ledger(tmp_path / "home", 1)
    folder = home.ledger_path("gw1.quarantine")
    folder.mkdir()
    (folder / "meta").touch()
    assert home.ledgers() == ["gw1", "gw1.quarantine", "office"]
    assert home.ledgers(quarantine=False) == ["gw1", "office"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "a.b", "-x", "x" * 64, "a b", ".quarantine"])
def test_only_plain_names_are_ledgers(tmp_path, name):
    with pytest.raises(HomeError, match="name of a ledger"):
        Home(tmp_path, "x").ledger_path(name)


def test_witness_keys_are_the_lines_of_the_public_files(tmp_path):
    home = Home.create(tmp_path / "home")
    assert home.witness_keys() == []
    (home.path / "witness" / "a.vkey").write_text("one\n\ntwo\n")
    (home.path / "witness" / "b.vkey").write_text("two\nthree\n")
    assert home.witness_keys() == ["one", "two", "three"]
