"""Outlines of parks and cameras: on their pages, on the map and in files, to those who may know of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import registry_home
from django.test import Client
from django.urls import reverse

from qingyuan.console.accounts.verbs import Role
from qingyuan.ledger import Home, Ledger
from qingyuan.registry import EntryKind, payload

AsRole = Callable[..., Client]
MAP, OUTLINE = reverse("sites_geojson"), reverse("registry_outline", args=["K1"])


@pytest.fixture
def own(tmp_path: Path, settings: object, console: Path) -> Home:
    """The console looks at a small home of its own; a second park has no outline, its camera stands nowhere known."""
    made = registry_home.make(tmp_path / "home")
    registry_home.append(made, [
        payload(EntryKind.PARK, "K2", {"name": "二园", "organisations": ["E2"]}),
        payload(EntryKind.CAMERA, "CAM-K2", {"place": "K2", "origin": "measured"})], "more")
    settings.QINGYUAN_HOME = made.path                  # type: ignore[attr-defined]
    return made


def polygons(answer: dict) -> list[dict]:
    return [one for one in answer["features"] if one["geometry"]["type"] == "Polygon"]


def test_a_park_is_drawn_on_wgs84_with_its_sites(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    page = client.get(reverse("registry_entry", args=["park", "K1"])).content.decode()
    assert f'data-sites="{OUTLINE}"' in page
    assert 'data-view="118.8100,32.0600,12"' in page
    assert "polygon of 3 corners" in page
    found = client.get(OUTLINE).json()
    ring = polygons(found)[0]["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert 0.001 < abs(ring[0][0] - 118.8) < 0.01                  # GCJ-02 put back: some hundred metres
    assert [one["properties"]["id"] for one in found["features"]] == ["K1", "W1"]
    assert polygons(client.get(MAP).json())[0]["properties"]["name"] == "Park"
    assert "data-sites" not in client.get(reverse("registry_entry", args=["park", "K2"])).content.decode()
    assert client.get(reverse("registry_outline", args=["K2"])).status_code == 404


def test_who_may_not_know_of_a_park_sees_no_outline(own: Home, as_role: AsRole) -> None:
    nobody, firm, other = as_role(None), as_role(Role.ENTERPRISE, subject="E1"), as_role(Role.AGENCY, subject="E2")
    assert [client.get(OUTLINE).status_code for client in (nobody, firm, other)] == [404, 200, 404]
    assert [len(polygons(client.get(MAP).json())) for client in (nobody, firm, other)] == [0, 1, 0]


def test_cameras_are_listed_to_those_who_see_their_place(own: Home, as_role: AsRole) -> None:
    def listed(client: Client) -> list[str]:
        return [row["id"] for row in client.get(reverse("registry_list", args=["cameras"])).context["rows"]]

    firm, office = as_role(Role.ENTERPRISE, subject="E1"), as_role(Role.REGISTRAR)
    assert listed(office) == ["CAM-K1", "CAM-K2", "CAM-W1", "CAM-X1"]
    assert listed(firm) == ["CAM-K1", "CAM-W1"]
    assert listed(as_role(None)) == []
    assert firm.get(reverse("registry_entry", args=["camera", "CAM-X1"])).status_code == 404
    assert "outlet of a stack" in office.get(reverse("registry_entry", args=["camera", "CAM-X1"])).content.decode()


def test_a_camera_is_entered_by_who_may_change_its_site(own: Home, as_role: AsRole) -> None:
    bounded = as_role(Role.REGISTRAR, territory="city:苏州")
    change = {"place": "W1", "origin": "measured", "sees": "other", "id": "NEW", "base": "-1", "step": "preview"}
    assert bounded.post(reverse("registry_new", args=["camera"]), change).status_code == 403


@pytest.mark.parametrize(("text", "words"), [
    ("POLYGON", "write a polygon in GeoJSON"), ("[" * 100_000, "write a polygon in GeoJSON"),
    ('{"type": "Polygon", "coordinates": [[[1,1],[2,2],[2,1],[1,2],[1,1]]]}', "crosses itself"),
    ('{"type": "Polygon", "coordinates": [[[1,1],[2,1],[2,2]]]}', "has fewer than three corners"),
    ('{"type": "Polygon", "coordinates": [[[32,118],[32,119],[33,119],[32,118]]]}', "corner 1: 118 is outside ±90")])
def test_an_outline_that_is_none_is_told_in_the_form(own: Home, as_role: AsRole, text: str, words: str) -> None:
    page = as_role(Role.REGISTRAR).post(reverse("registry_new", args=["park"]), {
        "id": "K9", "name": "园", "coordinate_system": "WGS84", "outline": text, "base": "-1", "step": "preview"})
    assert page.status_code == 200
    assert words in page.content.decode()


def test_the_leaf_of_a_park_is_read_by_those_who_may_know_all_it_names(own: Home, as_role: AsRole) -> None:
    registry_home.append(own, [payload(EntryKind.PARK, "K1", {"name": "园", "organisations": ["E1", "E2"]})], "shared")
    with Ledger(own.ledger_path("office")) as office:
        last = office.size - 1
        first = next(number for number in range(last) if b'"id":"K1"' in office.leaf(number).data)
    mine, whole = as_role(Role.INSPECTOR, subject="E1"), as_role(Role.AUDITOR)
    texts = [client.get(reverse("leaf", args=["office", leaf])).content.decode()
             for client in (mine, whole) for leaf in (first, last)]
    assert ["organisations" in text for text in texts] == [True, False, True, True]
    assert ["E2" in text for text in texts] == [False, False, False, True]


def test_an_outline_goes_through_the_form_unchanged(own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["park", "K1"])
    shown = client.get(address).context["form"].initial["outline"]
    assert json.loads(shown) == registry_home.OUTLINE
