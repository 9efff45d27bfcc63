"""Macie: on in one region, paused in the other. moto cannot say that it is off as AWS does."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region, status in zip(REGIONS, ("ENABLED", "PAUSED"), strict=True):
        aws.client("macie2", region).enable_macie(status=status)


ANSWERS = {"macie2:GetAutomatedDiscoveryConfiguration": Canned({"status": "ENABLED"})}
