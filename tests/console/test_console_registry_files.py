"""Files: what an export gives an import takes unchanged; hostile files are refused; confirmed is what was previewed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import registry_home
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.models import Outbox
from qingyuan.console.registry.importing.check import STATE_WORDS, State
from qingyuan.console.registry.importing.opening import LARGEST, MOST_ROWS, Unreadable, open_rows
from qingyuan.console.registry.listing import KINDS, Listing
from qingyuan.console.registry.models import ImportDraft
from qingyuan.ledger import Home
from qingyuan.numerics.time import iso_utc

AsRole = Callable[..., Client]


@pytest.fixture
def own(attended: Home) -> Home:
    """A home of one's own with a worker."""
    return attended


def send(client: Client, data: bytes, name: str = "rows.csv", lang: str = "en") -> tuple[ImportDraft | None, object]:
    """Upload a file; gives its draft and the page shown."""
    page = client.post(reverse("registry_import") + f"?lang={lang}", {"file": SimpleUploadedFile(name, data)},
                       follow=True)
    return ImportDraft.objects.order_by("-pk").first() if page.redirect_chain else None, page


def workbook(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return out.getvalue()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("listing", list(Listing))
def test_what_was_exported_is_unchanged_when_it_comes_back(own: Home, as_role: AsRole, listing: Listing,
                                                           form: str) -> None:
    client = as_role(Role.REGISTRAR)
    file = client.get(reverse("registry_export", args=[listing.value, form]))
    assert file.status_code == 200
    draft, page = send(client, file.content, "without-any-extension")
    assert draft is not None
    assert draft.faults == []
    assert draft.rows
    assert {row["payload"]["entry"] for row in draft.rows} == {KINDS[listing].value}
    assert {row["state"] for row in draft.rows} == {State.UNCHANGED.value}
    assert "Nothing would change" in page.content.decode()            # type: ignore[attr-defined]


def test_the_export_of_the_demo_home_comes_back_unchanged(console: Path, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    for form in ("csv", "xlsx"):
        draft, _page = send(client, client.get(reverse("registry_export", args=["sites", form])).content)
        assert draft is not None
        assert len(draft.rows) == 6
        assert {row["state"] for row in draft.rows} == {State.UNCHANGED.value}


def test_an_export_says_where_it_comes_from_and_holds_no_password_and_no_formula(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    text = client.get(reverse("registry_export", args=["sites", "csv"])).content.decode("utf-8-sig")
    head = text.splitlines()[:4]
    assert head[0] == f"# home: {console_home.home().id}"
    assert [line.partition(":")[0] for line in head[1:]] == ["# as_of", "# office_ledger_registry_entries",
                                                             "# exported_at"]
    assert head[2].endswith(": 14")
    secret = next(e["data"]["password_check"] for _at, e in console_home.registry_history() if e["id"] == "W1")
    assert secret not in text
    operators = client.get(reverse("registry_export", args=["operators", "csv"])).content.decode("utf-8-sig")
    assert "'=运维" in operators
    cells = CalamineWorkbook.from_filelike(io.BytesIO(client.get(reverse(
        "registry_export", args=["operators", "xlsx"])).content)).get_sheet_by_index(0).to_python()
    assert "'=运维" in cells[-1]
    assert "MN-A1" not in as_role(Role.AGENCY).get(reverse("registry_export", args=["sites", "csv"])).content.decode()
    assert as_role(None).get(reverse("registry_export", args=["sites", "csv"])).status_code == 403


def test_an_export_follows_the_instant_and_the_selection(own: Home, as_role: AsRole) -> None:
    client, address = as_role(Role.REGISTRAR), reverse("registry_export", args=["sites", "csv"])
    learned = [at for at, entry in console_home.registry_history() if entry["id"] == "W1"]
    now, then = (client.get(address, {"q": "W1", **more}).content.decode() for more in (
        {}, {"as_of": iso_utc(learned[0])}))
    assert now.count("site,W1,") == 3
    assert then.count("site,W1,") == 1
    assert "A1" not in now.partition("in_city_mean")[2]


def test_new_changed_unchanged_and_faulty_rows_are_told_apart(own: Home, as_role: AsRole) -> None:
    rows = ("entry,id,name,kind,belongs,valid_from\n"
            "organisation,E1,甲厂,enterprise,,\n"                    # name_en falls away: changed
            "organisation,OP2,运维二,operator,K1,\n"
            "organisation,E2,乙厂,enterprise,,2020-13-01\n"
            "organisation,E3,,enterprise,,\n"
            "grant,g1,x,,,\n"
            "park,K1,园区,,,\n")
    draft, page = send(as_role(Role.REGISTRAR), rows.encode("gb18030"), lang="zh-hans")
    assert draft is not None
    assert [(row["line"], row["state"]) for row in draft.rows] == [
        (2, "changed"), (3, "new"), (7, "changed")]
    assert [(fault["line"], fault["field"]) for fault in draft.faults] == [
        (4, "valid_from"), (5, "name"), (6, "entry")]
    text = page.content.decode()                                      # type: ignore[attr-defined]
    assert "2020-13-01" in text
    assert "请写成" in text
    assert "写入账本" not in text                                      # nothing can be confirmed


def test_exactly_what_was_previewed_is_entered_once_and_by_its_owner(own: Home, as_role: AsRole) -> None:
    client, other = as_role(Role.REGISTRAR), as_role(Role.REGISTRAR, name="second")
    lines = [{"entry": "organisation", "id": "E9", "data": {"name": "九厂", "kind": "enterprise"}},
             {"entry": "site", "id": "W1", "data": registry_home.SITE | {"name": "甲厂新排口"}}]
    draft, _page = send(client, "\n".join(json.dumps(line) for line in lines).encode(), "rows.jsonl")
    assert draft is not None
    address = reverse("registry_draft", args=[draft.key])
    assert [row["state"] for row in draft.rows] == ["new", "changed"]
    assert other.get(address).status_code == other.post(address).status_code == 404
    done = client.post(address, follow=True)
    assert "its last leaf in the office ledger is" in done.content.decode()
    assert [row.kind for row in Outbox.objects.order_by("pk")] == ["file", "registry", "registry"]
    assert console_home.registry().organisations["E9"].name == "九厂"
    assert console_home.registry().sites["W1"].password_check          # kept, though the file names none
    client.post(address)
    assert Outbox.objects.count() == 3


def test_a_file_checked_before_someone_else_changed_the_entry_enters_nothing(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    (first, _), (second, _) = (send(client, f"entry,id,name,kind\norganisation,E1,{name},enterprise\n".encode())
                               for name in ("一", "二"))
    assert first is not None
    assert second is not None
    client.post(reverse("registry_draft", args=[first.key]))
    late = client.post(reverse("registry_draft", args=[second.key]))
    assert late.status_code == 409
    assert "changed since the file was checked" in late.content.decode()
    assert console_home.registry().organisations["E1"].name == "一"
    second.refresh_from_db()
    assert second.applied is None


def test_a_draft_ends(own: Home, as_role: AsRole) -> None:
    client = as_role(Role.REGISTRAR)
    draft, _page = send(client, b"entry,id,name,kind\norganisation,E9,n,enterprise\n")
    assert draft is not None
    ImportDraft.objects.update(expires=draft.created - timedelta(hours=1))
    assert client.post(reverse("registry_draft", args=[draft.key])).status_code == 404
    client.get(reverse("registry_import"))
    assert ImportDraft.objects.count() == 0


def test_passwords_before_a_worker_and_what_one_may_not_change_are_refused_row_by_row(
        own: Home, as_role: AsRole) -> None:
    rows = "id,name,kind,mn,origin,city_code,password\nS1,s,air,M1,measured,320100,pw\nS2,s,air,M2,measured,320200,\n"
    draft, _page = send(as_role(Role.REGISTRAR, territory="3201"), rows.encode())
    assert draft is not None
    assert [(f["line"], f["field"]) for f in draft.faults] == [(2, "password"), (3, "id")]
    assert "pw" not in json.dumps(draft.rows) + json.dumps(draft.faults)


def test_two_sites_of_one_file_may_not_name_one_logger_and_doubtful_coordinates_are_told(
        own: Home, as_role: AsRole) -> None:
    rows = ("id,name,kind,mn,origin,city,lon,lat\nS1,s,air,MN-A1,measured,南京,118.8,32.06\n"
            "S2,t,air,M2,measured,南京,120.3,31.5\n")
    draft, page = send(as_role(Role.REGISTRAR), rows.encode())
    assert draft is not None
    assert [(f["line"], f["field"]) for f in draft.faults] == [(2, "mn")]
    assert [(one["name"], one["wrong"]) for one in page.context["verdicts"]] == [     # type: ignore[attr-defined]
        ("S2", True), ("S1", False)]


def test_a_workbook_is_read_whatever_its_name_and_its_formulas_are_not_worked_out(own: Home, as_role: AsRole) -> None:
    data = workbook(("entry", "id", "name", "kind"), ("organisation", 42, "=1+1", "enterprise"))
    draft, _page = send(as_role(Role.REGISTRAR), data, "table.csv")
    assert draft is not None
    assert [(row["payload"]["id"], row["payload"]["data"]["name"]) for row in draft.rows] == [("42", "0")]


def lying_zip() -> bytes:
    """A workbook whose sheet says it is a hundred bytes and is more."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", "0" * 30_000_000)
    return out.getvalue().replace((30_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "0" * 30_000_000)
    return out.getvalue()


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("readme.txt", "hello")
    return out.getvalue()


@pytest.mark.parametrize(("data", "what"), [
    (b"x" * (LARGEST + 1), "larger than 2 MB"), (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel file"),
    (bomb(), "more than 20 MB"), (lying_zip(), "no XLSX file"), (other_zip(), "no XLSX file"),
    (b"PK\x03\x04rubbish", "no XLSX file"), (b"\0\1\2\3", "neither a text nor an XLSX"),
    (b"\xff\xfe\xfd", "neither UTF-8"),
    (b"", "holds no entry"), (b"id\n" + b"x\n" * (MOST_ROWS + 1), "more than 10,000 rows"),
    (b"%PDF-1.7\0", "neither a text nor an XLSX")])
def test_files_that_are_no_tables_are_refused_with_a_remedy(data: bytes, what: str) -> None:
    with translation.override("en"), pytest.raises(Unreadable) as found:
        open_rows(data)
    with translation.override("en"):
        assert what in str(found.value.what)
    assert str(found.value.remedy)


def test_a_refused_file_is_told_on_the_page(own: Home, as_role: AsRole) -> None:
    draft, page = send(as_role(Role.REGISTRAR), other_zip(), "rows.xlsx")
    assert draft is None
    assert "This is no XLSX file." in page.content.decode()           # type: ignore[attr-defined]
    assert as_role(Role.REVIEWER).get(reverse("registry_import")).status_code == 403


def test_every_state_of_a_row_has_a_word() -> None:
    assert set(STATE_WORDS) == set(State)
