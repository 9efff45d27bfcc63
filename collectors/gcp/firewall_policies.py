"""What firewall policies say: where they hang, and their rules.

The inventory has one type for policies of organizations and folders, of networks, and of networks in a region; their
names tell them apart. https://cloud.google.com/compute/docs/reference/rest/v1/firewallPolicies
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from collectors.gcp.reading import Asset, Data
from core.resource import Unobserved, unobserved
from core.resources.gcp.compute import FirewallPolicy, FirewallRule, Passage

EVERYWHERE = "0.0.0.0/0"
EVERYWHERE_6 = "::/0"
LETTING_IN = ("allow", "apply_security_profile_group")
"""The second looks into what it lets in (https://cloud.google.com/firewall/docs/firewall-policies-rule-details)."""
PASSING_ON = "goto_next"
ACTIONS = (*LETTING_IN, "deny", PASSING_ON)
SOURCES = (
    "srcSecureTags", "srcAddressGroups", "srcFqdns", "srcRegionCodes", "srcThreatIntelligences", "srcNetworks",
)  # fmt: skip
KINDS_OF_NETWORKS = ("srcNetworkScope", "srcNetworkType", "srcNetworkContext")
"""Names that the API has and had for whether packets come from the internet."""
INTERNET = "INTERNET"
FROM_ANYWHERE = (INTERNET, "UNSPECIFIED")
NETWORKS = (*FROM_ANYWHERE, "INTRA_VPC", "NON_INTERNET", "VPC_NETWORKS")
NAMED_PROTOCOLS = ("all", "tcp", "udp", "icmp", "esp", "ah", "ipip", "sctp")
"""Beside numbers (https://cloud.google.com/compute/docs/reference/rest/v1/firewalls)."""
MACHINES = "INSTANCES"
SYSTEM, OURS = "SYSTEM", "USER_DEFINED"
PORTS = re.compile(r"\d{1,5}(?:-\d{1,5})?")
REGION = re.compile(r"/regions/([a-z0-9-]+)/")
TARGET = re.compile(r"(?:organizations|folders)/\d+\Z")
NETWORK = re.compile(r"projects/[^/]+/global/networks/[^/]+\Z")
SERVICE = "//compute.googleapis.com/"


def policy_of(asset: Asset) -> FirewallPolicy:
    region = REGION.search(asset.name)
    return FirewallPolicy(
        id=asset.name,
        container=asset.container,
        name=name_of(asset),
        region=region[1] if region else "",
        system=equal(asset.choice("policySource", (SYSTEM, OURS), OURS), SYSTEM),
        attached=_places(asset.texts_of("associations", "attachmentTarget")),
    )


def name_of(asset: Asset) -> str:
    """Those of organizations and folders have numbers for names, and short names beside."""
    return str(asset.members.get("shortName") or asset.members.get("displayName") or asset.short)


def rules_of(asset: Asset) -> Iterator[FirewallRule]:
    """Every policy has rules, for its own defaults are some."""
    for number, members in enumerate(asset.members["rules"]):
        rule = Data(members)
        match = rule.inner("match")
        action = rule.choice("action", ACTIONS)
        kind = rule.choice("targetType", (MACHINES,), MACHINES)
        yield FirewallRule(
            id=f"{asset.name}/rules/{number}",
            container=asset.container,
            name=f"{name_of(asset)}, rule {number}",
            network="",
            policy=asset.name,
            enabled=not_(rule.flag("disabled", False)),
            inbound=equal(rule.choice("direction", ("INGRESS", "EGRESS")), "INGRESS"),
            allows=_lets_in(action),
            passes_on=equal(action, PASSING_ON),
            priority=rule.number("priority"),
            sources=_sources(match),
            other_sources=_only_some(match),
            targets=_targets(rule) if isinstance(kind, str) else kind,
            networks=_places(rule.texts("targetResources")),
            passages=match.parts("layer4Configs", _layer_4)
            if match.members.get("layer4Configs")
            else unobserved("the inventory does not say layer4Configs"),
        )


def _lets_in(action: Any) -> Any:
    return action if isinstance(action, Unobserved) else action in LETTING_IN


def _sources(match: Data) -> Any:
    """A rule that names no ranges counts for all, unless something else says where packets come from."""
    ranges = ranges_of(match, "srcIpRanges")
    if isinstance(ranges, Unobserved) or ranges:
        return ranges
    only_some = _only_some(match)
    if isinstance(only_some, Unobserved):
        return only_some
    if only_some:
        return ()
    said = any(match.members.get(each) == INTERNET for each in KINDS_OF_NETWORKS)
    return (EVERYWHERE, EVERYWHERE_6) if said else (EVERYWHERE,)


def _only_some(match: Data) -> Any:
    """Whether something beside ranges says where packets come from."""
    kinds = [match.choice(each, NETWORKS, "") for each in KINDS_OF_NETWORKS]
    if any_of(match, SOURCES) or any(isinstance(each, str) and each and each not in FROM_ANYWHERE for each in kinds):
        return True
    return next((each for each in kinds if isinstance(each, Unobserved)), False)


def _targets(rule: Data) -> Any:
    accounts, tags = rule.texts("targetServiceAccounts"), rule.texts_of("targetSecureTags", "name")
    for each in (accounts, tags):
        if isinstance(each, Unobserved):
            return each
    return tuple(sorted((*accounts, *tags)))


def _layer_4(passage: Data) -> Passage:
    return Passage(protocol=protocol_of(passage, "ipProtocol"), ports=ports_of(passage))


def ranges_of(data: Data, path: str) -> Any:
    """Ranges of addresses. One that is none leaves unknown what all of them are."""
    found = data.texts(path)
    try:
        for each in () if isinstance(found, Unobserved) else found:
            ip_network(each, strict=False)
    except ValueError:
        return unobserved(f"{path} cannot be read as ranges of addresses")
    return found


def ports_of(passage: Data) -> Any:
    """`22`, `1000-2000`; none for all."""
    found = passage.texts("ports")
    if not isinstance(found, Unobserved) and not all(map(PORTS.fullmatch, found)):
        return unobserved("ports cannot be read as ports")
    return found


def protocol_of(passage: Data, member: str) -> Any:
    """A protocol in lower case: one of the names that rules may have, or a number."""
    said = passage.text(member)
    if not isinstance(said, str):
        return said
    found = said.lower()
    known = found in NAMED_PROTOCOLS or found.isdecimal()
    return found if known else unobserved(f"nobody here knows the protocol {said:.20}")


def _places(said: Any) -> Any:
    """What addresses of folders, organizations and networks mean; where one means nothing here, nobody knows."""
    if isinstance(said, Unobserved):
        return said
    found = [place_of(each) for each in said]
    return tuple(sorted(found)) if all(found) else unobserved(f"nobody here knows what {', '.join(said)} names")


def place_of(address: str) -> str:
    """`folders/…`, `organizations/…`, or the id that the inventory gives a network; empty for anything else."""
    if found := TARGET.search(address):
        return found[0]
    network = NETWORK.search(address)
    return f"{SERVICE}{network[0]}" if network else ""


def any_of(data: Data, names: tuple[str, ...]) -> bool:
    return any(data.members.get(each) for each in names)


def not_(value: Any) -> Any:
    return value if isinstance(value, Unobserved) else not value


def equal(value: Any, word: str) -> Any:
    return value if isinstance(value, Unobserved) else value == word
