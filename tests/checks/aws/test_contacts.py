"""Truth tables of the checks of an account's contacts."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.contacts import contacts_are_different_people, security_contact_is_named
from core.resource import NotObservedError, unobserved
from core.resources.aws.contacts import AccountContacts
from tests.checks.aws.making import ACCOUNT, status


def contacts(**changes: Any) -> AccountContacts:
    given: dict[str, Any] = {"id": ACCOUNT, "security": True, "operations": True, "billing": True, "differ": True}
    return AccountContacts(**{**given, **changes})


def test_security_contact_is_named() -> None:
    assert status(security_contact_is_named(contacts())) == "pass"
    assert status(security_contact_is_named(contacts(security=False))) == "fail"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"differ": False}, "fail"),
        ({"billing": False, "differ": unobserved("no key")}, "fail"),
    ],
)
def test_contacts_are_different_people(changes: dict[str, Any], expected: str) -> None:
    assert status(contacts_are_different_people(contacts(**changes))) == expected


def test_addresses_that_cannot_be_told_apart_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        contacts_are_different_people(contacts(differ=unobserved("no key")))
