"""Evidence, gateway, telegrams, publications and people at two cuts around a late correction: two truths, and what is
known only as of now says so."""

from __future__ import annotations

import re
from urllib.parse import quote

import homes
import pytest
from django.test import Client
from django.utils import timezone

from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.operations import ledgers, recent
from qingyuan.console.operations.models import VerifyRun
from qingyuan.console.operations.opened import size_at
from qingyuan.console.shell.page import instant_text
from qingyuan.evidence import merkle
from qingyuan.ledger import Ledger
from qingyuan.numerics.time import DAY_US, local_day_start, moment
from qingyuan.witness import Store, visit_once

pytestmark = pytest.mark.django_db
NOON_US = local_day_start(1_585_900_800_000_000) + DAY_US // 2
PASSWORD = "correct horse battery"


class Cuts:
    """A home with a correction, and the instant before it."""

    def __init__(self, station: homes.Station, witness: Store) -> None:
        self.station, self.witness = station, witness
        self.cut_us = 0
        self.client = Client(headers={"accept-language": "en"})

    def then(self, path: str) -> str:
        return self._text(f"{path}{'&' if '?' in path else '?'}as_of={quote(instant_text(self.cut_us))}")

    def now(self, path: str) -> str:
        return self._text(path)

    def _text(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return re.sub(r"\s+", " ", answer.content.decode())


def made(tmp_path, settings, *, seen_before: bool) -> Cuts:
    from qingyuan.console.accounts.models import Grant, User

    station = homes.Station(tmp_path / "home")
    found = Cuts(station, Store(tmp_path / "witness"))
    station.site("S1", plan=["a34004"])
    station.site("S2", plan=["a34004"])
    station.replay(NOON_US)
    station.send(station.frame(NOON_US - 3_600_000_000, {"a34004": "30"}, qn=1))
    station.send(station.frame(NOON_US, {"a34004": "1"}, name="A", qn=2))
    station.settle()
    station.send(b"")                                     # so that the gateway's tick comes before the cut
    homes.run(station.home)
    if seen_before:
        visit_once(station.home, found.witness)
    for role in (Role.AUDITOR, Role.DUTY_OFFICER):
        user = User.objects.create_user(username=role.value, password=PASSWORD)
        Grant.objects.create(holder=user, role=role.value)
    both = User.objects.get(username=Role.AUDITOR.value)
    Grant.objects.create(holder=both, role=Role.ADMINISTRATOR.value)
    Grant.objects.create(holder=both, role=Role.DUTY_OFFICER.value)
    found.client.force_login(both, backend="django.contrib.auth.backends.ModelBackend")
    VerifyRun.objects.create(by=both, started_at=timezone.now(), finished_at=timezone.now(), lines=[], total=1)
    station.settle()
    found.cut_us = console_home.now_us()
    station.settle()
    station.send(station.frame(NOON_US - 3_600_000_000, {"a34004": "99"}, qn=3))
    station.send(station.frame(NOON_US - 3_600_000_000, {"a34004": "12"}, name="S2", qn=4))
    for name in ("A", "B"):
        station.send(station.frame(NOON_US, {"a34004": "1"}, name=name, qn=5))
    station.close()
    homes.run(station.home)
    User.objects.create_user(username="latecomer", password=PASSWORD)
    VerifyRun.objects.create(by=both, started_at=timezone.now(), finished_at=timezone.now(), total=1,
                             others=[{"ledger": "", "file": "x", "leaf": None, "offset": None, "what": "gone"}])
    settings.QINGYUAN_HOME = station.home.path
    return found


@pytest.fixture
def cuts(tmp_path, settings, db) -> Cuts:
    """The witness looked before the cut and not since."""
    return made(tmp_path, settings, seen_before=True)


@pytest.fixture
def unseen(tmp_path, settings, db) -> Cuts:
    """The witness looked only after the cut."""
    found = made(tmp_path, settings, seen_before=False)
    while console_home.now_us() // 1_000_000 <= found.cut_us // 1_000_000:      # its time is in whole seconds
        homes.time.sleep(0.05)
    visit_once(found.station.home, found.witness)
    return found


def row(page: str, begin: str) -> str:
    """The row of a table that begins with an id."""
    return page.partition(f'<tr id="{begin}"')[2].partition("</tr>")[0]


def test_a_ledger_has_the_leaves_and_the_root_of_then(cuts):
    for name in ("gw1", "gw1.quarantine", "office"):
        with Ledger(console_home.home().ledger_path(name)) as ledger:
            size = size_at(ledger, cuts.cut_us)
            assert 0 < size < ledger.size
            root = merkle.root_at(size, ledger.get).hex()
            assert root != ledger.root().hex()
            now_size, now_root = ledger.size, ledger.root().hex()
        then, now = row(cuts.then("/evidence/"), f"l-{name}"), row(cuts.now("/evidence/"), f"l-{name}")
        assert f'data-label="leaves">{size}' in then
        assert root in then
        assert f'data-label="leaves">{now_size}' in now
        assert now_root not in then


def test_a_signature_that_came_later_is_not_one_of_then(unseen):
    seen = {state.name: state for state in ledgers.states(unseen.cut_us)}
    assert seen["gw1"].witnessed is None
    assert "after this instant" in row(unseen.then("/evidence/"), "l-gw1")


def test_the_witness_of_then_is_shown_where_it_is_known(cuts):
    state = next(one for one in ledgers.states(cuts.cut_us) if one.name == "office")
    assert state.witnessed is not None
    assert 0 < state.witnessed <= state.size
    assert "after this instant" not in row(cuts.then("/evidence/"), "l-office")


def test_what_is_only_known_now_says_now_beside_it(cuts):
    then, now = cuts.then("/evidence/"), cuts.now("/evidence/")
    for words in ("segments, now", "state, now", "signed note of now"):
        assert words in then
        assert words not in now
    assert "Verify everything now" in now
    assert "Verify everything now" not in then
    assert "are no longer kept today" not in now


def test_a_verification_that_ended_later_is_not_told_of(cuts):
    assert "1 problem" in cuts.now("/evidence/")
    assert "1 problem" not in cuts.then("/evidence/")
    assert "Every byte is as it was written." in cuts.then("/evidence/")
    first, second = VerifyRun.objects.order_by("pk")
    listed = cuts.then("/evidence/verifications/")
    assert f'id="v{first.pk}"' in listed
    assert f'id="v{second.pk}"' not in listed
    assert f'id="v{second.pk}"' in cuts.now("/evidence/verifications/")
    for run, code in ((first, 200), (second, 404)):
        answer = cuts.client.get(f"/evidence/verifications/{run.pk}/?as_of={quote(instant_text(cuts.cut_us))}")
        assert answer.status_code == code


def test_the_gateway_page_tells_what_was_so_then(cuts):
    then, now = cuts.then("/gateway/"), cuts.now("/gateway/")
    assert "MN-A" in then
    assert "MN-B" not in then
    assert "MN-B" in now
    assert re.search(r'unknown MN</td><td class="num"><b>1</b>', then)
    assert re.search(r'unknown MN</td><td class="num"><b>3</b>', now)
    assert '<tr id="s-S2"' in then
    assert '<tr id="s-S2"' not in now


def test_a_clock_is_that_of_the_last_telegram_of_then(cuts):
    then, now = (page.partition("Wrong clocks")[2] for page in (cuts.then("/gateway/"), cuts.now("/gateway/")))
    leaves = [re.search(r"/telegrams/gw1/(\d+)/", page) for page in (then, now)]
    assert all(leaves)
    assert int(leaves[0][1]) < int(leaves[1][1])


def test_what_runs_now_is_not_said_of_then(cuts):
    run = cuts.station.home.path / "run"
    (run / "pipeline.status.json").write_text('{"lag_s": 7.5}', "utf-8")
    assert "7.5" in cuts.now("/gateway/")
    assert "7.5" not in cuts.then("/gateway/")
    assert "what runs now is not shown" in cuts.then("/gateway/")


def test_telegrams_of_a_site_are_those_of_then(cuts):
    then, now = (re.findall(r'href="/telegrams/gw1/(\d+)/', page) for page in (
        cuts.then("/telegrams/S1/"), cuts.now("/telegrams/S1/")))
    assert len(then) == len(now) == 1
    assert int(then[0]) < int(now[0])


def test_a_telegram_and_its_leaf_say_that_their_proof_is_of_now(cuts):
    leaf = re.findall(r'href="/telegrams/gw1/(\d+)/', cuts.then("/telegrams/S1/"))[0]
    for path in (f"/telegrams/gw1/{leaf}/", f"/evidence/ledgers/gw1/{leaf}/"):
        assert "stands now" in cuts.then(path)
        assert "stands now" not in cuts.now(path)
    assert ">30</a>" in cuts.then(f"/telegrams/gw1/{leaf}/")
    assert ">99</a>" in cuts.now(f"/telegrams/gw1/{leaf}/")


def test_the_last_leaf_of_then_has_no_later_one(cuts):
    with Ledger(console_home.home().ledger_path("gw1")) as ledger:
        last = size_at(ledger, cuts.cut_us) - 1
    assert f"/evidence/ledgers/gw1/{last + 1}/" in cuts.now(f"/evidence/ledgers/gw1/{last}/")
    assert f"/evidence/ledgers/gw1/{last + 1}/" not in cuts.then(f"/evidence/ledgers/gw1/{last}/")


def test_publications_and_their_figures_are_those_of_then(cuts):
    then, now = (set(re.findall(r'id="p(\d+)"', page)) for page in (
        cuts.then("/evidence/publications/"), cuts.now("/evidence/publications/")))
    assert then < now
    late = max(now - then, key=int)
    assert cuts.client.get(f"/evidence/publications/{late}/?as_of={quote(instant_text(cuts.cut_us))}"
                           ).status_code == 404
    assert any(">99</a>" in cuts.now(f"/evidence/publications/{leaf}/") for leaf in now - then)


def test_accounts_are_of_now_and_say_so(cuts):
    for path in ("/people/", "/people/organisations/"):
        assert "as they stand now" in cuts.then(path)
        assert "as they stand now" not in cuts.now(path)
    assert "latecomer" in cuts.now("/people/")
    assert "latecomer" not in cuts.then("/people/")


def test_a_cut_is_read_from_the_ledger_and_not_from_what_came_since(cuts, monkeypatch):
    monkeypatch.setattr(recent, "FIRST", 3)
    monkeypatch.setattr(recent, "_recent", recent._recent.__wrapped__)
    tails = recent.tails(cuts.cut_us)
    with Ledger(console_home.home().ledger_path("gw1.quarantine")) as ledger:
        size = size_at(ledger, cuts.cut_us)
    assert tails["gw1.quarantine"].position == size
    assert tails["gw1.quarantine"].refused
    assert moment(tails["gw1.quarantine"].refused[-1].received_us) <= moment(cuts.cut_us)
