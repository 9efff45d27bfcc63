"""Truth tables of the checks about cryptographic defaults."""

from __future__ import annotations

import pytest

from checks.host import cryptography as checks
from core.model import Status
from core.resources.host.cryptography import CryptoPolicy, OpenSsl, RandomPool

P, F, N = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


def openssl(version: str, level: int, minimum: str = "") -> OpenSsl:
    return OpenSsl(
        id="web-1",
        version=version,
        minimum_protocol=minimum,
        cipher_string="",
        security_level=level,
        security_level_source="built in",
    )


@pytest.mark.parametrize(
    ("version", "level", "minimum", "status"),
    [
        ("3.0.19", 2, "", P),
        ("3.0.19", 1, "", P),
        ("3.0.19", 0, "", F),
        ("1.1.1", 2, "DTLSv1.0", F),  # it says nothing about TLS
        ("1.1.1", 2, "tlsv1", F),
        ("3.0.19", 0, "TLSv1.2", P),
        ("3.5.1", 2, "TLSv1", P),
        ("1.1.1n", 2, "", F),
        ("1.1.1n", 2, "TLSv1.2", P),
        ("1.1.1n", 2, "TLSv1", F),
    ],
)
def test_old_tls_is_refused_by_default(version: str, level: int, minimum: str, status: Status) -> None:
    assert checks.old_tls_is_refused_by_default(openssl(version, level, minimum)).status is status


@pytest.mark.parametrize(("level", "status"), [(2, P), (3, P), (1, F), (0, F)])
def test_weak_keys_are_refused_by_default(level: int, status: Status) -> None:
    verdict = checks.weak_keys_are_refused_by_default(openssl("3.0.19", level))
    assert (verdict.status, verdict.reason) == (status, f"OpenSSL 3.0.19 works at security level {level} (built in)")


@pytest.mark.parametrize(
    ("policy", "status"),
    [("", N), ("DEFAULT", P), ("FIPS", P), ("FUTURE", P), ("LEGACY", F), ("DEFAULT:SHA1", F), ("DEFAULT:NO-SHA1", P)],
)
def test_crypto_policy_is_not_legacy(policy: str, status: Status) -> None:
    verdict = checks.crypto_policy_is_not_legacy(CryptoPolicy(id="web-1", policy=policy, fips_mode=policy == "FIPS"))
    assert verdict.status is status


@pytest.mark.parametrize(("bits", "status"), [(256, P), (3700, P), (255, F), (0, F)])
def test_randomness_is_plentiful(bits: int, status: Status) -> None:
    pool = RandomPool(id="web-1", available_bits=bits, hardware_generator="none")
    assert checks.randomness_is_plentiful(pool).status is status
