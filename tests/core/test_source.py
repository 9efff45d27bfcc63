"""A source explains its errors once, for every collector."""

from __future__ import annotations

import pytest

from core.resource import Unobserved
from core.source import Source
from tests.core.garden import Garden, LockedError


def raising(error: Exception) -> object:
    raise error


def test_look_gives_what_is_read_or_hides_what_cannot_be() -> None:
    garden = Garden()
    assert garden.look(lambda: 5) == 5
    hidden = garden.look(lambda: raising(LockedError()))
    assert type(hidden) is Unobserved
    assert hidden.reason == "the gate is locked"


def test_look_lets_fly_what_the_source_cannot_explain() -> None:
    with pytest.raises(KeyError):
        Garden().look(lambda: raising(KeyError("bug")))


def test_a_source_without_parts_is_its_own_only_target() -> None:
    class Other(Garden):
        """Another sort of garden."""

    garden = Garden()
    assert list(garden.targets(Garden)) == [garden]
    assert list(garden.targets(Other)) == []
    Source.close(garden)
