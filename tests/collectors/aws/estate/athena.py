"""Workgroups: one as it should be, one that leaves everything to clients, and in each region `primary`, unused."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker

KMS = {"EncryptionOption": "SSE_KMS", "KmsKey": "1234"}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        athena = aws.client("athena", region)
        results = {"OutputLocation": "s3://results/", "EncryptionConfiguration": KMS}
        good = {
            "ResultConfiguration": results,
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": True,
        }
        careless = {"EnforceWorkGroupConfiguration": False, "PublishCloudWatchMetricsEnabled": False}
        for name, settings in (("good", good), ("careless", careless)):
            athena.create_work_group(Name=name, Configuration=settings)
            athena.start_query_execution(QueryString="select 1", WorkGroup=name)
