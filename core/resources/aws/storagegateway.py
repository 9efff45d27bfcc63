"""Storage Gateway: file shares, whose files lie in S3."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_storagegateway_share")
class FileShare(Resource):
    """A file share. The id is its ARN."""

    id: str
    name: str
    """Its name, or its number."""
    type: str
    """`NFS` or `SMB`."""
    kms: bool
    """Files are encrypted with a key of KMS."""
    clients: tuple[str, ...]
    """Addresses that may mount an NFS share; none for SMB."""
    guests: bool
    """Everybody who knows the one password of guests gets in: only SMB has that."""
    audits_to: str
    """The ARN of the log group for accesses; empty when they are not logged."""
