"""Who may do what: allow policies, service accounts and their keys, API keys, organization policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from core.resource import Observed, Resource, missing_fields, part, resource

SUBJECT = "principal://goog/subject/"
"""How deny policies begin to name a person."""


@part
class Binding(Observed):
    """A role and who has it."""

    role: str
    members: tuple[str, ...]
    """`user:ada@example.org`, `serviceAccount:…`, `group:…`, `domain:…`, `allUsers`, `principalSet://…`, `deleted:…`"""
    condition: str
    """The expression under which it holds; empty where it always does."""


@part
class AuditConfig(Observed):
    """One kind of data access that a service logs."""

    service: str
    """`allServices`, or one by its name."""
    log_type: str
    """`ADMIN_READ`, `DATA_READ`, `DATA_WRITE`."""
    exempted: tuple[str, ...]


@resource("gcp_iam_policy")
class IamPolicy(Resource):
    """The allow policy that is set on something; what it inherits stands in those above. The id is that thing's."""

    id: str
    container: str
    asset_type: str
    ancestors: tuple[str, ...]
    """Where it belongs to, from the project to the organization; of a container itself this begins with its name."""
    bindings: tuple[Binding, ...]
    audits: tuple[AuditConfig, ...]

    def persons(self) -> Iterator[str]:
        hidden = missing_fields(self)
        members = [] if "bindings" in hidden else [each for binding in self.bindings for each in binding.members]
        members += [] if "audits" in hidden else [each for audit in self.audits for each in audit.exempted]
        for member in members:
            kind, _, name = member.removeprefix("deleted:").partition(":")
            if kind == "user":
                yield name.partition("?")[0]


@part
class DenyRule(Observed):
    """What a deny policy takes away, whatever allow policies grant. Words are those of version 2 of the API."""

    principals: tuple[str, ...]
    """`principal://goog/subject/ada@example.org`, `principalSet://goog/public:all`, …"""
    spared_principals: tuple[str, ...]
    permissions: tuple[str, ...]
    """`iam.googleapis.com/serviceAccounts.actAs`; a star stands for everything in its place."""
    spared_permissions: tuple[str, ...]
    condition: str
    """The expression under which it holds; empty where it always does."""


@resource("gcp_denials")
class Denials(Resource):
    """What deny policies of a project, a folder or the organization take away there and below. The id is its own."""

    id: str
    rules: tuple[DenyRule, ...]

    def persons(self) -> Iterator[str]:
        for rule in () if "rules" in missing_fields(self) else self.rules:
            for each in (*rule.principals, *rule.spared_principals):
                if each.startswith(SUBJECT):
                    yield each.removeprefix(SUBJECT)


@resource("gcp_group")
class CloudGroup(Resource):
    """A group that policies name. The id is its address."""

    id: str
    members: tuple[str, ...]
    """As policies write them: `user:ada@example.org`, `group:…`, `serviceAccount:…`."""

    def persons(self) -> Iterator[str]:
        for member in () if "members" in missing_fields(self) else self.members:
            kind, _, name = member.partition(":")
            if kind == "user":
                yield name


@resource("gcp_custom_role")
class CustomRole(Resource):
    """A role that somebody made, in a project or in the organization."""

    id: str
    container: str
    title: str
    permissions: tuple[str, ...]
    stage: str
    """`GA`, `BETA`, `ALPHA`, `EAP`, `DEPRECATED`; `DISABLED` grants nothing."""


@resource("gcp_service_account")
class ServiceAccount(Resource):
    """A service account of a project of ours."""

    id: str
    container: str
    email: str
    number: str
    """Its unique id, which stays when another account gets the same name."""
    disabled: bool


@resource("gcp_service_account_key")
class ServiceAccountKey(Resource):
    """A key of a service account. Those that Google manages are never shown to anybody."""

    id: str
    container: str
    account: str
    """Its account: by number or address, as the name of the key has it."""
    managed_by: Literal["USER_MANAGED", "SYSTEM_MANAGED"]
    disabled: bool
    made: datetime
    expires: datetime


@part
class LastUse(Observed):
    """When something was last used, and from when to when Google looked for it."""

    name: str
    """The number of an account, the id of a key."""
    last: datetime | None
    """`None` where no use was seen between the other two."""
    since: datetime
    until: datetime


@resource("gcp_account_uses")
class AccountUses(Resource):
    """When the service accounts of a project were last used. The id is the project's."""

    id: str
    uses: tuple[LastUse, ...]


@resource("gcp_key_uses")
class KeyUses(Resource):
    """When the keys of the service accounts of a project were last used. The id is the project's."""

    id: str
    uses: tuple[LastUse, ...]


@resource("gcp_api_key")
class ApiKey(Resource):
    """An API key. Who has it is somebody, so what it opens is all there is to say."""

    id: str
    container: str
    name: str
    made: datetime
    services: tuple[str, ...]
    """The APIs that it opens; none are named where it opens all that are enabled."""
    callers: Literal["browser", "server", "android", "ios", "any"]
    """What restricts who may use it: addresses of pages, of machines, or apps. What lets in all restricts nobody."""


@part
class PolicyRule(Observed):
    """One rule of an organization policy."""

    enforce: bool | None
    """Of constraints that are on or off."""
    allow_all: bool
    deny_all: bool
    allowed: tuple[str, ...]
    denied: tuple[str, ...]
    condition: str


@resource("gcp_organization_policy")
class OrganizationPolicy(Resource):
    """What an organization, folder or project sets for one constraint; whoever sets nothing inherits."""

    id: str
    container: str
    constraint: str
    rules: tuple[PolicyRule, ...]
    inherits: bool
    """Rules from above count as well."""
    resets: bool
    """The constraint is as Google has it, whatever stands above."""


@resource("gcp_access_approval")
class AccessApproval(Resource):
    """What must be approved before staff of Google reach the content of a project, folder or organization."""

    id: str
    container: str
    services: tuple[str, ...]
    """Those of which access needs approval."""
    inherits: bool
    """Services are enrolled somewhere above."""


@resource("gcp_essential_contact")
class EssentialContact(Resource):
    """Whom Google writes to about an organization, folder or project."""

    id: str
    container: str
    email: str
    categories: tuple[str, ...]
    valid: bool
    """Google has not found the address to be dead."""

    def persons(self) -> Iterator[str]:
        if "email" not in missing_fields(self):
            yield self.email
