"""Truth tables of accounts, of privileges and of delegation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.active_directory.accounts import (
    identity_is_proven_first,
    machine_replaces_its_password,
    managed_password_is_handed_to_few,
    password_expires,
    password_is_kept_as_hash,
    password_is_required,
    smart_card_key_is_replaced,
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
    owner_is_an_administrator,
    privileged_account_cannot_be_borrowed,
    privileged_account_offers_no_service,
    privileged_password_is_not_old,
    privileged_person_is_protected,
    schema_admins_is_empty,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.active_directory import Member
from tests.checks.active_directory.twins import LATELY, LONG_AGO, NOW, OURS, account, computer, domain, group, member
from tests.twins import population

OFF, SERVICE, FOREIGN = {"enabled": False}, {"services": ("HTTP/web",)}, "S-1-5-21-1-2-3"
RULES: dict[str, Any] = {"privileged_through": ("Domain Admins",)}
ANCIENT = NOW - timedelta(days=1096)
MANAGED = {"type": "managed"}
BUILT_IN, CARD = {"sid": f"{OURS}-500"}, {"smart_card": True}


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (password_expires, {}, Status.PASS),
        (password_expires, {"password_expires": False}, Status.FAIL),
        (password_expires, {"password_expires": False, **OFF}, Status.NOT_APPLICABLE),
        (password_expires, {"password_expires": False, "type": "managed"}, Status.NOT_APPLICABLE),
        (password_expires, {"smart_card": True}, Status.NOT_APPLICABLE),
        (managed_password_is_handed_to_few, {}, Status.NOT_APPLICABLE),
        (managed_password_is_handed_to_few, MANAGED, Status.PASS),
        (managed_password_is_handed_to_few, {**MANAGED, "password_handed_to": (f"{OURS}-1110",)}, Status.PASS),
        (managed_password_is_handed_to_few, {**MANAGED, "password_handed_to": (f"{OURS}-515",)}, Status.FAIL),
        (managed_password_is_handed_to_few, {**MANAGED, "password_handed_to": ("S-1-5-11",)}, Status.FAIL),
        (managed_password_is_handed_to_few, {**MANAGED, "password_handed_to": ("S-1-5-11",), **OFF}, Status.NOT_APPLICABLE),
        (password_is_required, {}, Status.PASS),
        (password_is_required, {"password_required": False, "type": "trust"}, Status.NOT_APPLICABLE),
        (password_is_required, {"password_required": False, "type": "computer"}, Status.FAIL),
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
        (tickets_are_made_with_aes, {**SERVICE, "ciphers": ("AES256", "DES"), "type": "computer"}, Status.FAIL),
        (tickets_are_made_with_aes, {"des_alone": True}, Status.FAIL),
        (tickets_are_made_with_aes, {"des_alone": True, **OFF}, Status.NOT_APPLICABLE),
        (privileged_account_offers_no_service, SERVICE, Status.NOT_APPLICABLE),
        (privileged_account_offers_no_service, RULES, Status.PASS),
        (privileged_account_offers_no_service, {**RULES, **SERVICE}, Status.FAIL),
        (privileged_account_offers_no_service, {**RULES, **SERVICE, **OFF}, Status.NOT_APPLICABLE),
        (privileged_account_offers_no_service, {**RULES, **SERVICE, "type": "managed"}, Status.NOT_APPLICABLE),
        (owner_is_an_administrator, {"owner": f"{OURS}-1105"}, Status.NOT_APPLICABLE),
        (owner_is_an_administrator, RULES, Status.PASS),
        (owner_is_an_administrator, {"controller": True, "owner": f"{FOREIGN}-519"}, Status.PASS),
        (owner_is_an_administrator, {"controller": True, "owner": "S-1-5-32-544"}, Status.PASS),
        (owner_is_an_administrator, {"controller": True, "owner": f"{OURS}-1105"}, Status.FAIL),
        (owner_is_an_administrator, {**RULES, "owner": f"{FOREIGN}-512"}, Status.FAIL),
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
        (deputies_are_approved, {"admits_deputies": ("S-1-5-11",), "sid": f"{OURS}-502"}, Status.FAIL),
    ],
)  # fmt: skip
def test_an_account(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(account(**changes)).status is status


@pytest.mark.parametrize(
    ("check", "changes", "level", "status"),
    [
        (privileged_account_cannot_be_borrowed, {}, 7, Status.NOT_APPLICABLE),
        (privileged_account_cannot_be_borrowed, RULES, 7, Status.FAIL),
        (privileged_account_cannot_be_borrowed, {**RULES, "may_be_delegated": False}, 4, Status.PASS),
        (privileged_account_cannot_be_borrowed, {**RULES, "protected_user": True}, 6, Status.PASS),
        (privileged_account_cannot_be_borrowed, {**RULES, "protected_user": True}, 5, Status.FAIL),
        (privileged_account_cannot_be_borrowed, {**RULES, "protected_user": True, **BUILT_IN}, 7, Status.FAIL),
        (privileged_account_cannot_be_borrowed, {**RULES, "may_be_delegated": False, **BUILT_IN}, 7, Status.PASS),
        (privileged_person_is_protected, {}, 7, Status.NOT_APPLICABLE),
        (privileged_person_is_protected, RULES, 7, Status.FAIL),
        (privileged_person_is_protected, {**RULES, "protected_user": True}, 6, Status.PASS),
        (privileged_person_is_protected, {**RULES, "protected_user": True}, 4, Status.FAIL),
        (privileged_person_is_protected, {**RULES, "service": True}, 7, Status.NOT_APPLICABLE),
        (privileged_person_is_protected, {**RULES, **BUILT_IN}, 7, Status.NOT_APPLICABLE),
    ],
)
def test_what_protected_users_is_worth(check: Check[...], changes: dict[str, Any], level: int, status: Status) -> None:
    """Controllers keep its promises from the level of Windows Server 2012 R2 on."""
    assert check(account(**changes), population(domain(functional_level=level))).status is status


def test_a_level_that_is_not_known_protects_nobody() -> None:
    with pytest.raises(NotObservedError):
        privileged_person_is_protected(
            account(**RULES, protected_user=True), population(domain(functional_level=unobserved("denied")))
        )


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (smart_card_key_is_replaced, {}, Status.NOT_APPLICABLE),
        (smart_card_key_is_replaced, CARD, Status.PASS),
        (smart_card_key_is_replaced, {**CARD, "password_changed": LONG_AGO}, Status.FAIL),
        (smart_card_key_is_replaced, {**CARD, "password_changed": None}, Status.UNKNOWN),
        (smart_card_key_is_replaced, {**CARD, **OFF}, Status.NOT_APPLICABLE),
        (smart_card_key_is_replaced, {**CARD, "type": "computer"}, Status.NOT_APPLICABLE),
        (privileged_password_is_not_old, {"password_changed": ANCIENT}, Status.NOT_APPLICABLE),
        (privileged_password_is_not_old, {**RULES, "password_changed": LONG_AGO}, Status.PASS),
        (privileged_password_is_not_old, {**RULES, "password_changed": ANCIENT}, Status.FAIL),
        (privileged_password_is_not_old, {**RULES, "password_changed": None}, Status.UNKNOWN),
    ],
)
def test_keys_that_nobody_chose(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(account(**changes), as_of=NOW).status is status


@pytest.mark.parametrize(
    ("changes", "signed_in", "status"),
    [
        ({"password_changed": LONG_AGO, "type": "user"}, LATELY, Status.NOT_APPLICABLE),
        ({"password_changed": LONG_AGO, "type": "managed"}, LATELY, Status.NOT_APPLICABLE),
        ({"password_changed": None, **OFF}, None, Status.NOT_APPLICABLE),
        ({"password_changed": None}, None, Status.FAIL),
        ({}, LATELY, Status.PASS),
        ({"password_changed": LONG_AGO}, LATELY, Status.FAIL),
        ({"password_changed": LONG_AGO}, LONG_AGO, Status.PASS),
        ({"password_changed": LONG_AGO}, None, Status.FAIL),
        ({"password_changed": LONG_AGO, "type": "trust"}, LONG_AGO, Status.FAIL),
    ],
)
def test_machines_that_keep_their_password(changes: dict[str, Any], signed_in: object, status: Status) -> None:
    machine = account(**{"type": "computer", **changes})
    there = population(computer(id="a", last_sign_in=signed_in))
    assert machine_replaces_its_password(machine, there, as_of=NOW).status is status


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


def test_the_administrators_of_a_domain_that_is_migrated_are_not_approved() -> None:
    moved = account(former_sids=(f"{FOREIGN}-512", f"{FOREIGN}-1105"))
    verdict = account_has_one_identity(moved, approved_domains=(FOREIGN,))
    assert (verdict.status, f"{FOREIGN}-1105" in verdict.reason) == (Status.FAIL, False)


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
        ({"acts_towards": ("E3514235-4B06-11D1-AB04-00C04FC2DCD2/0d1e/corp.example",)}, Status.FAIL),
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
