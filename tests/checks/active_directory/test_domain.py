"""Truth tables of domains and their password policies."""

from __future__ import annotations

from typing import Any

import pytest

from checks.active_directory.domain import (
    built_in_administrator_rests,
    computers_are_added_by_administrators,
    deleted_accounts_can_be_brought_back,
    functional_level_is_current,
    guest_is_switched_off,
    krbtgt_key_is_new,
    old_compatibility_is_closed,
    only_administrators_change_privileged_accounts,
    operators_are_protected,
    secrets_are_copied_by_controllers,
    strangers_cannot_search,
)
from checks.active_directory.password_policies import (
    exception_is_not_weaker,
    guesses_are_counted_for_long,
    policy_keeps_hashes_alone,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.active_directory import AdAccount
from tests.checks.active_directory.twins import LATELY, LONG_AGO, NOW, OURS, account, domain, kept, policy
from tests.checks.idp.samples import user
from tests.twins import population

STRANGE = f"{OURS}-1105"


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (computers_are_added_by_administrators, {}, Status.PASS),
        (computers_are_added_by_administrators, {"machine_account_quota": 10}, Status.FAIL),
        (strangers_cannot_search, {}, Status.PASS),
        (strangers_cannot_search, {"strangers_may_search": True}, Status.FAIL),
        (strangers_cannot_search, {"strangers_may_read_addresses": True}, Status.FAIL),
        (operators_are_protected, {}, Status.PASS),
        (operators_are_protected, {"unprotected": ("Print Operators",)}, Status.FAIL),
        (only_administrators_change_privileged_accounts, {}, Status.PASS),
        (
            only_administrators_change_privileged_accounts,
            {"changes_privileged": ("S-1-5-21-1-2-3-519",)},
            Status.PASS,
        ),
        (only_administrators_change_privileged_accounts, {"changes_privileged": (STRANGE,)}, Status.FAIL),
        (only_administrators_change_privileged_accounts, {"changes_privileged": ("S-1-5-10",)}, Status.FAIL),
        (only_administrators_change_privileged_accounts, {"changes_privileged": ("S-1-5-9",)}, Status.FAIL),
        (deleted_accounts_can_be_brought_back, {}, Status.PASS),
        (deleted_accounts_can_be_brought_back, {"recycle_bin": False}, Status.FAIL),
        (old_compatibility_is_closed, {}, Status.PASS),
        (old_compatibility_is_closed, {"old_access": ("S-1-1-0", "S-1-5-7")}, Status.FAIL),
        (secrets_are_copied_by_controllers, {}, Status.PASS),
        (secrets_are_copied_by_controllers, {"copies_secrets": (STRANGE,)}, Status.FAIL),
        (secrets_are_copied_by_controllers, {"copies_secrets": ("S-1-5-11",)}, Status.FAIL),
        (secrets_are_copied_by_controllers, {"copies_secrets": ("S-1-5-21-1-2-3-519",)}, Status.PASS),
        (secrets_are_copied_by_controllers, {"copies_secrets": (f"{OURS}-512", f"{OURS}-516")}, Status.PASS),
        (secrets_are_copied_by_controllers, {"copies_secrets": ("S-1-5-21-1-2-3-512",)}, Status.FAIL),
        (functional_level_is_current, {}, Status.PASS),
        (functional_level_is_current, {"functional_level": 4}, Status.FAIL),
        (functional_level_is_current, {"functional_level": 99}, Status.PASS),
    ],
)
def test_a_domain(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(domain(**changes)).status is status


def test_who_synchronises_may_be_approved() -> None:
    assert (
        secrets_are_copied_by_controllers(domain(copies_secrets=(STRANGE,)), approved=(STRANGE,)).status is Status.PASS
    )
    verdict = only_administrators_change_privileged_accounts(domain(changes_privileged=(STRANGE,)), approved=(STRANGE,))
    assert verdict.status is Status.PASS


def accounts(relative: int, **changes: Any) -> Any:
    return population(account(sid=f"{OURS}-{relative}", **changes))


@pytest.mark.parametrize(
    ("changed", "status"), [(LATELY, Status.PASS), (LONG_AGO, Status.FAIL), (None, Status.UNKNOWN)]
)
def test_the_key_of_krbtgt(changed: object, status: Status) -> None:
    verdict = krbtgt_key_is_new(domain(), accounts(502, password_changed=changed), as_of=NOW)
    assert verdict.status is status
    assert krbtgt_key_is_new(domain(), accounts(1104), as_of=NOW).status is Status.UNKNOWN


def test_the_guest() -> None:
    assert guest_is_switched_off(domain(), accounts(501, enabled=False)).status is Status.PASS
    assert guest_is_switched_off(domain(), accounts(501)).status is Status.FAIL
    assert guest_is_switched_off(domain(), accounts(1104)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"last_sign_in": LATELY}, Status.FAIL),
        ({"last_sign_in": LONG_AGO}, Status.PASS),
        ({"last_sign_in": None}, Status.PASS),
        ({"last_sign_in": LATELY, "enabled": False}, Status.PASS),
        ({"last_sign_in": NOW.replace(month=8, day=20), "sign_ins_lag_days": 14}, Status.UNKNOWN),
    ],
)
def test_the_built_in_administrator(changes: dict[str, Any], status: Status) -> None:
    users = population(user(id="a", **changes))
    assert built_in_administrator_rests(domain(), accounts(500), users, as_of=NOW).status is status


