"""Networks, subnetworks and firewalls. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import MALFORMED, RESOURCE, InventoryError, Listing
from collectors.gcp.firewall_policies import (
    EVERYWHERE,
    any_of,
    equal,
    not_,
    policy_of,
    ports_of,
    protocol_of,
    ranges_of,
    rules_of,
)
from collectors.gcp.reading import Asset, Data
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.compute import FirewallPolicy, FirewallRule, Network, Passage, Subnetwork

NETWORKS = Listing(RESOURCE, ("compute.googleapis.com/Network",))
SUBNETWORKS = Listing(RESOURCE, ("compute.googleapis.com/Subnetwork",))
RULES = Listing(RESOURCE, ("compute.googleapis.com/Firewall", "compute.googleapis.com/FirewallPolicy"))
PURPOSES = (
    "PRIVATE", "INTERNAL_HTTPS_LOAD_BALANCER", "REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY",
    "PRIVATE_SERVICE_CONNECT", "PRIVATE_NAT", "PRIVATE_RFC_1918", "PEER_MIGRATION",
)  # fmt: skip
SOURCES = ("sourceTags", "sourceServiceAccounts")
TARGETS = ("targetTags", "targetServiceAccounts")
LAST, FIRST = "AFTER_CLASSIC_FIREWALL", "BEFORE_CLASSIC_FIREWALL"
"""Whether firewall policies of a network count after the rules of its firewall, as they do by default, or before."""


@collector(permissions=(NETWORKS,))
def networks(estate: Estate) -> Iterator[Network]:
    """Every VPC network. Only legacy ones have a range of their own (`IPv4Range`); others say what is in them. One that
    says no order has the default one, and one that names no firewall policy has none of its own.

    https://cloud.google.com/compute/docs/reference/rest/v1/networks
    """
    for asset in map(Asset, estate.assets(NETWORKS)):
        yield Network(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            legacy=_legacy(asset),
            policies_first=equal(asset.choice("networkFirewallPolicyEnforcementOrder", (LAST, FIRST), LAST), FIRST),
            policy=asset.text("firewallPolicy", ""),
        )


@collector(permissions=(SUBNETWORKS,))
def subnetworks(estate: Estate) -> Iterator[Subnetwork]:
    """Every subnetwork. Where it says nothing about flow logs a policy decides; without one there are none. A rate of 0
    logs nothing, whatever is switched on.

    https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    """
    for asset in map(Asset, estate.assets(SUBNETWORKS)):
        on = asset.flag("logConfig.enable", None)
        on = asset.flag("enableFlowLogs", None) if on is None else on
        yield Subnetwork(
            **asset.common,
            name=asset.text("name"),
            network=asset.text("network"),
            purpose=asset.choice("purpose", PURPOSES, "PRIVATE"),  # as its reference says
            flow_logs=asset.sampled("logConfig.flowSampling") if on is True else on,
        )


@collector(permissions=(RULES,))
def firewall_rules(estate: Estate) -> Iterator[FirewallRule | FirewallPolicy]:
    """Every rule of the firewalls of networks, and firewall policies with theirs, wherever they hang.

    Raises `InventoryError` at the end when a policy is not shown whole.
    """
    short: list[str] = []
    for asset in map(Asset, estate.assets(RULES)):
        if asset.type.endswith("/Firewall"):
            yield _rule(asset)
        elif asset.cut_off or not isinstance(asset.members.get("rules"), list) or not asset.members["rules"]:
            short.append(asset.name)
        else:
            yield policy_of(asset)
            yield from rules_of(asset)
    if short:
        raise InventoryError(f"the inventory does not say all rules of {', '.join(short)}", MALFORMED)


def _rule(asset: Asset) -> FirewallRule:
    """What is absent is enabled, inbound and of priority 1000, as the reference of `firewalls` says."""
    allows = _allows(asset)
    return FirewallRule(
        id=asset.name,
        container=asset.container,
        name=asset.text("name"),
        network=asset.text("network"),
        policy="",
        enabled=not_(asset.flag("disabled", False)),
        inbound=equal(asset.choice("direction", ("INGRESS", "EGRESS"), "INGRESS"), "INGRESS"),
        allows=allows,
        passes_on=False,
        priority=asset.number("priority", 1000),
        sources=_sources(asset),
        other_sources=any_of(asset, SOURCES),
        targets=_targets(asset, TARGETS),
        networks=(),
        passages=asset.parts("allowed" if allows is True else "denied", _passage),
    )


def _allows(asset: Asset) -> Any:
    """A rule has one of both lists."""
    if asset.members.get("allowed") is not None:
        return True
    return (
        False
        if asset.members.get("denied") is not None
        else unobserved("the inventory says neither allowed nor denied")
    )


def _sources(asset: Asset) -> Any:
    """A rule for what comes in that names no source at all lets in everybody."""
    found = ranges_of(asset, "sourceRanges")
    return found if _has_any(found) or any_of(asset, SOURCES) else (EVERYWHERE,)


def _passage(passage: Data) -> Passage:
    return Passage(protocol=protocol_of(passage, "IPProtocol"), ports=ports_of(passage))


def _targets(data: Data, names: tuple[str, ...]) -> Any:
    found: list[str] = []
    for name in names:
        targets = data.texts(name)
        if isinstance(targets, Unobserved):
            return targets
        found += targets
    return tuple(sorted(found))


def _legacy(asset: Asset) -> Any:
    if asset.has("IPv4Range") is True:
        return True
    said = "autoCreateSubnetworks" in asset.members or "subnetworks" in asset.members
    return False if said else unobserved("the inventory does not say how subnetworks are made")


def _has_any(found: Any) -> bool:
    return isinstance(found, Unobserved) or bool(found)
