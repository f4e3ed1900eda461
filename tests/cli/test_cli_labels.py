"""Every member of a closed list has a word in both languages."""

from enum import Enum

import pytest

from qingyuan.cli.i18n import set_language
from qingyuan.cli.labels import LABELS, citation, label
from qingyuan.evidence.leaf import Kind, Verdict
from qingyuan.pipeline.explain.steps import Rule
from qingyuan.pipeline.reasons import Reason, Stage, Unplaced
from qingyuan.quality import Level, What
from qingyuan.registry import Origin, SiteKind

LISTS = (Kind, Verdict, Rule, Reason, Stage, Unplaced, Level, What, Origin, SiteKind)


@pytest.mark.parametrize("members", LISTS)
def test_every_member_has_a_word_in_both_languages(members: type[Enum]) -> None:
    try:
        for member in members:
            words = []
            for language in ("en", "zh"):
                set_language(language)
                words.append(label(member))
            assert all(words)
            assert words[1] != words[0], member
            assert any("\u4e00" <= c <= "\u9fff" for c in words[1]), member
    finally:
        set_language("en")


def test_the_labels_name_nothing_else() -> None:
    assert set(LABELS) == {(type(member), member.name) for members in LISTS for member in members}


def test_lists_that_share_numbers_keep_their_own_words() -> None:
    assert int(Verdict.WRONG_PASSWORD) in set(map(int, Kind))
    words = {(type(member), label(member)) for members in LISTS for member in members}
    assert (Verdict, "wrong password") in words
    assert len({label(member) for members in (Kind, Verdict) for member in members}) == len(Kind) + len(Verdict)


def test_clauses_are_cited_in_the_readers_language() -> None:
    try:
        set_language("zh")
        assert citation("GB 3095-2012 table 4") == "GB 3095-2012 表 4"
        assert citation("HJ 663 6.1.2") == "HJ 663 6.1.2"
    finally:
        set_language("en")
