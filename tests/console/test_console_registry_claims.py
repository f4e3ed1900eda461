"""Two people, files or processes that claim one logger at once: the second is refused, and is told so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import claiming
import pytest
import registry_home
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from qingyuan.cli.main import run as command
from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.models import Outbox
from qingyuan.console.registry import change as change_views
from qingyuan.console.registry import imports as import_views
from qingyuan.console.registry.models import ImportDraft
from qingyuan.ledger import Home

AsRole = Callable[..., Client]
FORM = {"name": "新站", "kind": "air", "origin": "measured", "mn": "M", "coordinate_system": "unknown",
        "hour_source": "sent", "minute_interval_s": "600", "in_city_mean": "on"}


@pytest.fixture
def own(tmp_path: Path, settings: object, console: Path) -> Home:
    """The console looks at a small home of its own."""
    made = registry_home.make(tmp_path / "home")
    settings.QINGYUAN_HOME = made.path                  # type: ignore[attr-defined]
    return made


@pytest.fixture
def by_command(own: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """While a page waits for its leaf a site with the same MN is imported by the command; then the worker comes."""
    def wait(row: Outbox) -> Outbox:
        file = tmp_path / "first.json"
        file.write_text(json.dumps([{"entry": "site", "id": "FIRST", "data": {
            "name": "F", "kind": "air", "origin": "measured", "mn": "M"}}]), "utf-8")
        assert command(["import", "--home", str(own.path), str(file)]) == 0
        registry_home.work_off(own)
        row.refresh_from_db()
        return row

    for views in (change_views, import_views):
        monkeypatch.setattr(views, "wait_for", wait)
    return own


def test_a_claim_that_came_second_into_the_ledger_is_told_on_the_page(by_command: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    page = client.post(reverse("registry_new", args=["site"]), FORM | {"id": "SECOND", "step": "confirm", "base": "-1"},
                       follow=True)
    assert page.status_code == 200
    assert "is also the MN of site FIRST" in page.content.decode()
    registry = console_home.registry()
    assert (registry.by_mn["M"].id, "SECOND" in registry.sites, registry.problems) == ("FIRST", False, ())
    chinese = client.post(reverse("registry_new", args=["site"]) + "?lang=zh-hans",
                          FORM | {"id": "SECOND", "step": "confirm", "base": "-1"}, follow=True).content.decode()
    assert "is also the MN" not in chinese


def test_who_may_not_see_the_first_site_is_not_told_its_name(by_command: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR, territory="city:苏州")
    page = client.post(reverse("registry_new", args=["site"]), FORM | {
        "id": "SECOND", "city": "苏州", "step": "confirm", "base": "-1"}, follow=True).content.decode()
    assert "is also the MN of a site that you may not see" in page
    assert "FIRST" not in page


def test_of_a_file_that_came_second_nothing_is_entered(by_command: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    rows = "entry,id,name,kind,origin,mn\r\nsite,N1,N1,air,measured,M-1\r\nsite,SECOND,S,air,measured,M\r\n"
    client.post(reverse("registry_import"), {"file": SimpleUploadedFile("rows.csv", rows.encode())})
    draft = ImportDraft.objects.get()
    page = client.post(reverse("registry_draft", args=[draft.key]), follow=True).content.decode()
    assert "is also the MN of site FIRST" in page
    assert "nothing of it was entered" in page
    assert not {"N1", "SECOND"} & set(console_home.registry().sites)
    assert not Outbox.objects.filter(refused="", leaf__isnull=True).exists()


def test_a_logger_that_is_on_its_way_to_another_site_is_not_given_away(own: Home, as_role: AsRole,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_views, "wait_for", lambda row: row)
    client = as_role(Role.REGISTRAR)
    client.post(reverse("registry_new", args=["site"]), FORM | {"id": "FIRST", "step": "confirm", "base": "-1"})
    page = client.post(reverse("registry_new", args=["site"]), FORM | {"id": "SECOND", "step": "confirm", "base": "-1"})
    assert "is being given to a site by another change at this moment" in page.content.decode()
    assert Outbox.objects.count() == 1
    registry_home.work_off(own)
    assert console_home.registry().by_mn["M"].id == "FIRST"


def test_a_refused_claim_does_not_keep_the_logger(own: Home, as_role: AsRole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_views, "wait_for", lambda row: row)
    client = as_role(Role.REGISTRAR)
    client.post(reverse("registry_new", args=["site"]), FORM | {"id": "FIRST", "step": "confirm", "base": "-1"})
    Outbox.objects.update(refused="site FIRST: field mn: the ledger was full")
    client.post(reverse("registry_new", args=["site"]), FORM | {"id": "SECOND", "step": "confirm", "base": "-1"})
    registry_home.work_off(own)
    assert console_home.registry().by_mn["M"].id == "SECOND"


def test_loggers_swapped_in_one_file_are_no_clash(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    rows = "entry,id,name,kind,origin,mn\r\nsite,A1,A,air,simulated,MN-X1\r\nsite,X1,X,gas,simulated,MN-A1\r\n"
    client.post(reverse("registry_import"), {"file": SimpleUploadedFile("rows.csv", rows.encode())})
    client.post(reverse("registry_draft", args=[ImportDraft.objects.get().key]))
    registry_home.work_off(own)
    registry = console_home.registry()
    assert (registry.by_mn["MN-X1"].id, registry.by_mn["MN-A1"].id, registry.problems) == ("A1", "X1", ())


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Address of a database that several processes share: a file, or the PostgreSQL the tests run on."""
    if connection.vendor == "sqlite":
        return f"sqlite:////{str(tmp_path / 'claims.sqlite3').lstrip('/')}"
    found = connection.settings_dict
    host = quote(found["HOST"] or found["OPTIONS"].get("host", ""))
    return f"postgresql://{found['USER']}@/{found['NAME']}?host={host}"


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_in_open_transactions_the_second_is_refused(tmp_path: Path, database: str) -> None:
    home, held, go = registry_home.make(tmp_path / "home"), tmp_path / "held", tmp_path / "go"
    env = {**os.environ, "QINGYUAN_HOME": str(home.path), "QINGYUAN_DATABASE_URL": database,
           "DJANGO_SETTINGS_MODULE": "qingyuan.console.settings"}
    subprocess.run([sys.executable, "-m", "qingyuan.console", "migrate", "--verbosity", "0"], env=env, check=True)

    def claim(site: str, *more: Path) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, claiming.__file__, str(home.path), database, site, *map(str, more)],
                                stdout=subprocess.PIPE, text=True)

    first = claim("FIRST", held, go)
    until = time.monotonic() + 60
    while not held.exists() and first.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert held.exists()
    second = claim("SECOND")
    time.sleep(2.0)                                     # long enough to run into the open transaction
    assert second.poll() is None
    go.touch()
    said = [child.communicate(timeout=60)[0].strip() for child in (first, second)]
    assert said[0] == "entered"
    assert "is being given to a site by another change at this moment" in said[1]
