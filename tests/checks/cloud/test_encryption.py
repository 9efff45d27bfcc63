"""Whose keys encrypt, and which versions of TLS are taken: the same answer in every cloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checks.aws import elb
from checks.aws.databases import encrypted
from checks.aws.our_keys import encrypts_with_ours
from checks.azure.our_keys import encrypted_with_our_key
from checks.azure.versions import at_least_tls_12
from checks.cloud.encryption import has_key_of_ours, is_encrypted, is_strong_tls
from checks.gcp.encryption import disk_has_a_key_of_ours
from checks.gcp.load_balancing import proxy_takes_strong_tls_only
from core.model import Status, Verdict
from core.resources.aws.elb import ClassicListener
from core.resources.gcp.compute import Disk, TlsPolicy, TlsProxy
from tests.checks.aws.keys import OF_AWS, OURS, two_keys
from tests.checks.aws.test_elb import classic
from tests.checks.gcp.making import SHOP, all_of, common
from tests.checks.gcp.test_compute import tls_policy


def gcp_disk(key: str) -> Verdict:
    return disk_has_a_key_of_ours(Disk(**common(key=key)))


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (encrypts_with_ours("it", OURS, two_keys()), "pass"),
        (encrypts_with_ours("it", OF_AWS, two_keys()), "fail"),
        (encrypts_with_ours("it", "", two_keys()), "fail"),
        (encrypted_with_our_key("it", "Microsoft.Keyvault"), "pass"),
        (encrypted_with_our_key("it", "EncryptionAtRestWithPlatformAndCustomerKeys"), "pass"),
        (encrypted_with_our_key("it", "ServiceManaged"), "fail"),
        (encrypted_with_our_key("it", "New.Place"), "unknown"),
        (gcp_disk("projects/p/locations/eu/keyRings/r/cryptoKeys/k"), "pass"),
        (gcp_disk("supplied"), "pass"),
        (gcp_disk(""), "fail"),
    ],
)
def test_a_key_of_ours_is_ours_in_every_cloud(verdict: Verdict, expected: str) -> None:
    assert verdict.status.value == expected
    assert " is encrypted with " in verdict.reason


def test_a_word_that_nobody_knows_passes_for_nobodys_key() -> None:
    assert has_key_of_ours("it", "what Azure calls Odd", ours=None).reason == (
        "it is encrypted with what Azure calls Odd, and nobody here knows whose key that is"
    )


def test_what_is_encrypted_is_so_with_or_without_a_key_that_is_named() -> None:
    assert is_encrypted("db", on=True).reason == "db is encrypted"
    assert is_encrypted("db", on=False, key="k").reason == "db is not encrypted"
    assert encrypted("db", on=True, key="").reason == "the storage of db is encrypted with a key that AWS owns"


def of_aws(version: str) -> Status:
    listener = ClassicListener(port=443, protocol="HTTPS", tls=(version,))
    return elb.load_balancer_accepts_strong_tls(classic(listeners=(listener,))).status


def of_azure(version: str) -> Status:
    return at_least_tls_12("it", version).status


def of_gcp(version: str) -> Status:
    proxy = TlsProxy(id="//x", container=SHOP, name="proxy", policy="link")
    return proxy_takes_strong_tls_only(proxy, all_of(TlsPolicy, tls_policy(minimum=version))).status


@pytest.mark.parametrize(
    ("judged", "spelt"), [(of_aws, "TLSv1.{}"), (of_azure, "TLS1_{}"), (of_azure, "1.{}"), (of_gcp, "TLS_1_{}")]
)
@pytest.mark.parametrize(("minor", "expected"), [(0, "fail"), (1, "fail"), (2, "pass"), (3, "pass")])
def test_versions_of_tls_are_as_strong_in_every_cloud(
    judged: Callable[[str], Status], spelt: str, minor: int, expected: str
) -> None:
    assert judged(spelt.format(minor)).value == expected


@pytest.mark.parametrize(
    ("version", "strong"),
    [
        ("TLSv1.2_2021", True),
        ("Tls12", True),
        ("Tls11", False),
        ("Tls", None),
        ("TLSv1.1_2016", False),
        ("TLSv1_2016", None),
        ("TLSv1", None),
        ("SSLv3", None),
    ],
)
def test_what_is_no_version_is_not_taken_for_one(version: str, strong: bool | None) -> None:
    assert is_strong_tls(version) is strong


@pytest.mark.parametrize(("said", "expected"), [("None", "fail"), ("", "fail"), ("newest", "unknown")])
def test_what_azure_says_without_a_version(said: str, expected: str) -> None:
    assert at_least_tls_12("it", said).status.value == expected
