"""Truth tables of accounts, of privileges and of delegation."""

from __future__ import annotations

from typing import Any

import pytest

from checks.active_directory.accounts import (
    identity_is_proven_first,
    password_expires,
    password_is_kept_as_hash,
    password_is_required,
    tickets_are_made_with_aes,
)
from checks.active_directory.delegation import (
    account_does_not_act_for_anybody,
    delegation_is_narrow,
    deputies_are_approved,
)
from checks.active_directory.privileged import (
    account_has_one_identity,
    mark_of_privilege_has_a_reason,
    members_are_approved,
    privileged_account_cannot_be_borrowed,
    privileged_account_offers_no_service,
    privileged_person_is_protected,
    schema_admins_is_empty,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.active_directory import Member
from tests.checks.active_directory.twins import OURS, account, computer, group, member
from tests.twins import population

OFF, SERVICE, FOREIGN = {"enabled": False}, {"services": ("HTTP/web",)}, "S-1-5-21-1-2-3"
RULES: dict[str, Any] = {"privileged_through": ("Domain Admins",)}


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (password_expires, {}, Status.PASS),
        (password_expires, {"password_expires": False}, Status.FAIL),
        (password_expires, {"password_expires": False, **OFF}, Status.NOT_APPLICABLE),
        (password_expires, {"password_expires": False, "type": "managed"}, Status.NOT_APPLICABLE),
        (password_is_required, {}, Status.PASS),
        (password_is_required, {"password_required": False}, Status.FAIL),
        (password_is_required, {"password_required": False, **OFF}, Status.NOT_APPLICABLE),
        (identity_is_proven_first, {}, Status.PASS),
        (identity_is_proven_first, {"preauthentication": False}, Status.FAIL),
        (identity_is_proven_first, {"preauthentication": False, **OFF}, Status.NOT_APPLICABLE),
        (password_is_kept_as_hash, {}, Status.PASS),
        (password_is_kept_as_hash, {"password_reversible": True, **OFF}, Status.FAIL),
        (tickets_are_made_with_aes, {}, Status.NOT_APPLICABLE),
        (tickets_are_made_with_aes, SERVICE, Status.UNKNOWN),
        (tickets_are_made_with_aes, {**SERVICE, "ciphers": ("AES256", "RC4")}, Status.FAIL),
        (tickets_are_made_with_aes, {**SERVICE, "ciphers": ("AES128", "AES256")}, Status.PASS),
        (tickets_are_made_with_aes, {**SERVICE, "ciphers": ("RC4",), "type": "computer"}, Status.NOT_APPLICABLE),
        (tickets_are_made_with_aes, {**SERVICE, "des_alone": True, "type": "computer"}, Status.FAIL),
        (tickets_are_made_with_aes, {"des_alone": True}, Status.FAIL),
        (tickets_are_made_with_aes, {"des_alone": True, **OFF}, Status.NOT_APPLICABLE),
        (privileged_account_offers_no_service, SERVICE, Status.NOT_APPLICABLE),
        (privileged_account_offers_no_service, RULES, Status.PASS),
        (privileged_account_offers_no_service, {**RULES, **SERVICE}, Status.FAIL),
        (privileged_account_offers_no_service, {**RULES, **SERVICE, **OFF}, Status.NOT_APPLICABLE),
        (privileged_account_offers_no_service, {**RULES, **SERVICE, "type": "managed"}, Status.NOT_APPLICABLE),
        (privileged_account_cannot_be_borrowed, {}, Status.NOT_APPLICABLE),
        (privileged_account_cannot_be_borrowed, RULES, Status.FAIL),
        (privileged_account_cannot_be_borrowed, {**RULES, "may_be_delegated": False}, Status.PASS),
        (privileged_account_cannot_be_borrowed, {**RULES, "protected_user": True}, Status.PASS),
        (privileged_person_is_protected, {}, Status.NOT_APPLICABLE),
        (privileged_person_is_protected, RULES, Status.FAIL),
        (privileged_person_is_protected, {**RULES, "protected_user": True}, Status.PASS),
        (privileged_person_is_protected, {**RULES, "service": True}, Status.NOT_APPLICABLE),
        (privileged_person_is_protected, {**RULES, "sid": f"{OURS}-500"}, Status.NOT_APPLICABLE),
        (mark_of_privilege_has_a_reason, {}, Status.NOT_APPLICABLE),
        (mark_of_privilege_has_a_reason, {"marked_privileged": True}, Status.FAIL),
        (mark_of_privilege_has_a_reason, {"marked_privileged": True, **RULES}, Status.PASS),
        (mark_of_privilege_has_a_reason, {"marked_privileged": True, "controller": True}, Status.PASS),
        (mark_of_privilege_has_a_reason, {"marked_privileged": True, "sid": f"{OURS}-502"}, Status.PASS),
        (account_has_one_identity, {}, Status.PASS),
        (account_has_one_identity, {"former_sids": (f"{FOREIGN}-1105",)}, Status.FAIL),
        (account_does_not_act_for_anybody, {}, Status.PASS),
        (account_does_not_act_for_anybody, {"acts_for_anybody": True}, Status.FAIL),
        (account_does_not_act_for_anybody, {"acts_for_anybody": True, "controller": True}, Status.PASS),
        (account_does_not_act_for_anybody, {"acts_for_anybody": True, **OFF}, Status.NOT_APPLICABLE),
        (deputies_are_approved, {}, Status.PASS),
        (deputies_are_approved, {"admits_deputies": ("S-1-5-11",)}, Status.FAIL),
        (deputies_are_approved, {"admits_deputies": ("S-1-5-11",), "controller": True}, Status.FAIL),
    ],
)  # fmt: skip
def test_an_account(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(account(**changes)).status is status


@pytest.mark.parametrize(
    ("check", "changes", "settings"),
    [
        (password_expires, {"password_expires": False}, {"approved": ("ada",)}),
        (account_has_one_identity, {"former_sids": (f"{FOREIGN}-1105",)}, {"approved_domains": (FOREIGN,)}),
        (deputies_are_approved, {"admits_deputies": ("S-1-5-11",)}, {"approved": ("S-1-5-11",)}),
    ],
)
def test_what_was_approved(check: Check[...], changes: dict[str, Any], settings: dict[str, Any]) -> None:
    assert check(account(**changes)).status is Status.FAIL
    verdict = check(account(**changes), **settings)
    assert verdict.status is Status.PASS
    assert "approved" in verdict.reason or "migrated" in verdict.reason


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (password_expires, "password_expires"),
        (password_is_required, "password_required"),
        (identity_is_proven_first, "enabled"),
        (tickets_are_made_with_aes, "services"),
        (privileged_account_offers_no_service, "privileged_through"),
        (account_does_not_act_for_anybody, "acts_for_anybody"),
        (account_has_one_identity, "former_sids"),
    ],
)
def test_what_was_not_shown_is_no_answer(check: Check[...], field: str) -> None:
    with pytest.raises(NotObservedError):
        check(account(**{field: unobserved("denied")}))


