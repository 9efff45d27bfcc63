"""Looking first for words that must be there saves nearly all the work, and changes nothing that is masked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest

from core.redaction import CLEAN, redact
from core.redaction.clean import WORTH, CleanTexts
from core.redaction.pattern import Index, Pattern, Text, begins_line, finds_long_word, finds_word, follows, pattern
from tests.core.planted import KINDS, planted
from tests.core.test_redaction import HOSTILE
from tests.core.test_redaction_cost import WORST

RECORDED = json.loads((Path(__file__).parents[1] / "collectors" / "host" / "data" / "rich_host.json").read_text())
CORPUS = {
    **{f"{kind} {seed}": planted(kind, Random(seed)).text.encode() for kind in KINDS for seed in range(3)},
    **{name: data * 20 for name, data in {**WORST, **HOSTILE}.items()},
    **{name: answer["output"].encode() for name, answer in RECORDED.items()},
}


def everything(index: Index, _text: Text) -> list[Pattern]:
    return list(index._patterns)


def test_the_same_is_masked_without_looking_first(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {name: redact(data) for name, data in CORPUS.items()}
    assert {name: redact(data) for name, data in CORPUS.items()} == quick  # some of it is known to be clean by now
    monkeypatch.setattr(Index, "worth_trying", everything)
    CLEAN.forget()
    different = [name for name, data in CORPUS.items() if redact(data) != quick[name]]
    assert not different


def test_a_text_is_worth_a_try_when_all_that_must_be_there_is() -> None:
    hinted = pattern("x", "word|words|other", rb"(?P<secret>x)", also="also", hint=follows("word|other", rb"{o}="))
    assert hinted.needles == (b"word", b"other")
    for text, worth in (
        (b"ALSO words word =", True),
        (b"also other=", True),
        (b"also word", False),
        (b"also nothing =", False),
        (b"word =", False),
        (b"", False),
    ):
        assert Index(hinted).worth_trying(Text(text)) == ([hinted] if worth else []), text


def test_patterns_without_needles_are_always_tried_and_all_keep_their_order() -> None:
    hint = follows("b", rb"=")
    first, second, third = (pattern("x", needles, rb"(?P<secret>x)", hint=hint) for needles in ("a", "", "b"))
    index = Index(first, second, third)
    assert index.worth_trying(Text(b"b= a")) == [first, second, third]
    assert index.worth_trying(Text(b"b=")) == [second, third]
    assert index.worth_trying(Text(b"a b")) == []


def test_a_word_that_holds_another_is_found_where_that_one_is() -> None:
    short, long, blank = (pattern("x", needles, rb"(?P<secret>x)") for needles in ("pass", "chpasswd", "a pass"))
    index = Index(long, short, blank)
    assert index.worth_trying(Text(b"Chpasswd:")) == [long, short]
    assert index.worth_trying(Text(b"chpas swd")) == []
    assert index.worth_trying(Text(b"a pass")) == [short, blank]
    assert index.worth_trying(Text(b"a\tpass")) == [short]


def test_a_long_pattern_is_tried_where_a_long_word_holds_its_needle() -> None:
    token = pattern("x", "ghp_", rb"(?P<secret>ghp_\w{11})", long=True)
    assert Index(token).worth_trying(Text(b"is GHP_0123456789a here")) == [token]
    assert Index(token).worth_trying(Text(b"is ghp_0123456789 here")) == []


def test_hints_look_at_lines_and_at_words() -> None:
    line = pattern("x", "a", rb"^a{b}(?P<secret>x)$", re.MULTILINE)
    assert line.hint
    for text, may in ((b"a x", True), (b"b\nA x\n", True), (b"b a x", False)):
        assert line.hint(Text(text)) is may, text
        assert begins_line(rb"a{b}")(Text(text)) is may, text
    assert finds_word(rb"b(?:\s|\Z)")(Text(b"ab c"))
    assert not finds_word(rb"bc")(Text(b"b c"))
    assert finds_long_word(rb"[a-z]{20}")(Text(b"x" * 20))
    assert not finds_long_word(rb"[a-z]{10}")(Text(b"x" * 10))
    within = follows("key-", rb"\d{4}", long=True)
    assert within(Text(b"a key-1234567890123"))
    assert not within(Text(b"a key-1234"))


def test_texts_in_which_nothing_was_masked_are_not_looked_through_again() -> None:
    clean = CleanTexts(most=2)
    texts = [bytes([letter]) * WORTH for letter in b"abc"]
    digests = [clean.digest(text) for text in texts]
    for digest in (digests[0], digests[1], digests[0], digests[2]):
        assert digest not in clean or digest == digests[0]
        clean.add(digest)
    assert [digest in clean for digest in digests] == [True, False, True]
    clean.forget()
    assert digests[0] not in clean


def test_short_texts_and_those_with_secrets_are_not_remembered() -> None:
    assert CleanTexts().digest(b"x" * (WORTH - 1)) == b""
    secret = b"PASSWORD=hunter2hunter2\n" + b"x " * WORTH
    for _ in range(2):
        masked, counts = redact(secret)
        assert counts == {"password": 1}
        assert b"hunter2" not in masked
    assert CleanTexts().digest(secret) != CleanTexts().digest(secret)  # nobody can prepare two texts that look alike
