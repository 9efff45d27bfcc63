"""Truth tables of applications, of what they were allowed, and of tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.idp.api_tokens import (
    token_belongs_to_somebody_here,
    token_has_no_privileged_role,
    token_is_bound_to_networks,
    token_is_replaced,
    token_is_used,
)
from checks.idp.applications import application_credentials_end, application_has_an_owner, high_rights_are_approved
from core.plugins import Check
from tests.checks.idp.samples import (
    HIDDEN,
    LATELY,
    LONG_AGO,
    SOON,
    application,
    credential,
    grant,
    group,
    role,
    seen,
    token,
    user,
    verdict,
)

OVER, LONG = credential(expires=LATELY), credential(created=LONG_AGO)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass: Payroll: 1 credentials end, or are replaced, in time"),
        (
            {"credentials": (credential(expires=None, method="key"),)},
            "pass: Payroll: 1 credentials end, or are replaced, in time",
        ),
        ({"credentials": (credential(expires=None),)}, "fail: Payroll: the secret c of 2026-06-01 never ends"),
        (
            {"credentials": (credential(expires=None, created=LONG_AGO, method="key"),)},
            "fail: Payroll: the key c of 2024-03-01 never ends",
        ),
        (
            {"credentials": (credential(expires=None, created=LONG_AGO),)},
            "fail: Payroll: the secret c of 2024-03-01 never ends",
        ),
        (
            {"credentials": (credential(expires=None, created=HIDDEN),)},
            "unknown: Credential.created was not observed: denied",
        ),
        ({"credentials": (OVER, credential())}, "fail: Payroll: the secret c ended on 2026-11-01"),
        ({"credentials": (credential(expires=SOON),)}, "fail: Payroll: the secret c ends on 2026-12-01"),
        ({"credentials": (LONG,)}, "fail: Payroll: the secret c of 2024-03-01 lasts until 2027-03-01"),
        ({"credentials": (credential(expires=HIDDEN),)}, "unknown: Credential.expires was not observed: denied"),
        ({"credentials": (credential(expires=HIDDEN), OVER)}, "fail: Payroll: the secret c ended on 2026-11-01"),
        ({"credentials": ()}, "not_applicable: Payroll has no credentials"),
        ({"enabled": False}, "not_applicable: Payroll is switched off"),
    ],
)
def test_credentials_end(changes: dict[str, Any], expected: str) -> None:
    assert verdict(application_credentials_end, seen(application(**changes)), of="a") == expected


@pytest.mark.parametrize(
    ("changes", "people", "expected"),
    [
        ({}, seen(user()), "pass: ada answers for Payroll"),
        ({"foreign": True}, seen(user()), "not_applicable: somebody else answers for Payroll"),
        ({"enabled": False}, seen(user()), "not_applicable: Payroll is switched off"),
        ({"owners": ()}, seen(user()), "fail: nobody answers for Payroll"),
        ({"owners": ("u-gone", "u-ada")}, seen(user()), "pass: ada answers for Payroll"),
        ({"owners": ("u-gone", "u-ada")}, seen(user(enabled=False)), "fail: nobody answers for Payroll who can still sign in: ada, u-gone cannot"),
        ({"owners": ("u-gone",)}, seen(user(), missing="denied"), "unknown: idp_user with id u-gone was not observed: denied"),
    ],
)  # fmt: skip
def test_an_owner(changes: dict[str, Any], people: Any, expected: str) -> None:
    assert verdict(application_has_an_owner, seen(application(**changes)), people, of="a") == expected


@pytest.mark.parametrize(
    ("given", "settings", "expected"),
    [
        (grant("User.Read"), {}, "pass: Payroll has no high right"),
        (grant("Mail.Read", "User.Read"), {}, "fail: Payroll has Mail.Read, which nobody has approved"),
        (grant("Policy.ReadWrite.ConditionalAccess"), {}, "fail: Payroll has Policy.ReadWrite.ConditionalAccess, which nobody has approved"),
        (grant("Directory.AccessAsUser.All"), {}, "fail: Payroll has Directory.AccessAsUser.All, which nobody has approved"),
        (grant("okta.users.manage"), {}, "fail: Payroll has okta.users.manage, which nobody has approved"),
        (grant("https://www.googleapis.com/auth/drive", user="u-ada"), {}, "fail: Payroll has https://www.googleapis.com/auth/drive for one user, which nobody has approved"),
        (grant("contents:write"), {"approved": ("pay*",)}, "pass: Payroll has contents:write, which is approved"),
        (grant("contents:write"), {"approved": ("a",)}, "pass: Payroll has contents:write, which is approved"),
        (grant(rights=HIDDEN), {}, "unknown: idp_grant.rights was not observed: denied"),
    ],
)  # fmt: skip
def test_high_rights(given: Any, settings: dict[str, Any], expected: str) -> None:
    assert verdict(high_rights_are_approved, seen(given), of="g", **settings) == expected


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (token_is_used, {}, "pass: it was last used on 2026-11-01"),
        (token_is_used, {"last_used": LONG_AGO}, "fail: it was last used on 2024-03-01"),
        (token_is_used, {"last_used": None}, "fail: it was never used, and was made on 2026-06-01"),
        (token_is_used, {"last_used": None, "created": LATELY}, "pass: it was never used, and was made on 2026-11-01"),
        (token_is_used, {"last_used": HIDDEN}, "unknown: idp_api_token.last_used was not observed: denied"),
        (token_is_used, {"active": False}, "not_applicable: it is switched off"),
        (token_is_used, {"expires": LATELY}, "not_applicable: it ended on 2026-11-01"),
        (token_is_replaced, {"expires": SOON}, "pass: it was made on 2026-06-01"),
        (token_is_replaced, {"created": LONG_AGO}, "fail: it was made on 2024-03-01"),
        (token_is_replaced, {"active": False}, "not_applicable: it is switched off"),
        (token_is_bound_to_networks, {}, "pass: it is accepted from named networks alone"),
        (token_is_bound_to_networks, {"network_bound": False}, "fail: it is accepted from everywhere"),
        (token_is_bound_to_networks, {"active": False}, "not_applicable: it is switched off"),
        (token_belongs_to_somebody_here, {}, "pass: it belongs to ada"),
        (token_belongs_to_somebody_here, {"owner": ""}, "fail: it is nobody's"),
        (token_belongs_to_somebody_here, {"owner": "u-gone"}, "fail: its owner u-gone is none of the users"),
        (token_belongs_to_somebody_here, {"owner": "u-eve"}, "fail: nobody can sign in to its owner eve"),
        (token_belongs_to_somebody_here, {"active": False}, "not_applicable: it is switched off"),
    ],
)
def test_a_token(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    people = seen(user(), user("eve", enabled=False))
    assert verdict(check, seen(token(**changes)), people, of="t") == expected


@pytest.mark.parametrize(
    ("changes", "roles", "expected"),
    [
        ({}, (role("u-bob"),), "pass: its owner has no privileged role"),
        ({}, (role("u-bob", privileged=HIDDEN), role("g-admins")), "fail: its owner ada has the role Owner"),
        ({}, (role(privileged=False), role("u-bob", eligible=True)), "pass: its owner has no privileged role"),
        ({}, (role("u-bob", privileged=HIDDEN),), "unknown: idp_role_assignment.privileged was not observed: denied"),
        ({}, (role("g-gone"),), "unknown: the group g-gone was not seen"),
        ({"active": False}, (role(),), "not_applicable: it is switched off"),
        ({}, (role(ends=LATELY),), "pass: its owner has no privileged role"),
        ({}, (role(ends=SOON),), "fail: its owner ada has the role Owner"),
        ({}, (role(ends=HIDDEN),), "unknown: idp_role_assignment.ends was not observed: denied"),
    ],
)
def test_a_token_has_no_privileged_role(changes: dict[str, Any], roles: tuple[Any, ...], expected: str) -> None:
    parts = seen(*roles), seen(user(), user("bob")), seen(group("admins", "u-ada", "u-bob"))
    assert verdict(token_has_no_privileged_role, seen(token(**changes)), *parts, of="t") == expected


def test_where_roles_may_be_hidden_no_token_passes() -> None:
    parts = seen(role("u-bob"), missing="denied"), seen(user("bob")), seen(group("admins"))
    said = verdict(token_has_no_privileged_role, seen(token(created=datetime(2026, 1, 1, tzinfo=UTC))), *parts, of="t")
    assert said.startswith("unknown: the whole population of idp_role_assignment")
