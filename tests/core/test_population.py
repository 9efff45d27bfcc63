"""A population answers a hit; that something is not there it says only when everything was looked at."""

from __future__ import annotations

import pytest

from core.model import Evidence
from core.population import Population
from core.resource import NotObservedError, unobserved
from tests.core.garden import Flower, seen

ROSE, LILY = Flower(id="rose", color="red"), Flower(id="lily", color="white")
SOUTH_ROSE = Flower(id="rose", color="pink")


def flowers(*evidence: Evidence, home: str = "") -> Population[Flower]:
    return Population("garden.flower", evidence, home)


def test_a_hit_answers_even_where_something_could_not_be_seen() -> None:
    assert flowers(seen(ROSE, gaps=("the gate is locked",))).get("rose") is ROSE


def test_a_miss_is_none_only_after_looking_everywhere() -> None:
    assert flowers(seen(ROSE)).get("tulip") is None
    with pytest.raises(NotObservedError, match=r"^garden\.flower with id tulip was not observed: the gate is locked$"):
        flowers(seen(ROSE), seen(kind="garden.flower", scope="pond", gaps=("the gate is locked",))).get("tulip")


def test_nothing_looked_at_is_not_an_empty_garden() -> None:
    nobody = flowers()
    for use in (
        len,
        bool,
        iter,
        lambda population: population.get("rose"),
        lambda population: population.here.get("a"),
    ):
        with pytest.raises(NotObservedError, match="nothing of this kind was looked at"):
            use(nobody)
    assert nobody.observed == ()


def test_a_whole_population_can_be_counted_and_walked() -> None:
    whole = flowers(seen(ROSE), seen(LILY, scope="pond"))
    assert list(whole) == [ROSE, LILY]
    assert len(whole) == 2
    assert whole
    empty = flowers(seen(kind="garden.flower"))
    assert not empty
    assert list(empty) == []


def test_an_incomplete_population_cannot_be_counted_or_walked_but_shows_what_was_seen() -> None:
    partial = flowers(seen(ROSE, gaps=("fog",)))
    with pytest.raises(NotObservedError, match=r"the whole population of garden\.flower was not observed: fog"):
        iter(partial)
    with pytest.raises(NotObservedError, match=r"the number of garden\.flower was not observed: fog"):
        len(partial)
    assert partial.observed == (ROSE,)
    assert partial  # one is enough to say that there are some
    with pytest.raises(NotObservedError, match="fog"):
        bool(flowers(seen(kind="garden.flower", gaps=("fog",))))


def test_here_is_only_what_belongs_to_the_source_that_is_judged() -> None:
    both = flowers(seen(ROSE), seen(SOUTH_ROSE, source="garden/south"))
    assert list(both.at("garden/south").here) == [SOUTH_ROSE]
    assert both.at("garden/south").here is both.at("garden/south").here
    with pytest.raises(NotObservedError, match="nothing of this kind was looked at"):
        iter(both.at("garden/east").here)


def test_here_is_whole_although_another_source_is_not() -> None:
    both = flowers(seen(ROSE), seen(kind="garden.flower", source="garden/south", gaps=("fog",)))
    assert len(both.at("garden/north").here) == 1
    with pytest.raises(NotObservedError, match="fog"):
        len(both.at("garden/north"))


def test_get_prefers_what_is_near() -> None:
    both = flowers(seen(ROSE), seen(SOUTH_ROSE, source="garden/south"))
    assert both.at("garden/south").get("rose") is SOUTH_ROSE
    assert both.at("garden/north").get("rose") is ROSE
    assert both.at("garden/north") is both.at("garden/north")


def test_a_source_may_be_called_anything() -> None:
    strange = flowers(seen(ROSE, source="here"), seen(LILY, source="there"))
    assert list(strange.at("here").here) == [ROSE]
    assert list(strange.here.observed) == []
    assert list(strange.at("here")) == [ROSE, LILY]


def test_two_that_answer_are_no_answer() -> None:
    both = flowers(seen(ROSE), seen(SOUTH_ROSE, source="garden/south"))
    for population in (both, both.at("garden/east")):
        with pytest.raises(NotObservedError, match=r"^2 resources of kind garden\.flower have id rose$"):
            population.get("rose")


def test_get_looks_by_any_field() -> None:
    whole = flowers(seen(ROSE, LILY))
    assert whole.get("white", by="color") is LILY
    assert whole.get("blue", by="color") is None


def test_a_miss_by_a_field_that_some_hide_is_not_known() -> None:
    shy = flowers(seen(ROSE, Flower(id="tulip", color=unobserved("it is closed"))))
    assert shy.get("red", by="color") is ROSE
    with pytest.raises(
        NotObservedError,
        match=r"garden\.flower with color blue was not found, but garden\.flower\.color was not observed: it is closed",
    ):
        shy.get("blue", by="color")


def test_looking_for_what_was_not_observed_says_so() -> None:
    with pytest.raises(NotObservedError, match="fog"):
        flowers(seen(ROSE)).get(unobserved("fog"))


def test_whoever_shares_a_value_is_found_in_every_source() -> None:
    south = seen(SOUTH_ROSE, source="south", gaps=("fog",))
    both = flowers(seen(ROSE), south, home="south")
    assert both.having("rose", by="id") == (("garden/north", ROSE), ("south", SOUTH_ROSE))
    assert both.having("e", by=lambda flower: flower.color) == (("garden/north", ROSE),)
    assert both.having("tulip", by="id") == ()
    assert (both.sources, both.home) == (frozenset({"garden/north", "south"}), "south")
    with pytest.raises(NotObservedError, match="fog"):
        both.require_all()


def test_what_hides_a_value_may_share_it() -> None:
    hidden = flowers(seen(ROSE, Flower(id="bud", color=unobserved("closed"))))
    hidden.require_all()
    assert hidden.having("red", by="color") == (("garden/north", ROSE),)
    with pytest.raises(NotObservedError, match=r"not every garden\.flower could be compared: .*closed"):
        hidden.require_all(by="color")
