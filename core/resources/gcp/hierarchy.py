"""Organizations, folders and projects: what is looked at, and what is left out."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource
from core.resources.cloud import NO_PLACE


@resource("gcp_container")
class Container(Resource):
    """An organization, a folder or a project. The id is its type and number, `projects/123`."""

    id: str
    type: Literal["organization", "folder", "project"]
    name: str
    """The id of a project, the display name of a folder, the domain of an organization."""
    state: str
    """`ACTIVE`, `DELETE_REQUESTED`, `DELETE_IN_PROGRESS`."""
    above: tuple[str, ...]
    """Its parent, whatever that belongs to, up to the organization; empty for one that has nothing above it."""
    labels: dict[str, str]
    customer: str
    """The customer of Cloud Identity or Workspace that an organization belongs to; empty for others."""
    looked_at: bool
    left_out: str
    """Why it is not looked at; empty when it is."""

    @property
    def account(self) -> str:
        """Itself: like all that is in it, as `core.resources.cloud.CloudResource` has it."""
        return self.id

    @property
    def location(self) -> str:
        return NO_PLACE

    @property
    def tags(self) -> dict[str, str]:
        return self.labels

    @property
    def part_of(self) -> str:
        return self.above[0] if self.above else ""
