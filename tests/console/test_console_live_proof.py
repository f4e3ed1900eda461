"""Figures with their proof, and what changes of them between two cuts."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from two_cuts import HOUR, one_station, reader, versions

from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.live import excuses, proof
from qingyuan.console.reading import Reading, scope_of
from qingyuan.console.shell.page import instant_text
from qingyuan.evidence import verify_bundle
from qingyuan.pipeline.explain.steps import Rule
from qingyuan.pipeline.figure import parse_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading(console):
    return Reading(scope_of((Right(Role.DUTY_OFFICER),)))


def newest(reading, name):
    return max((f for f in reading.figures("hour" if name.startswith("hour") else "figure", names=[name]) if f.valid),
               key=lambda f: (f.start, f.subject))


def test_the_drawer_leads_from_the_value_to_the_telegram_and_the_checkpoint(as_role, reading):
    figure = newest(reading, "hour.PM2.5")
    client = as_role(Role.DUTY_OFFICER)
    page = client.get(f"/figures/{figure.key}").content.decode()
    part = client.get(f"/figures/{figure.key}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "<html" not in part
    for text in ("<mark>a34004-Avg=", "qy-proof", "signed by the ledger", "witnessed by", "rounded up",
                 f'data-verify="/bundles/{quote(str(figure.key), safe="/:")}"', "What this proof does not show"):
        assert text in part, text


def test_an_index_shows_its_sub_indices_and_opens_the_hours(as_role, reading):
    figure = newest(reading, "aqi.realtime")
    part = as_role(Role.EXPERT).get(f"/figures/{figure.key}", headers={"HX-Request": "true"}).content.decode()
    assert part.count("sub-index, rounded up") == len(figure.details()["iaqi"])
    assert f'href="/figures/hour.PM2.5/{quote(figure.subject, safe=":")}/' in part
    assert "largest sub-index" in part
    chinese = as_role(Role.AUDITOR, lang="zh-hans").get(f"/figures/{figure.key}").content.decode()
    assert "分指数最大值" in chinese


def test_the_day_of_a_city_is_cut_until_all_is_asked_for(as_role, reading):
    day = max((f for f in reading.figures("figure", names=["aqi.daily"]) if f.subject.startswith("city:") and f.valid),
              key=lambda f: f.start)
    client = as_role(Role.DUTY_OFFICER)
    short = client.get(f"/figures/{day.key}").content.decode()
    assert short.count("qy-telegram") < 20
    assert "whole=1" in short
    assert client.get(f"/figures/{day.key}?whole=1").content.decode().count("qy-telegram") > 24


def test_the_bundle_is_what_the_verifier_takes(as_role, reading, tmp_path, capsys):
    figure = newest(reading, "hour.PM2.5")
    answer = as_role(Role.DUTY_OFFICER).get(f"/bundles/{figure.key}")
    assert answer["Content-Type"] == "application/json"
    assert "attachment" in answer["Content-Disposition"]
    file = tmp_path / "x.bundle"
    file.write_bytes(answer.content)
    verify_bundle.main([str(file)])
    assert figure.value in capsys.readouterr().out


def test_nobody_opens_what_is_not_there_or_not_theirs(as_role, reading):
    assert as_role(Role.DUTY_OFFICER).get("/figures/hour.PM2.5/nowhere/2020-04-01T08:00").status_code == 404
    assert Client().get(f"/figures/{newest(reading, 'hour.PM2.5').key}").status_code == 302


def test_every_rule_and_reason_has_words():
    assert {rule.value for rule in Rule} <= set(excuses.RULES)
    for text in ("excluded: flat_line, unit", "not valid: 13 hours", "3 of 5 points valid", "nothing was measured",
                 "not published: a pollutant is missing and the index is not above 100 (HJ 633-2026 5.3.1)",
                 "as published under rule set air@1; the rules of this release give another value"):
        assert any(excuses.re.fullmatch(form, text) for form, _ in excuses.FORMS), text
    assert set(proof.OPERATIONS) >= set(verify_bundle.STEPS) - {"registry"}


def test_only_the_fields_in_question_are_marked():
    text = "DataTime=1;a34004-Avg=53,a34004-Flag=N;a34002-Avg=1,a34002-Flag=N"
    assert proof.pieces(text, {"a34004"}) == [("DataTime=1;", False), ("a34004-Avg=53,a34004-Flag=N;", True),
                                             ("a34002-Avg=1,a34002-Flag=N", False)]
    assert "".join(piece for piece, _ in proof.pieces(text, {"a34002", "a34004"})) == text


@pytest.fixture
def corrected(tmp_path, settings, db):
    """A browser on a home whose station sent an hour and then another value for it; the instant of the first."""
    home = one_station(tmp_path / "home")
    settings.QINGYUAN_HOME = home.path
    return reader(), min(f.believed_from for f in versions(home))


def test_every_page_and_file_at_two_cuts_shows_two_truths(corrected):
    client, first_us = corrected
    before = instant_text(first_us)
    key = f"hour.PM2.5/S1/{HOUR}"
    for address, old, new in (
            (f"/figures/{key}", '<span class="qy-big qy-num">30<', '<span class="qy-big qy-num">99<'),
            ("/sites/S1/", ">30</a>", ">99</a>"), ("/map/?factor=a34004", ">30</a>", ">99</a>"),
            ("/map/sites.geojson?factor=a34004", "PM2.5 30 ", "PM2.5 99 "),
            ("/sites/S1/chart/?factor=a34004", "30.0", "99.0"),
            ("/sites/S1/figures.csv?f=a34004", f"{key},30,", f"{key},99,"),
            ("/sites/?q=renamed", "qy-empty", "Renamed"), ("/registry/sites/", "S1", "Renamed"),
            ("/api/v1/sites", '"name_en": ""', '"name_en": "Renamed"'),
            ("/api/v1/rows/hour?site=S1", '"value": "30"', '"value": "99"'),
            ("/api/v1/files/hour.csv?site=S1", '"30"', '"99"'),
            (f"/api/v1/figures/{key}", '"value": "30"', '"value": "99"')):
        assert old in _text(client.get(_with(address, before))), address
        assert new not in _text(client.get(_with(address, before))), address
        assert new in _text(client.get(address)), address
    bundle = client.get(_with(f"/bundles/{key}", before)).content
    assert json.loads(bundle.split(b"\n", 1)[1])["figure"]["value"] == "30"


def _with(address, as_of):
    return f"{address}{'&' if '?' in address else '?'}as_of={quote(as_of)}"


def _text(answer):
    assert answer.status_code == 200, answer.wsgi_request.path
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def test_what_changed_is_told_with_its_reason_and_telegram(corrected):
    client, first_us = corrected
    page = client.get(f"/figures/hour.PM2.5/S1/{HOUR}").content.decode()
    assert "corrected data" in page
    assert "What changed since it was published" in page
    assert "gw1 " in page
    then = client.get(_with(f"/figures/hour.PM2.5/S1/{HOUR}", instant_text(first_us))).content.decode()
    assert "corrected data" not in then


def test_two_cuts_stand_side_by_side_and_each_number_opens_as_of_its_own(corrected):
    client, first_us = corrected
    at = instant_text(first_us)
    page = client.get("/cuts/", {"subject": "S1", "a": at, "from": "2020-04-01", "to": "2020-04-01"}).content.decode()
    assert f'?as_of={quote(at)}">30</a>' in page
    assert f'href="/figures/hour.PM2.5/S1/{HOUR}">99</a>' in page
    assert "differs" in page
    same = client.get("/cuts/", {"subject": "S1", "a": at, "b": at, "from": "2020-04-01"}).content.decode()
    assert "Both cuts say the same" in same


def test_an_instant_that_is_none_and_a_subject_nobody_knows_are_named(corrected):
    client, _ = corrected
    assert "noon-ish" in client.get("/cuts/?subject=S1&a=noon-ish").content.decode()
    assert client.get("/cuts/?subject=nowhere&a=2026-01-01").status_code == 404


def test_a_point_of_a_chart_opens_the_figure_of_its_hour(corrected):
    client, _ = corrected
    start_s = parse_id(f"x/y/{HOUR}").start_us // 1_000_000
    assert "qy-big" in client.get(f"/sites/S1/at/hour.PM2.5/{start_s + 600}/").content.decode()
