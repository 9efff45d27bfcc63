"""Everything there is: one question to Resource Graph, over all subscriptions and types."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from collectors.azure.errors import MalformedAnswerError
from collectors.azure.operations import Query
from collectors.azure.source import AzureTenant
from core.plugins import collector
from core.resources.azure.inventory import AzureResource

EVERYTHING = Query("", "*/read", {"tags": "tags"}, common=("location",))
"""Resource Graph shows what one may read: to list all of it one must be allowed to read all of it."""
MOST_ALIKE = 10_000
"""How many different sets of tags are kept while listing, so that resources with the same share one."""


@collector(permissions=(EVERYTHING,))
def resources(tenant: AzureTenant) -> Iterator[AzureResource]:
    """Every resource of every subscription, with its tags."""
    alike: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for row in tenant.rows(EVERYTHING):
        said = row.value("tags") or {}
        if not isinstance(said, dict):
            raise MalformedAnswerError("the tags of a resource are of another shape than is documented")
        tags = {key: value for key, value in said.items() if isinstance(value, str) and value}
        if len(alike) < MOST_ALIKE:
            tags = alike.setdefault(tuple(tags.items()), tags)
        location = row.text("location", "global")
        yield AzureResource(
            id=row.id(), location=sys.intern(location) if isinstance(location, str) else location, tags=tags
        )
