"""Truth tables of the checks of EventBridge."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.eventbridge import (
    bus_is_not_open_to_everybody,
    bus_lets_in_approved_accounts,
    endpoint_replicates_events,
)
from core.resources.aws.eventbridge import EventBus, EventEndpoint
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status

PUT = "events:PutEvents"
CONFINED = everybody(PUT, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})


@pytest.mark.parametrize(
    ("statements", "approved", "public", "accounts"),
    [
        ((), (), "pass", "pass"),
        ((account(ACCOUNT, PUT),), (), "pass", "pass"),
        ((everybody(PUT),), (), "fail", "pass"),
        ((CONFINED,), (), "pass", "pass"),
        ((account(OTHER, PUT),), (), "pass", "fail"),
        ((account(OTHER, PUT),), (OTHER,), "pass", "pass"),
    ],
)
def test_policies(statements: tuple[Any, ...], approved: tuple[str, ...], public: str, accounts: str) -> None:
    bus = EventBus(id="arn:aws:events:x", name="orders", account=ACCOUNT, statements=policy(*statements))
    assert status(bus_is_not_open_to_everybody(bus)) == public
    assert status(bus_lets_in_approved_accounts(bus, approved=approved)) == accounts


@pytest.mark.parametrize(("replicates", "expected"), [(True, "pass"), (False, "fail")])
def test_endpoint_replicates_events(replicates: bool, expected: str) -> None:
    endpoint = EventEndpoint(id="arn:aws:events:x", name="orders", replicates=replicates)
    assert status(endpoint_replicates_events(endpoint)) == expected