def test_an_account_whose_login_is_hidden_has_an_id() -> None:
    assert password_is_required(account(login=unobserved("denied"))).reason == "a has to have a password"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, Status.NOT_APPLICABLE),
        ({"acts_towards": ("HTTP/app.corp.example",)}, Status.PASS),
        ({"acts_towards": ("HTTP/app",), "acts_for_absent": True}, Status.FAIL),
        ({"acts_towards": ("time/DC1.corp.example:389/corp",)}, Status.FAIL),
        ({"acts_towards": ("ldap/dc1",), "enabled": False}, Status.NOT_APPLICABLE),
        ({"acts_towards": ("cifs/controller-of-berlin.corp.example",)}, Status.FAIL),
        ({"acts_towards": ("krbtgt/CORP.EXAMPLE",)}, Status.FAIL),
        ({"acts_towards": ("ldap/0d1e._msdcs.corp.example",)}, Status.FAIL),
    ],
)
def test_delegation(changes: dict[str, Any], status: Status) -> None:
    long = computer(id="3", name="CONTROLLER-OF-B", controller=True)
    computers = population(computer(), computer(id="2", name="DC1", controller=True), long)
    assert delegation_is_narrow(account(**changes), computers).status is status


def test_delegation_that_was_approved_or_cannot_be_compared() -> None:
    deputy = account(acts_towards=("HTTP/app",), acts_for_absent=True)
    assert delegation_is_narrow(deputy, population(computer()), approved=("ada",)).status is Status.PASS
    with pytest.raises(NotObservedError):
        delegation_is_narrow(deputy, population(computer(), missing="denied"))


def test_members_of_privileged_groups() -> None:
    assert members_are_approved(group()).status is Status.PASS
    assert members_are_approved(group("Administrator")).status is Status.PASS
    assert "ada" in members_are_approved(group("Administrator", "ada")).reason
    assert members_are_approved(group("ada")).status is Status.FAIL
    assert members_are_approved(group("ada"), approved=("ada",)).status is Status.PASS
    with pytest.raises(NotObservedError):
        members_are_approved(group(members=unobserved("denied")))


def test_schema_admins() -> None:
    sid = f"{OURS}-518"
    assert schema_admins_is_empty(group(sid=sid)).status is Status.PASS
    assert schema_admins_is_empty(group("Administrator", sid=sid)).status is Status.FAIL
    assert schema_admins_is_empty(group("ada")).status is Status.NOT_APPLICABLE
    assert schema_admins_is_empty(group(name=unobserved("denied"))).reason == "g is another group"


def test_who_is_a_person() -> None:
    """What identifies people is concealed wherever it stands."""
    assert list(account().persons()) == ["ada"]
    assert list(account(service=True).persons()) == list(account(type="computer").persons()) == []
    assert list(account(service=unobserved("denied")).persons()) == ["ada"]
    assert list(account(login=unobserved("denied")).persons()) == []
    stranger = Member(id="S-1-5-21-1-2-3-4", name="S-1-5-21-1-2-3-4", kind="foreign")
    assert list(group(members=(stranger, member("ada"))).persons()) == ["ada"]
    assert list(group(members=unobserved("denied")).persons()) == []
