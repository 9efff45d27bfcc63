"""Looking first for words that must be there saves nearly all the work, and changes nothing that is masked."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from core.redaction import redact
from core.redaction.pattern import Index, Pattern, follows, pattern
from tests.core.planted import KINDS, planted
from tests.core.test_redaction import HOSTILE
from tests.core.test_redaction_cost import WORST

RECORDED = json.loads((Path(__file__).parents[1] / "collectors" / "host" / "data" / "rich_host.json").read_text())
CORPUS = {
    **{f"{kind} {seed}": planted(kind, Random(seed)).text.encode() for kind in KINDS for seed in range(3)},
    **{name: data * 20 for name, data in {**WORST, **HOSTILE}.items()},
    **{name: answer["output"].encode() for name, answer in RECORDED.items()},
}


def everything(index: Index, _text: bytes) -> list[Pattern]:
    return list(index._patterns)


def test_the_same_is_masked_without_looking_first(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {name: redact(data) for name, data in CORPUS.items()}
    monkeypatch.setattr(Index, "worth_trying", everything)
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
        assert Index(hinted).worth_trying(text) == ([hinted] if worth else []), text


def test_patterns_without_needles_are_always_tried_and_all_keep_their_order() -> None:
    hint = follows("b", rb"=")
    first, second, third = (pattern("x", needles, rb"(?P<secret>x)", hint=hint) for needles in ("a", "", "b"))
    index = Index(first, second, third)
    assert index.worth_trying(b"b= a") == [first, second, third]
    assert index.worth_trying(b"b=") == [second, third]
    assert index.worth_trying(b"a b") == []
