"""An access point for everybody, to a bucket that leaves it to its access points who comes. moto has them, but at hosts
whose name begins with the account's number."""

from __future__ import annotations

import json

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

BUCKET, POINT = "shared-bucket", f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/open"


def populate(aws: Maker) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    ours = {"StringEquals": {"s3:DataAccessPointAccount": aws.account}}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=_policy(f"arn:aws:s3:::{BUCKET}/*", Condition=ours))


def _policy(resource: str, **more: object) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OFF = "".join(
    f"<{name}>false</{name}>"
    for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
)
NAMED = f"<Name>open</Name><NetworkOrigin>Internet</NetworkOrigin><Bucket>{BUCKET}</Bucket>"
ANSWERS = {
    "s3control:ListAccessPoints": Canned(
        f"<ListAccessPointsResult><AccessPointList><AccessPoint>{NAMED}<AccessPointArn>{POINT}</AccessPointArn>"
        "</AccessPoint></AccessPointList></ListAccessPointsResult>"
    ),
    "s3control:GetAccessPoint": Canned(
        f"<GetAccessPointResult>{NAMED}<PublicAccessBlockConfiguration>{OFF}</PublicAccessBlockConfiguration>"
        "</GetAccessPointResult>"
    ),
    "s3control:GetAccessPointPolicy": Canned(
        f"<GetAccessPointPolicyResult><Policy>{_policy(f'{POINT}/object/*')}</Policy></GetAccessPointPolicyResult>"
    ),
}
