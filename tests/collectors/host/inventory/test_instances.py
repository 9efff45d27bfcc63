"""Instances of clouds as an inventory: those that were seen, and never "none" where nobody could look."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.host import open_sources
from collectors.host.inventory.fleet import hosts
from collectors.host.settings import Settings
from core.engine import collect
from core.model import Evidence
from core.resource import unobserved
from core.source import Survey
from tests.checks.aws.test_ec2_instances import instance
from tests.twins import NOW, evidence

SEEN = evidence(
    instance(id="i-1", region="eu-central-1", private_addresses=("10.0.0.7", "10.0.0.8"), tags=("Role=web", "a=b")),
    instance(id="i-2", state="stopped"),
    instance(id="i-3", public_addresses=("203.0.113.7",), tags=("Role=db",)),
    instance(id="i-4", private_addresses=(), tags=()),
    instance(id="i-5", private_addresses=unobserved("this version does not know"), name=""),
    source="aws/111122223333",
)


def listed(*told: Evidence, **inventory: Any) -> tuple[dict[str, Any], list[str]]:
    settings = Settings(name="cloud", transport="ssh", inventory={"instances": "private", **inventory})  # type: ignore[arg-type]
    (fleet,) = open_sources([settings], [], lambda: NOW)
    assert isinstance(fleet, Survey)
    assert fleet.wants == ("aws_ec2_instance",)
    fleet.tell(told)
    found = collect(hosts, fleet, version="1", clock=lambda: NOW)
    shown: Any = found.evidence[0].resources
    return {each.id: (each.address, each.problem) for each in shown}, [gap.reason for gap in found.unit.gaps]


def test_running_instances_are_hosts_by_the_address_that_is_wanted() -> None:
    assert listed(SEEN) == (
        {
            "i-1": ("10.0.0.7", ""),
            "i-3": ("10.0.0.7", ""),
            "i-4": ("", "it has no private address"),
            "i-5": ("", "its addresses and tags were not observed yet: they are after the next scan"),
        },
        [],
    )
    found, _ = listed(SEEN, instances="public", include=["Role=db", "eu-central-1"])
    assert found == {"i-1": ("", "it has no public address"), "i-3": ("203.0.113.7", "")}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ((), "nobody has looked for instances yet"),
        ((evidence(kind="aws_ec2_instance"),), "it names no host"),
    ],
)
def test_no_instances_is_no_inventory(told: tuple[Evidence, ...], reason: str) -> None:
    assert listed(*told) == ({}, [f"the inventory of cloud cannot be used: {reason}"])


def test_where_not_all_could_be_seen_the_rest_is_a_gap() -> None:
    found, gaps = listed(SEEN, evidence(kind="aws_ec2_instance", missing="denied", source="aws/2"))
    assert "i-1" in found
    assert gaps == ["the inventory of cloud cannot be used: not all instances are known: aws/2 : denied"]
