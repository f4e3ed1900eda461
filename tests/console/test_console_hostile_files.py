"""Files and entries made to harm: none stops the ledger, the database or the process, and each is refused in words."""

from __future__ import annotations

import io
import json

import pytest
import registry_home
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation

from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import record
from qingyuan.console.registry.importing.opening import Unreadable, open_rows
from qingyuan.console.registry.models import ImportDraft
from qingyuan.evidence.leaf import Kind
from qingyuan.ledger import Home
from qingyuan.registry import EntryError, EntryKind, payload

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(tmp_path, settings, console) -> Home:
    """A home of one's own."""
    made = registry_home.make(tmp_path / "home")
    settings.QINGYUAN_HOME = made.path
    return made


def entry(name: str = "甲", **more: object) -> dict[str, object]:
    return {"entry": "organisation", "id": "E9", "data": {"name": name, "kind": "enterprise"}, **more}


@pytest.mark.parametrize(("bad", "field"), [
    (entry("a\ud800"), "name"), (entry("a\0"), "name"), (entry(valid_from_us=-(10**17)), "valid_from_us"),
    (entry("a\x07"), "name"),
    (entry(valid_from_us=10**30), "valid_from_us"), (entry() | {"b\ud800": 1}, ""),
    (entry(valid_to="9999-12-31T23:59:59-10:00"), "valid_to_us")])
def test_an_entry_that_cannot_be_kept_is_a_fault_of_its_row(own, as_role, bad, field):
    client = as_role(Role.REGISTRAR)
    page = client.post(reverse("registry_import"), {
        "file": SimpleUploadedFile("a.json", json.dumps([bad]).encode())}, follow=True)
    assert page.status_code == 200
    draft = ImportDraft.objects.get()
    assert ([fault["field"] for fault in draft.faults], draft.rows) == ([field], [])


@pytest.mark.parametrize("name", ["a\ud800", "a\0", "a\x1b"])
def test_nothing_is_recorded_that_cannot_be_kept(own, name):
    with pytest.raises(EntryError), transaction.atomic():
        record(Kind.REGISTRY, entry(name))
    with pytest.raises(EntryError), transaction.atomic():
        record(Kind.FILE, {"name": name})
    assert not Outbox.objects.exists()


def test_a_row_the_ledger_cannot_take_stops_nobody_behind_it(own):
    kept = connection.vendor == "sqlite"              # PostgreSQL does not even keep the row
    bad = Outbox.objects.create(kind="file" if kept else "none", payload={"name": "a\ud800" if kept else "a"})
    large = Outbox.objects.create(kind="file", payload={"name": "a" * (1 << 24)})
    with transaction.atomic():
        good = record(Kind.REGISTRY, payload(EntryKind.ORGANISATION, "E9", {"name": "a", "kind": "enterprise"}))
    assert registry_home.work_off(own) == 1
    for row in (bad, large, good):
        row.refresh_from_db()
    assert good.leaf is not None
    assert (bad.leaf, large.leaf) == (None, None)
    assert "surrogates" in bad.refused or not kept
    assert "bytes" in large.refused
    assert registry_home.work_off(own) == 0


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_brackets_without_end_are_no_entries(text):
    ((line, fault),) = open_rows(text.encode())
    assert (line, fault.what) == (1, "is no JSON (too deep)")


def workbook(*places: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, column in places:
            sheet.write(row, column, "id")
    return out.getvalue()


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (20_000, 300)])
def test_cells_far_apart_are_refused_before_memory_is_taken_for_them(far):
    with translation.override("en"), pytest.raises(Unreadable, match="far away"):
        open_rows(workbook((0, 0), far))


def test_a_large_sheet_without_far_cells_is_read():
    rows = open_rows(workbook(*((row, column) for row in range(3000) for column in range(20))))
    assert len(rows) == 2999
