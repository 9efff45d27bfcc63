"""What every cloud tells of a resource, whichever of its kinds it is recorded as.

Kinds of AWS, Azure and Google Cloud that are an inventory fit `CloudResource`, so that a question about identity,
place, tags and relations is asked of all of them in one way. What an id says is not recorded again: there may be
hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

NO_PLACE = "global"
"""Where a resource is that has no region of its own. Its data may be anywhere."""


class CloudResource(Protocol):
    """A resource of a cloud. What was not observed raises `NotObservedError` when it is read."""

    @property
    def id(self) -> str:
        """The provider's whole name for it: an ARN, the id of Resource Manager, a full resource name."""

    @property
    def type(self) -> str:
        """The provider's noun: `ec2:instance`, `microsoft.compute/disks`, `compute.googleapis.com/Disk`."""

    @property
    def account(self) -> str:
        """The account, subscription, project or, above projects, folder or organization that it belongs to."""

    @property
    def location(self) -> str:
        """Its zone, region or larger place, as the provider calls it; `global` without one."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags or labels as they were when somebody looked; what looks like a secret is masked."""

    @property
    def part_of(self) -> str:
        """The id of the resource that it is a part of; empty for one that stands in its account by itself."""
