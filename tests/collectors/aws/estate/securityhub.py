"""Security Hub: on in one region, with one standard that is ready and one that is not; not on in the other."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    aws.client("securityhub", REGIONS[0]).enable_security_hub(EnableDefaultStandards=False)


def _standard(name: str, status: str, **more: object) -> dict[str, object]:
    return {
        "StandardsSubscriptionArn": f"arn:aws:securityhub:us-east-1:123456789012:subscription/{name}",
        "StandardsArn": f"arn:aws:securityhub:us-east-1::standards/{name}",
        "StandardsInput": {},
        "StandardsStatus": status,
        **more,
    }


ANSWERS = {
    "securityhub:GetEnabledStandards": Canned(
        {
            "StandardsSubscriptions": [
                _standard("aws-foundational-security-best-practices/v/1.0.0", "READY"),
                _standard(
                    "pci-dss/v/4.0.1",
                    "INCOMPLETE",
                    StandardsStatusReason={"StatusReasonCode": "NO_AVAILABLE_CONFIGURATION_RECORDER"},
                ),
            ]
        }
    )
}
