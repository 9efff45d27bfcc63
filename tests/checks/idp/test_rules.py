"""Truth tables of roles, of policies of sign-in, of sessions, of logs and of domains."""

from __future__ import annotations

from typing import Any

import pytest

from checks.idp.audit_logs import log_is_exported, log_is_kept, log_is_written
from checks.idp.domains import domain_is_verified, federation_certificate_lasts, federation_is_approved
from checks.idp.roles import administrators_are_few
from checks.idp.sessions import (
    administrator_session_is_short,
    idle_session_ends,
    session_ends,
    session_ends_with_the_browser,
)
from checks.idp.sign_in_methods import weak_method_is_off
from checks.idp.sign_in_policies import (
    SYNCHRONISING,
    exceptions_are_approved,
    legacy_protocols_are_stopped,
    managed_devices_are_demanded,
    second_factor_is_demanded,
    second_factor_is_demanded_of_administrators,
)
from core.plugins import Check
from tests.checks.idp.samples import (
    HIDDEN,
    LATELY,
    LONG_AGO,
    NOW,
    SOON,
    domain,
    group,
    log,
    method,
    policy,
    role,
    seen,
    session,
    user,
    verdict,
)

PEOPLE = tuple(user(name) for name in ("ada", "bob", "eve", "glass"))


@pytest.mark.parametrize(
    ("roles", "people", "expected"),
    [
        ((role("u-ada"), role("u-bob")), PEOPLE, "pass: 2 people can do everything: ada, bob"),
        ((role("g-all"),), PEOPLE, "pass: 3 people can do everything: ada, bob, eve"),
        ((role("u-ada"),), PEOPLE, "fail: 1 people can do everything, fewer than 2: ada"),
        ((role("u-ada"),), (user(service=True),), "fail: 0 people can do everything, fewer than 2: nobody"),
        ((role("u-ada"), role("u-bob", scope="one unit")), PEOPLE, "fail: 1 people can do everything, fewer than 2: ada"),
        ((role("u-ada"), role("u-bob", privileged=False)), PEOPLE, "fail: 1 people can do everything, fewer than 2: ada"),
        ((role("u-ada"), role("u-bob", ends=NOW)), PEOPLE, "fail: 1 people can do everything, fewer than 2: ada"),
        ((role("u-ada"), role("u-bob", ends=SOON)), PEOPLE, "pass: 2 people can do everything: ada, bob"),
        ((role("u-ada", scope="x"),), PEOPLE, "not_applicable: no privileged role is for all of the provider"),
        ((role("u-ada"), role("u-bob", privileged=HIDDEN)), PEOPLE, "unknown: idp_role_assignment.privileged was not observed: denied"),
        ((role("u-ada"), role("u-bob")), (user("ada"), user("bob", enabled=HIDDEN)), "unknown: idp_user.enabled was not observed: denied"),
        ((role("u-ada"), role("u-gone")), PEOPLE, "unknown: u-gone, who has the role Owner, is none of the users"),
    ],
)  # fmt: skip
def test_administrators_are_few(roles: tuple[Any, ...], people: tuple[Any, ...], expected: str) -> None:
    groups = seen(group("all", "u-ada", "u-bob", "u-eve", "u-glass"))
    said = verdict(administrators_are_few, seen(*roles), seen(*people), groups, emergency_accounts=("glass",))
    assert said == expected


def test_too_many_were_seen_although_some_are_hidden() -> None:
    parts = seen(role("g-all"), role("u-gone")), seen(*PEOPLE), seen(group("all", *(each.id for each in PEOPLE)))
    assert verdict(administrators_are_few, *parts, at_most=2).startswith("fail: 4 people can do everything")


@pytest.mark.parametrize(
    ("source", "number", "expected"),
    [
        ("entra/corp", 4, "pass: 4 people"),
        ("entra/corp", 5, "fail: 5 people can do everything, more than 4: "),
        ("google_workspace/corp", 5, "fail: 5 people can do everything, more than 4: "),
        ("okta/corp", 5, "pass: 5 people"),
        ("github/corp", 5, "pass: 5 people"),
        ("github/corp", 6, "fail: 6 people can do everything, more than 5: "),
    ],
)
def test_how_many_are_few_depends_on_the_provider(source: str, number: int, expected: str) -> None:
    people = [user(f"p{each}") for each in range(number)]
    roles = [role(each.id, id=f"r-{each.id}") for each in people]
    parts = seen(*roles, source=source), seen(*people, source=source), seen(kind="idp_group", source=source)
    assert verdict(administrators_are_few, *parts, of=source).startswith(expected)


