from __future__ import annotations

from typing import Any

import pytest

from checks.host import ssh_cryptography as checks
from core.model import Status
from core.plugins import Check
from core.resources.host.sshd import Sshd, SshHostKey
from tests.checks.host.test_sshd import server

ALL: list[Check[...]] = [
    checks.ciphers_are_strong,
    checks.macs_are_strong,
    checks.key_exchanges_are_strong,
    checks.key_exchange_resists_quantum_computers,
]


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_without_sshd_nothing_applies(check: Check[...]) -> None:
    assert check(Sshd(id="web-1", options=None, matches=(), running=False)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("check", "changes", "status", "reason"),
    [
        (checks.ciphers_are_strong, {}, "pass", "Ciphers has none of the weak ones: aes256-gcm@openssh.com"),
        (
            checks.ciphers_are_strong,
            {"ciphers": ("aes256-ctr", "aes128-cbc", "3des-cbc", "arcfour256")},
            "fail",
            "Ciphers has aes128-cbc, 3des-cbc, arcfour256",
        ),
        (checks.macs_are_strong, {}, "pass", "MACs has none of the weak ones: hmac-sha2-512-etm@openssh.com"),
        (
            checks.macs_are_strong,
            {"macs": ("umac-64-etm@openssh.com", "umac-128@openssh.com", "hmac-sha1", "hmac-md5-96", "hmac-sha2-256")},
            "fail",
            "MACs has umac-64-etm@openssh.com, hmac-sha1, hmac-md5-96",
        ),
        (
            checks.key_exchanges_are_strong,
            {},
            "pass",
            "KexAlgorithms has none of the weak ones: mlkem768x25519-sha256, curve25519-sha256",
        ),
        (
            checks.key_exchanges_are_strong,
            {
                "key_exchanges": (
                    "curve25519-sha256@libssh.org",
                    "diffie-hellman-group14-sha256",
                    "diffie-hellman-group14-sha1",
                    "diffie-hellman-group-exchange-sha1",
                ),
                "gssapi_key_exchanges": ("gss-gex-sha1-",),
            },
            "fail",
            "KexAlgorithms has diffie-hellman-group14-sha1, diffie-hellman-group-exchange-sha1, gss-gex-sha1-",
        ),
        (
            checks.key_exchange_resists_quantum_computers,
            {},
            "pass",
            "KexAlgorithms has mlkem768x25519-sha256",
        ),
        (
            checks.key_exchange_resists_quantum_computers,
            {"key_exchanges": ("sntrup761x25519-sha512@openssh.com",)},
            "pass",
            "KexAlgorithms has sntrup761x25519-sha512@openssh.com",
        ),
        (
            checks.key_exchange_resists_quantum_computers,
            {"key_exchanges": ("curve25519-sha256",)},
            "fail",
            "KexAlgorithms has neither ML-KEM nor sntrup761",
        ),
    ],
)
def test_algorithms(check: Check[...], changes: dict[str, Any], status: str, reason: str) -> None:
    verdict = check(server(**changes))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(
    ("algorithm", "bits", "status", "reason"),
    [
        ("ED25519", 256, "pass", "ED25519 with 256 bits"),
        ("RSA", 3072, "pass", "RSA with 3072 bits"),
        ("RSA", 2048, "fail", "RSA with 2048 bits, fewer than 3072"),
        ("DSA", 1024, "fail", "DSA is no longer safe"),
    ],
)
def test_host_keys(algorithm: str, bits: int, status: str, reason: str) -> None:
    verdict = checks.host_key_is_strong(SshHostKey(id="/k.pub", algorithm=algorithm, bits=bits, fingerprint="SHA256:x"))
    assert (verdict.status, verdict.reason) == (status, reason)
