"""WorkSpaces: desktops in the cloud."""

from __future__ import annotations

from collections.abc import Iterator

from core.resource import Resource, missing_fields, resource


@resource("aws_workspace")
class Workspace(Resource):
    """A desktop of one person."""

    id: str
    user: str
    state: str
    root_encrypted: bool
    user_encrypted: bool

    def persons(self) -> Iterator[str]:
        """Whose desktop it is."""
        if "user" not in missing_fields(self) and self.user:
            yield self.user


@resource("aws_workspace_directory")
class WorkspaceDirectory(Resource):
    """A directory, with what holds for all desktops of its people. Settings are `None` where AWS does not say."""

    id: str
    name: str
    state: str
    internet: bool | None
    """Desktops get a public address."""
    local_administrators: bool | None
    """People administer their desktops."""
    maintenance: bool | None
    """Desktops are patched in a weekly window."""
    address_groups: tuple[str, ...]
    """The groups of networks from which people may connect; from everywhere when there is none."""
