"""The truth tables of who is asked for a second factor: policies, security defaults, per-user MFA, nothing, not seen."""

from __future__ import annotations

from typing import Any

import pytest

from checks.entra.second_factors import everybody_is_asked, nobody_rests_on_per_user_mfa
from checks.idp.sign_in_policies import (
    SYNCHRONISING,
    second_factor_is_demanded,
    second_factor_is_demanded_of_administrators,
)
from core.resources.entra import EntraRole, PerUserMfa
from core.resources.idp import Factors, Group, RoleAssignment, SignInPolicy, User
from tests.checks.entra.test_entra import TENANT, acme, here
from tests.checks.idp.samples import HIDDEN, factors, group, policy, role, user, verdict

CONDITIONAL = policy(name="MFA for all", stops_legacy=False)
BUT_ADA = policy(name="MFA for all", stops_legacy=False, exceptions=("u-ada",))
DEFAULTS = policy(id="security-defaults", name="Security defaults")
UNSEEN = policy(second_factor=HIDDEN, stops_legacy=False)
REPORTING = policy(enforced=False)
NO_LEGACY = policy(id="l", name="No legacy", admits=False, second_factor=False, everything=False)
WAYS: dict[str, tuple[SignInPolicy, ...]] = {
    "none": (), "reporting": (REPORTING,), "conditional": (CONDITIONAL,), "but ada": (BUT_ADA,),
    "but ada, no legacy": (BUT_ADA, NO_LEGACY), "defaults": (DEFAULTS,), "unseen": (UNSEEN,),
    "unseen, no legacy": (UNSEEN, NO_LEGACY),
}  # fmt: skip
STATES: dict[str, Any] = {"disabled": "disabled", "enabled": "enabled", "enforced": "enforced", "unseen": HIDDEN}
ASKED = {
    # by what policies say, for each state of the account; an account that is enabled has set up a factor
    "none": "fail fail pass unknown", "reporting": "fail fail pass unknown", "conditional": "pass pass pass pass",
    "but ada": "fail fail pass unknown", "but ada, no legacy": "fail pass pass unknown",
    "defaults": "pass pass pass pass", "unseen": "unknown unknown pass unknown",
    "unseen, no legacy": "unknown pass pass unknown",
}  # fmt: skip
RESTING = {
    "none": "pass fail fail unknown", "reporting": "pass fail fail unknown", "conditional": "pass pass pass pass",
    "but ada": "pass fail fail unknown", "but ada, no legacy": "pass fail fail unknown",
    "defaults": "pass pass pass pass", "unseen": "pass unknown unknown unknown",
    "unseen, no legacy": "pass unknown unknown unknown",
}  # fmt: skip
DEMANDED = {
    "none": "fail fail pass unknown", "reporting": "fail fail pass unknown", "conditional": "pass pass pass pass",
    "but ada": "pass pass pass pass",  # and who is left out is judged by itself
    "but ada, no legacy": "pass pass pass pass", "defaults": "pass pass pass pass",
    "unseen": "unknown unknown unknown unknown", "unseen, no legacy": "unknown unknown unknown unknown",
}  # fmt: skip
ROWS = [
    (check, way, state, said)
    for check, table in ((everybody_is_asked, ASKED), (nobody_rests_on_per_user_mfa, RESTING),
                         (second_factor_is_demanded, DEMANDED), (second_factor_is_demanded_of_administrators, DEMANDED))
    for way, words in table.items()
    for state, said in zip(STATES, words.split(), strict=True)
]  # fmt: skip


def account(state: Any, of: str = "ada") -> PerUserMfa:
    return PerUserMfa(id=f"u-{of}", state=state)


def judged(
    check: Any, *policies: SignInPolicy, accounts: tuple[PerUserMfa, ...] = (), users: tuple[User, ...] = (user(),),
    groups: tuple[Group, ...] = (), enrolled: tuple[Factors, ...] = (factors("push"),),
    assignments: tuple[RoleAssignment, ...] = (role(),), roles: tuple[EntraRole, ...] = (), missing: str = "",
    **settings: Any,
) -> str:  # fmt: skip
    parts = (
        here(acme()), here(*policies, kind=SignInPolicy.kind), here(*accounts, kind=PerUserMfa.kind, missing=missing),
        here(*users, kind=User.kind), here(*groups, kind=Group.kind), here(*enrolled, kind=Factors.kind),
        here(*assignments, kind=RoleAssignment.kind), here(*roles, kind=EntraRole.kind),
    )  # fmt: skip
    return verdict(check, *parts, of=TENANT, **settings).replace(f"{TENANT}: ", "")


@pytest.mark.parametrize(
    ("check", "way", "state", "said"), ROWS, ids=[f"{row[0].id}-{row[1]}-{row[2]}" for row in ROWS]
)
def test_each_way_with_each_state(check: Any, way: str, state: str, said: str) -> None:
    assert judged(check, *WAYS[way], accounts=(account(STATES[state]),)).partition(":")[0] == said


