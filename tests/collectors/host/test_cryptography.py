"""What the collectors of cryptographic defaults make of recorded answers."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from collectors.host import cryptography as module
from collectors.host.cryptography import CRYPTO_POLICY, OPENSSL_CONFIGURATION, OPENSSL_VERSION, RANDOM_POOL
from collectors.host.facts import Answer
from collectors.host.source import FactError
from core.resource import NotObservedError
from tests.twins import MISSING, RecordedHost

cryptography: Any = module  # collectors promise resources of some kind; these tests know which

DEBIAN_12 = "OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)\ncompiler: gcc -DOPENSSL_TLS_SECURITY_LEVEL=2 -O2\n"
PLAIN_3_0 = "OpenSSL 3.0.2 15 Mar 2022 (Library: OpenSSL 3.0.2 15 Mar 2022)\ncompiler: gcc -O2\n"
DEBIAN_12_CONFIGURATION = (
    "[file /etc/ssl/openssl.cnf]\nopenssl_conf = openssl_init\n[ new_oids ]\n[openssl_init]\n[ ca ]\n"
)
DEBIAN_11_CONFIGURATION = """\
[file /etc/ssl/openssl.cnf]
openssl_conf = default_conf
[ new_oids ]
[default_conf]
ssl_conf = ssl_sect
[ssl_sect]
system_default = system_default_sect
[system_default_sect]
MinProtocol = TLSv1.2
CipherString = DEFAULT@SECLEVEL=1   # lowered
"""
# Made after the RHEL family's documentation, not recorded. The file that is included follows as another file.
RHEL_9_CONFIGURATION = """\
[file /etc/ssl/openssl.cnf]
openssl_conf = openssl_init
[openssl_init]
ssl_conf = ssl_module
[ ssl_module ]
system_default = crypto_policy
[ crypto_policy ]
.include = /etc/crypto-policies/back-ends/opensslcnf.config
[ fips_sect ]
.include = /etc/crypto-policies/back-ends/openssl_fips.config
[file /etc/crypto-policies/back-ends/opensslcnf.config]
CipherString = @SECLEVEL=2:kEECDH:kRSA
TLS.MinProtocol = TLSv1.2
"""


@pytest.mark.parametrize(
    ("version", "configuration", "expected"),
    [
        (DEBIAN_12, DEBIAN_12_CONFIGURATION, ("3.0.19", "", 2, "built in")),
        (DEBIAN_12, "", ("3.0.19", "", 2, "built in")),
        (DEBIAN_12, DEBIAN_11_CONFIGURATION, ("3.0.19", "TLSv1.2", 1, "openssl.cnf")),
        (PLAIN_3_0, RHEL_9_CONFIGURATION, ("3.0.2", "TLSv1.2", 2, "openssl.cnf")),
        (PLAIN_3_0, "", ("3.0.2", "", 1, "the default of this version")),
        ("OpenSSL 3.5.1 1 Jul 2025\ncompiler: gcc\n", "", ("3.5.1", "", 2, "the default of this version")),
        ("OpenSSL 1.1.1n  15 Mar 2022\ncompiler: gcc\n", "", ("1.1.1n", "", 1, "the default of this version")),
    ],
)
def test_openssl(version: str, configuration: str, expected: tuple[str, str, int, str]) -> None:
    (seen,) = cryptography.openssl(RecordedHost({OPENSSL_VERSION: version, OPENSSL_CONFIGURATION: configuration}))
    assert (seen.version, seen.minimum_protocol, seen.security_level, seen.security_level_source) == expected


def test_settings_outside_the_section_in_force_do_not_count() -> None:
    text = DEBIAN_11_CONFIGURATION.replace("openssl_conf = default_conf", "openssl_conf = other")
    assert cryptography.parse_configuration(text) == {}


def test_a_host_without_openssl_has_none() -> None:
    assert list(cryptography.openssl(RecordedHost({OPENSSL_VERSION: MISSING}))) == []


@pytest.mark.parametrize(
    ("version", "configuration"),
    [
        ("LibreSSL 3.8", ""),
        (DEBIAN_12, "[file /etc/ssl/openssl.cnf]\n.include /etc/ssl/local.cnf\n"),
        (DEBIAN_12, Answer(b"", "sh: cannot open /etc/ssl/openssl.cnf: Permission denied", 1)),
        (Answer(b"", "", 124), ""),
    ],
)
def test_what_was_not_understood_is_a_failure_to_look(version: str | Answer, configuration: str | Answer) -> None:
    with pytest.raises(FactError):
        list(cryptography.openssl(RecordedHost({OPENSSL_VERSION: version, OPENSSL_CONFIGURATION: configuration})))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("current \nfips_enabled \n", ("", False)),
        ("current \nfips_enabled 0\n", ("", False)),
        ("current FIPS:OSPP\nfips_enabled 1\n", ("FIPS:OSPP", True)),
        ("current LEGACY\nfips_enabled 0\n", ("LEGACY", False)),
    ],
)
def test_crypto_policy(text: str, expected: tuple[str, bool]) -> None:
    (seen,) = cryptography.crypto_policy(RecordedHost({CRYPTO_POLICY: text}))
    assert (seen.policy, seen.fips_mode) == expected


@pytest.mark.parametrize("answer", ["", "current DEFAULT\n", Answer(b"current ", "denied", 1)])
def test_half_an_answer_about_the_policy_is_none(answer: str | Answer) -> None:
    with pytest.raises(FactError):
        list(cryptography.crypto_policy(RecordedHost({CRYPTO_POLICY: answer})))


def test_random_pool() -> None:
    (seen,) = cryptography.random_pool(RecordedHost({RANDOM_POOL: "256\nvirtio_rng.0\n"}))
    assert (seen.available_bits, seen.hardware_generator) == (256, "virtio_rng.0")
    (bare,) = cryptography.random_pool(RecordedHost({RANDOM_POOL: "3700\n"}))
    assert (bare.available_bits, bare.hardware_generator) == (3700, "none")
    (garbage,) = cryptography.random_pool(RecordedHost({RANDOM_POOL: "a lot\n"}))
    with pytest.raises(NotObservedError):
        _ = garbage.available_bits


@pytest.mark.parametrize("fact", [OPENSSL_CONFIGURATION, CRYPTO_POLICY, RANDOM_POOL])
def test_the_commands_are_understood_by_a_posix_shell(fact: object) -> None:
    subprocess.run(["sh", "-n", "-c", fact.command], check=True)  # type: ignore[attr-defined] # a Fact
