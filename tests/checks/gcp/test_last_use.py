"""Truth tables of the checks of what nobody uses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.gcp.last_use import service_account_is_used, service_account_key_is_used
from core.resource import NotObservedError, unobserved
from core.resources.gcp.iam import AccountUses, KeyUses, LastUse, ServiceAccount, ServiceAccountKey
from tests.checks.gcp.making import AS_OF, SHOP, all_of, status


def ago(days: int) -> Any:
    return AS_OF - timedelta(days=days)


def use(last: int | None, since: int = 365, until: int = 3, name: Any = "aa") -> LastUse:
    return LastUse(name=name, last=None if last is None else ago(last), since=ago(since), until=ago(until))


def key(**changes: Any) -> ServiceAccountKey:
    given: dict[str, Any] = {
        "id": "//iam/keys/aa", "container": SHOP, "account": "1001", "managed_by": "USER_MANAGED", "disabled": False,
        "made": ago(400), "expires": ago(-400),
    }  # fmt: skip
    return ServiceAccountKey(**{**given, **changes})


USES = [
    (use(1), "pass"), (use(90), "pass"), (use(91), "fail"), (use(None), "fail"), (use(None, since=90), "fail"), (use(None, since=89), "unknown"),
    (use(None, until=14), "fail"), (use(None, until=15), "unknown"), (use(1, name="bb"), "unknown"), (use(1, name=unobserved("x")), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), USES)
def test_what_was_used(found: LastUse, expected: str) -> None:
    keys = all_of(KeyUses, KeyUses(id=SHOP, uses=(found,)))
    assert status(service_account_key_is_used(key(), keys, as_of=AS_OF)) == expected
    account = ServiceAccount(id="//x", container=SHOP, email="shop@example", number="aa", disabled=False)
    accounts = all_of(AccountUses, AccountUses(id=SHOP, uses=(found,)))
    assert status(service_account_is_used(account, accounts, as_of=AS_OF)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"managed_by": "SYSTEM_MANAGED"}, "not_applicable"), ({"disabled": True}, "not_applicable"),
        ({"expires": ago(1)}, "not_applicable"), ({"made": ago(89)}, "pass"), ({"made": ago(90)}, "unknown"),
    ],
)  # fmt: skip
def test_keys_that_cannot_be_used_or_are_young(changes: dict[str, Any], expected: str) -> None:
    assert status(service_account_key_is_used(key(**changes), all_of(KeyUses), as_of=AS_OF)) == expected


def test_accounts_that_are_disabled_or_were_not_asked_about() -> None:
    given: dict[str, Any] = {"id": "//x", "container": SHOP, "email": "shop@example", "number": "1"}
    closed = ServiceAccount(**given, disabled=True)
    assert status(service_account_is_used(closed, all_of(AccountUses), as_of=AS_OF)) == "not_applicable"
    with pytest.raises(NotObservedError):
        service_account_is_used(ServiceAccount(**given, disabled=False), all_of(AccountUses, missing="x"), as_of=AS_OF)


def test_a_reason_states_dates() -> None:
    verdict = service_account_key_is_used(key(), all_of(KeyUses, KeyUses(id=SHOP, uses=(use(None),))), as_of=AS_OF)
    assert verdict.reason == "the key aa was not used from 2025-11-23 to 2026-11-20"
