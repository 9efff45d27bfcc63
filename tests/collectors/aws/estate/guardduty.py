"""GuardDuty: on in one region, and with findings; never switched on in the other."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    features = [
        {"Name": "S3_DATA_EVENTS", "Status": "ENABLED"},
        {"Name": "RDS_LOGIN_EVENTS", "Status": "DISABLED"},
    ]
    aws.client("guardduty", REGIONS[0]).create_detector(Enable=True, Features=features)


def _finding(number: str, severity: float, day: str) -> dict[str, object]:
    return {
        "accountId": "123456789012",
        "arn": f"arn:aws:guardduty:us-east-1:123456789012:detector/d/finding/{number}",
        "createdAt": f"{day}T08:00:00.000Z",
        "id": number,
        "region": "us-east-1",
        "resource": {"resourceType": "Instance"},
        "schemaVersion": "2.0",
        "severity": severity,
        "type": "Backdoor:EC2/C&CActivity.B!DNS",
        "updatedAt": f"{day}T08:00:00.000Z",
    }


MEMBER = {
    "accountId": "999999999999",
    "masterId": "123456789012",
    "email": "",
    "relationshipStatus": "Enabled",
    "updatedAt": "2026-01-01T00:00:00.000Z",
}
ANSWERS = {
    "guardduty:ListMembers": Canned({"members": [MEMBER, {**MEMBER, "relationshipStatus": "Invited"}]}),
    "guardduty:ListFindings": Canned({"findingIds": ["2", "1"]}),
    "guardduty:GetFindings": Canned({"findings": [_finding("2", 8.1, "2026-10-01"), _finding("1", 7, "2026-11-21")]}),
}
