"""What holds for a whole tenant: what guests and ordinary people may do, and what passwords have to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, cast

from collectors.entra.source import Entra, text_or_none, texts_of
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.entra import EntraTenant
from core.resources.idp import PasswordPolicy

ORGANIZATION = Read("/v1.0/organization", needs="Organization.Read.All")
AUTHORIZATION = Read("/v1.0/policies/authorizationPolicy", needs="Policy.Read.All")
CONSENT_REQUESTS = Read("/v1.0/policies/adminConsentRequestPolicy", needs="Policy.Read.All")
SETTINGS = Read("/v1.0/groupSettings", needs="GroupSettings.Read.All")
DOMAINS = Read("/v1.0/domains", needs="Domain.Read.All")
PREMIUM_PLANS = frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"})
"""Plans of service: Microsoft Entra ID P1 and P2."""
USABLE = frozenset({"Enabled", "Warning"})
"""In a grace period a plan works as before (https://learn.microsoft.com/graph/api/resources/assignedplan)."""
GuestRole = Literal["that of members", "limited", "restricted"]
GUEST_ROLES: Mapping[str, GuestRole] = {
    "a0b1b346-4d3e-4e8b-98f8-753987be4970": "that of members", "10dae51f-b6af-4016-8d66-8c2a99b929b3": "limited",
    "2af84b1e-32c8-42b7-82bc-daa82404023b": "restricted",
}  # fmt: skip
"""https://learn.microsoft.com/graph/api/resources/authorizationpolicy"""
Invitations = Literal["none", "adminsAndGuestInviters", "adminsGuestInvitersAndAllMembers", "everyone"]
INVITATIONS = ("none", "adminsAndGuestInviters", "adminsGuestInvitersAndAllMembers", "everyone")
FOR_SELF, FOR_OWNED = "managepermissiongrantsforself", "managepermissiongrantsforownedresource"
"""In small letters: Graph's reference and its answers begin these words differently."""
PASSWORD_RULES = "5cf42378-d67d-4f36-ba46-e8b86229381d"  # noqa: S105 - the template of the settings
BANNED_CHECK, BANNED_LIST, THRESHOLD, DURATION = (
    "EnableBannedPasswordCheck", "BannedPasswordList", "LockoutThreshold", "LockoutDurationInSeconds",
)  # fmt: skip
DEFAULT_THRESHOLD, DEFAULT_SECONDS = 10, 60
"""https://learn.microsoft.com/entra/identity/authentication/howto-password-smart-lockout"""
MINIMUM_LENGTH, HISTORY = 8, 1
"""Neither can be changed (https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy)."""
NO_END = 2**31 - 1
"""The number of days that stands for a password that never has to be changed."""


@collector(permissions=(ORGANIZATION, AUTHORIZATION, CONSENT_REQUESTS, SETTINGS))
def tenant(entra: Entra) -> Iterator[EntraTenant]:
    """What guests and people without a role may do."""
    authorization = remembered(lambda: entra.one(AUTHORIZATION))
    requests = remembered(lambda: entra.one(CONSENT_REQUESTS))
    look = entra.look
    yield EntraTenant(
        id=entra.id,
        premium=look(lambda: has_premium(entra)),
        guest_role=look(lambda: _guest_role(authorization())),
        invitations=look(lambda: _invitations(authorization())),
        applications_by_everybody=look(
            lambda: authorization().part("defaultUserRolePermissions").flag("allowedToCreateApps")
        ),
        consent_by_everybody=look(lambda: _consent(authorization())),
        consent_requests=look(lambda: requests().flag("isEnabled")),
        consent_reviewers=look(lambda: len(requests().values("reviewers"))),
        own_words_refused=look(lambda: _own_words_refused(password_rules(entra))),
    )


@collector(permissions=(SETTINGS, DOMAINS))
def passwords(entra: Entra) -> Iterator[PasswordPolicy]:
    """What passwords have to be that are kept in Entra ID. Others follow the directory that keeps them."""
    rules = remembered(lambda: password_rules(entra))
    yield PasswordPolicy(
        id="passwords",
        name="Entra ID",
        default=True,
        minimum_length=MINIMUM_LENGTH,
        simple_refused=True,  # the global list of banned passwords, and three of four kinds of characters, always hold
        history=HISTORY,
        maximum_days=entra.look(lambda: _maximum_days(entra)),
        wrong_guesses=entra.look(lambda: _number(rules(), THRESHOLD, DEFAULT_THRESHOLD)),
        locked_seconds=entra.look(lambda: _number(rules(), DURATION, DEFAULT_SECONDS)),
    )


def organization(entra: Entra) -> Fields:
    """The tenant's own entry. Raises `RestError`."""
    for found in entra.entries(ORGANIZATION, select="id,assignedPlans"):
        return found
    raise RestError("the tenant itself is not shown to us")


def has_premium(entra: Entra) -> bool:
    """Whether it has a licence of Entra ID P1 or P2. Raises `RestError`."""
    return any(
        each.text("servicePlanId") in PREMIUM_PLANS and each.text("capabilityStatus") in USABLE
        for each in organization(entra).parts("assignedPlans")
    )


def password_rules(entra: Entra) -> dict[str, str]:
    """The settings of passwords by name; none while they were never changed. Raises `RestError`."""
    for each in entra.entries(SETTINGS):
        if each.text("templateId") == PASSWORD_RULES:
            return {value.text("name"): text_or_none(value, "value") for value in each.parts("values")}
    return {}


def _guest_role(policy: Fields) -> GuestRole:
    role = policy.text("guestUserRoleId").lower()
    if role not in GUEST_ROLES:
        raise RestError(f"{role} is not known here as the role of guests")
    return GUEST_ROLES[role]


def _invitations(policy: Fields) -> Invitations:
    said = policy.text("allowInvitesFrom")
    if said not in INVITATIONS:
        raise RestError(f"{said} is not known here as who may invite guests")
    return cast("Invitations", said)


def _consent(policy: Fields) -> tuple[str, ...]:
    """The policies by which anybody may allow an application to act in their name. Raises `RestError`."""
    found = set[str]()
    for each in texts_of(policy.part("defaultUserRolePermissions"), "permissionGrantPoliciesAssigned"):
        kind, _, name = each.partition(".")
        if kind.lower() not in (FOR_SELF, FOR_OWNED):
            raise RestError(f"{each} is not known here as a permission to consent")
        if kind.lower() == FOR_SELF:
            found.add(name)
    return tuple(sorted(found))


def _own_words_refused(rules: Mapping[str, str]) -> bool:
    if (said := rules.get(BANNED_CHECK, "").lower()) not in ("true", "false", ""):
        raise RestError(f"the setting {BANNED_CHECK} is neither on nor off")
    return said == "true" and bool(rules.get(BANNED_LIST))


def _number(rules: Mapping[str, str], name: str, default: int) -> int:
    text = rules.get(name) or str(default)
    if not text.isdecimal():
        raise RestError(f"the setting {name} is no number")
    return int(text)


def _maximum_days(entra: Entra) -> int:
    """After how many days passwords have to be changed, in the domain that is slowest; 0 when it never asks.

    A domain below another one has what that has, says null, and can be set to nothing else
    (https://github.com/cisagov/ScubaGear/issues/1532).
    """
    listed = entra.entries(DOMAINS, select="id,authenticationType,isVerified,passwordValidityPeriodInDays")
    keeping = [each for each in listed if each.text("authenticationType") == "Managed" and each.flag("isVerified")]
    names = [each.text("id") for each in keeping]  # in the others nobody has a login whose password is here
    period = "passwordValidityPeriodInDays"
    days = [
        each.number(period)
        for each in keeping
        if not (each.is_null(period) and any(each.text("id").endswith(f".{name}") for name in names))
    ]
    if not days:
        raise RestError("no domain of the tenant keeps passwords here")
    return 0 if max(days) >= NO_END else max(days)
