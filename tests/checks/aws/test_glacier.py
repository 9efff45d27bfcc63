"""Truth tables of the checks of Glacier."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.glacier import vault_is_locked, vault_is_not_public, vault_lets_in_approved_accounts
from core.resource import NotObservedError, unobserved
from core.resources.aws.glacier import GlacierVault
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status


def vault(**changes: Any) -> GlacierVault:
    arn = f"arn:aws:glacier:eu-west-1:{ACCOUNT}:vaults/archive"
    return GlacierVault(**{"id": arn, "name": "archive", "statements": (), "lock": "Locked", **changes})


def test_vault_is_not_public() -> None:
    assert status(vault_is_not_public(vault())) == "pass"
    assert status(vault_is_not_public(vault(statements=policy(everybody("glacier:*"))))) == "fail"
    with pytest.raises(NotObservedError):
        vault_is_not_public(vault(statements=unobserved("denied")))


@pytest.mark.parametrize(
    ("who", "approved", "expected"), [(ACCOUNT, (), "pass"), (OTHER, (), "fail"), (OTHER, (OTHER,), "pass")]
)
def test_vault_lets_in_approved_accounts(who: str, approved: tuple[str, ...], expected: str) -> None:
    found = vault(statements=policy(account(who, "glacier:*")))
    assert status(vault_lets_in_approved_accounts(found, approved=approved)) == expected


@pytest.mark.parametrize(("lock", "expected"), [("Locked", "pass"), ("InProgress", "fail"), ("", "fail")])
def test_vault_is_locked(lock: str, expected: str) -> None:
    assert status(vault_is_locked(vault(lock=lock))) == expected
