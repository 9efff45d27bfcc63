"""WorkSpaces: desktops, and the directories of their people, each in one listing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.aws.errors import NoAnswerError
from collectors.aws.offers import is_missing
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.workspaces import Workspace, WorkspaceDirectory

WORKSPACES = Read("workspaces", "DescribeWorkspaces")
DIRECTORIES = Read("workspaces", "DescribeWorkspaceDirectories")


@collector(permissions=(WORKSPACES,))
def workspaces(region: AwsRegion) -> Iterator[Workspace]:
    """Every desktop of the region."""
    for found in _listed(region, WORKSPACES, "Workspaces"):
        yield Workspace(
            id=found["WorkspaceId"],
            user=found.get("UserName", ""),
            state=found["State"],
            # AWS leaves these out where nobody asked for encryption: a desktop is encrypted when it is made, or never.
            root_encrypted=found.get("RootVolumeEncryptionEnabled", False),
            user_encrypted=found.get("UserVolumeEncryptionEnabled", False),
        )


@collector(permissions=(DIRECTORIES,))
def directories(region: AwsRegion) -> Iterator[WorkspaceDirectory]:
    """Every directory of the region that has desktops registered."""
    for found in _listed(region, DIRECTORIES, "Directories"):
        made = found.get("WorkspaceCreationProperties", {})
        yield WorkspaceDirectory(
            id=found["DirectoryId"],
            name=found.get("DirectoryName") or found.get("Alias", ""),
            state=found["State"],
            internet=made.get("EnableInternetAccess"),
            local_administrators=made.get("UserEnabledAsLocalAdministrator"),
            maintenance=made.get("EnableMaintenanceMode"),
            address_groups=tuple(sorted(found.get("ipGroupIds", ()))),
        )


def _listed(region: AwsRegion, read: Read, listing: str) -> Iterator[dict[str, Any]]:
    """A listing; empty in a region that AWS does not offer WorkSpaces in."""
    try:
        yield from region.pages(read, listing)
    except NoAnswerError as error:
        if not is_missing(error, read.service, region.scope, region.identity.partition):
            raise
