"""What `accounts` gives whoever makes a list of people of a service."""

from __future__ import annotations

from typing import Any

import pytest

from collectors.rest_answers import Fields, RestError
from collectors.scim.users import ENTERPRISE, Account


def account(*kept: str, **entry: Any) -> Account:
    return Account(Fields({"id": "u1", **entry}, "a user"), frozenset(kept))


def test_the_enterprise_extension() -> None:
    extension = {"department": "Engines", "employeeNumber": "7", "manager": {"value": "u2", "displayName": "Bob"}}
    ada = account(**{ENTERPRISE: extension}, title="Countess")
    assert [ada.of_enterprise(each) for each in ("department", "employeeNumber", "manager")] == ["Engines", "7", "u2"]
    assert ada.text("title") == "Countess"


@pytest.mark.parametrize("entry", [{}, {ENTERPRISE: {}}])
def test_what_others_have_is_empty_and_what_nobody_has_is_unknown(entry: dict[str, Any]) -> None:
    missing = f"{ENTERPRISE}:department".lower()
    assert account(missing, **entry).of_enterprise("department") == ""
    with pytest.raises(RestError, match=r"^the service shows no department$"):
        account(**entry).of_enterprise("department")
