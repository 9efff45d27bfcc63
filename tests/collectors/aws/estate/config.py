"""AWS Config: as it should be in one region; stopped, and with gaps, in the other."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    aws.client("s3").create_bucket(Bucket="config-bucket")
    good, bad = REGIONS
    for region, group in (
        (good, {"allSupported": True, "includeGlobalResourceTypes": True}),
        (
            bad,
            {
                "allSupported": False,
                "exclusionByResourceTypes": {"resourceTypes": ["AWS::IAM::User"]},
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
            },
        ),
    ):
        config = aws.client("config", region)
        role = f"arn:aws:iam::{aws.account}:role/config"
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group}
        )
    config = aws.client("config", good)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "config-bucket"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    aws.client("config", bad).put_retention_configuration(RetentionPeriodInDays=30)


def _pack(name: str, state: str) -> dict[str, object]:
    return {
        "ConformancePackName": name,
        "ConformancePackId": f"conformance-pack-{name}",
        "ConformancePackArn": f"arn:aws:config:us-east-1:123456789012:conformance-pack/{name}",
        "ConformancePackState": state,
        "LastUpdateRequestedTime": 1795366800,
    }


ANSWERS = {
    "config:DescribeDeliveryChannelStatus": Canned(
        {
            "DeliveryChannelsStatus": [
                {
                    "name": "default",
                    "configHistoryDeliveryInfo": {"lastStatus": "SUCCESS"},
                    "configSnapshotDeliveryInfo": {"lastStatus": "FAILURE", "lastErrorCode": "AccessDenied"},
                }
            ]
        }
    ),
    "config:DescribeConformancePackStatus": Canned(
        {"ConformancePackStatusDetails": [_pack("baseline", "CREATE_COMPLETE"), _pack("broken", "CREATE_FAILED")]}
    ),
    "config:DescribeConformancePackCompliance": Canned(
        {
            "ConformancePackName": "baseline",
            "ConformancePackRuleComplianceList": [
                {"ConfigRuleName": "root-has-mfa-conformance-pack-1", "ComplianceType": "NON_COMPLIANT"}
            ],
        }
    ),
}
