"""Elastic File System: file systems, and the doors through which programs mount them."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_efs_file_system")
class EfsFileSystem(Resource):
    """A file system. The id is its ARN."""

    id: str
    name: str
    """Its tag `Name`, or its number."""
    encrypted: bool
    key: str
    """The ARN of the key; empty when it is not encrypted."""
    zone: str
    """The one availability zone of a *One Zone* file system; empty for one that lies in several."""
    mounted_from: tuple[str, ...]
    """The zones that have a mount target."""
    backs_itself_up: bool
    """Automatic backups are on, or being switched on: EFS has AWS Backup make them daily."""
    statements: tuple[Statement, ...]
    """Of its policy. None means that AWS lets in every client that reaches a mount target."""


@resource("aws_efs_access_point")
class EfsAccessPoint(Resource):
    """A door into a file system. The id is its ARN."""

    id: str
    name: str
    file_system: str
    path: str
    """The directory that it shows as the root."""
    user: int | None
    """The POSIX user it makes of every client; `None` when clients say who they are."""
