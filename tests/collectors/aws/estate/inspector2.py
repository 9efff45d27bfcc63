"""Inspector, on in one region."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker


def populate(aws: Maker) -> None:
    aws.client("inspector2", "eu-west-1").enable(accountIds=[ACCOUNT], resourceTypes=["EC2", "ECR", "LAMBDA"])


def _covered(resource: str, code: str, reason: str) -> dict[str, object]:
    return {
        "resourceType": "AWS_EC2_INSTANCE",
        "resourceId": resource,
        "accountId": ACCOUNT,
        "scanType": "PACKAGE",
        "scanStatus": {"statusCode": code, "reason": reason},
    }


def _finding(resource: str, severity: str, since: int) -> dict[str, object]:
    return {
        "findingArn": f"arn:aws:inspector2:eu-west-1:{ACCOUNT}:finding/{resource}-{since}",
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "description": "",
        "remediation": {},
        "severity": severity,
        "firstObservedAt": since,
        "lastObservedAt": since,
        "status": "ACTIVE",
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": resource}],
    }


LATELY, LONG_AGO = 1795300000, 1780000000
OFF = {"status": "DISABLED", "errorCode": "", "errorMessage": ""}
ANSWERS = {
    "inspector2:BatchGetAccountStatus us-east-1": Canned(
        {
            "accounts": [
                {"accountId": ACCOUNT, "state": OFF, "resourceState": {"ec2": OFF, "ecr": OFF, "lambda": OFF}}
            ],
            "failedAccounts": [],
        }
    ),
    "inspector2:ListCoverage": Canned(
        {
            "coveredResources": [
                _covered("i-scanned", "ACTIVE", "SUCCESSFUL"),
                _covered("i-blind", "INACTIVE", "UNMANAGED_EC2_INSTANCE"),
            ]
        }
    ),
    "inspector2:ListFindings": Canned(
        {
            "findings": [
                _finding("i-late", "CRITICAL", LONG_AGO),
                _finding("i-late", "HIGH", LATELY),
                _finding("i-scanned", "HIGH", LATELY),
            ]
        }
    ),
}
"""moto leaves out accounts where Inspector is off, has no coverage, and never finds anything."""
