"""FSx: managed file systems for Windows, Lustre, ONTAP and OpenZFS. AWS encrypts all of them."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_fsx_file_system")
class FsxFileSystem(Resource):
    """A file system. The id is its ARN."""

    id: str
    name: str
    """Its tag `Name`, or its number."""
    type: str
    """`WINDOWS`, `LUSTRE`, `ONTAP`, `OPENZFS`."""
    deployment: str
    """`MULTI_AZ_1`, `SINGLE_AZ_2`, `SCRATCH_2`, `PERSISTENT_2`, …"""
    key: str
    """The ARN of the key; empty where FSx uses one that AWS owns, as for scratch file systems."""
    backup_days: int | None
    """How long automatic backups are kept; 0 when there are none, `None` where the type cannot have any."""
    tags_backups: bool | None
    """Its tags are copied to backups; `None` for types that have no such setting."""
    tags_volumes: bool | None
    """Its tags are copied to volumes; `None` for types that have no such setting."""
    audits: str | None
    """Which accesses to files are logged: `DISABLED`, `SUCCESS_AND_FAILURE`, …; `None` for types that cannot."""