NOT_ASKED = "fail: no policy for everybody and no per-user MFA asks anybody"
ALONE = (
    "per-user MFA alone asks ada, which settings of the whole tenant may switch off for trusted addresses and "
    "remembered devices"
)
GUEST = user(guest=True)
OWNER = (EntraRole(id="a-role", name="Owner", built_in=True, marked=True),)
SYNC = (EntraRole(id=SYNCHRONISING, name="Sync", built_in=True, marked=True),)


def but(*exceptions: str) -> SignInPolicy:
    return policy(name="MFA for all", exceptions=exceptions)


DETAILS: list[tuple[tuple[SignInPolicy, ...], dict[str, Any], str]] = [
    ((CONDITIONAL, DEFAULTS), {"users": (user(), user("bob"))}, "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((DEFAULTS,), {}, "pass: a second factor is demanded by Security defaults"),
    ((BUT_ADA,), {"accounts": (account("enforced"),)}, f"pass: {ALONE}"),
    ((BUT_ADA,), {"accounts": (account("disabled"),), "users": (user(), user("bob"))},
     "fail: no policy for everybody and no per-user MFA asks ada"),
    ((BUT_ADA,), {"accounts": (account("enforced"), account("disabled", "bob")), "users": (user(), user("bob"))},
     f"pass: a second factor is demanded by Conditional Access (MFA for all); {ALONE}"),
    ((NO_LEGACY,), {"accounts": (account("enabled"),), "enrolled": (factors(),)}, NOT_ASKED),
    ((NO_LEGACY,), {"accounts": (account("enabled"),), "enrolled": ()}, "unknown: second factors of ada were not seen"),
    ((policy(id="l", name="No legacy", second_factor=False, exceptions=("u-ada",)),), {"accounts": (account("enabled"),)}, NOT_ASKED),
    ((policy(id="l", name="No legacy", second_factor=False, exceptions=("u-x",)),), {"accounts": (account("enabled"),)},
     "unknown: No legacy leaves out u-x, and who that is was not seen"),
    ((policy(second_factor=False, stops_legacy=HIDDEN),), {"accounts": (account("enabled"),)},
     "unknown: idp_sign_in_policy.stops_legacy was not observed: denied"),
    ((), {"accounts": ()}, "unknown: per-user MFA of ada was not seen"),
    ((), {"missing": "denied"}, "unknown: entra_per_user_mfa with id u-ada was not observed: denied"),
    ((CONDITIONAL,), {"missing": "denied"}, "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((), {"users": (user(enabled=False),)}, "not_applicable: no person signs in here"),
    ((), {"users": (user(service=True),)}, "not_applicable: no person signs in here"),
    ((), {"emergency_accounts": ("ada",)}, "not_applicable: no person signs in here"),
    ((), {"users": (user(enabled=HIDDEN),)}, "unknown: idp_user.enabled was not observed: denied"),
    ((), {"users": (user(enabled=HIDDEN), user("bob")), "accounts": (account("disabled", "bob"),)},
     "fail: no policy for everybody and no per-user MFA asks bob"),
    ((but("g-x"),), {"groups": (group("x", "u-ada"),), "accounts": (account("disabled"),)}, NOT_ASKED),
    ((but("g-x"),), {"groups": (group("x", "u-bob"),)}, "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((but("u-gone"),), {"accounts": (account("disabled"),)},
     "unknown: MFA for all leaves out u-gone, and who that is was not seen"),
    ((but("a-role"),), {"roles": OWNER, "accounts": (account("disabled"),)}, NOT_ASKED),
    ((but("a-role"),), {"roles": OWNER, "assignments": (role(eligible=True), role("u-bob", role="Reader"))},
     "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((but("a-role"),), {"roles": OWNER, "assignments": (role("g-gone"),), "accounts": (account("disabled"),)},
     "unknown: MFA for all leaves out a-role, and who that is was not seen"),
    ((but("u-gone"), DEFAULTS), {}, "pass: a second factor is demanded by Security defaults"),
    ((but("GuestsOrExternalUsers"),), {}, "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((but("GuestsOrExternalUsers: all"),), {"users": (GUEST,), "accounts": (account("disabled"),)}, NOT_ASKED),
    ((but(SYNCHRONISING),), {"roles": SYNC, "assignments": (role("u-sync", role="Sync"),), "users": (user("sync"), user())},
     "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((), {"roles": SYNC, "assignments": (role("u-sync", role="Sync"),), "users": (user("sync"),)},
     "not_applicable: no person signs in here"),
    ((CONDITIONAL,), {"roles": SYNC, "assignments": (role("u-sync", role=HIDDEN),)},
     "pass: a second factor is demanded by Conditional Access (MFA for all)"),
    ((but("a-role"),), {"roles": OWNER, "assignments": (role(scope="/administrativeUnits/x"),)},
     "pass: a second factor is demanded by Conditional Access (MFA for all)"),
]  # fmt: skip
INVITED, JOINED = user("ada#EXT#@x", guest=True), user("ada#EXT#@x")
LEFT_OUT = {
    # who of these is left out: a guest that may be one of ours, one that was invited, a member that was, one of us
    "GuestsOrExternalUsers": "fail fail fail pass",
    "GuestsOrExternalUsers: all": "fail fail fail pass",
    "GuestsOrExternalUsers: internalGuest,b2bCollaborationGuest,b2bCollaborationMember,serviceProvider": "fail fail fail pass",
    "GuestsOrExternalUsers: internalGuest,b2bCollaborationGuest": "fail fail pass pass",
    "GuestsOrExternalUsers: b2bCollaborationGuest": "unknown fail pass pass",
    "GuestsOrExternalUsers: internalGuest": "unknown pass pass pass",
    "GuestsOrExternalUsers: b2bDirectConnectUser,serviceProvider": "pass pass pass pass",
    "GuestsOrExternalUsers: cosmicGuest": "unknown unknown unknown pass",
    "GuestsOrExternalUsers: all from some tenants": "unknown unknown unknown pass",
    "GuestsOrExternalUsers: b2bCollaborationMember from some tenants": "pass pass unknown pass",
}  # fmt: skip
KINDS = [
    (exception, person, said)
    for exception, row in LEFT_OUT.items()
    for person, said in zip((GUEST, INVITED, JOINED, user()), row.split(), strict=True)
]


@pytest.mark.parametrize(("exception", "person", "said"), KINDS, ids=[str(number) for number in range(len(KINDS))])
def test_who_is_left_out_as_a_guest(exception: str, person: User, said: str) -> None:
    states = (PerUserMfa(id=person.id, state="disabled"),)
    found = judged(everybody_is_asked, but(exception), users=(person,), accounts=states)
    assert found.partition(":")[0] == said


@pytest.mark.parametrize(("policies", "given", "said"), DETAILS, ids=[str(number) for number in range(len(DETAILS))])
def test_everybody_is_asked(policies: tuple[SignInPolicy, ...], given: dict[str, Any], said: str) -> None:
    assert judged(everybody_is_asked, *policies, **given) == said


def test_who_rests_on_the_state_of_the_account_is_named() -> None:
    states = (account("enforced"), account("enabled", "bob"), account("enforced", "sync"))
    syncing: dict[str, Any] = {"roles": SYNC, "assignments": (role("u-sync", role="Sync"),)}
    people = (user(), user("bob"), user("sync"))
    said = judged(nobody_rests_on_per_user_mfa, accounts=states, users=people, **syncing)
    assert said == "fail: on per-user MFA alone rest ada (enforced), bob (enabled)"


NO_POLICY = "no policy that is enforced demands a second factor in all applications"


def test_per_user_mfa_of_everybody_is_a_second_factor_of_everybody() -> None:
    states = (account("enforced"), account("enabled", "bob"))
    given: dict[str, Any] = {"accounts": states, "users": (user(), user("bob"))}
    said = judged(second_factor_is_demanded, **given)
    assert said == f"fail: {NO_POLICY}, and per-user MFA does not ask bob"
    said = judged(second_factor_is_demanded, **given, emergency_accounts=("bob",))
    assert said.startswith(f"pass: {NO_POLICY}; per-user MFA asks each account, which settings")
    assert judged(second_factor_is_demanded, users=()) == f"fail: {NO_POLICY}"
    nobody = judged(second_factor_is_demanded, accounts=(account("disabled"),))
    assert nobody == f"fail: {NO_POLICY}, and per-user MFA asks nobody"


ADMINISTRATORS: list[tuple[dict[str, Any], str]] = [
    ({"assignments": (role(privileged=False),)}, "fail"),
    ({"assignments": (role("u-bob"),)}, "fail"),
    ({"assignments": (role("g-gone"),), "accounts": (account("enforced"),)}, "unknown"),
    ({"assignments": (role(privileged=HIDDEN), role(id="2")), "accounts": (account("enforced"),)}, "unknown"),
    ({"assignments": (role(privileged=HIDDEN), role(id="2")), "accounts": (account("disabled"),)}, "fail"),
]


@pytest.mark.parametrize(("given", "said"), ADMINISTRATORS, ids=[str(number) for number in range(len(ADMINISTRATORS))])
def test_per_user_mfa_of_administrators(given: dict[str, Any], said: str) -> None:
    people = {"users": (user(), user("bob")), "accounts": (account("enforced"), account("disabled", "bob"))}
    assert judged(second_factor_is_demanded_of_administrators, **{**people, **given}).partition(":")[0] == said
