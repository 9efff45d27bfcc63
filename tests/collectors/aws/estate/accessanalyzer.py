"""Access Analyzer, which moto does not have: one analyzer of each kind that is judged, and one that stopped."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker


def populate(aws: Maker) -> None:
    """Nothing: all is said in `ANSWERS`."""


def _analyzer(name: str, kind: str, status: str = "ACTIVE", **more: object) -> dict[str, object]:
    return {
        "arn": f"arn:aws:access-analyzer:us-east-1:123456789012:analyzer/{name}",
        "name": name,
        "type": kind,
        "createdAt": "2026-01-01T00:00:00Z",
        "status": status,
        **more,
    }


def _finding(number: str, kind: str, **more: object) -> dict[str, object]:
    return {
        "id": number,
        "analyzedAt": "2026-11-21T00:00:00Z",
        "createdAt": "2026-10-01T00:00:00Z",
        "updatedAt": "2026-10-01T00:00:00Z",
        "resourceType": "AWS::IAM::Role",
        "resourceOwnerAccount": "123456789012",
        "status": "ACTIVE",
        "findingType": kind,
        **more,
    }


ANSWERS = {
    "accessanalyzer:ListAnalyzers": Canned(
        {
            "analyzers": [
                _analyzer("outside", "ACCOUNT"),
                _analyzer("unused", "ACCOUNT_UNUSED_ACCESS"),
                _analyzer("inside", "ACCOUNT_INTERNAL_ACCESS"),
                _analyzer("old", "ORGANIZATION", "DISABLED", statusReason={"code": "AWS_SERVICE_ACCESS_DISABLED"}),
            ]
        }
    ),
    "accessanalyzer:ListFindingsV2": Canned(
        {
            "findings": [
                _finding("2", "ExternalAccess", resource="arn:aws:iam::123456789012:role/partner"),
                _finding("1", "ExternalAccess", error="ACCESS_DENIED"),
            ]
        }
    ),
}
