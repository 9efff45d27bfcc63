"""Servers for files: one as it should be, one careless."""

from __future__ import annotations

from tests.collectors.aws.world import ACCOUNT, REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        transfer = aws.client("transfer", region)
        group = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:transfers:*"
        transfer.create_server(
            Protocols=["SFTP"],
            SecurityPolicyName="TransferSecurityPolicy-2024-01",
            EndpointType="VPC",
            StructuredLogDestinations=[group],
        )
        transfer.create_server(
            Protocols=["FTP", "SFTP"], SecurityPolicyName="TransferSecurityPolicy-2018-11", EndpointType="PUBLIC"
        )
