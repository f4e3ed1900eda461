"""Lists, histories, the enterprise file and coordinates: who sees what, as of when, and that queries stay few."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import registry_home
from django.test import Client
from django.urls import reverse

from qingyuan.console import home as console_home
from qingyuan.console.accounts.models import DossierRead
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.registry.listing import COLUMNS, KINDS, TITLES, Listing
from qingyuan.ledger import Home
from qingyuan.numerics.time import iso_utc
from qingyuan.registry import EntryKind, payload

TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")       # of forms: by chance any two letters stand in one
AsRole = Callable[..., Client]


@pytest.fixture
def own(tmp_path: Path, settings: object, console: Path) -> Home:
    """The console looks at a small home of its own."""
    made = registry_home.make(tmp_path / "home")
    settings.QINGYUAN_HOME = made.path                  # type: ignore[attr-defined]
    return made


def test_every_list_has_words_columns_and_a_kind() -> None:
    assert set(TITLES) == set(COLUMNS) == set(KINDS) == set(Listing)


@pytest.mark.parametrize(("listing", "text"), [
    (Listing.ORGANISATIONS, "Works A"), (Listing.SITES, "Outlet A"), (Listing.CHANNELS, "CODmax"),
    (Listing.LOGGERS, "MN-W1"), (Listing.PROFILES, "Modbus"), (Listing.PARKS, "Works A"),
    (Listing.OPERATORS, "=Operator"), (Listing.LIMITS, "GB 31571-2015 table 1"),
    (Listing.CAMERAS, "Camera X1")])
def test_a_registrar_reads_every_list_in_both_languages(own: Home, as_role: AsRole, listing: Listing,
                                                        text: str) -> None:
    client = as_role(Role.REGISTRAR)
    page = client.get(reverse("registry_list", args=[listing.value]))
    assert page.status_code == 200
    assert text in page.content.decode()
    chinese = client.get(reverse("registry_list", args=[listing.value]), {"lang": "zh-hans"}).content.decode()
    assert 'lang="zh-Hans"' in chinese
    assert "password_check" not in page.content.decode()


def test_search_and_filters_narrow_a_list(own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_list", args=["sites"])
    assert [row["id"] for row in client.get(address, {"q": "outlet"}).context["rows"]] == ["W1", "X1"]
    assert [row["id"] for row in client.get(address, {"kind": "air"}).context["rows"]] == ["A1"]
    empty = client.get(address, {"q": "nowhere"})
    assert empty.context["rows"] == []
    assert "Nothing fits" in empty.content.decode()


def test_the_public_and_an_enterprise_see_only_their_own(own: Home, as_role: AsRole) -> None:
    nobody = as_role(None)
    assert [row["id"] for row in nobody.get(reverse("registry_list", args=["sites"])).context["rows"]] == ["A1"]
    assert nobody.get(reverse("registry_list", args=["loggers"])).context["rows"] == []
    assert nobody.get(reverse("registry_entry", args=["site", "W1"])).status_code == 404
    assert "MN-A1" not in nobody.get(reverse("registry_entry", args=["site", "A1"])).content.decode()
    firm = as_role(Role.ENTERPRISE, subject="E1")
    assert [row["id"] for row in firm.get(reverse("registry_list", args=["sites"])).context["rows"]] == ["A1", "W1"]
    assert [row["id"] for row in firm.get(reverse("registry_list", args=["organisations"])).context["rows"]] == ["E1"]
    assert firm.get(reverse("registry_entry", args=["organisation", "E2"])).status_code == 404
    assert firm.get(reverse("registry_new", args=["site"])).status_code == 403


def test_an_entry_shows_both_clocks_and_what_each_leaf_changed(own: Home, as_role: AsRole) -> None:
    page = as_role(Role.REGISTRAR).get(reverse("registry_entry", args=["site", "W1"]))
    assert page.status_code == 200
    newest, first = page.context["rows"]
    assert {change.name: (change.before, change.after) for change in newest["changes"]} == {
        "name": ("甲厂排口", "甲厂总排口"), "name_en": ("Outlet A", "Main outlet A"),
        "units": ("w01018=mg/L", "w01018=ug/L")}
    assert [(s.from_us, s.to_us, s.version.leaf) for s in page.context["timeline"]] == [
        (None, registry_home.FROM_US, 5), (registry_home.FROM_US, registry_home.FROM_US + registry_home.DAY_US, 6),
        (registry_home.FROM_US + registry_home.DAY_US, None, 5)]
    assert f'href="/evidence/ledgers/office/{newest["version"].leaf}/"' in page.content.decode()
    assert first["version"].leaf == 5


def test_as_of_and_compare_show_two_truths(own: Home, as_role: AsRole) -> None:
    learned = [at for at, entry in console_home.registry_history() if entry["id"] == "W1"]
    before = iso_utc(learned[0])
    client, address = as_role(Role.REGISTRAR), reverse("registry_entry", args=["site", "W1"])
    assert len(client.get(address, {"as_of": before}).context["rows"]) == 1
    assert len(client.get(address).context["rows"]) == 2
    assert client.get(address, {"as_of": iso_utc(learned[0] - 10_000_000)}).status_code == 404
    assert client.get(address, {"with": iso_utc(learned[0] - 10_000_000)}).context["other"] is None
    assert client.get(address, {"with": before}).context["compared"] == []
    assert client.get(address, {"with": "yesterday"}).context["wrong"] is True


def test_the_file_of_an_enterprise_is_whole_and_its_reading_is_logged(own: Home, as_role: AsRole) -> None:
    address = reverse("registry_dossier", args=["E1"])
    page = as_role(Role.INSPECTOR).get(address)
    text = page.content.decode()
    assert page.status_code == 200
    assert all(part in text for part in ("Outlet A", "MN-W1", "CODmax", "GB 31571-2015 table 1", "Park"))
    assert page.context["people"] is None
    assert [(read.reader.username, read.site, read.address) for read in DossierRead.objects.all()] == [
        ("inspector", "E1", address)]
    firm = as_role(Role.ENTERPRISE, subject="E1")
    assert firm.get(address).status_code == 200
    assert firm.get(reverse("registry_dossier", args=["E2"])).status_code == 404
    assert as_role(Role.AGENCY).get(address).status_code == 403
    assert DossierRead.objects.count() == 1
    assert as_role(Role.AUDITOR).get(address).context["people"] == []


def test_newest_values_of_the_file_open_their_proof(console: Path, as_role: AsRole) -> None:
    from qingyuan.console.registry.dossier import outlets

    client = as_role(Role.REVIEWER)
    reading = client.get(reverse("registry")).wsgi_request.page.reading
    found = outlets(reading, reading.sites()[:3])
    assert len(found) == 3
    assert any(outlet.values for outlet in found)
    assert all(figure.subject == outlet.site.id for outlet in found for _name, figure in outlet.values)


def test_suspicious_coordinates_are_listed_and_drawn(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    page = client.get(reverse("registry_coordinates"))
    assert [(row["site"].id, row["why"]) for row in page.context["rows"]] == [
        ("X1", "lies outside the country, whichever way it is read")]
    points = client.get(reverse("registry_coordinates_points")).json()
    assert [point["properties"]["id"] for point in points["features"]] == ["X1"]
    assert as_role(None).get(reverse("registry_coordinates")).context["rows"] == []


@pytest.mark.parametrize("page", [("registry", []), ("registry_list", ["sites"]), ("registry_list", ["loggers"]),
                                  ("registry_dossier", ["E1"]), ("registry_coordinates", []),
                                  ("registry_entry", ["site", "W1"])])
def test_queries_do_not_grow_with_rows(tmp_path: Path, settings: object, console: Path, as_role: AsRole,
                                       page: tuple) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = as_role(Role.REGISTRAR), []
    for more in (0, 2, 99):
        settings.QINGYUAN_HOME = registry_home.make(tmp_path / f"home{more}", more).path   # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(page[0], args=page[1])).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] == counts[2] <= 10


def test_what_is_not_there_is_404(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    for address in ("/registry/nothing/", "/registry/entry/grant/x/", "/registry/entry/site/none/",
                    "/registry/new/replay/", "/registry/organisations/none/", "/registry/sites/export.pdf"):
        assert client.get(address).status_code == 404


@pytest.fixture
def shared_park(tmp_path: Path, settings: object, console: Path) -> Home:
    """A park of two enterprises that belong to one group; one of them has two outlets, one in another city."""
    made = registry_home.make(tmp_path / "home")
    registry_home.append(made, [
        payload(EntryKind.ORGANISATION, "HQ", {"name": "集团", "name_en": "Group"}),
        payload(EntryKind.ORGANISATION, "E1", {"name": "甲厂", "name_en": "Works A", "belongs": ["HQ", "K1"]}),
        payload(EntryKind.PARK, "K1", {"name": "园区", "name_en": "Park", "organisations": ["E1", "E2"]}),
        payload(EntryKind.SITE, "W2", registry_home.SITE | {"name": "甲厂二", "mn": "MN-W2", "city": "苏州"})], "more")
    settings.QINGYUAN_HOME = made.path                  # type: ignore[attr-defined]
    return made


def test_a_count_of_sites_counts_only_those_the_reader_may_see(shared_park: Home, as_role: AsRole) -> None:
    def counted(client: Client) -> dict[str, str]:
        rows = client.get(reverse("registry_list", args=["organisations"])).context["rows"]
        return {row["id"]: row["cells"][-1][1] for row in rows}

    assert counted(as_role(Role.REGISTRAR))["E1"] == "2"
    assert counted(as_role(Role.INSPECTOR, territory="city:南京"))["E1"] == "1"


def test_a_park_names_only_the_firms_its_reader_may_see(shared_park: Home, as_role: AsRole) -> None:
    firm, office = as_role(Role.ENTERPRISE, subject="E1"), as_role(Role.REGISTRAR)
    for address in (reverse("registry_list", args=["parks"]), reverse("registry_entry", args=["park", "K1"]),
                    reverse("registry_list", args=["organisations"]),
                    reverse("registry_entry", args=["organisation", "E1"])):
        whole, own = (TOKEN.sub("", client.get(address).content.decode()) for client in (office, firm))
        assert any(text in whole for text in ("Works B", "E2", "Group", "HQ"))
        assert not any(text in own for text in ("Works B", "E2", "Group", "HQ")), address
    assert firm.get(reverse("registry_list", args=["parks"]), {"q": "Works B"}).context["rows"] == []


def test_a_file_of_parks_names_only_the_firms_its_reader_may_see(shared_park: Home, as_role: AsRole) -> None:
    address = reverse("registry_export", args=["parks", "csv"])
    assert "E1|E2" in as_role(Role.REGISTRAR).get(address).content.decode()
    bounded = as_role(Role.INSPECTOR, territory="park:K1", subject="E1").get(address)
    assert bounded.status_code == 200
    assert "E2" not in bounded.content.decode()
