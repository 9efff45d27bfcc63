"""Truth tables of the checks about our own connections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.host import connection as checks
from core.model import Status
from core.resources.host.connection import HostConnection
from tests.twins import NOW

P, F, N = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE


def connection(**changed: Any) -> HostConnection:
    fields: dict[str, Any] = {
        "id": "web-1",
        "through": (),
        "server": "SSH-2.0-OpenSSH_9.9",
        "key_exchange": "mlkem768x25519-sha256",
        "cipher": "aes256-gcm@openssh.com",
        "mac": "implicit",
        "host_key_algorithm": "ssh-ed25519",
        "fingerprint": "SHA256:abc",
        "vouched_by": "certificate",
        "authority": "SHA256:def",
        "certificate_id": "web-1 of 2026",
        "certificate_expires": NOW + timedelta(days=90),
        "strict": True,
        "old_algorithms": (),
        "old_algorithms_allowed": False,
    }
    return HostConnection(**{**fields, **changed})


@pytest.mark.parametrize(
    ("allowed", "old", "status", "reason"),
    [
        (False, (), P, "were negotiated"),
        (True, (), F, "but the configuration allows old algorithms to this host"),
        (True, ("aes128-cbc", "hmac-sha1"), F, "aes128-cbc, hmac-sha1 is old, and allowed to this host"),
    ],
)
def test_connection_needs_no_old_algorithms(allowed: bool, old: tuple[str, ...], status: Status, reason: str) -> None:
    verdict = checks.connection_needs_no_old_algorithms(connection(old_algorithms=old, old_algorithms_allowed=allowed))
    assert verdict.status is status
    assert verdict.reason.endswith(reason)


@pytest.mark.parametrize(("strict", "status"), [(True, P), (False, F)])
def test_key_exchange_was_strict(strict: bool, status: Status) -> None:
    verdict = checks.key_exchange_was_strict(connection(strict=strict))
    assert verdict.status is status
    assert verdict.reason.startswith("SSH-2.0-OpenSSH_9.9")


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        ({}, P, "expires on 2026-05-01"),
        ({"certificate_expires": NOW + timedelta(days=14)}, P, "expires on 2026-02-14"),
        ({"certificate_expires": NOW + timedelta(days=13)}, F, "less than 14 days after this scan"),
        ({"certificate_expires": None}, P, "never expires"),
        ({"vouched_by": "key", "authority": ""}, N, "which does not expire"),
    ],
)
def test_host_certificate_stays_valid(changed: dict[str, Any], status: Status, reason: str) -> None:
    verdict = checks.host_certificate_stays_valid(connection(**changed), as_of=NOW)
    assert verdict.status is status
    assert verdict.reason.endswith(reason)
