"""The report on coordinates gives each site a verdict when asked for all: what was found, or that nothing is wrong."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import registry_home
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qingyuan.console.accounts.verbs import Role
from qingyuan.console.registry.models import ImportDraft
from qingyuan.ledger import Home
from qingyuan.registry import EntryKind, payload

AsRole = Callable[..., Client]
PLACES = ("连云港", "南京", "宜兴", "徐州", "扬州", "无锡", "泗洪", "盱眙", "苏州", "中卫", "九江", "邳")
INSIDE = "nothing was found: it lies in "


def verdicts(client: Client, **query: str) -> dict[str, tuple[str, str]]:
    page = client.get(reverse("registry_coordinates"), query)
    assert page.status_code == 200
    return {row["site"].id: (row["why"], str(row["what"])) for row in page.context["rows"]}


def test_sites_without_a_doubt_say_what_they_were_held_against(tmp_path: Path, settings: object, console: Path,
                                                               as_role: AsRole) -> None:
    made = registry_home.make(tmp_path / "home")
    registry_home.append(made, [
        payload(EntryKind.SITE, "U1", {"name": "U", "kind": "air", "city": "nowhere", "lon": 118.8, "lat": 32.06,
                                       "mn": "MN-U1", "origin": "measured"}),
        payload(EntryKind.SITE, "B1", {"name": "B", "kind": "air", "city": "南京", "lon": 119.2259, "lat": 32.06,
                                       "mn": "MN-B1", "origin": "measured"})], "more")
    settings.QINGYUAN_HOME = made.path                  # type: ignore[attr-defined]
    client = as_role(Role.REGISTRAR)
    found = verdicts(client, all="1")
    assert list(found) == ["A1", "B1", "U1", "W1", "X1"]
    assert found["A1"] == (INSIDE + "Nanjing", "")
    assert found["U1"][0].endswith("only that it lies in the country was looked at")
    assert list(verdicts(client)) == [name for name, (_why, what) in found.items() if what]
    assert list(verdicts(as_role(None), all="1")) == ["A1"]
    assert "Only what is doubtful" in client.get(reverse("registry_coordinates"), {"all": "1"}).content.decode()


@pytest.mark.shared
def test_all_thirteen_legacy_sections_have_a_verdict(shared: Path, tmp_path: Path, settings: object, console: Path,
                                                     as_role: AsRole) -> None:
    """In the preview of the file all thirteen; in the report those that the registry took, here without the two whose
    latitude is none.
    """
    with (shared / "data/water/jiangsu_legacy_section_coords.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    settings.QINGYUAN_HOME = Home.create(tmp_path / "home").path                  # type: ignore[attr-defined]
    client = as_role(Role.REGISTRAR)
    found = previewed(client, rows)
    assert [line for line, *_ in sorted(found)] == list(range(2, 15))
    named = {rows[line - 2]["section"]: (wrong, text) for line, _name, wrong, text in found}
    assert len(named) == len(rows) == 13
    wrong = {name: text for name, (is_wrong, text) in named.items() if is_wrong}
    assert {row["section"] for row in rows if "error" in row["note"]} <= set(wrong)
    assert set(wrong) == {"江苏连云港大兴桥", "宁夏中卫新墩", "江西九江河西水厂", "江苏邳苍艾山西大桥"}
    assert wrong["宁夏中卫新墩"] == "latitude: 105.033333 is outside ±90 degrees"
    assert wrong["江西九江河西水厂"] == "latitude: 93.7 is outside ±90 degrees"
    assert all(" km outside " in wrong[name] for name in ("江苏连云港大兴桥", "江苏邳苍艾山西大桥"))
    assert sum(text.startswith(INSIDE) for _wrong, text in named.values()) == 9
    kept = previewed(client, [row for row in rows if abs(float(row["lat"])) <= 90])
    client.post(reverse("registry_draft", args=[ImportDraft.objects.order_by("-pk")[0].key]))
    registry_home.work_off(Home.open(settings.QINGYUAN_HOME))                     # type: ignore[attr-defined]
    report = verdicts(client, all="1")
    assert {(name, text) for _line, name, _wrong, text in kept} == {(name, why) for name, (why, _) in report.items()}
    assert len(report) == 11
    chinese = client.get(reverse("registry_coordinates"), {"all": "1", "lang": "zh-hans"}).content.decode()
    assert chinese.count("未发现问题") == 9


def previewed(client: Client, rows: list[dict[str, str]]) -> list[tuple[int, str, bool, str]]:
    """The verdicts that the preview of an import gives: row of the file, site, whether it is wrong, and the text."""
    lines = ["entry,id,name,kind,st,city,lon,lat,mn,origin"]
    for number, row in enumerate(rows):
        city = next(place for place in PLACES if place in row["section"]).replace("邳", "邳州")
        lines.append(f"site,{row['section']},{row['section']},water,21,{city},{row['lon']},{row['lat']},M{number},measured")
    page = client.post(reverse("registry_import"), {"file": SimpleUploadedFile("old.csv", "\n".join(lines).encode())},
                       follow=True)
    return [(one["line"], one["name"], one["wrong"], one["text"]) for one in page.context["verdicts"]]
