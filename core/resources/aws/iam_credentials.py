"""What lets users in, or proves who a server is, beside passwords and access keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.resource import Resource, resource


@resource("aws_iam_ssh_key")
class SshKey(Resource):
    """A public key with which a user reaches repositories of CodeCommit. The id is AWS's own."""

    id: str
    user: str
    active: bool
    uploaded: datetime

    def persons(self) -> Iterator[str]:
        yield self.user


@resource("aws_iam_service_credential")
class ServiceCredential(Resource):
    """A password or key of a user for one service alone: CodeCommit, Keyspaces, Bedrock, … The id is AWS's own."""

    id: str
    user: str
    service: str
    """`codecommit.amazonaws.com`, `cassandra.amazonaws.com`, `bedrock.amazonaws.com`, …"""
    status: str
    """`Active`, `Inactive`, `Expired`."""
    created: datetime
    expires: datetime | None
    """`None` when it never does; only keys of few services can."""

    def persons(self) -> Iterator[str]:
        yield self.user


@resource("aws_iam_server_certificate")
class ServerCertificate(Resource):
    """A certificate that somebody uploaded to IAM, for load balancers and CloudFront. The id is AWS's own."""

    id: str
    name: str
    expires: datetime
