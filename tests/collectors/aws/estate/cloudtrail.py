"""Trails: one as it should be, one that is off, and one of the basic kind."""

from __future__ import annotations

import re

from tests.collectors.aws.world import Maker

LOGS = "all-trails-bucket"


def populate(aws: Maker) -> None:
    aws.client("s3").create_bucket(Bucket=LOGS)
    trails = aws.client("cloudtrail")
    trails.create_trail(Name="everything", S3BucketName=LOGS, IsMultiRegionTrail=True, EnableLogFileValidation=True)
    trails.start_logging(Name="everything")
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    ]
    trails.put_event_selectors(
        TrailName="everything",
        AdvancedEventSelectors=[
            {"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
            {"Name": "objects", "FieldSelectors": fields},
        ],
    )
    trails.put_insight_selectors(TrailName="everything", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
    trails.create_trail(Name="stopped", S3BucketName=LOGS)
    elsewhere = aws.client("cloudtrail", "eu-west-1")
    elsewhere.create_trail(Name="writes-only", S3BucketName=LOGS)
    elsewhere.start_logging(Name="writes-only")
    elsewhere.put_event_selectors(
        TrailName="writes-only",
        EventSelectors=[
            {
                "ReadWriteType": "WriteOnly",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["kms.amazonaws.com"],
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::tidy-bucket/"]}],
            }
        ],
    )


def _delivered_once(body: bytes) -> bytes:
    """moto's trails deliver whenever somebody asks."""
    return re.sub(rb'("Latest\w*Time": )[\d.]+', rb"\g<1>1795366800", body)


MENDED = {"cloudtrail:GetTrailStatus": _delivered_once}
