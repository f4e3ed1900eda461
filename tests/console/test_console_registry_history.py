"""The history of an entry comes in pages, newest first, and asks the database no more often for more of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import registry_home
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.registry.history import A_PAGE
from qingyuan.console.registry.known import versions
from qingyuan.ledger import Home
from qingyuan.numerics.time import iso_utc
from qingyuan.registry import EntryKind, payload

AsRole = Callable[..., Client]
MORE, EACH_US = 250, 3_600_000_000
ADDRESS = reverse("registry_entry", args=["site", "A1"])


@pytest.fixture
def own(tmp_path: Path, settings: object, console: Path) -> Home:
    """A home of one's own."""
    made = registry_home.make(tmp_path / "home")
    settings.QINGYUAN_HOME = made.path                  # type: ignore[attr-defined]
    return made


def say(home: Home, count: int, start: int = 0) -> None:
    """So many versions of one station more, each of an hour of its own and by another person."""
    found = [payload(EntryKind.SITE, "A1", {
        "name": f"n{number}", "kind": "air", "mn": "MN-A1", "origin": "simulated", "city": "南京"},
        valid_from_us=registry_home.FROM_US + number * EACH_US,
        valid_to_us=registry_home.FROM_US + (number + 1) * EACH_US) for number in range(start, start + count)]
    people = [User.objects.create_user(username=f"p{number}", password=None) for number in range(start, start + count)]
    registry_home.append(home, [entry | {"by": str(by.pseudonym)} for entry, by in zip(found, people, strict=True)],
                         f"more{start}")


def leaves(text: str) -> list[int]:
    """Numbers of the leaves in the history of a page, as they stand there."""
    return [int(number) for number in re.findall(r'<li id="l-(\d+)"', text)]


def test_a_long_history_comes_in_pages_newest_first_and_nothing_is_lost(own: Home, as_role: AsRole) -> None:
    say(own, MORE)
    client = as_role(Role.REGISTRAR)
    pages = [client.get(ADDRESS, {"page": number}).content.decode() for number in (1, 2, 3)]
    assert [len(leaves(page)) for page in pages] == [A_PAGE, A_PAGE, MORE + 1 - 2 * A_PAGE]
    assert [leaf for page in pages for leaf in leaves(page)] == [v.leaf for v in versions(EntryKind.SITE, "A1")][::-1]
    assert [page.count("first version") for page in pages] == [0, 0, 1]
    assert f"page 2 of 3, {MORE + 1} rows" in pages[1]
    assert "n149</b>" in pages[1]                       # what the first of a page changed, against one of the next page
    assert leaves(client.get(ADDRESS).content.decode()) == leaves(pages[0])


def test_what_holds_over_data_time_has_pages_of_its_own_beside_those_of_the_history(own: Home, as_role: AsRole) -> None:
    say(own, MORE)
    client = as_role(Role.REGISTRAR)
    now = iso_utc(versions(EntryKind.SITE, "A1")[-1].entry.learned_us)
    page = client.get(ADDRESS, {"span": 3, "page": 2, "as_of": now}).content.decode()
    assert page.count('<span class="text-nowrap">') == MORE + 2 - 2 * A_PAGE
    turns = [link.replace("&amp;", "&") for link in re.findall(r'rel="prev" href="([^"]+)"', page)]
    assert [("span=2" in link, "page=2" in link, "page=1" in link, "as_of=" in link) for link in turns] == [
        (True, True, False, True), (False, False, True, True)]


def test_a_longer_history_asks_the_database_no_more_often(own: Home, as_role: AsRole) -> None:
    client, counts = as_role(Role.ADMINISTRATOR), []
    for start, count in ((0, 1), (1, 2), (3, A_PAGE)):
        say(own, count, start)
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS)
        counts.append(len(asked))
    assert len(set(counts)) == 1
