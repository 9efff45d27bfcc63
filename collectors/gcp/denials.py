"""Deny policies, which the inventory does not have.

https://cloud.google.com/iam/docs/reference/rest/v2/policies
"""

from __future__ import annotations

from collections.abc import Iterator

from collectors.gcp.asking import IAM_POLICY, Listing
from collectors.gcp.hierarchy import CONTAINERS, MANAGER
from collectors.gcp.reading import Data
from collectors.gcp.source import Estate
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from collectors.rest_pages import page_token
from core.plugins import collector
from core.resource import unobserved
from core.resources.gcp.iam import Denials, DenyRule

POLICIES = Listing(IAM_POLICY, CONTAINERS.types)
LIMIT = "iam.v2"
"""Five questions a minute for each project that asks (https://cloud.google.com/iam/quotas)."""
ALL = Read("/v2/policies/{place}/denypolicies", needs="iam.denypolicies.list", service="iam", limit=LIMIT)
ONE = Read("/v2/policies/{place}/denypolicies/{policy}", needs="iam.denypolicies.get", service="iam", limit=LIMIT)
ROLES = ("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.workloadIdentityUser")
"""Grants of these are judged by what is denied: places where nothing depends on it are not asked about."""
MOST = 12
"""Places that are asked about, those that reach furthest first: at five questions a minute that takes minutes."""
REACH = ("organizations", "folders", "projects")


@collector(permissions=(POLICIES, ALL, ONE))
def denials(estate: Estate) -> Iterator[Denials]:
    """What is denied wherever somebody may act as all service accounts, and above. Where it may not be read, or was not
    asked, it is unobserved, and nothing else is."""
    places = {
        place
        for asset in estate.assets(POLICIES)
        if any(binding.get("role") in ROLES for binding in asset.get("iamPolicy", {}).get("bindings", ()))
        for place in asset.get("ancestors", ())
    }
    for number, place in enumerate(sorted(places, key=_reach)):
        if number < MOST:
            rules = estate.look(lambda: tuple(_rules(estate, place)))  # noqa: B023 - it is called now
        else:
            rules = unobserved(f"the quota of the interface allows to ask about {MOST} places")
        yield Denials(id=place, rules=rules)


def _reach(place: str) -> tuple[int, str]:
    return REACH.index(place.partition("/")[0]), place


def _rules(estate: Estate, place: str) -> Iterator[DenyRule]:
    """The listing leaves out rules, so each policy is asked for."""
    point = f"{MANAGER}/{place}"
    for page in estate.directory.pages(ALL, page_token, items="policies", place=point):
        listed = page.data.get("policies", []) if isinstance(page.data, dict) else None  # Google leaves out empty lists
        if not isinstance(listed, list):
            raise RestError(f"the answer to {ALL} has no list of policies")
        for each in listed:
            name = Fields(each, str(ALL)).text("name").rpartition("/")[2]
            found = estate.directory.ask(ONE, place=point, policy=name).data
            rules = found.get("rules", []) if isinstance(found, dict) else None
            if not isinstance(rules, list):
                raise RestError(f"the answer to {ONE} has no list of rules")
            yield from (_rule(Data(rule).inner("denyRule")) for rule in rules)


def _rule(rule: Data) -> DenyRule:
    return DenyRule(
        principals=rule.texts("deniedPrincipals"),
        spared_principals=rule.texts("exceptionPrincipals"),
        permissions=rule.texts("deniedPermissions"),
        spared_permissions=rule.texts("exceptionPermissions"),
        condition=rule.text("denialCondition.expression", ""),
    )
