"""Truth tables of the checks of AppStream."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.appstream import fleet_has_no_way_past_our_network, fleet_needs_metadata_tokens, fleet_sessions_end
from core.resource import NotObservedError, unobserved
from core.resources.aws.appstream import Fleet
from tests.checks.aws.making import status


def fleet(**changes: Any) -> Fleet:
    given: dict[str, Any] = {"id": "arn:1", "name": "office", "internet": False, "refuses_old_metadata": True}
    return Fleet(**{**given, "longest": 28800, "idle": 600, **changes})


def test_network_and_metadata() -> None:
    assert status(fleet_has_no_way_past_our_network(fleet())) == "pass"
    assert status(fleet_has_no_way_past_our_network(fleet(internet=True))) == "fail"
    assert status(fleet_needs_metadata_tokens(fleet())) == "pass"
    assert status(fleet_needs_metadata_tokens(fleet(refuses_old_metadata=False))) == "fail"
    with pytest.raises(NotObservedError):
        fleet_needs_metadata_tokens(fleet(refuses_old_metadata=unobserved("AWS does not say")))


@pytest.mark.parametrize(
    ("idle", "longest", "expected"),
    [(600, 28800, "pass"), (900, 43200, "pass"), (0, 28800, "fail"), (901, 28800, "fail"), (600, 43201, "fail")],
)
def test_fleet_sessions_end(idle: int, longest: int, expected: str) -> None:
    assert status(fleet_sessions_end(fleet(idle=idle, longest=longest))) == expected
