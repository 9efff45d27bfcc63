"""Refuse one attribute and one base after the other: no verdict may improve, and none vanish."""

from __future__ import annotations

import pytest

from collectors.ldap.source import SEARCH
from core.model import Status
from tests.collectors.active_directory.conftest import COLLECTORS, Key, World, collected, judged
from tests.collectors.active_directory.denying import DenyingDomain
from tests.samba import BASE

ATTRIBUTES = sorted({each for collector in COLLECTORS.values() for each in collector.permissions})
BASES = (
    BASE, f"CN=System,{BASE}", f"CN=Configuration,{BASE}",
    f"CN=Schema,CN=Configuration,{BASE}", f"CN=Password Settings Container,CN=System,{BASE}",
    f"CN=Pre-Windows 2000 Compatible Access,CN=Builtin,{BASE}", f"CN=AdminSDHolder,CN=System,{BASE}",
    f"CN=Partitions,CN=Configuration,{BASE}",
)  # fmt: skip
"""All that is asked. Of what stands in a container that may not be listed, that one's permissions tell
(`test_domain.py`)."""


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_that_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, attribute: str) -> None:
    assert not (wrong := complaints(world, attribute=attribute)), "\n".join(wrong)


@pytest.mark.parametrize("base", BASES)
def test_a_base_that_is_refused_makes_verdicts_unknown_and_nothing_else(world: World, base: str) -> None:
    assert not (wrong := complaints(world, base=base)), "\n".join(wrong)


def test_every_base_is_among_them(world: World) -> None:
    asked = {
        each.parameters["base"] for seen in world.values() for each in seen.unit.exchanges if each.operation == SEARCH
    }
    asked = {each.removeprefix("CN=lax,") for each in asked}
    assert asked - {"", f"CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,{BASE}"} <= set(BASES)


def complaints(world: World, **refused: str) -> list[str]:
    """What is wrong with the verdicts when this is refused to those collectors that ask for it."""
    attribute = refused.get("attribute")
    touched = {
        name: collected(DenyingDomain(seen, **refused), name)
        for name, seen in world.items()
        if attribute is None or attribute in COLLECTORS[name].permissions
    }
    broken = {gap.reason for seen in touched.values() for gap in seen.unit.gaps if " failed with " in gap.reason}
    kinds = frozenset().union(*(COLLECTORS[name].kinds for name in touched))
    before = judged([each for seen in world.values() for each in seen.evidence], kinds)
    after = judged([each for seen in {**world, **touched}.values() for each in seen.evidence], kinds)
    return sorted(broken) + [
        f"{key} was {before.get(key, 'not there')} and is {after.get(key, 'not there')}"
        for key in sorted(before.keys() | after.keys())
        if not is_honest(key, before, after)
    ]


def is_honest(key: Key, before: dict[Key, Status], after: dict[Key, Status]) -> bool:
    now = after.get(key)
    if now is None:  # the rest of the population speaks for it
        return after.get((key[0], "*")) is Status.UNKNOWN
    return now in (before.get(key), Status.UNKNOWN)
