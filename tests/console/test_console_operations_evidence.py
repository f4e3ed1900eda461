"""The evidence pages: ledgers, leaves, publications, verification, and the check of a proof."""

import re
import shutil
import subprocess
import sys

import pytest
from django.test import Client
from django.utils import timezone, translation

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.operations import findings, proofs, verifying
from qingyuan.console.operations.ledgers import publications, shown, states
from qingyuan.console.operations.models import VerifyRun
from qingyuan.console.operations.opened import size_at
from qingyuan.evidence import merkle
from qingyuan.evidence.leaf import parse
from qingyuan.ledger import Finding, Ledger, Unchecked

pytestmark = pytest.mark.django_db
PAGES = ["/evidence/", "/evidence/ledgers/gw1/", "/evidence/ledgers/office/", "/evidence/ledgers/gw1.quarantine/",
         "/evidence/ledgers/office/0/",
         "/evidence/publications/", "/evidence/verifications/"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_each_page_opens(as_role, path, lang):
    assert as_role(Role.AUDITOR, lang=lang).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_who_lacks_the_right_is_told(as_role, path):
    assert as_role(Role.ENTERPRISE).get(path).status_code == 403


def test_every_ledger_stands_with_its_checkpoint(as_role, console):
    found = {state.name: state for state in states()}
    assert set(found) == set(home.home().ledgers())
    assert found["gw1"].witnessed == found["gw1"].size > 0
    page = as_role(Role.AUDITOR).get("/evidence/").content.decode()
    assert all(state.note.splitlines()[0] in page for state in found.values())


def test_the_path_leads_to_the_root_by_the_sides_shown(console):
    with Ledger(home.home().ledger_path("gw1")) as ledger:
        for index in (0, 1, ledger.size // 2, ledger.size - 2, ledger.size - 1):
            way, value = proofs.way(ledger, index), ledger.leaf(index).hash
            for step in way.steps:
                other = bytes.fromhex(step.hash)
                value = merkle.node_hash(value, other) if step.right else merkle.node_hash(other, value)
            assert value.hex() == way.root
            assert way.witnessed_s is not None


def test_a_downloaded_proof_is_checked_without_us(as_role, console, tmp_path):
    client = as_role(Role.AUDITOR)
    verifier = tmp_path / "verify_bundle.py"
    verifier.write_bytes(Client().get("/evidence/verify_bundle.py").content)
    for path in ("/evidence/ledgers/gw1/0/proof", "/evidence/ledgers/office/1/proof"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]
        bundle = tmp_path / "leaf.bundle"
        bundle.write_bytes(answer.content)
        command = [sys.executable, "-I", "-S", str(verifier), str(bundle)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_who_may_not_read_a_telegram_gets_neither_text_nor_proof(as_role, console):
    from qingyuan.console.operations.recent import tails

    sent = next(iter(tails()["gw1"].sent.values()))
    client = as_role(Role.EXPERT)                        # sees ledgers, reads no telegrams
    page = client.get(f"/evidence/ledgers/gw1/{sent.leaf}/").content.decode()
    assert "your rights do not cover" in page
    assert "QN=" not in page
    assert client.get(f"/evidence/ledgers/gw1/{sent.leaf}/proof").status_code == 403


def test_password_hashes_are_withheld():
    text = shown({"data": {"password_check": "ab" * 32, "name": "x", "list": [{"password_check": "cd"}]}})
    assert "abab" not in text
    assert "cd" not in text
    assert '"x"' in text


def test_a_registry_leaf_hides_the_hash_of_the_password(as_role, console):
    leaf = next(entry["leaf"] for _at, entry in home.registry_history()
                if entry["entry"] == "site" and entry["data"]["password_check"])
    check = next(e["data"]["password_check"] for _at, e in home.registry_history() if e.get("leaf") == leaf)
    assert check not in as_role(Role.AUDITOR).get(f"/evidence/ledgers/office/{leaf}/").content.decode()


def test_a_publication_shows_its_figures(as_role, console):
    found = next(one for one in publications(None) if one.count > 3)
    page = as_role(Role.AUDITOR).get(f"/evidence/publications/{found.leaf}/").content.decode()
    assert found.root in page
    assert page.count("data-drawer") >= min(found.count, 100)
    assert as_role(Role.REVIEWER).get("/evidence/publications/999999/").status_code == 404


def test_as_of_hides_later_publications(console):
    every = publications(None)
    middle = every[len(every) // 2]
    assert publications(middle.received_us)[0] == middle
    assert publications(0) == []


def test_as_of_shows_the_leaves_of_then(as_role, console):
    with Ledger(home.home().ledger_path("gw1")) as ledger:
        at = parse(ledger.leaf(3).data).received_us
        known = [i for i in range(ledger.size) if parse(ledger.leaf(i).data).received_us <= at]
        assert size_at(ledger, at) == known[-1] + 1 < ledger.size
        assert size_at(ledger, 0) == 0
        assert size_at(ledger, None) == ledger.size


def test_queries_do_not_grow_with_rows(as_role, django_assert_max_num_queries):
    client = as_role(Role.AUDITOR)
    for count in (1, 3, 100):
        while VerifyRun.objects.count() < count:
            VerifyRun.objects.create(by_id=client.session["_auth_user_id"], lines=[])
        with django_assert_max_num_queries(8):
            client.get("/evidence/verifications/")


@pytest.fixture
def own_copy(console, settings, tmp_path):
    """The console looks at a copy of the home, which a test may damage."""
    copy = tmp_path / "copy"
    shutil.copytree(console, copy)
    settings.QINGYUAN_HOME = copy
    return copy


@pytest.mark.django_db(transaction=True)
def test_verification_is_kept_and_shown(as_role, own_copy):
    client = as_role(Role.AUDITOR)
    answer = client.post("/evidence/verify/")
    run = VerifyRun.objects.get()
    assert answer.url == f"/evidence/verifications/{run.pk}/"
    assert run.finished_at is not None
    assert run.problems == 0
    assert {line["ledger"] for line in run.lines} == set(home.home().ledgers())
    assert sum(line["opened"] for line in run.lines) > 0
    assert "Every byte" in client.get(answer.url).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_changed_byte_is_found(as_role, own_copy):
    log = sorted((own_copy / "ledgers" / "gw1").glob("*.log"))[0]
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(bytes(data))
    as_role(Role.AUDITOR).post("/evidence/verify/")
    assert VerifyRun.objects.get().problems > 0


@pytest.mark.django_db(transaction=True)
def test_without_a_keyring_it_says_what_was_not_checked(as_role, own_copy):
    shutil.rmtree(own_copy / "keys")
    as_role(Role.AUDITOR).post("/evidence/verify/")
    run = VerifyRun.objects.get()
    assert run.problems == 0
    assert run.unchecked > 0


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_and_the_task_may_run_twice(as_role, own_copy):
    client = as_role(Role.AUDITOR)
    first = VerifyRun.objects.create(by_id=client.session["_auth_user_id"])
    client.post("/evidence/verify/")
    assert VerifyRun.objects.count() == 1
    verifying.verify_everything.func(first.pk)
    first.refresh_from_db()
    ended = first.finished_at
    assert ended is not None
    verifying.verify_everything.func(first.pk)
    first.refresh_from_db()
    assert first.finished_at == ended


def test_the_check_of_a_proof_is_open_to_all(console):
    page = Client(headers={"accept-language": "en"}).get("/evidence/check/").content.decode()
    assert "data-verify-drop" in page
    assert "verify_bundle.py" in page
    answer = Client().get("/evidence/verify_bundle.py")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("path", [
    "/evidence/ledgers/none/", "/evidence/ledgers/gw1/99999999/", "/evidence/ledgers/gw1/99999999/proof",
    "/evidence/verifications/99/", "/evidence/ledgers/office/0/?as_of=2001-01-01T00:00:00"])
def test_what_is_not_there_is_said(as_role, path):
    assert as_role(Role.AUDITOR).get(path).status_code == 404


def test_a_damaged_ledger_is_named(as_role, own_copy):
    (own_copy / "ledgers" / "gw1" / "checkpoint").write_text("nothing\n", "utf-8")
    page = as_role(Role.AUDITOR).get("/evidence/").content.decode()
    assert "damaged" in page
    assert "checkpoint: not a checkpoint signed by this ledger" in page
    shown = as_role(Role.REVIEWER, lang="zh-hans").get("/evidence/").content.decode()
    assert "checkpoint: 不是由本账本签名的检查点" in shown
    (own_copy / "ledgers" / "gw1" / "checkpoint").unlink()
    assert '<span lang="en">' in as_role(Role.EXPERT).get("/evidence/").content.decode()


def test_every_finding_and_gap_has_words_in_both_languages():
    from qingyuan.ledger.finding import MADE_AGAIN, UNCHECKED, WORDS

    assert set(findings.FINDINGS) == set(Finding)
    assert set(findings.GAPS) == set(Unchecked)
    ours = {**findings.FINDINGS, **findings.GAPS, "": findings.MADE_AGAIN}
    with translation.override("en"):
        assert {code: str(text) for code, text in ours.items()} == {**WORDS, **UNCHECKED, "": MADE_AGAIN}
    with translation.override("zh-hans"):
        assert all(re.search("[一-鿿]", str(text)) for text in ours.values())


def test_a_run_kept_before_there_were_codes_is_shown_as_it_was(as_role):
    client = as_role(Role.AUDITOR)
    run = VerifyRun.objects.create(by_id=client.session["_auth_user_id"], finished_at=timezone.now(), lines=[{
        "ledger": "gw1", "leaves": 1, "signed": 1, "witnessed": 0, "opened": 0, "live": False,
        "not_checked": ["old <gap>"],
        "problems": [{"ledger": "gw1", "file": "x", "leaf": 1, "offset": 0, "what": "old <problem>"}]}])
    page = client.get(f"/evidence/verifications/{run.pk}/").content.decode()
    assert '<span lang="en">old &lt;problem&gt;</span>' in page
    assert '<span lang="en">old &lt;gap&gt;</span>' in page


@pytest.mark.django_db(transaction=True)
def test_what_a_verification_finds_is_said_in_chinese(as_role, own_copy):
    (own_copy / "ledgers" / "gw1" / "notes.txt").touch()
    next((own_copy / "ledgers" / "gw1").glob("*.ends")).unlink()
    shutil.rmtree(own_copy / "keys")
    client = as_role(Role.AUDITOR, lang="zh-hans")
    client.post("/evidence/verify/")
    run = VerifyRun.objects.get()
    page = client.get(f"/evidence/verifications/{run.pk}/").content.decode()
    assert "notes.txt: 此处不应有的文件" in page
    assert "文件缺失；叶并未因此丢失" in page
    assert "没有密钥环" in page
    assert 'lang="en"' not in page.partition("<main")[2].partition("</main>")[0]
