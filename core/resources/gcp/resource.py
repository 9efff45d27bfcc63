"""What is common to resources of Google Cloud that have labels and a place."""

from __future__ import annotations

from typing import ClassVar

from core.resource import Resource

PLACES = frozenset({"projects", "folders", "organizations", "locations", "regions", "zones", "global"})
"""Collections in a full resource name that say where something stands, not what it is a part of."""


class LabelledResource(Resource):
    """A resource of Google Cloud as `core.resources.cloud.CloudResource` has it. The id is its full resource name."""

    __slots__ = ()
    type: ClassVar[str]
    """Its asset type (https://cloud.google.com/asset-inventory/docs/asset-types)."""
    container: str
    location: str
    labels: dict[str, str]

    @property
    def account(self) -> str:
        return self.container

    @property
    def tags(self) -> dict[str, str]:
        return self.labels

    @property
    def part_of(self) -> str:
        """What stands in its name before it, such as the key ring of a key."""
        parts = self.id.removeprefix("//").split("/")[1:]
        own = [name for name, _ in zip(parts[::2], parts[1::2], strict=False) if name not in PLACES]
        return self.id.rsplit("/", 2)[0] if len(own) > 1 else ""
