"""Every mistake of a document, in the order of its lines, each with its remedy; and text that spreadsheets do not run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commands.output import remedies
from core.errors import AnnexaError
from core.mistakes import Mistakes, MistakesError
from core.settings import StrictModel, read_document
from core.spreadsheets import FORMULA, as_before, harmless


class Tree(StrictModel):
    """A tree."""

    name: str
    height: int = 0


def test_all_is_told_that_is_wrong() -> None:
    document = read_document("trees.yaml", "a: {nam: oak}\nb: {name: elm, height: tall}\nc: 7\nd: {name: ash}\n")
    mistakes = Mistakes(document, "the page of trees shows how")
    found = [mistakes.validated(Tree, data, (name,)) for name, data in document.data.items()]
    assert [each.name if each else None for each in found] == [None, None, None, "ash"]
    mistakes.note(("a",), "is no tree", "cut it")
    with pytest.raises(MistakesError) as error:
        mistakes.refuse_any()
    assert [str(each) for each in error.value.each] == [
        "trees.yaml:1: a.nam: unknown setting, did you mean name?",
        "trees.yaml:1: a: is no tree",
        "trees.yaml:1: a.name: required, but missing",
        "trees.yaml:2: b.height: input should be a valid integer, found text",
        "trees.yaml:3: c: expected settings, found a number",
    ]
    assert str(error.value) == "trees.yaml:1: a.nam: unknown setting, did you mean name? (and 4 more)"
    shows = "the page of trees shows how"
    assert [remedy for _, remedy in remedies(error.value.each)] == [
        "the settings here are height, name", "cut it", "", "", shows,
    ]  # fmt: skip


def test_one_mistake_stands_for_itself_and_none_for_nothing() -> None:
    mistakes = Mistakes(read_document("trees.yaml", "a: 1"), "write one")
    mistakes.refuse_any()
    mistakes.note(("a",), "is no tree")
    with pytest.raises(MistakesError, match=r"^trees.yaml:1: a: is no tree$") as error:
        mistakes.refuse_any()
    assert error.value.hint == "write one"
    alone = AnnexaError("wrong", "right it")
    assert alone.each == (alone,)


@given(some.text())
def test_what_is_harmless_can_be_read_back(text: str) -> None:
    told = harmless(text)
    assert told[:1] == "'" or not FORMULA.match(told)
    assert as_before(told) == text


def test_an_apostrophe_that_is_not_ours_stays() -> None:
    assert as_before("'tis") == "'tis"
