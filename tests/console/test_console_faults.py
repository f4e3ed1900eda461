"""Nothing published yet, no witness, no registry, a damaged file, a full disk: every page answers in a sentence."""

from __future__ import annotations

import errno
import html
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import homes
import pytest
from console_addresses import ours
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone, translation

from qingyuan.console.accounts.models import Grant, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.operations.models import VerifyRun
from qingyuan.console.registry.listing import Listing
from qingyuan.console.registry.models import ImportDraft
from qingyuan.console.shell.faults import WORDS, Fault, fault_of
from qingyuan.lake import BrokenManifest, LakeDamaged
from qingyuan.ledger import Home, HomeError, LedgerError
from qingyuan.pipeline import exports

pytestmark = pytest.mark.django_db
START_US = 1_585_670_400_000_000                                     # 2020-04-01T00:00+08:00
WRITES = frozenset({"csp", "verify", "api_token", "api_revoke", "grant_revoke", "leave_end", "person_active",
                    "person_password", "sessions_end", "my_language", "openid_connect_login",
                    "openid_connect_callback"})


def filled(path: Path) -> homes.Station:
    station = homes.Station(path)
    station.register("organisation", "e0", {"name": "e0", "kind": "enterprise"})
    station.site("S0", plan=["a34004"], lon=118.8, lat=32.1, belongs=["e0"])
    station.replay(START_US + 6 * 3_600_000_000)
    station.send(*(station.frame(START_US, {"a34004": "30"}, name=name) for name in ("S0", "X")))
    station.close()
    return station


def worked(path: Path) -> Path:
    homes.run(filled(path).home)
    return path


def _nothing(path: Path) -> None:
    Home.create(path)


def _damage_lake(path: Path) -> None:
    worked(path)
    for file in (path / "lake").rglob("*.parquet"):
        file.write_bytes(file.read_bytes()[:40])


def _lose_lake_files(path: Path) -> None:
    worked(path)
    for file in (path / "lake").rglob("*.parquet"):
        file.unlink()


def _damage_manifests(path: Path) -> None:
    worked(path)
    for file in (path / "lake").rglob("*.json"):
        file.write_bytes(b"{")


def _damage_ledger(path: Path) -> None:
    worked(path)
    for name in ("gw1", "gw1.quarantine"):
        for file in (path / "ledgers" / name).glob("*.log"):
            file.write_bytes(file.read_bytes()[:30] + bytes(len(file.read_bytes()) - 30))


def _lose_checkpoint(path: Path) -> None:
    worked(path)
    for name in ("gw1", "gw1.quarantine"):
        (path / "ledgers" / name / "checkpoint").write_text("nothing\n")


def _damage_office(path: Path) -> None:
    worked(path)
    for file in (path / "ledgers" / "office").glob("*.log"):
        data = bytearray(file.read_bytes())
        data[len(data) // 2:] = bytes(len(data) - len(data) // 2)
        file.write_bytes(bytes(data))


def _lose_home(path: Path) -> None:
    worked(path)
    shutil.rmtree(path)


STATES: dict[str, Callable[[Path], Any]] = {
    "empty registry": _nothing, "before the pipeline ran": filled, "without a witness": worked,
    "damaged lake files": _damage_lake, "lost lake files": _lose_lake_files, "damaged manifests": _damage_manifests,
    "damaged telegram ledgers": _damage_ledger, "checkpoints that are none": _lose_checkpoint,
    "damaged office ledger": _damage_office, "no home": _lose_home,
}
WHOLE = ("empty registry", "before the pipeline ran", "without a witness")


@pytest.fixture
def person(db: None) -> User:
    made = User.objects.create_user(username="reader", password=None)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REGISTRAR):
        Grant.objects.create(holder=made, role=role.value)
    return made


@pytest.fixture
def client(person: User) -> Client:
    found = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    found.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return found


