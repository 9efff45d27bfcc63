"""Networks, subnetworks and firewalls. https://cloud.google.com/compute/docs/reference/rest/v1"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.asking import MALFORMED, RESOURCE, InventoryError, Listing
from collectors.gcp.reading import Asset, Data
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.compute import FirewallRule, Network, Passage, Subnetwork

NETWORKS = Listing(RESOURCE, ("compute.googleapis.com/Network",))
SUBNETWORKS = Listing(RESOURCE, ("compute.googleapis.com/Subnetwork",))
RULES = Listing(RESOURCE, ("compute.googleapis.com/Firewall", "compute.googleapis.com/FirewallPolicy"))
EVERYWHERE = "0.0.0.0/0"
SOURCES_OF_RULES = ("sourceTags", "sourceServiceAccounts")
LETTING_IN = ("allow", "apply_security_profile_group")
"""The second looks into what it lets in (https://cloud.google.com/firewall/docs/firewall-policies-rule-details)."""
ACTIONS = (*LETTING_IN, "deny", "goto_next")
TARGETS_OF_RULES = ("targetTags", "targetServiceAccounts")
TARGETS_OF_POLICIES = ("targetServiceAccounts", "targetResources")
SOURCES_OF_POLICIES = (
    "srcSecureTags", "srcAddressGroups", "srcFqdns", "srcRegionCodes", "srcThreatIntelligences", "srcNetworks",
    "srcNetworkScope", "srcNetworkType", "srcNetworkContext",
)  # fmt: skip


@collector(permissions=(NETWORKS,))
def networks(estate: Estate) -> Iterator[Network]:
    """Every VPC network. Only legacy ones have a range of their own (`IPv4Range`); others say what is in them."""
    for asset in map(Asset, estate.assets(NETWORKS)):
        yield Network(
            id=asset.name,
            container=asset.container,
            name=asset.text("name"),
            legacy=_legacy(asset),
        )


@collector(permissions=(SUBNETWORKS,))
def subnetworks(estate: Estate) -> Iterator[Subnetwork]:
    """Every subnetwork. Where it says nothing about flow logs a policy decides; without one there are none.

    https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks
    """
    for asset in map(Asset, estate.assets(SUBNETWORKS)):
        logs = asset.flag("logConfig.enable", None)
        yield Subnetwork(
            **asset.common,
            name=asset.text("name"),
            network=asset.text("network"),
            purpose=asset.text("purpose", "PRIVATE"),  # as its reference says
            flow_logs=asset.flag("enableFlowLogs", None) if logs is None else logs,
        )


@collector(permissions=(RULES,))
def firewall_rules(estate: Estate) -> Iterator[FirewallRule]:
    """Every rule of the firewalls of networks, and of firewall policies wherever they hang.

    Raises `InventoryError` at the end when a policy is not shown whole.
    """
    short: list[str] = []
    for asset in map(Asset, estate.assets(RULES)):
        if asset.type.endswith("/Firewall"):
            yield _rule(asset)
        elif asset.cut_off or not isinstance(asset.members.get("rules"), list) or not asset.members["rules"]:
            short.append(asset.name)
        else:
            yield from _rules(asset)
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
        enabled=_not(asset.flag("disabled", False)),
        inbound=_is(asset.choice("direction", ("INGRESS", "EGRESS"), "INGRESS"), "INGRESS"),
        allows=allows,
        priority=asset.number("priority", 1000),
        sources=_sources(asset),
        other_sources=_any_of(asset, SOURCES_OF_RULES),
        targets=_targets(asset, TARGETS_OF_RULES),
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
    found = asset.texts("sourceRanges")
    return found if _has_any(found) or _any_of(asset, SOURCES_OF_RULES) else (EVERYWHERE,)


def _passage(passage: Data) -> Passage:
    protocol = passage.text("IPProtocol")
    return Passage(protocol=protocol.lower() if isinstance(protocol, str) else protocol, ports=passage.texts("ports"))


def _rules(asset: Asset) -> Iterator[FirewallRule]:
    """Every policy has rules, for its own defaults are some (/compute/docs/reference/rest/v1/firewallPolicies)."""
    for number, members in enumerate(asset.members["rules"]):
        rule = Data(members)
        match = rule.inner("match")
        ranges = match.texts("srcIpRanges")
        yield FirewallRule(
            id=f"{asset.name}/rules/{number}",
            container=asset.container,
            name=f"{asset.members.get('shortName') or asset.short}, rule {number}",
            network="",
            enabled=_not(rule.flag("disabled", False)),
            inbound=_is(rule.choice("direction", ("INGRESS", "EGRESS")), "INGRESS"),
            allows=_lets_in(rule.choice("action", ACTIONS)),
            priority=rule.number("priority"),
            sources=ranges if _has_any(ranges) or _any_of(match, SOURCES_OF_POLICIES) else (EVERYWHERE,),
            other_sources=_any_of(match, SOURCES_OF_POLICIES),
            targets=_targets(rule, TARGETS_OF_POLICIES),
            passages=match.parts("layer4Configs", _layer_4)
            if match.members.get("layer4Configs")
            else unobserved("the inventory does not say layer4Configs"),
        )


def _layer_4(passage: Data) -> Passage:
    protocol = passage.text("ipProtocol")
    return Passage(protocol=protocol.lower() if isinstance(protocol, str) else protocol, ports=passage.texts("ports"))


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


def _any_of(data: Data, names: tuple[str, ...]) -> bool:
    return any(data.members.get(each) for each in names)


def _not(value: Any) -> Any:
    return value if isinstance(value, Unobserved) else not value


def _lets_in(action: Any) -> Any:
    return action if isinstance(action, Unobserved) else action in LETTING_IN


def _is(value: Any, word: str) -> Any:
    return value if isinstance(value, Unobserved) else value == word
