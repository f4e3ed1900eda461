"""Passwords of loggers in a file: sealed row by row as it is read, plain nowhere, and in force once it is entered."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.sealing import publish_key
from qingyuan.console.registry.importing.opening import LARGEST
from qingyuan.console.registry.models import ImportDraft
from qingyuan.ledger import Home, Keyring

Enter = Callable[..., Client]
SECRETS = {"W1": "W1-geheim!", "S9": "S9-tajny~1"}
NAMES = ("entry", "id", "name", "kind", "mn", "origin", "city", "password")
ROWS = (("site", "W1", "甲厂总排口", "water", "MN-W1", "simulated", "南京", SECRETS["W1"]),
        ("site", "S9", "新站", "air", "MN-S9", "measured", "南京", SECRETS["S9"]),
        ("site", "A1", "玄武湖", "air", "MN-A1", "simulated", "南京", ""))


@pytest.fixture
def own(attended: Home) -> Home:
    """A home of one's own whose worker has run."""
    publish_key(attended, Keyring.open(attended.path / "keys"))
    return attended


def file_of(form: str, rows: tuple[tuple[str, ...], ...] = ROWS) -> bytes:
    """The rows as a file of a form."""
    if form == "csv":
        return "".join(",".join(row) + "\n" for row in (NAMES, *rows)).encode()
    if form == "jsonl":
        tables = [{name: text for name, text in zip(NAMES, row, strict=True) if text} for row in rows]
        return "\n".join(json.dumps({"entry": table.pop("entry"), "id": table.pop("id"), "data": table})
                         for table in tables).encode()
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate((NAMES, *rows)):
            sheet.write_row(line, 0, row)
    return out.getvalue()


def send(client: Client, data: bytes) -> str:
    """The page that follows an upload."""
    answer = client.post(reverse("registry_import"), {"file": SimpleUploadedFile("rows", data)}, follow=True)
    return answer.content.decode()


def everything_kept(home: Home) -> bytes:
    """All that the database (sessions too) and the home hold."""
    out = [path.read_bytes() for path in home.path.rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            out.append(repr(cursor.fetchall()).encode())
    return b"\n".join(out)


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_passwords_of_a_file_are_in_force_once_it_is_entered_and_stand_nowhere(
        own: Home, as_role: Enter, caplog: pytest.LogCaptureFixture, form: str) -> None:
    caplog.set_level(logging.DEBUG)
    client, data, keyring = as_role(Role.REGISTRAR), file_of(form), Keyring.open(own.path / "keys")
    kept_before = console_home.registry().sites["W1"].password_check
    preview = send(client, data)
    draft = ImportDraft.objects.get()
    assert draft.faults == []
    assert "Enter into the ledger" in preview
    assert re.search(r"Password of the logger</span>\s+<b>registered</b>", preview)
    boxes = [row["sealed"] for row in draft.rows if row.get("sealed")]
    assert len(boxes) == 2
    waiting = everything_kept(own)
    client.post(reverse("registry_draft", args=[draft.key]))
    sites = console_home.registry().sites
    assert {name: sites[name].password_check for name in SECRETS} == {
        name: keyring.password_check(f"MN-{name}", secret) for name, secret in SECRETS.items()}
    assert sites["W1"].password_check != kept_before
    assert sites["A1"].password_check == ""
    kept = everything_kept(own)
    for secret in SECRETS.values():
        assert secret not in preview + caplog.text
        assert secret.encode() not in waiting + kept
    for box in boxes:
        assert box not in preview
        assert box.encode() not in kept                     # even sealed it is not kept longer than needed
    assert sha256(data).hexdigest().encode() not in waiting + kept      # by it a short password could be guessed


def test_a_file_without_passwords_is_kept_by_its_hash(own: Home, as_role: Enter) -> None:
    client, data = as_role(Role.REGISTRAR), file_of("csv", ((*ROWS[0][:2], "甲", *ROWS[0][3:7], ""),))
    send(client, data)
    client.post(reverse("registry_draft", args=[ImportDraft.objects.get().key]))
    assert Outbox.objects.order_by("pk")[0].payload == {
        "name": "rows", "sha256": sha256(data).hexdigest(), "bytes": ""}
    assert console_home.registry().sites["W1"].password_check           # kept, though the file names none


@pytest.mark.parametrize("wrong", ["has blank", "a;b", "密码", "x" * 65])
def test_what_no_packet_can_carry_is_a_fault_of_its_row_and_is_not_repeated(own: Home, as_role: Enter,
                                                                            wrong: str) -> None:
    page = send(as_role(Role.REGISTRAR), file_of("csv", (ROWS[1], (*ROWS[0][:7], wrong))))
    draft = ImportDraft.objects.get()
    assert [(fault["line"], fault["field"]) for fault in draft.faults] == [(3, "password")]
    assert "write 1 to 64 visible characters of ASCII, without ; and &amp;" in page
    assert "Enter into the ledger" not in page
    assert wrong not in page + json.dumps(draft.faults, ensure_ascii=False)


def test_without_a_worker_there_is_no_key_and_the_preview_says_what_to_do(own: Home, as_role: Enter) -> None:
    (own.path / "run" / "box.json").unlink()
    page = send(as_role(Role.REGISTRAR), file_of("csv"))
    assert [fault["line"] for fault in ImportDraft.objects.get().faults] == [2, 3]
    assert "start it by: qingyuan serve" in page
    assert not any(secret in page for secret in SECRETS.values())


def test_a_box_that_was_sealed_for_another_logger_enters_nothing(own: Home, as_role: Enter) -> None:
    client = as_role(Role.REGISTRAR)
    send(client, file_of("csv"))
    draft = ImportDraft.objects.get()
    first, second, _third = draft.rows
    first["sealed"], second["sealed"] = second["sealed"], first["sealed"]
    draft.save()
    page = client.post(reverse("registry_draft", args=[draft.key]))
    assert page.status_code == 409
    assert "could not be opened" in page.content.decode()
    assert not Outbox.objects.exists()
    assert "S9" not in console_home.registry().sites


@pytest.mark.parametrize("size", [LARGEST + 1, 6_000_000])
def test_no_upload_is_laid_into_a_file_on_its_way(own: Home, as_role: Enter, settings: object, tmp_path: Path,
                                                  size: int) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "no-such-folder"         # type: ignore[attr-defined]
    page = send(as_role(Role.REGISTRAR), file_of("csv").ljust(size, b"\n"))
    assert "The file is larger than 2 MB." in page
    assert not ImportDraft.objects.exists()
