"""What was not observed can never be mistaken for a value."""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from core.resource import NotObservedError, Resource, Unobserved, missing_fields, part, resource, unobserved
from tests.core.garden import Flower, Leaf, Tree


def test_reading_an_unobserved_field_raises_and_says_which_and_why() -> None:
    rose = Flower(id="rose", color=unobserved("fog"))
    with pytest.raises(NotObservedError, match=r"^garden\.flower\.color was not observed: fog$"):
        _ = rose.color
    assert rose.id == "rose"
    assert missing_fields(rose) == {"color": "fog"}
    assert missing_fields(Flower(id="rose", color="red")) == {}
    assert missing_fields(object()) == {}


def test_a_default_of_the_class_cannot_come_back_for_an_unobserved_field() -> None:
    rose = Flower(id="rose", color="red", petals=unobserved("wind"))
    with pytest.raises(NotObservedError, match="wind"):
        _ = rose.petals
    assert Flower(id="rose", color="red").petals == 5


def test_parts_are_as_honest_as_resources() -> None:
    oak = Tree(id="oak", leaves=(Leaf(id="1", green=unobserved("night")),))
    with pytest.raises(NotObservedError, match=r"^Leaf\.green was not observed: night$"):
        any(leaf.green for leaf in oak.leaves)


@pytest.mark.parametrize(
    "use",
    [
        bool,
        len,
        iter,
        list,
        str,
        format,
        hash,
        int,
        math.floor,
        lambda value: value == 1,
        lambda value: 1 == value,  # noqa: SIM300 - the reflected comparison is another method
        lambda value: value != 1,
        lambda value: value < 1,
        lambda value: value <= 1,
        lambda value: value > 1,
        lambda value: value >= 1,
        lambda value: 1 in value,
        lambda value: value in (1, 2),
        lambda value: value in {1, 2},
        lambda value: value[0],
        lambda value: value + 1,
        lambda value: 1 + value,
        lambda value: value - 1,
        lambda value: 1 - value,
        lambda value: [1, 2][value],
        lambda value: f"{value}",
        lambda value: f"{value:>3}",
        lambda value: not value,
        lambda value: value.port,
        operator.methodcaller("startswith", "a"),
        lambda value: sorted([value, 1]),
    ],
)
def test_a_raw_unobserved_value_refuses_to_be_used(use: Callable[[Any], object]) -> None:
    with pytest.raises(NotObservedError, match="a value was not observed: fog"):
        use(unobserved("fog"))


def test_an_unobserved_value_shows_itself_to_whoever_debugs_and_can_be_copied() -> None:
    assert repr(Unobserved("fog")) == "Unobserved(reason='fog')"
    assert copy.copy(Unobserved("fog")).reason == "fog"
    with pytest.raises(FrozenInstanceError):
        Unobserved("fog").reason = "sun"  # type: ignore[misc] # that is the point


def test_replace_makes_another_with_one_field_changed_or_hidden_or_seen_at_last() -> None:
    rose = Flower(id="rose", color="red")
    assert replace(rose, color="white").color == "white"
    hidden = replace(rose, color=unobserved("fog"))
    with pytest.raises(NotObservedError, match="fog"):
        _ = hidden.color
    assert replace(hidden, color="red") == rose
    with pytest.raises(NotObservedError, match="fog"):  # a copy of what was never seen would need a value for it
        replace(hidden, petals=4)


def test_a_misspelt_field_is_an_attribute_error_and_no_gap() -> None:
    for flower in (Flower(id="rose", color="red"), Flower(id="rose", color=unobserved("fog"))):
        with pytest.raises(AttributeError, match=r"garden\.flower has no field colour"):
            _ = flower.colour  # type: ignore[attr-defined] # that is the point


def test_resources_are_frozen_and_take_keywords_only() -> None:
    rose = Flower(id="rose", color="red")
    with pytest.raises(FrozenInstanceError):
        rose.color = "blue"  # type: ignore[misc] # that is the point
    with pytest.raises(TypeError):
        Flower("rose", "red")  # type: ignore[call-arg] # that is the point


def test_resources_are_equal_when_they_say_the_same_and_hide_the_same() -> None:
    assert Flower(id="rose", color="red") == Flower(id="rose", color="red")
    assert Flower(id="rose", color="red") != Flower(id="rose", color="white")
    assert Flower(id="rose", color=unobserved("fog")) == Flower(id="rose", color=unobserved("fog"))
    assert Flower(id="rose", color=unobserved("fog")) != Flower(id="rose", color=unobserved("rain"))
    assert Flower(id="rose", color=unobserved("fog")) != Flower(id="rose", color="fog")
    assert Flower(id="rose", color="red") != "rose"
    with pytest.raises(TypeError):
        hash(Flower(id="rose", color="red"))


def test_a_resource_shows_its_kind_and_id_even_when_the_id_is_hidden() -> None:
    assert repr(Flower(id="rose", color="red")) == "<garden.flower rose>"
    assert repr(Leaf(id=unobserved("fog"), green=True)) == "<Leaf>"


def test_a_part_that_could_not_hide_anything_is_refused() -> None:
    with pytest.raises(TypeError, match=r"declare it as class Stem\(Observed\)"):

        @part
        class Stem:  # type: ignore[type-var] # that is the point
            """A stem that forgot its base."""

            length: int


def test_kinds_are_declared_by_name() -> None:
    @resource("garden.pond")
    class Pond(Resource):
        """A pond."""

        id: str

    assert Pond.kind == "garden.pond"
    assert Pond(id="1").kind == "garden.pond"


def test_nobody_is_named_unless_a_kind_says_who() -> None:
    assert list(Flower(id="rose", color="red").persons()) == []
