"""What must hold for every collector of AWS there is, those of tomorrow included."""

from __future__ import annotations

import pytest

from collectors.aws import replay
from core.engine import Collected
from tests.collectors.aws.world import COLLECTORS, Unit, World, clock, run, world


@pytest.fixture(scope="module")
def found() -> World:
    return world()


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_sees_the_estate_and_has_no_gap(found: World, name: str) -> None:
    units = of(found, name)
    assert units
    assert [gap.reason for collected in units.values() for gap in collected.unit.gaps] == []
    seen = {each.kind for collected in units.values() for each in collected.evidence if each.resources}
    assert seen == COLLECTORS[name].kinds, "the estate shows none of them: add one to tests/collectors/aws/estate"


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_comes_to_the_same_over_what_was_recorded(found: World, name: str) -> None:
    for collected in of(found, name).values():
        source = replay(collected.unit, collected.unit.exchanges, collected.bodies, clock)
        again = run(COLLECTORS[name], source)
        assert again.unit.gaps == collected.unit.gaps
        assert [each.encoded for each in again.evidence] == [each.encoded for each in collected.evidence]


@pytest.mark.parametrize("name", COLLECTORS)
def test_it_calls_what_it_declares_and_declares_what_it_calls(found: World, name: str) -> None:
    called = {each.operation for collected in of(found, name).values() for each in collected.unit.exchanges}
    declared = {str(read) for read in COLLECTORS[name].permissions}
    assert called - {"configuration"} - declared == set(), "called, and not declared"
    assert declared - called == UNSEEN.get(name, set()), "declared, and not called in the whole estate"


UNSEEN = {
    "aws.organizations.accounts": {
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListTagsForResource",
    },  # asked only for filters: see test_survey.py
}


def test_pages_of_one_item_show_the_same(found: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found.server, "turns_pages", True)
    with found.environment():
        for unit, place in found.places(page_size=1).items():
            if unit[0] in found.unpaged:
                continue
            again = run(COLLECTORS[unit[0]], place)
            assert [gap.reason for gap in again.unit.gaps] == [], unit
            assert [each.encoded for each in again.evidence] == [
                each.encoded for each in found.everything[unit].evidence
            ], unit


def of(found: World, name: str) -> dict[Unit, Collected]:
    return {unit: collected for unit, collected in found.everything.items() if unit[0] == name}
