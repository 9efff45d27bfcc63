"""Truth tables of the checks of Lightsail."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import lightsail as checks
from core.resources.aws.lightsail import LightsailDatabase, LightsailInstance, OpenPorts
from tests.checks.aws.making import ACCOUNT, status
from tests.checks.aws.test_ec2_instances import metadata


def server(**changes: Any) -> LightsailInstance:
    given: dict[str, Any] = {
        "id": f"arn:aws:lightsail:eu-west-1:{ACCOUNT}:Instance/1",
        "name": "shop",
        "state": "running",
        "ports": (),
        "metadata": metadata(),
        "snapshots": True,
    }
    return LightsailInstance(**{**given, **changes})


def opened(first: int, last: int | None = None, protocol: str = "tcp", who: str = "0.0.0.0/0") -> dict[str, Any]:
    return {"ports": (OpenPorts(protocol=protocol, first=first, last=last or first, ranges=(who,)),)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        (opened(443), "pass"),
        (opened(22), "fail"),
        (opened(22, who="::/0"), "fail"),
        (opened(22, who="203.0.113.0/24"), "pass"),
        (opened(80, 443), "fail"),
        (opened(0, 65535, "all"), "fail"),
        (opened(8, -1, "icmp"), "pass"),
    ],
)
def test_server_opens_only_intended_ports(changes: dict[str, Any], expected: str) -> None:
    assert status(checks.server_opens_only_intended_ports(server(**changes))) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (metadata(), "pass"),
        (metadata("optional"), "fail"),
        (metadata("optional", "disabled"), "pass"),
        (metadata("", "", None), "unknown"),
    ],
)
def test_server_needs_imdsv2(options: Any, expected: str) -> None:
    assert status(checks.server_needs_imdsv2(server(metadata=options))) == expected


@pytest.mark.parametrize(("on", "expected"), [(True, "pass"), (False, "fail")])
def test_backups(on: bool, expected: str) -> None:
    assert status(checks.server_is_backed_up(server(snapshots=on))) == expected
    database = LightsailDatabase(id="arn:aws:lightsail:x", name="orders", public=not on, backups=on)
    assert status(checks.database_is_backed_up(database)) == expected
    assert status(checks.database_is_not_public(database)) == expected
