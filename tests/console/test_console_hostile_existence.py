"""Nobody learns from an answer whether something exists that they may not know of: it is answered like nothing."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from console_addresses import OUTSIDERS, Address, Firms, enter, ours, rows
from django.test import Client
from django.utils import timezone

from qingyuan.console.accounts.verbs import VERBS, Role, Verb

pytestmark = pytest.mark.django_db
STRANGERS = OUTSIDERS | {"nobody": (None, {}), "expert": (Role.EXPERT, {"territory": "3201"}),
                         "administrator": (Role.ADMINISTRATOR, {}), "agency": (Role.AGENCY, {"subject": "gas-a"})}
MASKED = re.compile(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken":"[A-Za-z0-9]{64}"')
FAR_LEAF, FAR_ROW = 999_999_999, 999_999
LISTED = ("telegram", "leaf_proof", "leaf")          # who may read ledgers sees how many leaves there are


def nothing_like(example: dict[str, Any]) -> dict[str, Any]:
    """The same examples of things that do not exist."""
    found = {}
    for name, value in example.items():
        if isinstance(value, UUID):
            value = uuid4()
        elif isinstance(value, str):
            value = re.sub(r"\b(gas|firm|park|limit|channel)-b\b", r"\1-z", value).replace("MN-stranger", "MN-nothing")
        found[name] = value
    return found | {"leaf": FAR_LEAF, "publication.leaf": FAR_LEAF, "token": FAR_ROW, "run": FAR_ROW}


def told(answer: Any, url: str) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of an answer, without the address that was asked for."""
    text = MASKED.sub("#", b"".join(answer).decode("utf-8", "replace"))
    for part in sorted({url, *re.split(r"[/?&=]", url)}, key=len, reverse=True):
        if len(part) > 4:
            text = text.replace(part, "§")
    return answer.status_code, text, {name: value.replace(url, "§") for name, value in answer.headers.items()
                                      if name != "Content-Length"}


def differing(client: Client, address: Address, there: str, nowhere: str) -> list[Any]:
    """Ways of asking in which the answers for something and for nothing differ; a page one may open is no such."""
    found, instant = [], timezone.now().isoformat()
    for way, ask in {"get": client.get, "part": lambda url: client.get(url, headers={"HX-Request": "true"}),
                     "post": lambda url: client.post(url, {"step": "preview", "x": "1"}),
                     "past": lambda url: client.get(url, {"as_of": instant})}.items():
        one, two = told(ask(there), there), told(ask(nowhere), nowhere)
        if one[0] not in (200, 302) and one != two:
            found.append((address.name, way, there, one[0], two[0]))
    return found


def others(firms: Firms, address: Address, owner: Any) -> list[dict[str, Any]]:
    """Examples of firm B for an address; entries of every kind are asked for by an id that this kind has."""
    known = firms.examples("b", rows(owner))
    ids = {"site": "gas-b", "organisation": "firm-b", "park": "park-b"}
    return [example | ({f"{address.name}.name": ids[example["kind"]]} if example["kind"] in ids else {})
            if address.name in ("registry_entry", "registry_change") else example
            for example in firms.variants(address, known)]


@pytest.mark.parametrize("who", STRANGERS)
def test_what_one_may_not_know_of_is_answered_like_nothing(firms: Firms, who: str) -> None:
    role, bound = STRANGERS[who]
    client, _person = enter(role, **bound)
    _client, stranger = enter(Role.ENTERPRISE, subject="firm-b")
    wrong, asked = [], 0
    for address in (a for a in ours() if a.parameters):
        if address.name in LISTED and role is not None and Verb.READ_LEDGERS in VERBS[role]:
            continue
        for example in others(firms, address, stranger):
            there, nowhere = address.url(example), address.url(nothing_like(example))
            wrong += differing(client, address, there, nowhere)
            asked += there != nowhere
    assert asked > 20
    assert wrong == [], "\n".join(map(str, wrong))


CITIES = {"figures": "/figures/aqi.day/city:{}/2020-04-01", "bundles": "/bundles/aqi.day/city:{}/2020-04-01",
          "cuts": "/cuts/?subject=city:{}", "interface": "/api/v1/figures/aqi.day/city:{}/2020-04-01",
          "subject": "/cuts/?subject={}"}


@pytest.mark.parametrize("page", CITIES)
def test_a_city_or_site_named_in_a_question_is_not_told_either(firms: Firms, page: str) -> None:
    client, _person = enter(Role.ENTERPRISE, subject="firm-a")
    said = []
    for name in ("gas-b", "gas-z") if page == "subject" else ("无锡", "乌有"):
        url = CITIES[page].format(name)
        status, text, _headers = told(client.get(url), url)
        for form in (name, quote(name), json.dumps(name)[1:-1]):
            text = text.replace(form, "§")
        said.append((status, text))
    assert said[0] == said[1]
    assert said[0][0] == 404


def test_who_may_know_of_a_thing_still_hears_which_right_is_missing(firms: Firms) -> None:
    client, _person = enter(Role.EXPERT)
    page = client.get("/registry/organisations/firm-b/")
    assert page.status_code == 403
    assert "read enterprise files" in page.content.decode()
    hidden, _person = enter(Role.EXPERT, subject="firm-a")
    assert "or your rights do not cover it" in hidden.get("/registry/organisations/firm-b/").content.decode()
