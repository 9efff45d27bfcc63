"""Truth tables of the checks of software."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.host.software import (
    insecure_packages_are_absent,
    no_package_is_held_back,
    outdated_package_lists_are_refused,
    package_source_is_approved,
    package_source_is_encrypted,
    package_source_is_verified,
    package_source_names_its_key,
    unsigned_packages_are_refused,
)
from core.model import Status
from core.resource import NotObservedError
from core.resources.host.software import Package, PackageSource, PackageVerification
from tests.twins import population


def package(name: str, *, held: bool = False) -> Package:
    return Package(id=f"{name}:amd64", name=name, version="1.0-1", architecture="amd64", state="installed", held=held)


def source(**changes: object) -> PackageSource:
    values: dict[str, object] = {
        "id": "debian.sources https://ftp.debian.org/debian bookworm",
        "manager": "apt",
        "file": "/etc/apt/sources.list.d/debian.sources",
        "address": "https://ftp.debian.org/debian",
        "scheme": "https",
        "server": "ftp.debian.org",
        "suites": ("bookworm",),
        "verified": True,
        "unverified_because": "",
        "signed_by": "/usr/share/keyrings/debian-archive-keyring.gpg",
    }
    return PackageSource(**{**values, **changes})  # type: ignore[arg-type] # plain values of its fields


def test_insecure_packages() -> None:
    assert insecure_packages_are_absent(population(package("bash"))).status is Status.PASS
    verdict = insecure_packages_are_absent(population(package("bash"), package("telnetd")))
    assert verdict.status is Status.FAIL
    assert "telnetd" in verdict.reason
    with pytest.raises(NotObservedError):
        insecure_packages_are_absent(population(package("bash"), missing="cut off"))


def test_held_packages() -> None:
    assert no_package_is_held_back(population(package("bash"))).status is Status.PASS
    assert no_package_is_held_back(population(package("bash", held=True))).status is Status.FAIL


def test_a_source_is_verified() -> None:
    assert package_source_is_verified(source()).status is Status.PASS
    verdict = package_source_is_verified(source(verified=False, unverified_because="trusted=yes"))
    assert verdict.status is Status.FAIL
    assert "trusted=yes" in verdict.reason


def test_a_source_is_encrypted() -> None:
    assert package_source_is_encrypted(source()).status is Status.PASS
    assert package_source_is_encrypted(source(scheme="http")).status is Status.FAIL
    assert package_source_is_encrypted(source(scheme="cdrom")).status is Status.NOT_APPLICABLE


def test_a_source_names_its_key() -> None:
    assert package_source_names_its_key(source()).status is Status.PASS
    assert package_source_names_its_key(source(signed_by="")).status is Status.FAIL
    assert package_source_names_its_key(source(manager="apk")).status is Status.NOT_APPLICABLE


def test_a_source_is_approved() -> None:
    assert package_source_is_approved(source()).status is Status.PASS
    assert package_source_is_approved(source(server="ftp.debian.org.example")).status is Status.FAIL
    assert package_source_is_approved(source(server="")).status is Status.NOT_APPLICABLE
    assert package_source_is_approved(source(server="apt.corp"), approved_servers=("apt.corp",)).status is Status.PASS


def test_unsigned_packages_are_refused() -> None:
    strict = PackageVerification(id="web-1", manager="apt", weakened_by=(), accepts_old_lists_by=())
    loose = replace(strict, weakened_by=("APT::Get::AllowUnauthenticated=1",))
    assert unsigned_packages_are_refused(strict).status is Status.PASS
    assert unsigned_packages_are_refused(loose).status is Status.FAIL
    assert outdated_package_lists_are_refused(loose).status is Status.PASS


def test_outdated_package_lists_are_refused() -> None:
    switches = ("Acquire::Check-Valid-Until=false",)
    replayed = PackageVerification(id="web-1", manager="apt", weakened_by=(), accepts_old_lists_by=switches)
    assert outdated_package_lists_are_refused(replayed).status is Status.FAIL
    assert unsigned_packages_are_refused(replayed).status is Status.PASS
