"""Resources of Google Cloud with every field filled in, for tests that change the fields they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.model import Evidence, Verdict
from core.population import Population
from core.resource import Resource
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import AuditConfig, Binding, IamPolicy, OrganizationPolicy, PolicyRule
from tests.twins import evidence

AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORGANIZATION, FOLDER, SHOP = "organizations/900", "folders/800", "projects/123"
MANAGER = "cloudresourcemanager.googleapis.com"
HERE = "gcp/organizations-900"


def container(name: str = SHOP, **changes: Any) -> Container:
    kind = name.partition("/")[0].removesuffix("s")
    above = {"project": (FOLDER, ORGANIZATION), "folder": (ORGANIZATION,), "organization": ()}[kind]
    names = {SHOP: "example-shop", ORGANIZATION: "example.org", FOLDER: "production"}
    given = {
        "id": name, "type": kind, "name": names.get(name, name.replace("/", "-")), "state": "ACTIVE", "above": above,
        "labels": {}, "customer": "", "looked_at": True, "left_out": "",
    }  # fmt: skip
    return Container(**{**given, **changes})


def all_of(kind: type[Resource], *resources: Resource, missing: str = "") -> Population[Any]:
    """Everything of a kind, seen from the organization; with `missing`, a reason why there may be more."""
    found: Evidence = evidence(*resources, kind=kind.kind, missing=missing, source=HERE)
    return Population[Any](kind.kind, (found,), HERE)


def containers(*names: str, missing: str = "") -> Population[Container]:
    return all_of(Container, *map(container, names or (SHOP, FOLDER, ORGANIZATION)), missing=missing)


def binding(role: str, *members: str, condition: str = "") -> Binding:
    return Binding(role=role, members=members, condition=condition)


def policy(
    *bindings: Binding,
    of: str = SHOP,
    kind: str = "",
    audits: tuple[AuditConfig, ...] = (),
    name: str = "",
    above: tuple[str, ...] = (),
) -> IamPolicy:
    """The allow policy of a container, or of a thing in it."""
    return IamPolicy(
        id=name or f"//{MANAGER}/{of}",
        container=of,
        asset_type=kind or f"{MANAGER}/{of.partition('/')[0].removesuffix('s').capitalize()}",
        ancestors=(of, *above),
        bindings=bindings,
        audits=audits,
    )


def rule(**changes: Any) -> PolicyRule:
    given: dict[str, Any] = {
        "enforce": None, "allow_all": False, "deny_all": False, "allowed": (), "denied": (), "condition": "",
    }  # fmt: skip
    return PolicyRule(**{**given, **changes})


def organization_policy(
    constraint: str, *rules: PolicyRule, of: str = ORGANIZATION, **changes: Any
) -> OrganizationPolicy:
    given: dict[str, Any] = {
        "id": f"//orgpolicy.googleapis.com/{of}/policies/{constraint}", "container": of, "constraint": constraint,
        "rules": rules, "inherits": False, "resets": False,
    }  # fmt: skip
    return OrganizationPolicy(**{**given, **changes})


def common(**more: Any) -> dict[str, Any]:
    """What every kind has, beside what is named."""
    return {"id": "//x/thing", "container": SHOP, "location": "europe-west1", "labels": {}, "name": "thing", **more}


def status(verdict: Verdict) -> str:
    return verdict.status.value
