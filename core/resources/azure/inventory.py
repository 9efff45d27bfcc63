"""Everything there is, as Resource Graph lists it."""

from __future__ import annotations

from core.resource import Resource, resource

PROVIDERS = "/providers/"


@resource("azure_resource")
class AzureResource(Resource):
    """Any resource of a subscription, as `core.resources.cloud.CloudResource` has it. There may be hundreds of
    thousands: what the id says is not said again."""

    id: str
    location: str
    tags: dict[str, str]
    """Its tags that have a value, as they were when somebody looked; what looks like a secret is masked."""

    @property
    def account(self) -> str:
        """The number of its subscription."""
        return self.id.split("/", 3)[2]

    @property
    def type(self) -> str:
        """`microsoft.storage/storageaccounts`, in lower case: the provider, and every other part behind it."""
        provider, *parts = self.id.rpartition(PROVIDERS)[2].split("/")
        return "/".join((provider, *parts[::2]))

    @property
    def part_of(self) -> str:
        """What its id begins with, of `…/virtualmachines/web/extensions/agent` the machine."""
        above = self.id.rpartition(PROVIDERS)[0]
        if self.type.count("/") > 1:
            return self.id.rsplit("/", 2)[0]
        return above if PROVIDERS in above else ""
