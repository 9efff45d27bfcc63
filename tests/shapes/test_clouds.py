"""What our servers answer for Azure and Google Cloud, and what our collectors read of it, is what the published schemas say."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from collectors.azure.operations import Query, Read
from tests.shapes import azure, gcp
from tests.shapes import declared_clouds as declared
from tests.shapes.code import words
from tests.shapes.schema import Shapes
from tests.shapes.settling import settle

CLOUDS: dict[str, Any] = {"azure": azure, "gcp": gcp}
IN_ANY_CASE = {"azure"}
"""Enumerations of Azure are open, and their words come in any case; our code compares them in small letters."""
of_each_cloud = pytest.mark.parametrize("cloud", CLOUDS)


@cache
def _shapes(cloud: str) -> Shapes:
    return Shapes.of(cloud)


def _where(name: str) -> str:
    return f"{name} of tests/shapes/declared_clouds.py"


@of_each_cloud
def test_each_question_has_an_answer_in_the_schema(cloud: str) -> None:
    asked = CLOUDS[cloud].without_shape(_shapes(cloud).operations)
    settle(cloud, asked, declared.UNPUBLISHED[cloud], _where("UNPUBLISHED"))


def test_questions_to_azure_are_held_against_the_version_that_they_name() -> None:
    shapes = _shapes("azure")
    libraries = {
        (library, each.version)
        for each in azure.questions()
        if isinstance(each, Read) and (library := azure.library_of(each, shapes.operations))
    }
    found = {library for library, version in libraries if not shapes.source[library].endswith(f" {version}")}
    settle("azure", found, declared.VERSIONS, _where("VERSIONS"))


def test_no_column_is_called_by_a_word_of_the_language_of_queries() -> None:
    """Resource Graph would refuse the whole query, and our server does not."""
    queries = (each for each in azure.questions() if isinstance(each, Query))
    assert {name for each in queries for name in (*each.columns, *each.groups)} & azure.RESERVED == set()


@of_each_cloud
def test_our_servers_answer_in_the_published_shape(cloud: str) -> None:
    settle(cloud, CLOUDS[cloud].shown(_shapes(cloud)), declared.ANSWERED[cloud], _where("ANSWERED"))


@of_each_cloud
def test_our_collectors_read_and_ask_for_fields_that_there_are(cloud: str) -> None:
    """In a way that suits their kind, whatever is missing beside them; for Azure columns of queries included."""
    settle(cloud, CLOUDS[cloud].read(_shapes(cloud)), declared.READ[cloud], _where("READ"))


@of_each_cloud
def test_the_words_that_our_code_knows_are_the_publishers(cloud: str) -> None:
    """A word that is spelt otherwise would never be met, and what it means would go unseen."""
    alike: Callable[[str], str] = str.lower if cloud in IN_ANY_CASE else str
    known = {alike(each) for each in _shapes(cloud).vocabulary()}
    told = {word: why for why, said in declared.WORDS[cloud].items() for word in said.split()}
    found = {each for each in words(cloud, "collector", "check") if alike(each) not in known}
    beginnings = {each for each in found if each.endswith("_") and any(word.startswith(each) for word in known)}
    settle(cloud, found - beginnings, told, _where("WORDS"))