def test_no_built_in_administrator_is_seen() -> None:
    users = population(user(id="other"))
    assert built_in_administrator_rests(domain(), accounts(1104), users, as_of=NOW).status is Status.UNKNOWN
    assert built_in_administrator_rests(domain(), accounts(500), users, as_of=NOW).status is Status.UNKNOWN
    hidden: Any = population(account(sid=unobserved("denied")), kind=AdAccount.kind)
    with pytest.raises(NotObservedError):
        built_in_administrator_rests(domain(), hidden, users, as_of=NOW)


def test_passwords_that_can_be_read_again() -> None:
    assert policy_keeps_hashes_alone(kept()).status is Status.PASS
    assert policy_keeps_hashes_alone(kept(reversible=True)).status is Status.FAIL


@pytest.mark.parametrize(
    ("counted", "status"), [(900, Status.PASS), (899, Status.FAIL), (0, Status.FAIL), (None, Status.PASS)]
)
def test_guesses_that_are_forgotten(counted: int | None, status: Status) -> None:
    assert guesses_are_counted_for_long(kept(counted_seconds=counted)).status is status


OWN = policy(id="own", name="corp.example", default=True)


@pytest.mark.parametrize(
    ("changes", "weaker"),
    [
        ({}, ""),
        ({"minimum_length": 6}, "6 characters"),
        ({"simple_refused": False}, "simple passwords"),
        ({"history": 0}, "0 remembered"),
        ({"maximum_days": 0}, "never a new password"),
        ({"maximum_days": 90}, "a new password after 90 days"),
        ({"maximum_days": 30}, ""),
        ({"wrong_guesses": 0}, "0 wrong guesses"),
        ({"wrong_guesses": 9}, "9 wrong guesses"),
        ({"wrong_guesses": 3, "locked_seconds": 0}, ""),
        ({"locked_seconds": 60}, "60 seconds of lock"),
        ({"minimum_length": 20, "history": 24}, ""),
    ],
)
def test_an_exception_is_compared(changes: dict[str, Any], weaker: str) -> None:
    verdict = exception_is_not_weaker(kept(), population(OWN, policy(**changes)))
    assert verdict.status is (Status.FAIL if weaker else Status.PASS)
    assert weaker in verdict.reason


def test_an_exception_that_cannot_be_compared() -> None:
    assert exception_is_not_weaker(kept(default=True), population(OWN)).status is Status.NOT_APPLICABLE
    assert exception_is_not_weaker(kept(), population(policy())).status is Status.UNKNOWN
    assert exception_is_not_weaker(kept(), population(OWN)).status is Status.UNKNOWN
    with pytest.raises(NotObservedError):
        exception_is_not_weaker(kept(), population(OWN, policy(history=unobserved("denied"))))
