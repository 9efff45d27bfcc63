"""API keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import unobserved
from core.resources.gcp.iam import ApiKey

KEYS = Listing(RESOURCE, ("apikeys.googleapis.com/Key",))
CALLERS = {
    "browserKeyRestrictions": "browser", "serverKeyRestrictions": "server", "androidKeyRestrictions": "android",
    "iosKeyRestrictions": "ios",
}  # fmt: skip
"""A key has one of them, or none (https://cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys)."""


@collector(permissions=(KEYS,))
def keys(estate: Estate) -> Iterator[ApiKey]:
    """Every API key, with what it opens and who may use it, but not the key itself."""
    for asset in map(Asset, estate.assets(KEYS)):
        if asset.members.get("deleteTime"):
            continue  # one that is deleted can be brought back for 30 days, and opens nothing meanwhile
        yield ApiKey(
            id=asset.name,
            container=asset.container,
            name=asset.text("displayName", ""),
            made=asset.time("createTime"),
            services=asset.texts_of("restrictions.apiTargets", "service"),
            callers=_callers(asset),
        )


def _callers(asset: Asset) -> Any:
    restrictions = asset.inner("restrictions").members
    for name, callers in CALLERS.items():
        if name in restrictions:
            return callers
    return unobserved("restrictions are not shown: the inventory cut the asset off") if asset.cut_off else "any"
