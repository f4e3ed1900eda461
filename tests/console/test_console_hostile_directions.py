"""Signs that turn the direction of writing would make a name or a number read otherwise: none is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from qingyuan.console.accounts.models import Delegation, Grant, Organisation, User
from qingyuan.console.accounts.plain import plain
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.api.models import Token
from qingyuan.hj212 import wrap
from qingyuan.registry import EntryError, EntryKind, payload
from qingyuan.registry.sound import demand_sound

pytestmark = pytest.mark.django_db
TURNING = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
NAMES = ["监测中心", "Müller & Söhne", "مركز", "Δ-9 (γ)", "e\u0301"]


@pytest.mark.parametrize("sign", TURNING)
@pytest.mark.parametrize("kind", [EntryKind.ORGANISATION, EntryKind.SITE])
def test_no_entry_of_the_registry_takes_one(kind: EntryKind, sign: str) -> None:
    with pytest.raises(EntryError, match="control character"):
        demand_sound(payload(kind, "x", {"name": f"a{sign}b", "kind": "air", "plan": ["a34004"]}))


@pytest.mark.parametrize("name", NAMES)
def test_every_language_has_its_names(name: str) -> None:
    demand_sound(payload(EntryKind.ORGANISATION, "x", {"name": name, "kind": "enterprise"}))
    plain(name)


def test_no_form_of_people_rights_or_tokens_takes_one(as_role: Callable[..., Client],
                                                      person: Callable[..., Any]) -> None:
    office, other = as_role(Role.ADMINISTRATOR), person(None, "two")
    mine = as_role(Role.REVIEWER)
    grant = Grant.objects.create(holder=other, role=Role.EXPERT.value)
    text = f"a{TURNING[4]}b"
    asked = {
        "/people/new/": (office, {"username": "three", "full_name": text}),
        "/people/organisations/": (office, {"id": "o-1", "name": text, "name_en": "", "kind": "centre"}),
        f"/people/{other.pseudonym}/grant/": (office, {"role": "reviewer", "reason": text, "step": "preview"}),
        f"/people/grants/{grant.key}/revoke/": (office, {"reason": text}),
        "/people/me/leave/": (mine, {"deputy": "two", "valid_to": "2099-01-01T00:00", "reason": text}),
        "/api/tokens/": (mine, {"name": text, "days": 3, "a_minute": 3})}
    wrong = [url for url, (client, form) in asked.items()
             if "turns the direction of writing" not in client.post(url, form).content.decode()]
    assert wrong == []
    assert not User.objects.filter(username="three").exists()
    assert [made.objects.count() for made in (Organisation, Token, Delegation)] == [0, 0, 0]
    assert Grant.objects.filter(revoked_at=None, pk=grant.pk).exists()


@pytest.mark.parametrize("part", ["value", "name"])
def test_a_telegram_shows_a_sign_for_what_cannot_be_seen(as_role: Callable[..., Client], part: str) -> None:
    hidden = f"1{TURNING[4]}2"
    said = f"a34004-Rtd={hidden}" if part == "value" else f"{hidden}-Rtd=1"
    packet = wrap(f"QN=20200401000000000;ST=22;CN=2011;PW=1;MN=M1;Flag=5;CP=&&{said}&&".encode())
    page = as_role(Role.DUTY_OFFICER).post("/telegrams/", {"packets": packet.decode()}, headers={"hx-request": "true"})
    text = page.content.decode()
    assert "1\ufffd2" in text
    assert not set(TURNING) & set(text)


def test_a_leaf_shows_a_sign_for_what_cannot_be_seen() -> None:
    assert Template("{{ text|seen }}").render(Context({"text": f"a{TURNING[4]}b\n\u200bc"})) == (
        "a\ufffdb\n\ufffdc")
