"""Whatever a site, a ledger or a logger is called, its pages have addresses of their own: none is another page's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.converters import IntConverter, PathConverter, UUIDConverter

from qingyuan.console.registry.known import EDITABLE
from qingyuan.console.registry.listing import Listing
from qingyuan.pipeline.exports import Table
from qingyuan.registry import EntryError, EntryKind, payload

ODD = ("new", "check", "verify", "-", "~", "...", "..a", "export.csv", "a b", "a?b", "a#b", "100%", "%2F", "a\\b", "+",
       "0", "7", "中文", "https:", "@")
CLOSED = {"listing": list(Listing), "kind": list(EDITABLE), "form": ["csv", "xlsx"], "table": list(Table),
          "provider_id": ["authority"]}


def patterns(found: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str, dict]]:
    """(route, name with its namespace, converters) of every address."""
    for one in found.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from patterns(one, route, inner)
        elif isinstance(one, URLPattern) and one.name:
            yield route, space + one.name, dict(one.pattern.converters)


ADDRESSES = list(patterns(get_resolver()))
WORDS = sorted({part for route, _name, _ in ADDRESSES for part in route.split("/") if part and "<" not in part})
TAKING = [(name, route) for route, name, _ in ADDRESSES if "<" in route]


def arguments(route: str) -> dict[str, str]:
    """Parameters of a route with the names of their converters, those of routes around it too."""
    return {name: kind or "str" for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route)}


def filled(kinds: dict[str, str], name: str, text: str) -> dict[str, object]:
    """Values for all parameters: `text` for one of them."""
    plain: dict[str, object] = {"int": 7, "uuid": UUID(int=7), "path": "hour.PM2.5/x1/20200401T00", "str": "x1"}
    values = {one: plain[kind] if one not in CLOSED else CLOSED[one][0] for one, kind in kinds.items()}
    return values | {name: f"hour.PM2.5/{text}/20200401T00" if kinds[name] == "path" else text}


def test_the_walk_knows_every_converter() -> None:
    kinds = {kind for route, _name, _ in ADDRESSES for kind in arguments(route).values()}
    assert kinds <= {"int", "uuid", "path", "str"}
    assert {type(one) for _route, _name, found in ADDRESSES for one in found.values()} >= {
        IntConverter, UUIDConverter, PathConverter}
    assert {"check", "verifications", "publications", "new", "ledgers"} <= set(WORDS)


@pytest.mark.parametrize(("name", "route"), TAKING)
def test_no_name_leads_to_another_page(name: str, route: str) -> None:
    kinds = arguments(route)
    for parameter in (one for one, kind in kinds.items() if kind in ("str", "path")):
        for text in CLOSED.get(parameter, [*WORDS, *ODD]):
            values = filled(kinds, parameter, str(text))
            found = resolve(unquote(reverse(name, kwargs=values)))        # as the server sees it: decoded once
            assert found.view_name == name, (parameter, text)
            assert {key: str(value) for key, value in found.kwargs.items()} == {
                key: str(value) for key, value in values.items()}, (parameter, text)


@pytest.mark.parametrize("name", [".", ".."])
def test_what_a_browser_takes_for_a_folder_is_no_id(name: str) -> None:
    with pytest.raises(EntryError, match="cannot stand in the address of a page"):
        payload(EntryKind.ORGANISATION, name, {"name": "x"})
