"""Truth tables of the checks of names, and of lines of one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import directconnect, route53
from core.resource import NotObservedError
from core.resources.aws.directconnect import DirectConnection, DirectInterface
from core.resources.aws.route53 import Domain, HostedZone, Website
from tests.checks.aws.making import status
from tests.checks.aws.test_s3 import bucket
from tests.twins import population


def zone(**changes: Any) -> HostedZone:
    given: dict[str, Any] = {
        "id": "Z1",
        "name": "example.org",
        "is_private": False,
        "logs_to": "arn:aws:logs:x",
        "is_signed": True,
        "websites": (),
    }
    return HostedZone(**{**given, **changes})


PRIVATE = {"is_private": True, "is_signed": None, "logs_to": ""}


@pytest.mark.parametrize(
    ("changes", "logged", "signed"),
    [
        ({}, "pass", "pass"),
        ({"logs_to": ""}, "fail", "pass"),
        ({"is_signed": False}, "pass", "fail"),
        (PRIVATE, "not_applicable", "not_applicable"),
    ],
)
def test_a_zone(changes: dict[str, Any], logged: str, signed: str) -> None:
    assert status(route53.zone_logs_queries(zone(**changes))) == logged
    assert status(route53.zone_is_signed(zone(**changes))) == signed


def website(name: str) -> dict[str, Any]:
    return {"websites": (Website(name="www.example.org", bucket=name),)}


@pytest.mark.parametrize(
    ("changes", "approved", "expected"),
    [
        ({}, (), "pass"),
        (website("ours"), (), "pass"),
        (website("gone"), (), "fail"),
        (website("gone"), ("gone",), "pass"),
    ],
)
def test_websites_have_their_bucket(changes: dict[str, Any], approved: tuple[str, ...], expected: str) -> None:
    given = route53.websites_have_their_bucket(zone(**changes), population(bucket(id="ours")), approved=approved)
    assert status(given) == expected


def test_buckets_that_were_not_seen_may_be_there() -> None:
    with pytest.raises(NotObservedError):
        route53.websites_have_their_bucket(zone(**website("gone")), population(kind="aws_s3_bucket", missing="denied"))


@pytest.mark.parametrize(
    ("locked", "renews", "approved", "lock", "renewal"),
    [
        (True, True, (), "pass", "pass"),
        (False, False, (), "fail", "fail"),
        (False, False, ("example.org",), "pass", "fail"),
    ],
)
def test_a_domain(locked: Any, renews: Any, approved: tuple[str, ...], lock: str, renewal: str) -> None:
    given = Domain(id="example.org", is_locked=locked, renews=renews, expires=datetime(2027, 1, 1, tzinfo=UTC))
    assert status(route53.domain_is_locked(given, approved=approved)) == lock
    assert status(route53.domain_renews(given)) == renewal


def line(number: int, location: str, state: str = "available") -> DirectConnection:
    return DirectConnection(id=f"dxcon-{number}", name="line", state=state, location=location)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line(1, "A"), line(2, "B")], "pass"),
        ([line(1, "A"), line(2, "A")], "fail"),
        ([line(1, "A"), line(2, "B", "down")], "fail"),
        ([line(1, "A", "down")], "fail"),
        ([line(1, "A", "deleted")], "not_applicable"),
        ([], "not_applicable"),
    ],
)
def test_lines_end_in_several_places(lines: list[DirectConnection], expected: str) -> None:
    given = population(*lines, kind="aws_direct_connection")
    assert status(directconnect.lines_end_in_several_places(given)) == expected


def interface(number: int = 1, **changes: Any) -> DirectInterface:
    given: dict[str, Any] = {
        "id": f"dxvif-{number}",
        "name": "network",
        "state": "available",
        "type": "private",
        "connection": f"dxcon-{number}",
        "gateway": "gateway-1",
    }
    return DirectInterface(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "other", "expected"),
    [
        ({}, interface(2), "pass"),
        ({}, interface(2, connection="dxcon-1"), "fail"),
        ({}, interface(2, state="down"), "fail"),
        ({}, interface(2, gateway="gateway-2"), "fail"),
        ({"state": "deleted"}, interface(2), "not_applicable"),
        ({"gateway": "", "type": "public"}, interface(2), "not_applicable"),
    ],
)
def test_interface_has_a_twin(changes: dict[str, Any], other: DirectInterface, expected: str) -> None:
    given = interface(**changes)
    assert status(directconnect.interface_has_a_twin(given, population(given, other))) == expected
