"""Deny policies: what is taken away, whatever allow policies grant.

https://cloud.google.com/iam/docs/reference/rest/v2/policies
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from collectors.gcp.asking import MALFORMED, RESOURCE, InventoryError, Listing
from collectors.gcp.hierarchy import MANAGER
from collectors.gcp.reading import Asset, Data
from collectors.gcp.source import Estate
from collectors.rest import Read
from collectors.rest_answers import RestError
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.gcp.iam import Denials, DenyRule

POLICIES = Listing(RESOURCE, ("iam.googleapis.com/PolicyV2",))
DENYING = "/denypolicies/"
"""In the names of those policies of version 2 that deny."""
LIMIT = "iam.v2"
"""Five questions a minute for each project that asks (https://cloud.google.com/iam/quotas)."""
ONE = Read("/v2/policies/{place}/denypolicies/{policy}", needs="iam.denypolicies.get", service="iam", limit=LIMIT)
MOST = 12
"""Policies that are asked for one by one: at five questions a minute that takes minutes."""
TOO_MANY = f"the quota of the interface allows to ask for {MOST} policies"


@collector(permissions=(POLICIES, ONE))
def denials(estate: Estate) -> Iterator[Denials]:
    """What is denied wherever there are deny policies. A policy that the inventory names without its rules is asked
    for; where it may not be read, what is denied there is unobserved, and nothing else is.

    Raises `InventoryError` at the end when it is not said where a policy holds.
    """
    rules: dict[str, Any] = {}
    lost: list[str] = []
    silent = 0
    for asset in map(Asset, estate.assets(POLICIES)):
        if DENYING not in asset.name:
            continue
        if not asset.ancestors:
            lost.append(asset.name)
            continue
        told: Any = None if asset.cut_off else _told(asset.members)
        if told is None:
            silent += 1
            told = estate.look(partial(_asked, estate, asset)) if silent <= MOST else unobserved(TOO_MANY)
        before = rules.get(asset.container, ())
        hidden = next((each for each in (before, told) if isinstance(each, Unobserved)), None)
        rules[asset.container] = (*before, *told) if hidden is None else hidden
    for place, found in sorted(rules.items()):
        yield Denials(id=place, rules=found)
    if lost:
        raise InventoryError(f"the inventory does not say where {', '.join(lost)} hold", MALFORMED)


def _asked(estate: Estate, asset: Asset) -> tuple[DenyRule, ...]:
    """The rules of one policy. Raises `RestError`."""
    answer = estate.directory.ask(ONE, place=f"{MANAGER}/{asset.ancestors[0]}", policy=asset.short).data
    told = _told(answer) if isinstance(answer, dict) else None
    if told is None:
        raise RestError(f"the answer to {ONE} has no list of rules")
    return told


def _told(policy: Mapping[str, Any]) -> tuple[DenyRule, ...] | None:
    """The rules of a policy, if it says any: one that denies nothing denies nobody anything, and nobody keeps it."""
    rules = policy.get("rules")
    if not isinstance(rules, list) or not rules:
        return None
    return tuple(_rule(Data(each).inner("denyRule")) for each in rules)


def _rule(rule: Data) -> DenyRule:
    return DenyRule(
        principals=rule.texts("deniedPrincipals"),
        spared_principals=rule.texts("exceptionPrincipals"),
        permissions=rule.texts("deniedPermissions"),
        spared_permissions=rule.texts("exceptionPermissions"),
        condition=rule.text("denialCondition.expression", ""),
    )
