"""Allow policies, of everything that has one, and roles that somebody made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from sys import intern
from typing import Any

from collectors.gcp.asking import IAM_POLICY, MALFORMED, RESOURCE, InventoryError, Listing
from collectors.gcp.reading import UNSAID, Asset
from collectors.gcp.source import Estate
from core.plugins import collector
from core.resource import unobserved
from core.resources.gcp.iam import AuditConfig, Binding, CustomRole, IamPolicy

POLICIES = Listing(IAM_POLICY)
"""Of all types at once: whatever has a policy of its own can be opened to everybody."""
ROLES = Listing(RESOURCE, ("iam.googleapis.com/Role",))
EVERYBODY = ("allUsers", "allAuthenticatedUsers")
"""https://cloud.google.com/iam/docs/principals-overview."""


@collector(permissions=(POLICIES,))
def policies(estate: Estate) -> Iterator[IamPolicy]:
    """Every allow policy that is set somewhere, with its conditions and the data access that it has logged."""
    for asset in estate.assets(POLICIES):
        found = asset.get("iamPolicy")
        if not isinstance(found, Mapping):
            raise InventoryError(f"the inventory lists {asset['name']} without its policy", MALFORMED)
        ancestors = tuple(map(intern, asset.get("ancestors", ())))  # many policies say the same
        cut_off = bool(asset.get("assetExceptions"))
        hidden = unobserved("the inventory cut the policy off")
        yield IamPolicy(
            id=asset["name"],
            container=ancestors[0] if ancestors else unobserved("the inventory does not say whose the policy is"),
            asset_type=intern(asset["assetType"]),
            ancestors=ancestors,
            bindings=hidden if cut_off else tuple(map(_binding, found.get("bindings", ()))),
            audits=hidden if cut_off else tuple(_audits(found)),
        )


def _binding(found: Mapping[str, Any]) -> Binding:
    return Binding(
        role=intern(found["role"]),
        members=_members(found.get("members", ())),
        condition=found.get("condition", {}).get("expression", ""),
    )


def _members(found: Iterable[str]) -> tuple[str, ...]:
    """Each says of what kind it is, before a colon; only those that are everybody are a word alone."""
    unknown: tuple[str, ...] = unobserved("the inventory shows a member of a kind that nobody here knows")
    return tuple(map(intern, sorted(found))) if all(":" in each or each in EVERYBODY for each in found) else unknown


def _audits(found: Mapping[str, Any]) -> Iterator[AuditConfig]:
    for service in found.get("auditConfigs", ()):
        for each in service.get("auditLogConfigs", ()):
            yield AuditConfig(
                service=service["service"],
                log_type=each["logType"],
                exempted=tuple(sorted(each.get("exemptedMembers", ()))),
            )


@collector(permissions=(ROLES,))
def custom_roles(estate: Estate) -> Iterator[CustomRole]:
    """Every role that somebody made and nobody deleted. A role without any permission is none that anybody keeps: where
    the inventory tells of none, it does not tell.

    https://cloud.google.com/iam/docs/reference/rest/v1/organizations.roles
    """
    for asset in map(Asset, estate.assets(ROLES)):
        if asset.members.get("deleted") is True:
            continue
        yield CustomRole(
            id=asset.name,
            container=asset.container,
            title=asset.text("title", ""),
            permissions=asset.texts("includedPermissions", UNSAID),
            stage=asset.text("stage", "ALPHA"),  # the first of the words, which JSON leaves out
        )
