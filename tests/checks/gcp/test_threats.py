"""The truth table of what looks for attacks."""

from __future__ import annotations

from typing import Any

import pytest

from checks.gcp.threats import WANTED, attacks_are_looked_for
from core.resource import NotObservedError, unobserved
from core.resources.gcp.threats import DetectionService
from tests.checks.gcp.making import ORGANIZATION, all_of, container, status

HIDDEN = unobserved("x")
EVENTS, CONTAINERS, MACHINES = WANTED


def services(**on: Any) -> list[DetectionService]:
    names = {"events": EVENTS, "containers": CONTAINERS, "machines": MACHINES, "web": "web-security-scanner"}
    return [
        DetectionService(id=f"//x/{name}", container=ORGANIZATION, name=names[name], on=state)
        for name, state in on.items()
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ({"events": True, "containers": True, "machines": True, "web": False}, "pass"), ({"events": True, "containers": False, "machines": True}, "fail"),
        ({"events": True, "containers": True}, "unknown"), ({"events": True, "containers": HIDDEN, "machines": True}, "unknown"),
        ({"events": False, "containers": HIDDEN}, "fail"), ({}, "unknown"),
    ],
)  # fmt: skip
def test_attacks_are_looked_for(on: dict[str, Any], expected: str) -> None:
    assert (
        status(attacks_are_looked_for(container(ORGANIZATION), all_of(DetectionService, *services(**on)))) == expected
    )


def test_other_services_may_be_wanted() -> None:
    found = all_of(DetectionService, *services(events=True))
    assert status(attacks_are_looked_for(container(ORGANIZATION), found, wanted=(EVENTS,))) == "pass"
    assert status(attacks_are_looked_for(container(), found)) == "not_applicable"
    with pytest.raises(NotObservedError):
        attacks_are_looked_for(container(ORGANIZATION), all_of(DetectionService, missing="denied"))
