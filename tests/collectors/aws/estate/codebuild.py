"""Build projects, tidy and not. Groups of reports are canned: moto knows none."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker

UNPAGED = {"aws.codebuild.report_groups": "the listing is canned"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        builds = aws.client("codebuild", region)
        machine = {
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        }
        common = {"serviceRole": f"arn:aws:iam::{aws.account}:role/build", "artifacts": {"type": "NO_ARTIFACTS"}}
        builds.create_project(
            name="tidy",
            source={"type": "S3", "location": "tidy-bucket/source.zip"},
            environment=machine,
            logsConfig={"s3Logs": {"status": "ENABLED", "location": "tidy-bucket/logs", "encryptionDisabled": False}},
            **common,
        )
        builds.create_project(
            name="loose",
            source={"type": "S3", "location": "tidy-bucket/source.zip", "insecureSsl": True},
            environment={
                **machine,
                "privilegedMode": True,
                "environmentVariables": [
                    {"name": "DATABASE_PASSWORD", "value": "correct horse battery", "type": "PLAINTEXT"}
                ],
            },
            logsConfig={
                "cloudWatchLogs": {"status": "DISABLED"},
                "s3Logs": {"status": "ENABLED", "location": "tidy-bucket/logs", "encryptionDisabled": True},
            },
            **common,
        )
        builds.create_project(
            name="silent",
            source={"type": "S3", "location": "tidy-bucket/source.zip"},
            environment=machine,
            logsConfig={"cloudWatchLogs": {"status": "DISABLED"}},
            **common,
        )
        builds.start_build(projectName="tidy")


def _group(name: str, *, plain: bool) -> dict[str, object]:
    return {
        "arn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:report-group/{name}",
        "name": name,
        "type": "TEST",
        "exportConfig": {
            "exportConfigType": "S3",
            "s3Destination": {"bucket": "tidy-bucket", "encryptionDisabled": plain},
        },
    }


GROUPS = [_group("tidy", plain=False), _group("plain", plain=True)]
ANSWERS = {
    "codebuild:ListReportGroups": Canned({"reportGroups": [each["arn"] for each in GROUPS]}),
    "codebuild:BatchGetReportGroups": Canned({"reportGroups": GROUPS, "reportGroupsNotFound": []}),
}
