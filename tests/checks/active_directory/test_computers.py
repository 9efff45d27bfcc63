"""Truth tables of computers and of trusts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.active_directory.computers import computer_is_used, local_password_is_replaced, windows_gets_fixes
from checks.active_directory.trusts import (
    trust_admits_who_was_chosen,
    trust_filters_identities,
    trust_hands_out_no_tickets,
    trust_uses_aes,
)
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from tests.checks.active_directory.twins import LATELY, LONG_AGO, NOW, computer, trust

OFF: dict[str, Any] = {"enabled": False}


def system(name: str) -> dict[str, Any]:
    return {"operating_system": name}


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (computer_is_used, {}, Status.PASS),
        (computer_is_used, {"last_sign_in": LONG_AGO}, Status.FAIL),
        (computer_is_used, {"last_sign_in": datetime(2026, 8, 20, tzinfo=UTC)}, Status.UNKNOWN),
        (computer_is_used, {"last_sign_in": None}, Status.FAIL),
        (computer_is_used, {"last_sign_in": None, "created": LATELY}, Status.PASS),
        (computer_is_used, {"last_sign_in": LONG_AGO, **OFF}, Status.NOT_APPLICABLE),
        (windows_gets_fixes, {}, Status.PASS),
        (windows_gets_fixes, {"operating_system_version": "10.0 (22631)"}, Status.FAIL),
        (windows_gets_fixes, {"operating_system_version": "10.0 (99999)"}, Status.UNKNOWN),
        (windows_gets_fixes, {"operating_system_version": ""}, Status.UNKNOWN),
        (
            windows_gets_fixes,
            {**system("Windows 11 Enterprise"), "operating_system_version": "10.0 (26100)"},
            Status.PASS,
        ),
        (windows_gets_fixes, system("Windows NT"), Status.FAIL),
        (windows_gets_fixes, system("Windows Server Datacenter"), Status.UNKNOWN),
        (windows_gets_fixes, system("Windows Server® 2008 R2 Standard"), Status.FAIL),
        (windows_gets_fixes, system("Windows 8.1 Pro"), Status.FAIL),
        (windows_gets_fixes, system("Windows 10 Pro"), Status.FAIL),
        (windows_gets_fixes, system("Windows 10 Enterprise LTSC"), Status.UNKNOWN),
        (windows_gets_fixes, system("Windows Server 2022 Datacenter"), Status.PASS),
        (windows_gets_fixes, system("Hyper-V Server 2012 R2"), Status.FAIL),
        (windows_gets_fixes, system("Microsoft Hyper-V Server 2016"), Status.PASS),
        (windows_gets_fixes, system("Hyper-V Server"), Status.UNKNOWN),
        (windows_gets_fixes, system("Azure Stack HCI"), Status.UNKNOWN),
        (windows_gets_fixes, system("Linux"), Status.NOT_APPLICABLE),
        (windows_gets_fixes, system(""), Status.UNKNOWN),
        (windows_gets_fixes, {**system("Windows 7"), **OFF}, Status.NOT_APPLICABLE),
        (local_password_is_replaced, {}, Status.PASS),
        (local_password_is_replaced, {"local_password_until": None}, Status.FAIL),
        (local_password_is_replaced, {"local_password_until": LONG_AGO}, Status.FAIL),
        (local_password_is_replaced, {"local_password_until": datetime(2026, 11, 20, tzinfo=UTC)}, Status.PASS),
        (local_password_is_replaced, {"local_password_until": datetime(2027, 11, 23, tzinfo=UTC)}, Status.PASS),
        (local_password_is_replaced, {"local_password_until": datetime(2027, 11, 24, tzinfo=UTC)}, Status.FAIL),
        (local_password_is_replaced, {"local_password_until": None, "controller": True}, Status.NOT_APPLICABLE),
        (local_password_is_replaced, {"local_password_until": None, **OFF}, Status.NOT_APPLICABLE),
        (local_password_is_replaced, {"local_password_until": None, **system("Linux")}, Status.NOT_APPLICABLE),
        (local_password_is_replaced, {"local_password_until": None, **system("")}, Status.FAIL),
    ],
)
def test_a_computer(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(computer(**changes), as_of=NOW).status is status


def test_what_was_approved() -> None:
    old = computer(operating_system="Windows 10 Pro")
    assert windows_gets_fixes(old, as_of=NOW, extended=("Windows 10",)).status is Status.PASS
    long_term = computer(operating_system="Windows 10 Enterprise LTSC")
    assert windows_gets_fixes(long_term, as_of=NOW, extended=("Windows 10 Enterprise LTSC",)).status is Status.PASS
    elsewhere = computer(local_password_until=None)
    assert local_password_is_replaced(elsewhere, as_of=NOW, approved=("WS1",)).status is Status.PASS
    open_to_all = trust(selective=False)
    assert trust_admits_who_was_chosen(open_to_all, approved=("other.example",)).status is Status.PASS


@pytest.mark.parametrize(
    ("check", "changes", "status"),
    [
        (trust_filters_identities, {}, Status.PASS),
        (trust_filters_identities, {"filters_sids": False}, Status.FAIL),
        (trust_filters_identities, {"filters_sids": False, "outbound": False}, Status.NOT_APPLICABLE),
        (trust_filters_identities, {"filters_sids": False, "type": "parent or child"}, Status.NOT_APPLICABLE),
        (trust_admits_who_was_chosen, {}, Status.PASS),
        (trust_admits_who_was_chosen, {"selective": False}, Status.FAIL),
        (trust_admits_who_was_chosen, {"selective": False, "outbound": False}, Status.NOT_APPLICABLE),
        (trust_hands_out_no_tickets, {}, Status.PASS),
        (trust_hands_out_no_tickets, {"delegates_tickets": True}, Status.FAIL),
        (trust_hands_out_no_tickets, {"delegates_tickets": True, "inbound": False}, Status.NOT_APPLICABLE),
        (trust_hands_out_no_tickets, {"delegates_tickets": True, "type": "parent or child"}, Status.NOT_APPLICABLE),
        (trust_uses_aes, {}, Status.PASS),
        (trust_uses_aes, {"ciphers": ("AES256", "RC4")}, Status.FAIL),
        (trust_uses_aes, {"ciphers": None}, Status.UNKNOWN),
    ],
)
def test_a_trust(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(trust(**changes)).status is status


def test_names_that_are_hidden() -> None:
    assert computer_is_used(computer(name=unobserved("denied")), as_of=NOW).reason.startswith("c last")
    assert trust_uses_aes(trust(partner=unobserved("denied"))).reason.startswith("tickets for t")


@pytest.mark.parametrize("field", ["enabled", "last_sign_in", "operating_system", "local_password_until"])
def test_what_was_not_shown_is_no_answer(field: str) -> None:
    hidden = computer(**{field: unobserved("denied")})
    checks: list[Any] = [computer_is_used, windows_gets_fixes, local_password_is_replaced]
    unanswered = 0
    for check in checks:
        try:
            check(hidden, as_of=NOW)
        except NotObservedError:
            unanswered += 1
    assert unanswered
