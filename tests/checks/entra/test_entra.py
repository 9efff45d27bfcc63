"""The truth tables of what only Entra ID has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.entra import conditional_access, governance, logs, methods, roles, tenant
from core.model import Evidence
from core.resource import Resource, unobserved
from core.resources.azure.logging import DiagnosticSetting, DirectoryLog, LogWorkspace
from core.resources.entra import (
    AccessReview,
    ConditionalAccess,
    EntraRole,
    EntraTenant,
    GroupTerm,
    ManagedDevice,
    NamedLocation,
    OfferedMethod,
    RiskyUser,
)
from core.resources.idp import Group, RoleAssignment, User
from tests.checks.idp.samples import HIDDEN, NOW, SOON, group, role, seen, user, verdict

TENANT = "entra/acme"


def here(*found: Resource, kind: str = "", missing: str = "") -> Evidence:
    return seen(*found, kind=kind, missing=missing, source=TENANT)


def acme(**changes: Any) -> EntraTenant:
    values: dict[str, Any] = {
        "id": TENANT, "premium": True, "guest_role": "limited", "invitations": "none",
        "applications_by_everybody": False, "consent_by_everybody": (), "consent_requests": True,
        "consent_reviewers": 2, "own_words_refused": True,
    }  # fmt: skip
    return EntraTenant(**{**values, **changes})


SETTINGS = [
    (tenant.guests_see_little, {}, "pass: the access of guests to the directory is limited"),
    (tenant.guests_see_little, {"guest_role": "that of members"}, "fail: the access of guests to the directory is that of members"),
    (tenant.few_invite_guests, {}, "pass: who may invite guests is none"),
    (tenant.few_invite_guests, {"invitations": "everyone"}, "fail: who may invite guests is everyone"),
    (tenant.applications_are_registered_by_few, {}, "pass: nobody without a role may register applications"),
    (tenant.applications_are_registered_by_few, {"applications_by_everybody": True}, "fail: anybody may register applications"),
    (tenant.people_do_not_consent_alone, {}, "pass: nobody without a role may consent"),
    (tenant.people_do_not_consent_alone, {"consent_by_everybody": ("microsoft-user-default-low",)},
     "pass: anybody may consent by microsoft-user-default-low alone"),
    (tenant.people_do_not_consent_alone, {"consent_by_everybody": ("microsoft-user-default-legacy",)},
     "fail: anybody may consent by microsoft-user-default-legacy"),
    (tenant.consent_can_be_asked_for, {}, "pass: people can ask for consent; 2 entries name who answers"),
    (tenant.consent_can_be_asked_for, {"consent_reviewers": 0}, "fail: people can ask for consent, and nobody is named to answer"),
    (tenant.consent_can_be_asked_for, {"consent_requests": False}, "fail: nobody can ask for consent"),
    (tenant.own_words_are_refused, {}, "pass: a list of our own words is enforced"),
    (tenant.own_words_are_refused, {"own_words_refused": False}, "fail: no list of our own words is enforced"),
    (tenant.own_words_are_refused, {"own_words_refused": False, "premium": False},
     "not_applicable: a list of one's own needs a licence of Entra ID P1, which the tenant has not"),
    (tenant.own_words_are_refused, {"premium": HIDDEN}, "unknown: entra_tenant.premium was not observed: denied"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "changes", "said"), SETTINGS, ids=[str(number) for number in range(len(SETTINGS))])
def test_settings_of_the_tenant(check: Any, changes: dict[str, Any], said: str) -> None:
    assert verdict(check, here(acme(**changes)), of=TENANT) == said


def of_roles(
    check: Any, *assignments: RoleAssignment, users: tuple[User, ...] = (), groups: tuple[Group, ...] = (),
    missing: str = "", defined: tuple[EntraRole, ...] | None = None, terms: tuple[GroupTerm, ...] | None = None,
    **settings: Any,
) -> str:  # fmt: skip
    """Without `defined` and `terms` as evidence of before these were asked."""
    parts = [
        here(acme()), here(*assignments, kind=RoleAssignment.kind, missing=missing), here(*users, kind=User.kind),
        here(*groups, kind=Group.kind),
    ]  # fmt: skip
    parts += [] if defined is None else [here(*defined, kind=EntraRole.kind, missing=missing)]
    parts += [] if terms is None else [here(*terms, kind=GroupTerm.kind, missing=missing)]
    return verdict(check, *parts, of=TENANT, **settings).replace(f"{TENANT}: ", "")


NOBODY_FOR_EVER = "pass: nobody has a privileged role for ever but who is kept for emergencies or approved"
IN_ADMINS: dict[str, Any] = {"assignments": (role("g-admins"),), "groups": (group("admins", "u-ada"),)}
ORDINARY = {"assignments": (role(privileged=False),)}


def defined(*, marked: Any = True, name: str = "Owner") -> tuple[EntraRole, ...]:
    return (EntraRole(id="d", name=name, built_in=False, marked=marked),)


def place(ends: Any = SOON, group: str = "g-admins") -> GroupTerm:
    return GroupTerm(id=f"{group}/{'' if ends is None else 'ends'}", group=group, principal="u-ada", ends=ends)


LASTING: list[tuple[dict[str, Any], str]] = [
    ({**ORDINARY, "defined": defined()}, "fail: ada has Owner for ever"),
    ({**ORDINARY, "defined": defined(), "approved": ("own*",)}, NOBODY_FOR_EVER),
    ({**ORDINARY, "defined": defined(marked=False)}, NOBODY_FOR_EVER),
    ({**ORDINARY, "defined": defined(marked=HIDDEN)}, "unknown: entra_role.marked was not observed: denied"),
    ({**ORDINARY, "defined": defined(name="Other")}, "unknown: the role Owner is not among those that are defined"),
    ({**IN_ADMINS, "terms": (place(),)}, NOBODY_FOR_EVER),
    ({**IN_ADMINS, "terms": (place(), place(None))}, "fail: ada has Owner for ever"),
    ({**IN_ADMINS, "terms": (place(group="g-others"),)}, "fail: ada has Owner for ever"),
    ({**IN_ADMINS, "terms": (place(HIDDEN),)}, "unknown: entra_group_term.ends was not observed: denied"),
    ({**IN_ADMINS, "terms": ()}, "fail: ada has Owner for ever"),
    ({"assignments": (role(ends=SOON),)}, NOBODY_FOR_EVER),
    ({"assignments": (role(eligible=True),)}, NOBODY_FOR_EVER),
    ({"assignments": (role(privileged=False),)}, NOBODY_FOR_EVER),
    ({"assignments": ()}, NOBODY_FOR_EVER),
    ({"assignments": (role(),)}, "fail: ada has Owner for ever"),
    ({"assignments": (role(),), "emergency_accounts": ("ada",)}, NOBODY_FOR_EVER),
    ({"assignments": (role(),), "approved": ("u-a*",)}, NOBODY_FOR_EVER),
    ({"assignments": (role(),), "approved": ("ada",)}, NOBODY_FOR_EVER),
    ({"assignments": (role("g-admins"),), "groups": (group("admins", "u-ada"),)}, "fail: ada has Owner for ever"),
    ({"assignments": (role("g-admins"),), "groups": (group("admins", "u-ada"),), "approved": ("admins",)}, NOBODY_FOR_EVER),
    ({"assignments": (role("sp", principal_kind="application"),)}, "fail: the application sp has Owner for ever"),
    ({"assignments": (role("g-gone"),)}, "unknown: the group g-gone was not seen"),
    ({"assignments": (role(), role("g-gone"))}, "fail: ada has Owner for ever"),
    ({"assignments": (role(ends=HIDDEN),)}, "unknown: idp_role_assignment.ends was not observed: denied"),
    ({"assignments": (), "missing": "denied"}, "unknown: the whole population of idp_role_assignment was not observed: denied"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), LASTING, ids=[str(number) for number in range(len(LASTING))])
def test_privileged_roles_are_taken_for_a_while(given: dict[str, Any], said: str) -> None:
    given = {"users": (user("ada"),), **given}
    assert of_roles(roles.privileged_roles_are_taken_for_a_while, *given.pop("assignments"), **given) == said


KEPT: list[tuple[dict[str, Any], str]] = [
    ({**ORDINARY, "defined": defined(), "users": (user("ada", synchronised_from="corp"),)},
     "fail: another directory keeps ada (corp)"),
    ({"approved": ("Owner",), "users": (user("ada", synchronised_from="corp"),)},
     "not_applicable: no account that can sign in has a privileged role"),
    ({}, "pass: no other directory keeps an account with a privileged role"),
    ({"users": (user("ada", synchronised_from="corp"),)}, "fail: another directory keeps ada (corp)"),
    ({"users": (user("ada", synchronised_from="corp", service=True),)}, "fail: another directory keeps ada (corp)"),
    ({"users": (user("ada", synchronised_from="corp", enabled=False),)}, "not_applicable: no account that can sign in has a privileged role"),
    ({"users": (user("ada", synchronised_from="corp", service=True, enabled=False),)}, "not_applicable: no account that can sign in has a privileged role"),
    ({"users": (user("ada", synchronised_from=HIDDEN),)}, "unknown: idp_user.synchronised_from was not observed: denied"),
    ({"assignments": (role(privileged=False),)}, "not_applicable: no account that can sign in has a privileged role"),
    ({"assignments": (role(), role("g-gone"))}, "unknown: the group g-gone was not seen"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), KEPT, ids=[str(number) for number in range(len(KEPT))])
def test_administrators_are_kept_here(given: dict[str, Any], said: str) -> None:
    given = {"users": (user("ada"),), "assignments": (role(),), **given}
    assert of_roles(roles.administrators_are_kept_here, *given.pop("assignments"), **given) == said


OWN_ROLES: list[tuple[tuple[EntraRole, ...], dict[str, Any], str]] = [
    (defined(), {}, "fail: Owner hold privileged rights"),
    (defined(), {"approved": ("own*",)}, "pass: no role of our own holds a privileged right but what is approved"),
    (defined(marked=False), {}, "pass: no role of our own holds a privileged right but what is approved"),
    (defined(marked=HIDDEN), {}, "unknown: entra_role.marked was not observed: denied"),
    ((EntraRole(id="d", name="Owner", built_in=True, marked=HIDDEN),), {},
     "pass: no role of our own holds a privileged right but what is approved"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "settings", "said"), OWN_ROLES, ids=[str(number) for number in range(len(OWN_ROLES))]
)
def test_own_privileged_roles_are_approved(found: tuple[EntraRole, ...], settings: dict[str, Any], said: str) -> None:
    assert of_roles(roles.own_privileged_roles_are_approved, defined=found, **settings) == said


def policy(**changes: Any) -> ConditionalAccess:
    values = {"id": "p", "name": "MFA", "state": "enabled", "left_out": (), "limited_to": ()}
    return ConditionalAccess(**{**values, **changes})


LEFT_OUT: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, "pass: MFA leaves out nothing"),
    ({"left_out": ("location Office", "platform macOS")}, {}, "fail: MFA leaves out location Office, platform macOS"),
    ({"left_out": ("location Office",)}, {"approved": ("location *",)}, "pass: MFA leaves out 1 approved"),
    ({"state": "report only", "left_out": ("x",)}, {}, "not_applicable: MFA is report only"),
    ({"left_out": HIDDEN}, {}, "unknown: entra_conditional_access.left_out was not observed: denied"),
]


@pytest.mark.parametrize(
    ("changes", "settings", "said"), LEFT_OUT, ids=[str(number) for number in range(len(LEFT_OUT))]
)
def test_what_is_left_out_is_approved(changes: dict[str, Any], settings: dict[str, Any], said: str) -> None:
    assert verdict(conditional_access.what_is_left_out_is_approved, here(policy(**changes)), of="p", **settings) == said


@pytest.mark.parametrize(("state", "said"), [
    ("enabled", "pass: MFA is enabled"), ("disabled", "not_applicable: MFA is disabled"), ("report only", "fail: MFA only reports"),
])  # fmt: skip
def test_policy_is_enforced(state: str, said: str) -> None:
    assert verdict(conditional_access.policy_is_enforced, here(policy(state=state)), of="p") == said


PLACES: list[tuple[dict[str, Any], str]] = [
    ({}, "pass: Office trusts 192.0.2.0/24"),
    ({"ranges": ("2001:db8::/48", "192.0.2.0/20")}, "pass: Office trusts 192.0.2.0/20, 2001:db8::/48"),
    ({"ranges": ("192.0.0.0/16",)}, "fail: Office trusts 192.0.0.0/16"),
    ({"ranges": ("2001:db8::/32",)}, "fail: Office trusts 2001:db8::/32"),
    ({"ranges": ()}, "pass: Office trusts no network"),
    ({"trusted": False, "ranges": ("0.0.0.0/1",)}, "not_applicable: Office is not trusted"),
]


@pytest.mark.parametrize(("changes", "said"), PLACES, ids=[str(number) for number in range(len(PLACES))])
def test_trusted_location_is_narrow(changes: dict[str, Any], said: str) -> None:
    values = {"id": "l", "name": "Office", "trusted": True, "ranges": ("192.0.2.0/24",), "countries": ()}
    found = NamedLocation(**{**values, **changes})
    assert verdict(conditional_access.trusted_location_is_narrow, here(found), of="l") == said


def review(**changes: Any) -> AccessReview:
    values: dict[str, Any] = {
        "id": "r", "name": "Quarterly", "about": "guests", "recurring": True,
        "last_completed": datetime(2026, 8, 26, tzinfo=UTC),
    }  # fmt: skip
    return AccessReview(**{**values, **changes})


NONE_HELD = "fail: entra/acme holds no review of guests that comes again by itself"
REVIEWS: list[tuple[tuple[AccessReview, ...], str]] = [
    ((review(),), "pass: Quarterly was last completed on 2026-08-26"),
    ((review(about=HIDDEN), review(id="2")), "pass: Quarterly was last completed on 2026-08-26"),
    ((review(last_completed=datetime(2025, 8, 26, tzinfo=UTC)),), "fail: Quarterly was last completed on 2025-08-26"),
    ((review(last_completed=None),), "fail: Quarterly was last completed never"),
    ((review(recurring=False),), NONE_HELD),
    ((review(about="roles"),), NONE_HELD),
    ((), NONE_HELD),
    ((review(last_completed=unobserved("denied")),), "unknown: entra_access_review.last_completed was not observed: denied"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "said"), REVIEWS, ids=[str(number) for number in range(len(REVIEWS))])
def test_guests_are_reviewed(found: tuple[AccessReview, ...], said: str) -> None:
    parts = here(acme()), here(*found, kind=AccessReview.kind)
    assert verdict(governance.guests_are_reviewed, *parts, of=TENANT) == said


def test_roles_are_reviewed_and_what_is_hidden_is_no_review() -> None:
    check = governance.roles_are_reviewed
    assert verdict(check, here(acme()), here(review(about="roles")), of=TENANT).startswith("pass")
    assert verdict(check, here(acme()), here(review()), of=TENANT).startswith("fail")
    hidden = here(review(), kind=AccessReview.kind, missing="denied")
    assert verdict(check, here(acme()), hidden, of=TENANT).startswith("unknown")


RISKS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {}, "fail: eve is at high risk since 2026-11-01"),
    ({"since": NOW}, {}, "pass: eve is at high risk since 2026-11-23"),
    ({"level": "medium"}, {}, "not_applicable: eve is at medium risk"),
    ({"level": "medium"}, {"levels": ("medium", "high")}, "fail: eve is at medium risk since 2026-11-01"),
    ({"level": HIDDEN}, {}, "unknown: entra_risky_user.level was not observed: denied"),
]


@pytest.mark.parametrize(("changes", "settings", "said"), RISKS, ids=[str(number) for number in range(len(RISKS))])
def test_risk_is_dealt_with(changes: dict[str, Any], settings: dict[str, Any], said: str) -> None:
    values: dict[str, Any] = {"id": "u", "login": "eve", "level": "high", "since": datetime(2026, 11, 1, tzinfo=UTC)}
    found = RiskyUser(**{**values, **changes})
    assert verdict(governance.risk_is_dealt_with, here(found), of="u", **settings) == said


def device(**changes: Any) -> ManagedDevice:
    values: dict[str, Any] = {
        "id": "d", "name": "LAPTOP", "owner": "ada", "encrypted": True, "compliance": "compliant",
        "last_seen": datetime(2026, 11, 22, tzinfo=UTC),
    }  # fmt: skip
    return ManagedDevice(**{**values, **changes})


DEVICES: list[tuple[Any, dict[str, Any], str]] = [
    (governance.device_is_encrypted, {}, "pass: LAPTOP is encrypted"),
    (governance.device_is_encrypted, {"encrypted": False}, "fail: LAPTOP is not encrypted"),
    (governance.device_is_compliant, {}, "pass: LAPTOP is compliant, and was last heard of on 2026-11-22"),
    (governance.device_is_compliant, {"compliance": "inGracePeriod"}, "fail: LAPTOP is inGracePeriod, and was last heard of on 2026-11-22"),
    (governance.device_is_compliant, {"last_seen": datetime(2026, 7, 1, tzinfo=UTC)}, "fail: LAPTOP is compliant, and was last heard of on 2026-07-01"),
    *(
        (governance.device_is_compliant, {"compliance": word}, f"unknown: Intune says {word}, and not whether LAPTOP is compliant")
        for word in ("unknown", "configManager", "unknownFutureValue")
    ),
]  # fmt: skip


@pytest.mark.parametrize(("check", "changes", "said"), DEVICES, ids=[str(number) for number in range(len(DEVICES))])
def test_devices(check: Any, changes: dict[str, Any], said: str) -> None:
    assert verdict(check, here(device(**changes)), of="d") == said


def method(**changes: Any) -> OfferedMethod:
    values = {
        "id": "Fido2",
        "enabled": True,
        "everybody": True,
        "left_out": (),
        "resists_phishing": True,
        "set_up_by_people": True,
    }
    return OfferedMethod(**{**values, **changes})


OFFERED: list[tuple[tuple[OfferedMethod, ...], str]] = [
    ((method(),), "pass: Fido2 is offered to everybody"),
    ((method(left_out=("g-x",)),), "fail: Fido2 is offered to all but g-x"),
    ((method(everybody=False), method(id="X509Certificate", left_out=("g-x",))),
     "fail: Fido2 is offered to some; X509Certificate is offered to all but g-x"),
    ((method(set_up_by_people=False),), "fail: Fido2 is offered to everybody, and nobody may set it up"),
    ((method(enabled=False), method(id="Sms", resists_phishing=False)), "fail: nothing is offered that cannot be phished"),
    ((method(id="X509Certificate", resists_phishing=False),), "fail: nothing is offered that cannot be phished"),
    ((), "fail: nothing is offered that cannot be phished"),
    ((method(everybody=HIDDEN),), "unknown: entra_offered_method.everybody was not observed: denied"),
    ((method(resists_phishing=HIDDEN),), "unknown: entra_offered_method.resists_phishing was not observed: denied"),
    ((method(set_up_by_people=HIDDEN),), "unknown: entra_offered_method.set_up_by_people was not observed: denied"),
    ((method(everybody=HIDDEN), method(id="X509Certificate")), "pass: X509Certificate is offered to everybody"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "said"), OFFERED, ids=[str(number) for number in range(len(OFFERED))])
def test_resistant_method_is_offered(found: tuple[OfferedMethod, ...], said: str) -> None:
    check = methods.resistant_method_is_offered_to_everybody
    parts = here(acme()), here(*found, kind=OfferedMethod.kind)
    assert verdict(check, *parts, of=TENANT).replace(f"{TENANT}: ", "") == said


def sent(*categories: str, **changes: Any) -> DiagnosticSetting:
    values: dict[str, Any] = {
        "name": "central", "categories": categories, "groups": (), "storage": "", "workspace": "/w", "event_hub": "",
        "partner": "",
    }  # fmt: skip
    return DiagnosticSetting(**{**values, **changes})


def directory(*settings: DiagnosticSetting, **changes: Any) -> DirectoryLog:
    return DirectoryLog(**{"id": "t", "settings": settings, **changes})


BOTH = ("AuditLogs", "SignInLogs")
BACKGROUND = ("NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs")
EXPORTED: list[tuple[Any, DirectoryLog, str]] = [
    (logs.background_sign_ins_leave_the_directory, directory(sent(*BACKGROUND)),
     f"pass: diagnostic settings of the directory send {', '.join(BACKGROUND)}"),
    (logs.background_sign_ins_leave_the_directory, directory(sent(*BACKGROUND[:1]), sent(*BACKGROUND, workspace="")),
     f"fail: no diagnostic setting of the directory sends {', '.join(BACKGROUND[1:])}"),
    (logs.background_sign_ins_leave_the_directory, directory(settings=HIDDEN),
     "unknown: azure_directory_log.settings was not observed: denied"),
    (logs.exported_log_is_kept, directory(sent(*BOTH)), "pass: workspaces keep AuditLogs and SignInLogs for 365 days or longer, where no table has its own retention"),
    (logs.exported_log_is_kept, directory(sent(*BOTH, workspace="/short")),
     "fail: workspaces keep AuditLogs for 30 days and SignInLogs for 30 days, not for 365"),
    (logs.exported_log_is_kept, directory(sent("AuditLogs"), sent(groups=("allLogs",), workspace="/short")),
     "fail: workspaces keep SignInLogs for 30 days, not for 365"),
    (logs.exported_log_is_kept, directory(sent("AuditLogs")), "fail: no diagnostic setting of the directory sends SignInLogs"),
    (logs.exported_log_is_kept, directory(sent(*BOTH, workspace="/elsewhere")),
     "unknown: AuditLogs and SignInLogs go to where nobody looks at how long they are kept"),
    (logs.exported_log_is_kept, directory(sent("AuditLogs"), sent("SignInLogs", workspace="/short", storage="/s")),
     "unknown: SignInLogs go to where nobody looks at how long they are kept"),
    (logs.exported_log_is_kept, directory(sent(*BOTH, workspace="", event_hub="/e")),
     "unknown: AuditLogs and SignInLogs go to where nobody looks at how long they are kept"),
    (logs.exported_log_is_kept, directory(settings=HIDDEN), "unknown: azure_directory_log.settings was not observed: denied"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "log", "said"), EXPORTED, ids=[str(number) for number in range(len(EXPORTED))])
def test_where_logs_go_and_for_how_long(check: Any, log: DirectoryLog, said: str) -> None:
    kept = [
        LogWorkspace(id=name, name=name, location="", subscription="s", retention_days=days)
        for name, days in (("/w", 365), ("/short", 30))
    ]
    assert verdict(check, here(log), seen(*kept, source="azure/acme"), of="t") == said


def test_whoever_is_told_of_can_be_erased() -> None:
    risky = RiskyUser(id="u", login="eve", level="high", since=NOW)
    assert list(risky.persons()) == ["eve"]
    assert list(RiskyUser(id="u", login=HIDDEN, level="high", since=NOW).persons()) == []
    assert list(device().persons()) == ["LAPTOP", "ada"]
    assert list(device(name=HIDDEN, owner="").persons()) == []