REPORTED = policy(enforced=False)
ALONE = policy(id="1", name="first", decides="alone")
LAST = policy(id="2", name="last", decides="alone", second_factor=False)


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ((policy(),), "pass: everybody demands a second factor"),
        ((policy(second_factor=False, admits=False),), "pass: everybody demands a second factor"),
        ((policy(second_factor=HIDDEN), policy(id="q", name="other")), "pass: other demands a second factor"),
        ((), "fail: no policy that is enforced demands a second factor in all applications"),
        ((REPORTED,), "fail: no policy that is enforced demands a second factor in all applications"),
        ((policy(everything=False),), "fail: no policy that is enforced demands a second factor in all applications"),
        ((policy(everybody=False),), "fail: no policy that is enforced demands a second factor in all applications"),
        ((policy(second_factor=HIDDEN),), "unknown: idp_sign_in_policy.second_factor was not observed: denied"),
        ((policy(exceptions=("g-staff", "u-ada")),), "pass: everybody demands a second factor, and leaves out g-staff, u-ada"),
        ((ALONE,), "pass: each of 1 policies that admit demands a second factor"),
        ((ALONE, LAST), "fail: last admit without demanding a second factor"),
        ((ALONE, policy(id="2", decides="alone", second_factor=HIDDEN)), "unknown: idp_sign_in_policy.second_factor was not observed: denied"),
        ((policy(decides="alone", enforced=False),), "fail: no policy that is enforced demands a second factor in all applications"),
    ],
)  # fmt: skip
def test_a_second_factor_is_demanded(policies: tuple[Any, ...], expected: str) -> None:
    assert verdict(second_factor_is_demanded, seen(*policies, kind="idp_sign_in_policy")) == expected


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (second_factor_is_demanded_of_administrators, {"everybody": False}, "pass"),
        (second_factor_is_demanded_of_administrators, {"administrators": False, "everybody": False}, "fail"),
        (second_factor_is_demanded_of_administrators, {"administrators": False}, "fail"),
        (second_factor_is_demanded, {"second_factor": False, "admits": False}, "pass"),
        (second_factor_is_demanded, {"second_factor": False, "admits": False, "exceptions": ("g-staff",)}, "fail"),
        (second_factor_is_demanded_of_administrators, {"administrators": False, "decides": "alone"}, "pass"),
        (managed_devices_are_demanded, {}, "pass"),
        (managed_devices_are_demanded, {"managed_device": False}, "fail"),
        (legacy_protocols_are_stopped, {}, "pass"),
        (legacy_protocols_are_stopped, {"stops_legacy": False}, "fail"),
        (legacy_protocols_are_stopped, {"enforced": False}, "fail"),
        (legacy_protocols_are_stopped, {"stops_legacy": HIDDEN}, "unknown"),
    ],
)
def test_what_policies_demand(check: Check[...], changes: dict[str, Any], status: str) -> None:
    assert verdict(check, seen(policy(**changes))).startswith(status)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass: everybody leaves out nobody"),
        ({"enforced": False, "exceptions": ("u-ada",)}, "not_applicable: everybody is not enforced"),
        ({"exceptions": ("u-glass", "g-glasses", "g-approved")}, "pass: everybody leaves out 3 approved"),
        ({"exceptions": ("u-ada", "u-glass")}, "fail: everybody leaves out ada"),
        ({"exceptions": ("g-mixed",)}, "fail: everybody leaves out ada"),
        ({"exceptions": ("role-7",)}, "fail: everybody leaves out role-7"),
        ({"exceptions": (SYNCHRONISING,)}, "pass: everybody leaves out 1 approved"),
        ({"exceptions": ("role-approved",)}, "pass: everybody leaves out 1 approved"),
        ({"exceptions": HIDDEN}, "unknown: idp_sign_in_policy.exceptions was not observed: denied"),
        ({"exceptions": ("u-secret",)}, "unknown: idp_user.login was not observed: denied"),
    ],
)
def test_exceptions_are_approved(changes: dict[str, Any], expected: str) -> None:
    groups = (group("glasses", "u-glass", "robot"), group("mixed", "u-ada", "u-glass"), group("approved", "u-ada"))
    people = (*PEOPLE, user("secret", login=HIDDEN))
    settings = {"emergency_accounts": ("glass",), "approved": ("approved", "role-approved")}
    said = verdict(exceptions_are_approved, seen(policy(**changes)), seen(*people), seen(*groups), of="p", **settings)
    assert said == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass: SMS is switched off"),
        ({"enabled": True}, "fail: SMS may be used"),
        ({"enabled": True, "method": "email", "name": "Email"}, "fail: Email may be used"),
        ({"enabled": True, "method": "passkey", "name": "FIDO2"}, "pass: FIDO2 is not easily taken over"),
        ({"method": HIDDEN}, "unknown: idp_sign_in_method.method was not observed: denied"),
    ],
)
def test_a_weak_method_is_off(changes: dict[str, Any], expected: str) -> None:
    assert verdict(weak_method_is_off, seen(method(**changes)), of="m") == expected


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (session_ends, {"longest_minutes": 1440}, "pass: by default a session lasts 24 hours"),
        (session_ends, {"longest_minutes": 1441}, "fail: by default a session lasts 24 hours 1 minutes, more than 24"),
        (session_ends, {"longest_minutes": 0}, "fail: by default nobody ever has to sign in again"),
        (session_ends, {"longest_minutes": HIDDEN}, "unknown: idp_session_policy.longest_minutes was not observed: denied"),
        (administrator_session_is_short, {}, "pass: by default a session lasts 12 hours"),
        (administrator_session_is_short, {"longest_minutes": 1440}, "fail: by default a session lasts 24 hours, more than 12"),
        (administrator_session_is_short, {"administrators": False}, "not_applicable: default is not for administrators"),
        (idle_session_ends, {}, "pass: by default a session ends after 120 minutes without use"),
        (idle_session_ends, {"idle_minutes": 121}, "fail: by default a session ends after 121 minutes without use"),
        (idle_session_ends, {"idle_minutes": 0}, "fail: by default a session that nobody uses goes on"),
        (session_ends_with_the_browser, {}, "pass: by default a session ends with the browser"),
        (session_ends_with_the_browser, {"survives_browser": True}, "fail: by default a session goes on after the browser was closed"),
    ],
)  # fmt: skip
def test_sessions(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert verdict(check, seen(session(**changes)), of="s") == expected


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (log_is_written, {}, "pass: the log was last written on 2026-11-23"),
        (log_is_written, {"newest": LATELY}, "fail: the log was last written on 2026-11-01"),
        (log_is_written, {"newest": LATELY, "daily": False}, "pass: the log was last written on 2026-11-01"),
        (log_is_written, {"newest": None}, "fail: the log holds nothing"),
        (log_is_written, {"enabled": False}, "fail: the log is switched off"),
        (log_is_written, {"newest": HIDDEN}, "unknown: idp_audit_log.newest was not observed: denied"),
        (log_is_exported, {}, "pass: the log is sent to siem"),
        (log_is_exported, {"exported_to": ()}, "fail: the log is sent nowhere"),
        (log_is_exported, {"enabled": False}, "not_applicable: the log is switched off"),
        (log_is_kept, {}, "pass: the log is sent to siem"),
        (log_is_kept, {"exported_to": ()}, "fail: the log is kept for 30 days only, and sent nowhere"),
        (log_is_kept, {"kept_days": 0}, "pass: the log is kept for ever"),
        (log_is_kept, {"kept_days": 400}, "pass: the log is kept for 400 days"),
        (log_is_kept, {"enabled": False}, "not_applicable: the log is switched off"),
    ],
)
def test_logs(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert verdict(check, seen(log(**changes)), of="l") == expected


OURS = "https://sso.example.org/"


@pytest.mark.parametrize(
    ("check", "changes", "settings", "expected"),
    [
        (domain_is_verified, {}, {}, "pass: example.org was shown to be ours"),
        (domain_is_verified, {"verified": False}, {}, "fail: example.org was never shown to be ours"),
        (federation_is_approved, {}, {}, "not_applicable: the provider itself signs people of example.org in"),
        (federation_is_approved, {"federated_with": OURS}, {"approved": (OURS,)}, f"pass: people of example.org are signed in by {OURS}, which is approved"),
        (federation_is_approved, {"federated_with": "https://evil.example/"}, {"approved": (OURS,)}, "fail: people of example.org are signed in by https://evil.example/, which nobody has approved"),
        (federation_is_approved, {"federated_with": OURS}, {}, f"unknown: people of example.org are signed in by {OURS}; nobody has said which issuers are approved"),
        (federation_certificate_lasts, {}, {}, "not_applicable: the provider itself signs people of example.org in"),
        (federation_certificate_lasts, {"federated_with": OURS}, {}, f"pass: {OURS} names no certificate that ends"),
        (federation_certificate_lasts, {"federated_with": OURS, "certificates_end": SOON}, {}, f"fail: the certificate of {OURS} ends on 2026-12-01"),
        (federation_certificate_lasts, {"federated_with": OURS, "certificates_end": SOON}, {"least_days": 7}, f"pass: the certificate of {OURS} ends on 2026-12-01"),
        (federation_certificate_lasts, {"federated_with": OURS, "certificates_end": LONG_AGO}, {"least_days": 0}, f"fail: the certificate of {OURS} ends on 2024-03-01"),
        (federation_certificate_lasts, {"federated_with": OURS, "certificates_end": NOW}, {"least_days": 0}, f"pass: the certificate of {OURS} ends on 2026-11-23"),
    ],
)  # fmt: skip
def test_domains(check: Check[...], changes: dict[str, Any], settings: dict[str, Any], expected: str) -> None:
    assert verdict(check, seen(domain(**changes)), of="example.org", **settings) == expected
