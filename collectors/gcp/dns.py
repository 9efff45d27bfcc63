"""Cloud DNS. https://cloud.google.com/dns/docs/reference/rest/v1"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import RESOURCE, Listing
from collectors.gcp.reading import UNSAID, Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import unobserved
from core.resources.gcp.data import DnsPolicy, DnsZone

ZONES = Listing(RESOURCE, ("dns.googleapis.com/ManagedZone",))
POLICIES = Listing(RESOURCE, ("dns.googleapis.com/Policy",))
VISIBILITIES = ("public", "private", "PUBLIC", "PRIVATE")
STATES = {"on": True, "off": False, "transfer": True}
"""A zone that is moved to or from Cloud DNS stays signed meanwhile."""


@collector(permissions=(ZONES,))
def zones(estate: Estate) -> Iterator[DnsZone]:
    """Every zone. Private ones cannot be signed. The inventory writes words of this API in capitals."""
    for asset in map(Asset, estate.assets(ZONES)):
        visibility = asset.choice("visibility", VISIBILITIES, "public")  # as its reference says
        public = visibility.lower() == "public" if isinstance(visibility, str) else visibility
        algorithms = asset.texts_of("dnssecConfig.defaultKeySpecs", "algorithm")
        yield DnsZone(
            id=asset.name,
            container=asset.container,
            labels=asset.labels(),
            name=asset.text("name"),
            public=public,
            signed=_signed(asset) if public is True else False if public is False else public,
            algorithms=tuple(sorted({each.lower() for each in algorithms}))
            if isinstance(algorithms, tuple)
            else algorithms,
        )


def _signed(asset: Asset) -> Any:
    """A zone without `dnssecConfig` was never signed; one of which the state alone is missing may be."""
    state = asset.text("dnssecConfig.state", UNSAID if "dnssecConfig" in asset.members else "off")
    return STATES.get(state.lower(), unobserved(f"dnssecConfig.state is {state}")) if isinstance(state, str) else state


@collector(permissions=(POLICIES,))
def policies(estate: Estate) -> Iterator[DnsPolicy]:
    """Server policies. Without `enableLogging` queries are not logged (/dns/docs/reference/rest/v1/policies)."""
    for asset in map(Asset, estate.assets(POLICIES)):
        yield DnsPolicy(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            logs=asset.flag("enableLogging", False),
            networks=asset.texts_of("networks", "networkUrl"),
        )
