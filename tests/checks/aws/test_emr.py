"""Truth tables of the checks of EMR."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.emr import (
    cluster_encrypts_at_rest,
    cluster_encrypts_in_transit,
    cluster_has_no_public_addresses,
    cluster_keeps_logs,
    region_blocks_public_clusters,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.emr import EmrCluster, EmrRegion, PortRange
from tests.checks.aws.making import status


@pytest.mark.parametrize(
    ("blocks", "ports", "expected"),
    [
        (True, (), "pass"),
        (True, ((22, 22),), "pass"),
        (True, ((22, 23),), "fail"),
        (True, ((8088, 8088),), "fail"),
        (False, (), "fail"),
    ],
)
def test_region_blocks_public_clusters(blocks: Any, ports: tuple[tuple[int, int], ...], expected: str) -> None:
    exceptions = tuple(PortRange(first=first, last=last) for first, last in ports)
    found = EmrRegion(id="1/eu-west-1", region="eu-west-1", blocks_public=blocks, exceptions=exceptions)
    assert status(region_blocks_public_clusters(found)) == expected


def cluster(**changes: Any) -> EmrCluster:
    given: dict[str, Any] = {"id": "arn:1", "name": "nightly", "public": (), "logs_to": "s3://logs"}
    return EmrCluster(**{**given, "at_rest": True, "in_transit": True, **changes})


@pytest.mark.parametrize(
    ("judge", "bad"),
    [
        (cluster_has_no_public_addresses, {"public": ("i-1",)}),
        (cluster_encrypts_at_rest, {"at_rest": False}),
        (cluster_encrypts_in_transit, {"in_transit": False}),
        (cluster_keeps_logs, {"logs_to": ""}),
    ],
)
def test_clusters(judge: Any, bad: dict[str, Any]) -> None:
    assert status(judge(cluster())) == "pass"
    assert status(judge(cluster(**bad))) == "fail"
    with pytest.raises(NotObservedError):
        judge(cluster(**{name: unobserved("denied") for name in bad}))
