"""Everything there is, as Resource Graph lists it."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("azure_resource")
class AzureResource(Resource):
    """Any resource of a subscription. There may be hundreds of thousands: what the id says is not said again."""

    id: str
    location: str
    tags: dict[str, str]
    """Its tags that have a value, as they were when somebody looked; what looks like a secret is masked."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Keys of its tags that have a value."""
        return tuple(sorted(self.tags))

    @property
    def subscription(self) -> str:
        """The number of its subscription."""
        return self.id.split("/", 3)[2]

    @property
    def type(self) -> str:
        """`microsoft.storage/storageaccounts`, in lower case: the provider, and every other part behind it."""
        provider, *parts = self.id.rpartition("/providers/")[2].split("/")
        return "/".join((provider, *parts[::2]))
