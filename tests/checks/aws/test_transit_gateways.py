"""Truth tables of the checks of transit gateways."""

from __future__ import annotations

import pytest

from checks.aws.transit_gateways import gateway_asks_before_it_joins
from core.resource import NotObservedError, unobserved
from core.resources.aws.transit_gateways import TransitGateway
from tests.checks.aws.making import ACCOUNT, OTHER, status


def gateway(accepts: str = "disable", owner: str = ACCOUNT) -> TransitGateway:
    arn = f"arn:aws:ec2:eu-west-1:{owner}:transit-gateway/tgw-1"
    return TransitGateway(
        id=arn, gateway="tgw-1", owner=owner, of_this_account=owner == ACCOUNT, accepts_by_itself=accepts
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (gateway(), "pass"),
        (gateway("enable"), "fail"),
        (gateway("sometimes"), "unknown"),
        (gateway("enable", OTHER), "not_applicable"),
    ],
)
def test_gateway_asks_before_it_joins(found: TransitGateway, expected: str) -> None:
    assert status(gateway_asks_before_it_joins(found)) == expected


def test_what_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        gateway_asks_before_it_joins(gateway(unobserved("not said")))
