"""Tasks that move data: one as it should be, one careless."""

from __future__ import annotations

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        datasync = aws.client("datasync", region)
        role = {"BucketAccessRoleArn": f"arn:aws:iam::{ACCOUNT}:role/datasync"}
        place = datasync.create_location_s3(S3BucketArn="arn:aws:s3:::moved", S3Config=role)["LocationArn"]
        both = {"SourceLocationArn": place, "DestinationLocationArn": place}
        datasync.create_task(
            Name="good",
            CloudWatchLogGroupArn=f"arn:aws:logs:{region}:{ACCOUNT}:log-group:moves",
            Options={"VerifyMode": "ONLY_FILES_TRANSFERRED", "LogLevel": "BASIC"},
            **both,
        )
        datasync.create_task(Name="careless", Options={"VerifyMode": "NONE", "LogLevel": "OFF"}, **both)
