from __future__ import annotations

from typing import Any

import pytest

from checks.host import authorized_keys as checks
from core.model import Status
from core.resource import NotObservedError, unobserved
from core.resources.host.authorized_keys import AuthorizedKey, AuthorizedKeys
from tests.twins import population

STRONG = AuthorizedKey(algorithm="ED25519-SK", bits=256, fingerprint="SHA256:a")


def file(account: str = "alice", **changes: Any) -> AuthorizedKeys:
    usual: dict[str, Any] = {
        "id": account,
        "account": account,
        "path": f"/home/{account}/.ssh/authorized_keys",
        "mode": 0o600,
        "owner": 1000,
        "account_uid": 1000,
        "keys": (STRONG,),
        "unreadable_lines": 0,
    }
    return AuthorizedKeys(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({}, "pass", "mode 0600 and belongs to the account number 1000"),
        ({"owner": 0, "mode": 0o644}, "pass", "mode 0644 and belongs to the account number 0"),
        ({"mode": 0o664}, "fail", "mode 0664 and belongs to the account number 1000"),
        ({"owner": 1001}, "fail", "mode 0600 and belongs to the account number 1001"),
    ],
)
def test_files(changes: dict[str, Any], status: str, said: str) -> None:
    verdict = checks.only_the_account_can_change_its_keys(file(**changes))
    assert (verdict.status, verdict.reason) == (status, f"/home/alice/.ssh/authorized_keys has {said}")


@pytest.mark.parametrize(
    ("keys", "unreadable", "status", "reason"),
    [
        ((("ED25519", 256), ("RSA", 2048)), 0, "pass", "none of 2 keys in PATH is weak"),
        ((), 0, "pass", "none of 0 keys in PATH is weak"),
        ((("RSA", 1024),), 1, "fail", "PATH has RSA with 1024 bits (SHA256:0)"),
        ((("DSA-CERT", 1024), ("ECDSA", 256)), 0, "fail", "PATH has DSA-CERT with 1024 bits (SHA256:0)"),
        ((("ED25519", 256),), 2, "unknown", "PATH has 2 lines in which ssh-keygen finds no key"),
    ],
)
def test_strength(keys: tuple[tuple[str, int], ...], unreadable: int, status: str, reason: str) -> None:
    found = tuple(
        AuthorizedKey(algorithm=algorithm, bits=bits, fingerprint=f"SHA256:{number}")
        for number, (algorithm, bits) in enumerate(keys)
    )
    verdict = checks.keys_are_strong(file(keys=found, unreadable_lines=unreadable))
    assert (verdict.status, verdict.reason.replace("/home/alice/.ssh/authorized_keys", "PATH")) == (status, reason)


def test_a_key_that_opens_several_accounts() -> None:
    alone = checks.key_opens_one_account(population(file("alice"), file("alice", id="2"), file("bob", keys=())))
    assert (alone.status, alone.reason) == (Status.PASS, "none of 1 keys opens more accounts than 1")
    shared = population(file("alice"), file("bob"))
    verdict = checks.key_opens_one_account(shared)
    assert (verdict.status, verdict.reason) == (Status.FAIL, "SHA256:a opens alice, bob")
    assert checks.key_opens_one_account(shared, accounts=2).status is Status.PASS


def test_keys_that_were_not_observed_are_never_strong() -> None:
    hidden = file(keys=unobserved("only root may read the file"))
    with pytest.raises(NotObservedError):
        checks.keys_are_strong(hidden)
    with pytest.raises(NotObservedError):
        checks.key_opens_one_account(population(hidden))


@pytest.mark.parametrize(
    ("registered", "unreadable", "status", "reason"),
    [
        ((), 0, "not_applicable", "no register of keys is configured"),
        (("SHA256:a alice", "SHA256:b"), 0, "pass", "each of 1 keys in PATH is registered"),
        (("SHA256:b bob", " "), 1, "fail", "PATH has keys that nobody registered: SHA256:a"),
        (("SHA256:a",), 1, "unknown", "PATH has 1 lines in which ssh-keygen finds no key"),
    ],
)
def test_registered_keys(registered: tuple[str, ...], unreadable: int, status: str, reason: str) -> None:
    verdict = checks.keys_are_registered(file(unreadable_lines=unreadable), registered=registered)
    assert (verdict.status, verdict.reason.replace("/home/alice/.ssh/authorized_keys", "PATH")) == (status, reason)
