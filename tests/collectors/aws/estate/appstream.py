"""Fleets. moto has no AppStream, so all of it is told here."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker


def populate(_: Maker) -> None:
    """Nothing to make."""


def _fleet(name: str, *, good: bool) -> dict[str, Any]:
    return {
        "Arn": f"arn:aws:appstream:us-east-1:{ACCOUNT}:fleet/{name}",
        "Name": name,
        "InstanceType": "stream.standard.medium",
        "ComputeCapacityStatus": {"Desired": 1},
        "State": "RUNNING",
        "EnableDefaultInternetAccess": not good,
        "DisableIMDSV1": good,
        "MaxUserDurationInSeconds": 28800,
        "IdleDisconnectTimeoutInSeconds": 600 if good else 0,
    }


ANSWERS = {"appstream:DescribeFleets": Canned({"Fleets": [_fleet("good", good=True), _fleet("careless", good=False)]})}
