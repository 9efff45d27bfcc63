"""What our servers answer for identity providers, and what our collectors read of it, is what the publishers' schemas say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pytest

from tests.shapes import declared
from tests.shapes.answers import SERVERS, reads
from tests.shapes.code import names_read, words
from tests.shapes.schema import Shapes
from tests.shapes.settling import settle
from tests.shapes.tracing import METHODS, Trace, traced

pytestmark = pytest.mark.parametrize("provider", SERVERS)


@cache
def _shapes(provider: str) -> Shapes:
    return Shapes.of(provider)


@cache
def _trace(provider: str) -> Trace:
    return traced(provider, _shapes(provider))


def _settle(provider: str, found: Iterable[str], name: str) -> None:
    known: Mapping[str, Mapping[str, str]] = getattr(declared, name)
    settle(provider, found, known.get(provider, {}), f"{name} of tests/shapes/declared.py")


def test_each_question_has_an_answer_in_the_schema(provider: str) -> None:
    asked = {str(each) for each in reads(provider)}
    _settle(provider, asked - _shapes(provider).operations.keys(), "UNPUBLISHED")


def test_our_servers_answer_in_the_published_shape(provider: str) -> None:
    _settle(provider, _trace(provider).seen.complaints, "ANSWERED")


def test_our_collectors_read_and_ask_for_fields_that_there_are(provider: str) -> None:
    """Of the type that they are read of, in a way that suits their kind."""
    _settle(provider, _trace(provider).complaints, "READ")


def test_what_is_read_has_a_published_type(provider: str) -> None:
    _settle(provider, _trace(provider).untyped, "WITHOUT_TYPE")


def test_names_that_are_read_where_our_servers_do_not_lead_are_fields_too(provider: str) -> None:
    trace = _trace(provider)
    met = {member for _, member in trace.read} | {each.rpartition(": ")[2] for each in trace.untyped}
    _settle(provider, names_read(provider, METHODS) - met - _shapes(provider).vocabulary(), "ELSEWHERE")


def test_our_servers_are_looked_at_without_a_gap(provider: str) -> None:
    assert not _trace(provider).gaps


def test_the_words_that_our_code_knows_are_the_publishers(provider: str) -> None:
    """A word that is spelt otherwise would never be met, and what it means would go unseen."""
    known = {word: why for why, said in declared.WORDS[provider].items() for word in said.split()}
    unheard = words(provider) - _shapes(provider).vocabulary()
    settle(provider, unheard, known, "WORDS of tests/shapes/declared.py")
