"""Forms: previews say what would change, confirmations reach the ledger once, who comes second is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import registry_home
from django.test import Client
from django.urls import reverse

from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.models import Outbox
from qingyuan.console.registry import change as change_views
from qingyuan.console.registry.fieldset import FIELDS
from qingyuan.console.registry.forms import written
from qingyuan.console.registry.known import EDITABLE, base_of, standing, versions
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Ledger
from qingyuan.registry import EntryKind

AsRole = Callable[..., Client]
NEW: dict[EntryKind, dict[str, Any]] = {
    EntryKind.ORGANISATION: {"name": "丙厂", "kind": "enterprise"},
    EntryKind.SITE: {"name": "新站", "kind": "air", "origin": "measured", "mn": "MN-NEW", "city": "南京",
                     "lon": "118.81", "lat": "32.05", "units": "a34004=ug/m3", "plan": "a34004, a34002",
                     "hour_source": "sent", "coordinate_system": "WGS84", "minute_interval_s": "600"},
    EntryKind.CHANNEL: {"site": "W1", "factor": "w21003", "instrument": "NH3-N"},
    EntryKind.PROFILE: {"edition": "2005", "crc": ["modbus"]},
    EntryKind.PARK: {"name": "新园区", "organisations": "E1\nE2", "coordinate_system": "WGS84",
                     "outline": json.dumps(registry_home.OUTLINE)},
    EntryKind.CAMERA: {"place": "W1", "name": "新相机", "sees": "outfall", "origin": "measured"},
    EntryKind.LIMIT: {"site": "W1", "factor": "w01001", "averaging": "hour", "value": "9", "lower": "6",
                      "permit": "913201"},
}


@pytest.fixture
def own(attended: Home) -> Home:
    """A home of one's own with a worker."""
    return attended


def form_of(kind: EntryKind, name: str, /, **changes: Any) -> dict[str, Any]:
    """The form of an entry as a browser sends it."""
    found = versions(kind, name)
    of = standing(found)
    assert of is not None
    fields = {field.name: written(field, of.data.get(field.name)) for field in FIELDS[kind]}
    fields = {field: "on" if value is True else value for field, value in fields.items() if value is not False}
    return fields | {"base": base_of(found), "of": of.leaf} | changes


@pytest.mark.parametrize("kind", EDITABLE)
def test_each_kind_is_made_after_a_preview_and_stands_as_a_leaf(own: Home, as_role: AsRole, kind: EntryKind) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_new", args=[kind.value])
    assert client.get(address).status_code == 200
    sent = NEW[kind] | {"id": "NEU", "base": "-1"}
    preview = client.post(address, sent | {"step": "preview"})
    assert preview.templates[0].name == "registry/preview.html"
    assert Outbox.objects.count() == 0
    done = client.post(address, sent | {"step": "confirm"}, follow=True)
    row = Outbox.objects.get()
    assert f"leaf {row.leaf}" in done.content.decode()
    stored = parse(next(iter(Ledger(own.ledger_path("office")).leaves(row.leaf, row.leaf + 1))).data)
    assert (stored.kind, stored.payload["entry"], stored.payload["id"]) == (Kind.REGISTRY, kind, "NEU")
    assert stored.payload["by"] == str(row.by)
    assert versions(kind, "NEU")[-1].leaf == row.leaf


def test_a_preview_tells_fields_times_and_figures_and_a_correction_keeps_the_password(
        own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["site", "W1"])
    sent = form_of(EntryKind.SITE, "W1", units="w01018=ug/L", valid_from="2020-05-01T00:00")
    page = client.post(address, sent | {"step": "preview"})
    assert [(c.name, c.before, c.after) for c in page.context["changes"]] == [
        ("units", "w01018=mg/L", "w01018=ug/L")]
    may_us = registry_home.FROM_US + 30 * registry_home.DAY_US
    assert page.context["moves"] == [("units sent", (may_us, None))]
    assert page.context["sentences"] == ["Values of chemical oxygen demand are read in the new unit: their hours, "
                                         "days, sub-indices and indices change."]
    assert [(s.from_us, s.to_us) for s in page.context["after"]][-1] == (may_us, None)
    before = versions(EntryKind.SITE, "W1")[0].data["password_check"]
    client.post(address, sent | {"step": "confirm"})
    newest = versions(EntryKind.SITE, "W1")[-1]
    assert newest.data["password_check"] == before
    assert before not in page.content.decode()
    assert console_home.registry().sites["W1"].at(may_us).units == {"w01018": "ug/L"}
    assert console_home.registry().sites["W1"].at(may_us - 1).units == {"w01018": "mg/L"}


