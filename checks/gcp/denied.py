"""What deny policies take away from grants.

Only what is known to be denied counts: without conditions, every permission that makes the role what it is, and nobody
spared who may be the member. Basic roles and most roles of administration have permissions that no deny policy takes,
so what they grant stands. Where deny policies could not be read, nobody knows whether a grant of another role holds.
https://cloud.google.com/iam/docs/deny-overview
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from core.population import Population
from core.resource import missing_fields
from core.resources.gcp.hierarchy import Container
from core.resources.gcp.iam import SUBJECT, Denials, DenyRule

EVERYBODY = "principalSet://goog/public:all"
ACTING = (
    "roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator", "roles/iam.workloadIdentityUser",
)  # fmt: skip
"""Roles by which one acts as service accounts."""
_PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "roles/iam.serviceAccountUser": ("iam.googleapis.com/serviceAccounts.", ("actAs",)),
    "roles/iam.serviceAccountTokenCreator": (
        "iam.googleapis.com/serviceAccounts.",
        ("getAccessToken", "getOpenIdToken", "implicitDelegation", "signBlob", "signJwt"),
    ),
    "roles/iam.workloadIdentityUser": ("iam.googleapis.com/serviceAccounts.", ("getAccessToken", "getOpenIdToken")),
    "roles/iam.serviceAccountAdmin": (
        "iam.googleapis.com/serviceAccounts.",
        ("create", "delete", "disable", "enable", "setIamPolicy", "undelete", "update"),
    ),
    "roles/iam.serviceAccountKeyAdmin": (
        "iam.googleapis.com/serviceAccountKeys.",
        ("create", "delete", "disable", "enable"),
    ),
    "roles/cloudkms.cryptoKeyEncrypter": ("cloudkms.googleapis.com/cryptoKeyVersions.", ("useToEncrypt",)),
    "roles/cloudkms.cryptoKeyDecrypter": ("cloudkms.googleapis.com/cryptoKeyVersions.", ("useToDecrypt",)),
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": (
        "cloudkms.googleapis.com/cryptoKeyVersions.",
        ("useToDecrypt", "useToEncrypt"),
    ),
    "roles/secretmanager.secretAccessor": ("secretmanager.googleapis.com/versions.", ("access",)),
    "roles/storage.legacyObjectReader": ("storage.googleapis.com/", ("objects.get",)),
    "roles/storage.objectViewer": (
        "storage.googleapis.com/",
        ("folders.get", "folders.list", "managedFolders.get", "managedFolders.list", "objects.get", "objects.list"),
    ),
}
TELLING = {role: tuple(f"{service}{each}" for each in names) for role, (service, names) in _PARTS.items()}
"""What one gets by a role and could misuse, in the words of deny policies, of roles of which all of that can be denied
(https://cloud.google.com/iam/docs/roles-permissions)."""
NAMES = {
    "user:": SUBJECT,
    "group:": "principalSet://goog/group/",
    "serviceAccount:": "principal://iam.googleapis.com/projects/-/serviceAccounts/",
}
"""How members are called in deny policies (https://cloud.google.com/iam/docs/principal-identifiers)."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Grants in words: those that are left, and those that deny policies take away. `unread` names the places whose
    deny policies may take away what is left as well; it is empty where something is left that none can."""

    kept: tuple[str, ...]
    taken: tuple[str, ...]
    unread: str


@dataclass(frozen=True, slots=True)
class Denied:
    """What is denied, as far as it was seen."""

    denials: Population[Denials]
    containers: Population[Container]

    def takes(self, role: str, member: str, places: Iterable[str]) -> bool:
        """Whether deny policies of these places are known to take away all that a grant below them gives."""
        wanted = TELLING.get(role, ())
        rules = [each for each in self._rules(places) if _is_meant(member, each)] if wanted else []
        return bool(rules) and all(any(_covers(rule, each) for rule in rules) for each in wanted)

    def not_read(self, places: Iterable[str]) -> str:
        """The places whose deny policies could not be read, or not whole; empty where all were. Raises
        `NotObservedError` when there may be policies that were not listed."""
        self.denials.here.require_all()
        return ", ".join(place for place in places if not self._is_read(place))

    def weigh(self, granted: Iterable[tuple[str, str]], places: tuple[str, ...]) -> Weighed:
        """What is left of grants below these places. Raises `NotObservedError`."""
        found = [(role, member, self.takes(role, member, places)) for role, member in granted]
        kept = [(role, member) for role, member, taken in found if not taken]
        stands = any(role not in TELLING for role, _ in kept)
        return Weighed(
            tuple(f"{member} has {role}" for role, member in kept),
            tuple(f"{member} has {role}" for role, member, taken in found if taken),
            "" if stands or not kept else self.not_read(places),
        )

    def _is_read(self, place: str) -> bool:
        return self.containers.here.get(place) is not None and not any(
            "rules" in missing_fields(found) or any(map(missing_fields, found.rules))
            for _, found in self.denials.here.having(place, by="id")
        )

    def _rules(self, places: Iterable[str]) -> Iterator[DenyRule]:
        for place in places:
            for _, found in self.denials.here.having(place, by="id"):
                for rule in () if "rules" in missing_fields(found) else found.rules:
                    if not missing_fields(rule) and not rule.condition:
                        yield rule


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


def _covers(rule: DenyRule, permission: str) -> bool:
    return any(fnmatchcase(permission, each) for each in rule.permissions) and not any(
        fnmatchcase(permission, each) for each in rule.spared_permissions
    )
