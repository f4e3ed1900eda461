"""Words of the pages: every member of a closed list has its own, scripts find theirs."""

import json

import pytest
from django.utils.translation import override

from qingyuan.console.live import labels
from qingyuan.console.shell import scripts, words
from qingyuan.evidence.leaf import Kind, Verdict
from qingyuan.pipeline.reasons import Reason, Stage
from qingyuan.quality import Level, What
from qingyuan.registry import Averaging, CoordinateSystem, EntryKind, Origin, SiteKind

LISTS = (Stage, Reason, What, Level, Verdict, Kind, SiteKind, Origin, CoordinateSystem, EntryKind, Averaging)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("members", LISTS)
def test_every_member_has_a_word_of_its_own_list(members, lang):
    with override(lang):
        said = [str(words.word(member)) for member in members]
    assert len(set(said)) == len(members)


def test_members_of_different_lists_that_are_equal_keep_their_words():
    with override("en"):
        assert str(words.word(Level.SUSPECT)) == "suspect"
        assert str(words.word(Kind.MANUAL)) == "manual result"
        assert str(words.word(SiteKind.UNKNOWN)) == "unknown"
        assert str(words.word(CoordinateSystem.UNKNOWN)) == "coordinate system unknown"
    assert len(words.WORDS) == sum(len(list(members)) for members in LISTS) == len(list(words.WORDS))


def test_scripts_find_their_words_by_part():
    with override("en"):
        found = json.loads(json.dumps(scripts.words({"chart": labels.chart_labels()})))
    assert found["drawer"]["page"] == "open as a page"
    assert found["error"]["server"]
    assert found["chart"]["stages"] == ["◔ provisional", "◑ reviewed", "● final"]


def test_a_value_is_over_only_in_the_unit_of_its_limit():
    from qingyuan.console.live.latest import Latest
    from qingyuan.console.live.start import beside
    from qingyuan.registry import Limit

    def limit(value: str, lower: str = "", unit: str = "mg/m3") -> Limit:
        return Limit("L1", "S1", "a21026", Averaging.HOUR, value, lower, unit, "GB 13223-2011 table 1", "")

    def found(value: str) -> Latest:
        return Latest("hour.SO2", "S1", 0, 3600, value, "mg/m3", "provisional", "HJ 212-2017")

    assert beside("a21026", found("50.1"), limit("50"))["over"]
    assert not beside("a21026", found("50.0"), limit("50"))["over"]
    assert not beside("a21026", found("51"), limit("50", unit="ug/m3"))["over"]
    assert beside("a21026", found("5.9"), limit("9", "6"))["over"]
    assert not beside("a21026", None, limit("50"))["over"]
    assert not beside("a21026", found("50.1"), limit("50"), converted=True)["over"]
