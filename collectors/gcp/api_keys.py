"""API keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.iam import ApiKey

KEYS = Listing(RESOURCE, ("apikeys.googleapis.com/Key",))
CALLERS = {
    "browserKeyRestrictions": ("browser", "allowedReferrers"), "serverKeyRestrictions": ("server", "allowedIps"),
    "androidKeyRestrictions": ("android", "allowedApplications"), "iosKeyRestrictions": ("ios", "allowedBundleIds"),
}  # fmt: skip
ALL = re.compile(
    r"(?:(?:https?|\*)://)?\*(?:\.[a-z]{2,})?(?::\*|:\d+)?(?:/\**)?|[\d.]+/[0-7]|[0-9a-f:]+/(?:\d|[12]\d|3[01])",
    re.IGNORECASE,
)
"""`*`, `https://*/*`, `*.com`, `0.0.0.0/0`, `::/0`
(https://cloud.google.com/docs/authentication/api-keys#adding_application_restrictions)."""
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
    restrictions = asset.inner("restrictions")
    for name, (callers, allowed) in CALLERS.items():
        named = restrictions.list_of(f"{name}.{allowed}")
        if isinstance(named, Unobserved):
            return named
        if named and not any(_lets_in_all(each) for each in named):
            return callers
    return unobserved("restrictions are not shown: the inventory cut the asset off") if asset.cut_off else "any"


def _lets_in_all(allowed: Any) -> bool:
    """Whether an address is as good as all: a star in the place of a domain, or a range of half the world."""
    return isinstance(allowed, str) and bool(ALL.fullmatch(allowed.strip()))
