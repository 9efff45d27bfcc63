"""What deny policies take away from grants.

Only what is known to be denied counts: without conditions, every permission that makes the role what it is, and nobody
spared who may be the member. Where deny policies could not be read, nobody knows whether a grant holds.
https://cloud.google.com/iam/docs/deny-overview
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.iam import SUBJECT, Denials, DenyRule, IamPolicy

EVERYBODY = "principalSet://goog/public:all"
ACCOUNTS = "iam.googleapis.com/serviceAccounts."
TELLING = {
    "roles/iam.serviceAccountUser": ("actAs",),
    "roles/iam.serviceAccountTokenCreator": (
        "getAccessToken", "getOpenIdToken", "implicitDelegation", "signBlob", "signJwt",
    ),
    "roles/iam.workloadIdentityUser": ("getAccessToken", "getOpenIdToken"),
}  # fmt: skip
"""What one gets by a role, of service accounts (https://cloud.google.com/iam/docs/service-account-permissions)."""
NAMES = {
    "user:": SUBJECT,
    "group:": "principalSet://goog/group/",
    "serviceAccount:": "principal://iam.googleapis.com/projects/-/serviceAccounts/",
}
"""How members are called in deny policies (https://cloud.google.com/iam/docs/principal-identifiers)."""


def is_denied(role: str, member: str, policy: IamPolicy, denials: Population[Denials]) -> bool:
    """Whether deny policies there or above are known to take away all that a grant gives."""
    rules = [
        rule
        for place in policy.ancestors
        for _, found in denials.here.having(place, by="id")
        if "rules" not in missing_fields(found)
        for rule in found.rules
        if not missing_fields(rule) and not rule.condition and _is_meant(member, rule)
    ]
    return bool(rules) and all(any(_takes(rule, f"{ACCOUNTS}{each}") for rule in rules) for each in TELLING[role])


def not_read(policy: IamPolicy, denials: Population[Denials]) -> str:
    """The places there and above whose deny policies could not be read, or not whole; empty where all were."""
    return ", ".join(place for place in policy.ancestors if not any(_read(place, denials)))


def _read(place: str, denials: Population[Denials]) -> Iterator[bool]:
    for _, found in denials.here.having(place, by="id"):
        yield "rules" not in missing_fields(found) and not any(missing_fields(rule) for rule in found.rules)


def _is_meant(member: str, rule: DenyRule) -> bool:
    """Whether a rule is about a member, and spares nobody who may be it: a group may have in it who is spared, and who
    is in a set that is spared nobody here knows."""
    kind = next((each for each in NAMES if member.startswith(each)), "")
    name = NAMES[kind] + member.removeprefix(kind) if kind else member
    if name not in rule.principals and EVERYBODY not in rule.principals:
        return False
    if not rule.spared_principals:
        return True
    single = kind in ("user:", "serviceAccount:")
    return (
        single
        and name not in rule.spared_principals
        and all(each.startswith("principal://") for each in rule.spared_principals)
    )


def _takes(rule: DenyRule, permission: str) -> bool:
    return any(fnmatchcase(permission, each) for each in rule.permissions) and not any(
        fnmatchcase(permission, each) for each in rule.spared_permissions
    )
