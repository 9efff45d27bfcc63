"""Truth tables of second factors, of people, of administrators, and of accounts for emergencies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.idp.emergency import (
    NONE_HERE,
    emergency_accounts_are_ready,
    emergency_accounts_cannot_be_phished,
    emergency_accounts_rest,
)
from checks.idp.factors import administrator_cannot_be_phished, second_factor_is_set_up, second_factor_is_strong
from core.model import Evidence
from tests.checks.aws.identities import user as iam_user
from tests.checks.idp.samples import HIDDEN, LATELY, LONG_AGO, NOW, SOON, factors, group, role, seen, user, verdict

PEOPLE = (user("ada"), user("bob"), user("eve", enabled=False))
CLOUD = seen(iam_user(name="hammer"), source="aws/1")
NO_CLOUD = seen(kind="aws_iam_user", source="aws/1")
EMERGENCY: dict[str, Any] = {"emergency_accounts": ("glass", "hammer")}


@pytest.mark.parametrize(
    ("found", "people", "expected"),
    [
        (factors("push"), PEOPLE, "pass: ada has set up push"),
        (factors(factors=HIDDEN, enrolled=True), PEOPLE, "pass: ada has set up a second factor"),
        (factors(), PEOPLE, "fail: ada has set up no second factor"),
        (factors(enrolled=HIDDEN), PEOPLE, "unknown: idp_factors.enrolled was not observed: denied"),
        (factors(), (user("bob"),), "unknown: no account with the id u-ada was seen"),
        (factors(), (user(enabled=False),), "not_applicable: nobody can sign in to ada"),
        (factors(), (user(expires=LATELY),), "not_applicable: nobody can sign in to ada"),
        (factors(), (user(service=True),), "not_applicable: ada belongs to a program"),
        (factors(), (user(enabled=HIDDEN),), "unknown: idp_user.enabled was not observed: denied"),
    ],
)
def test_a_second_factor_is_set_up(found: Any, people: tuple[Any, ...], expected: str) -> None:
    assert verdict(second_factor_is_set_up, seen(found), seen(*people), of="u-ada") == expected


def test_accounts_for_emergencies_have_rules_of_their_own() -> None:
    for check in (second_factor_is_set_up, second_factor_is_strong):
        said = verdict(check, seen(factors(of="glass")), seen(user("glass")), of="u-glass", **EMERGENCY)
        assert said == "not_applicable: glass is kept for emergencies"


@pytest.mark.parametrize(
    ("found", "people", "expected"),
    [
        (factors("sms", "passkey"), PEOPLE, "pass: ada has set up passkey, sms"),
        (factors("sms", "email"), PEOPLE, "fail: ada has set up only email, sms"),
        (factors("temporary"), PEOPLE, "fail: ada has set up only temporary"),
        (factors(), PEOPLE, "not_applicable: ada has set up no second factor"),
        (factors("push", HIDDEN), PEOPLE, "pass: ada has set up odd, push"),
        (factors("sms", HIDDEN), PEOPLE, "unknown: Factor.method was not observed: denied"),
        (factors(factors=HIDDEN, enrolled=True), PEOPLE, "unknown: idp_factors.factors was not observed: denied"),
        (factors("sms"), (user("bob"),), "unknown: no account with the id u-ada was seen"),
    ],
)
def test_a_second_factor_is_strong(found: Any, people: tuple[Any, ...], expected: str) -> None:
    assert verdict(second_factor_is_strong, seen(found), seen(*people), of="u-ada") == expected


ADMINS = group("admins", "u-bob", "g-nested", "machine-7")
NESTED = group("nested", "u-ada", "g-admins")
BOTH_SAFE = seen(factors("passkey"), factors("security key", of="bob"))


@pytest.mark.parametrize(
    ("given", "parts", "expected"),
    [
        (role(), (BOTH_SAFE,), "pass: ada with the role Owner cannot be phished"),
        (role("g-admins"), (BOTH_SAFE,), "pass: ada, bob with the role Owner cannot be phished"),
        (
            role("g-admins"),
            (seen(factors("push"), factors("passkey", of="bob")),),
            "fail: ada with the role Owner could be phished",
        ),
        (role(), (seen(factors()),), "fail: ada with the role Owner could be phished"),
        (role(privileged=False), (BOTH_SAFE,), "not_applicable: Owner is not privileged"),
        (role(), (), "unknown: second factors of ada were not seen"),
        (role("u-eve"), (), "not_applicable: no person signs in with the role Owner"),
        (role(ends=NOW), (seen(factors("sms")),), "not_applicable: Owner was held until 2026-11-23"),
        (role(ends=SOON), (seen(factors("sms")),), "fail: ada with the role Owner could be phished"),
        (role(ends=HIDDEN), (BOTH_SAFE,), "unknown: idp_role_assignment.ends was not observed: denied"),
        (role(), (seen(factors(of="bob")),), "unknown: second factors of ada were not seen"),
        (role(), (seen(factors(HIDDEN)),), "unknown: Factor.method was not observed: denied"),
        (role("u-eve"), (BOTH_SAFE,), "not_applicable: no person signs in with the role Owner"),
        (role("g-gone"), (BOTH_SAFE,), "unknown: the group g-gone was not seen"),
        (role("u-nobody"), (BOTH_SAFE,), "unknown: u-nobody, who has the role Owner, is none of the users"),
        (
            role("a-1", principal_kind="application"),
            (BOTH_SAFE,),
            "not_applicable: no person signs in with the role Owner",
        ),
    ],
)
def test_an_administrator_cannot_be_phished(given: Any, parts: tuple[Evidence, ...], expected: str) -> None:
    said = verdict(
        administrator_cannot_be_phished, seen(given), seen(*PEOPLE), seen(ADMINS, NESTED), *parts, of=given.id
    )
    assert said == expected


@pytest.mark.parametrize(
    ("source", "people", "expected"),
    [
        ("ldap/corp", PEOPLE, "not_applicable: a directory keeps no second factors"),
        ("scim/corp", PEOPLE, "not_applicable: a directory keeps no second factors"),
        ("active_directory/corp", PEOPLE, "not_applicable: a directory keeps no second factors"),
        ("aws/1", PEOPLE, "unknown: second factors of ada were not seen"),
        ("azure/1", None, "not_applicable: no accounts are kept here"),
    ],
)
def test_an_administrator_of_whom_no_second_factors_are_told(
    source: str, people: tuple[Any, ...] | None, expected: str
) -> None:
    accounts = [seen(*people, source=source)] if people else []
    said = verdict(
        administrator_cannot_be_phished, seen(role(), source=source), *accounts, seen(factors("passkey")), of="r-u-ada"
    )
    assert said.startswith(expected)


def test_a_group_that_may_hide_administrators_hides_the_verdict() -> None:
    parts = (seen(role("g-admins")), seen(*PEOPLE), BOTH_SAFE)
    hidden = seen(ADMINS, NESTED, missing="denied")
    said = verdict(administrator_cannot_be_phished, *parts, hidden, of="r-g-admins")
    assert said.startswith("unknown: the whole population of idp_group was not observed")
    unsafe = (seen(role("g-admins")), seen(*PEOPLE), seen(factors("sms"), factors("passkey", of="bob")))
    said = verdict(administrator_cannot_be_phished, *unsafe, hidden, of="r-g-admins")
    assert said == "fail: ada with the role Owner could be phished", "one that was seen is enough"


GLASS, HAMMER = user("glass", last_sign_in=LONG_AGO), user("hammer", last_sign_in=None)


@pytest.mark.parametrize(
    ("accounts", "found", "expected"),
    [
        ((GLASS, HAMMER), ("passkey", "certificate"), "pass: glass, hammer cannot be phished"),
        ((GLASS, HAMMER), ("passkey", "push"), "fail: hammer could be phished"),
        ((GLASS, HAMMER), ("passkey",), "unknown: second factors of hammer were not seen"),
        ((user("ada"),), ("passkey",), "not_applicable: no account here is named in emergency_accounts"),
    ],
)
def test_accounts_for_emergencies_cannot_be_phished(
    accounts: tuple[Any, ...], found: tuple[str, ...], expected: str
) -> None:
    registered = [factors(each, of=name) for each, name in zip(found, ("glass", "hammer"), strict=False)]
    said = verdict(emergency_accounts_cannot_be_phished, seen(*accounts), seen(*registered), **EMERGENCY)
    assert said == expected


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ((GLASS, HAMMER), "pass: glass, hammer did not sign in since 2026-10-24"),
        ((user("glass"), HAMMER), "fail: glass (2026-11-01) signed in"),
        ((user("glass", last_sign_in=HIDDEN), HAMMER), "unknown: idp_user.last_sign_in was not observed: denied"),
        (
            (user("glass", last_sign_in=None, sign_ins_recorded_since=LATELY),),
            "unknown: sign-ins of glass are known only from a later day on",
        ),
        (
            (user("glass", last_sign_in=datetime(2026, 10, 20, tzinfo=UTC), sign_ins_lag_days=14),),
            "unknown: sign-ins of glass are recorded up to 14 days late",
        ),
        ((user(),), "not_applicable: no account here is named in emergency_accounts"),
    ],
)
def test_accounts_for_emergencies_rest(accounts: tuple[Any, ...], expected: str) -> None:
    assert verdict(emergency_accounts_rest, seen(*accounts), **EMERGENCY) == expected


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ((GLASS, HAMMER), "pass: 2 accounts for emergencies stand ready: glass, hammer"),
        ((GLASS,), "fail: no account is called hammer"),
        ((GLASS, user("hammer", enabled=False)), "fail: hammer is switched off"),
        ((user("glass", expires=SOON), HAMMER), "fail: glass ends on 2026-12-01"),
        ((user("glass", expires=NOW), HAMMER), "fail: glass ended on 2026-11-23"),
        ((user("glass", synchronised_from="ldap/corp"), HAMMER), "fail: glass is kept in ldap/corp"),
        ((user(),), "fail: no account is called glass; no account is called hammer"),
    ],
)
def test_accounts_for_emergencies_are_ready(accounts: tuple[Any, ...], expected: str) -> None:
    assert verdict(emergency_accounts_are_ready, seen(*accounts), **EMERGENCY) == expected


@pytest.mark.parametrize(
    ("parts", "settings", "expected"),
    [
        ((seen(GLASS),), {"emergency_accounts": ("glass",)}, "fail: 1 accounts for emergencies stand ready: glass"),
        (
            (seen(GLASS), seen(HAMMER, source="ldap/x")),
            EMERGENCY,
            "fail: 1 accounts for emergencies stand ready: glass",
        ),
        ((seen(user()), seen(GLASS, HAMMER, source="ldap/x")), EMERGENCY, f"not_applicable: {NONE_HERE}"),
        ((seen(GLASS), CLOUD), EMERGENCY, "fail: 1 accounts for emergencies stand ready: glass"),
        ((seen(GLASS), NO_CLOUD), EMERGENCY, "fail: no account is called hammer"),
        ((seen(user()),), {}, f"not_applicable: {NONE_HERE}"),
        (
            (seen(GLASS), seen(kind="idp_user", source="ldap/x", missing="denied")),
            EMERGENCY,
            "unknown: the whole population of idp_user was not observed: denied",
        ),
    ],
)
def test_accounts_for_emergencies_may_be_elsewhere(
    parts: tuple[Evidence, ...], settings: dict[str, Any], expected: str
) -> None:
    assert verdict(emergency_accounts_are_ready, *parts, **settings) == expected