def test_figures_that_lie_in_the_time_are_counted(console: Path, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    site = next(iter(sorted(console_home.registry().sites)))
    found = form_of(EntryKind.SITE, site, city="无锡")
    page = client.post(reverse("registry_change", args=["site", site]), found | {"step": "preview"})
    counts = {row.subject: row.count for row in page.context["counted"]}
    assert counts[site] > 20
    assert set(counts) > {site}
    assert [words for words, _span in page.context["moves"]] == ["city"]


def test_another_mn_drops_the_password_and_says_so(own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["site", "W1"])
    sent = form_of(EntryKind.SITE, "W1", mn="MN-W2")
    page = client.post(address, sent | {"step": "preview"})
    assert page.context["secret_lost"] is True
    assert "falls away" in page.content.decode()
    client.post(address, sent | {"step": "confirm"})
    assert "password_check" not in versions(EntryKind.SITE, "W1")[-1].data


def test_of_two_who_change_the_same_the_second_is_told_and_nothing_is_overwritten(own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["organisation", "E1"])
    mine, theirs = (form_of(EntryKind.ORGANISATION, "E1", name=name, step="confirm") for name in ("我", "他"))
    client.post(address, theirs)
    late = client.post(address, mine)
    assert late.status_code == 409
    assert [(c.name, c.before, c.after) for c in late.context["theirs"]] == [("name", "甲厂", "他")]
    assert [(c.name, c.before, c.after) for c in late.context["mine"]] == [("name", "甲厂", "我")]
    assert [v.data["name"] for v in versions(EntryKind.ORGANISATION, "E1")] == ["甲厂", "他"]


def test_a_change_under_way_holds_the_next_one_back(own: Home, as_role: AsRole,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_views, "wait_for", lambda row: row)
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["organisation", "E1"])
    first = client.post(address, form_of(EntryKind.ORGANISATION, "E1", name="一", step="confirm"), follow=True)
    assert "waits for its leaf" in first.content.decode()
    second = client.post(address, form_of(EntryKind.ORGANISATION, "E1", name="二", step="confirm"))
    assert second.status_code == 409
    assert second.context["waiting"] is True
    assert Outbox.objects.count() == 1


def test_a_new_entry_does_not_overwrite_one_of_the_same_number(own: Home, as_role: AsRole) -> None:
    sent = {"id": "E1", "name": "x", "kind": "enterprise", "base": "-1", "step": "confirm"}
    assert as_role(Role.REGISTRAR).post(reverse("registry_new", args=["organisation"]), sent).status_code == 409
    assert Outbox.objects.count() == 0


@pytest.mark.parametrize(("changes", "field"), [
    ({"name": ""}, "name"), ({"kind": "earth"}, "kind"), ({"mn": "Ü"}, "mn"), ({"mn": "MN-A1"}, "mn"),
    ({"lat": "118.8"}, "lat"), ({"lat": ""}, "lat"), ({"lon": "east"}, "lon"), ({"units": "mg"}, "units"),
    ({"minute_interval_s": "5"}, "minute_interval_s"), ({"valid_from": "soon"}, "valid_from"),
    ({"valid_from": "2020-05-01T00:00", "valid_to": "2020-04-01T00:00"}, "valid_to")])
def test_a_wrong_field_is_named_with_its_remedy_in_the_readers_language(
        own: Home, as_role: AsRole, changes: dict, field: str) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["site", "W1"])
    page = client.post(address + "?lang=zh-hans", form_of(EntryKind.SITE, "W1", **changes) | {"step": "confirm"})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not any(word.isascii() and word.isalpha() and word.islower() and len(word) > 3
                   for word in " ".join(page.context["form"].errors[field]).replace("'", " ").split()
                   if word not in ("earth", "east", "soon"))
    assert Outbox.objects.count() == 0


def test_a_doubtful_coordinate_is_told_before_it_is_entered(own: Home, as_role: AsRole) -> None:
    sent = form_of(EntryKind.SITE, "W1", lon="120.3", lat="31.5", step="preview")
    page = as_role(Role.REGISTRAR).post(reverse("registry_change", args=["site", "W1"]), sent)
    assert len(page.context["doubts"]) == 1
    assert page.context["doubts"][0].endswith("km outside Nanjing")


def test_who_may_change_one_city_changes_no_other(own: Home, as_role: AsRole) -> None:
    bounded = as_role(Role.REGISTRAR, territory="3202")
    assert bounded.get(reverse("registry_change", args=["site", "W1"])).status_code == 404
    assert bounded.post(reverse("registry_new", args=["organisation"]),
                        {"id": "N", "name": "n", "kind": "enterprise", "step": "confirm"}).status_code == 403
    mine = NEW[EntryKind.SITE] | {"id": "WX", "city": "无锡", "city_code": "320200", "lon": "", "lat": "", "base": "-1"}
    assert bounded.post(reverse("registry_new", args=["site"]), mine | {"step": "confirm"}).status_code == 302
    assert bounded.post(reverse("registry_new", args=["site"]), mine | {
        "id": "NJ", "mn": "MN-NJ", "city_code": "320100", "step": "confirm"}).status_code == 403
    taken = bounded.post(reverse("registry_new", args=["site"]), mine | {"id": "X1", "mn": "MN-Y", "step": "confirm"})
    assert taken.status_code == 403
    assert "MN-X1" not in taken.content.decode()


def test_going_back_keeps_what_was_written_and_what_holds_already_cannot_be_confirmed(
        own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_change", args=["organisation", "E1"])
    page = client.post(address, form_of(EntryKind.ORGANISATION, "E1", name="改", step="edit"))
    assert page.context["form"]["name"].value() == "改"
    same = client.post(address, form_of(EntryKind.ORGANISATION, "E1", step="preview"))
    assert same.context["nothing"] is True
    assert 'value="confirm"' not in same.content.decode()
