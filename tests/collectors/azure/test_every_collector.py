"""What must hold for every collector of Azure there is, those of tomorrow included."""

from __future__ import annotations

import re

import pytest

from collectors.azure import equivalent, replay
from core.engine import Collected
from tests.azure_server import AzureServer
from tests.collectors.azure.estate import estate
from tests.collectors.azure.world import COLLECTORS, Unit, World, clock, looked, run, world

OURS = {"azure.identity", "azure.extent", "configuration"}
"""What is recorded without being asked of Azure."""


@pytest.fixture(scope="module")
def found() -> World:
    return world()


def of(found: World, name: str) -> dict[Unit, Collected]:
    return {unit: collected for unit, collected in found.everything.items() if unit[0] == name}


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_sees_the_estate_and_has_no_gap(found: World, name: str) -> None:
    units = of(found, name)
    assert units
    assert [gap.reason for collected in units.values() for gap in collected.unit.gaps] == []
    seen = {each.kind for collected in units.values() for each in collected.evidence if each.resources}
    assert seen == COLLECTORS[name].kinds, "the estate shows none of them: add one to tests/collectors/azure/estate.py"


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_comes_to_the_same_over_what_was_recorded(found: World, name: str) -> None:
    for collected in of(found, name).values():
        source = replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)
        again = run(COLLECTORS[name], source)
        assert again.unit.gaps == collected.unit.gaps
        assert again.unit.principal == collected.unit.principal != ""
        assert [each.encoded for each in again.evidence] == [each.encoded for each in collected.evidence]


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_asks_what_it_declares_and_declares_what_it_asks(found: World, name: str) -> None:
    asked = {each.operation for collected in of(found, name).values() for each in collected.unit.exchanges} - OURS
    assert asked == {str(read) for read in COLLECTORS[name].permissions}


@pytest.mark.parametrize("name", COLLECTORS)
def test_people_can_ask_the_same(found: World, name: str) -> None:
    for collected in of(found, name).values():
        for exchange in collected.unit.exchanges:
            command = equivalent(collected.unit, exchange)
            if exchange.operation not in OURS:
                assert re.match(r"az rest --method (get|post) --url '?http://127", command)
                assert "?api-version=" in command


def test_nothing_is_sent_but_reading(found: World) -> None:
    posted = {each for each in found.asked if not each.startswith("GET ")}
    assert posted == {"POST /providers/Microsoft.ResourceGraph/resources"}


def test_pages_of_one_item_show_the_same(found: World) -> None:
    azure = estate()
    azure.page = 1
    with AzureServer(azure) as server:
        again = looked(server.url)
    assert again.keys() == found.everything.keys()
    for unit, collected in again.items():
        assert [gap.reason for gap in collected.unit.gaps] == [], unit
        assert [each.encoded for each in collected.evidence] == [
            each.encoded for each in found.everything[unit].evidence
        ], unit


def test_nothing_secret_and_nothing_needless_is_asked_for(found: World) -> None:
    """The query for action groups asks how many receivers there are, and not who."""
    bodies = b"".join(body for one in found.everything.values() for body in one.bodies.values())
    addresses = [
        b"".join(one.bodies.values()).count(b"ada@example.org") > 0
        for unit, one in found.everything.items()
        if unit[0] != "azure.defender.contacts"
    ]
    assert not any(addresses)
    assert b"Bearer" not in bodies
    assert b"eyJ" not in bodies, "a token"