def pages(person: User) -> dict[str, str]:
    figure = "hour.PM2.5/S0/2020-04-01T00:00"
    examples = {"site": "S0", "name": "S0", "picture": 0, "figure_at.name": "hour.PM2.5",
                "start": START_US // 1_000_000,
                "figure": figure, "ledger": "gw1", "leaf": 0, "publication.leaf": 5, "mn": "MN-X", "table": "hour",
                "form": "csv", "kind": "site", "registry_dossier.name": "e0", "pseudonym": person.pseudonym,
                "run": VerifyRun.objects.create(by=person, finished_at=timezone.now()).pk,
                "registry_draft.key": ImportDraft.objects.create(owner=person, file="a", sha256="0" * 64, rows=[]).key,
                "grant_new.pseudonym": person.pseudonym}
    found = {}
    for address in ours():
        if address.name not in WRITES:
            for listing in Listing if "listing" in address.parameters else (None,):
                found[f"{address.name} {listing or ''}".strip()] = address.url(
                    examples | ({"listing": listing.value} if listing else {}))
    return found | {"inspector of the office": "/evidence/ledgers/office/0/",
                    "leaves of the office": "/evidence/ledgers/office/"}


def sentence(answer: Any) -> str:
    """What a page says, without its frame."""
    text = answer.content.decode()
    if answer["Content-Type"].startswith("application/problem+json"):
        return str(answer.json()["detail"])
    main = text.partition("<main")[2].partition("</main>")[0] or text
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


@pytest.mark.parametrize("state", list(STATES))
def test_every_page_answers_in_a_sentence(tmp_path, settings, client, person, state, caplog):
    caplog.set_level(logging.CRITICAL)
    STATES[state](tmp_path / "home")
    settings.QINGYUAN_HOME = tmp_path / "home"
    wrong, damaged = [], 0
    for name, path in pages(person).items():
        answer = client.get(path)
        if answer.streaming or answer.status_code == 405:             # is only posted to
            b"".join(getattr(answer, "streaming_content", ()))
            continue
        if answer.status_code >= 500 and answer.status_code != 503:
            wrong.append(f"{answer.status_code} {name} {path}")
        elif answer.status_code == 503:
            damaged += 1
            if "operator" not in sentence(answer) and "problem" not in answer["Content-Type"]:
                wrong.append(f"no sentence on {name}")
        elif "text/html" in answer["Content-Type"] and len(sentence(answer)) < 20:
            wrong.append(f"no sentence on {name}")
    assert wrong == []
    assert state not in WHOLE or damaged == 0


def test_a_full_disk_on_export_is_said(tmp_path, settings, client, monkeypatch):
    settings.QINGYUAN_HOME = worked(tmp_path / "home")

    def full(*_args: object) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exports, "objects", full)
    monkeypatch.setattr(exports, "texts", full)
    for path in ("/api/v1/files/hour.csv?from=2000-01-01", "/api/v1/files/hour.jsonl?from=2000-01-01"):
        answer = client.get(path)
        assert answer.status_code == 507
        assert "no space" in answer.json()["detail"]
        assert answer.json()["remedy"]


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize(("error", "fault"), [
    (LakeDamaged("x"), Fault.LAKE), (BrokenManifest("x"), Fault.LAKE), (LedgerError("x"), Fault.LEDGER),
    (HomeError("x"), Fault.HOME), (ImproperlyConfigured("x"), Fault.HOME), (OSError(errno.EMFILE, "x"), Fault.BUSY),
    (OSError(errno.ENOSPC, "x"), Fault.DISK_FULL), (OperationalError("database or disk is full"), Fault.DISK_FULL)])
def test_each_fault_has_its_own_words(tmp_path, settings, client, monkeypatch, error, fault, lang):
    settings.QINGYUAN_HOME = worked(tmp_path / "home")

    def broken(*_args: object) -> Any:
        raise error

    monkeypatch.setattr("qingyuan.console.operations.evidence.read.states", broken)
    answer = client.get("/evidence/", headers={"accept-language": lang})
    assert answer.status_code == (507 if fault is Fault.DISK_FULL else 503)
    with translation.override(lang):
        assert str(WORDS[fault][0]) in sentence(answer)
        assert str(WORDS[fault][1]) in sentence(answer)


def test_an_error_of_the_program_is_not_taken_for_a_fault_beneath():
    assert fault_of(ValueError("x")) is None
    assert fault_of(UnreadablePostError("x")) is None
    assert fault_of(OperationalError("no such table")) is None
    assert set(WORDS) == set(Fault)
