"""Truth tables of the checks of Directory Service."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import directories
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.directories import Directory
from tests.checks.aws.making import status

SIMPLE = {"type": "SimpleAD", "radius": "", "radius_protocol": "", "ldaps": ""}
SHARED = {**SIMPLE, "type": "SharedMicrosoftAD"}
CONNECTOR = {"type": "ADConnector"}


def directory(**changes: Any) -> Directory:
    given: dict[str, Any] = {
        "id": "d-1",
        "name": "corp.example.com",
        "type": "MicrosoftAD",
        "log_group": "/aws/directoryservice/d-1",
        "radius": "Completed",
        "radius_protocol": "MS-CHAPv2",
        "ldaps": "Enabled",
        "weak_protocols": (),
    }
    return Directory(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (directories.directory_forwards_its_log, {}, "pass"),
        (directories.directory_forwards_its_log, {"log_group": ""}, "fail"),
        (directories.directory_forwards_its_log, SIMPLE, "not_applicable"),
        (directories.directory_forwards_its_log, SHARED, "not_applicable"),
        (directories.directory_asks_for_a_second_factor, {}, "pass"),
        (directories.directory_asks_for_a_second_factor, CONNECTOR, "pass"),
        (directories.directory_asks_for_a_second_factor, {"radius": ""}, "fail"),
        (directories.directory_asks_for_a_second_factor, {"radius": "Failed"}, "fail"),
        (directories.directory_asks_for_a_second_factor, SIMPLE, "not_applicable"),
        (directories.directory_asks_for_a_second_factor, SHARED, "not_applicable"),
        (directories.radius_protocol_is_strong, {}, "pass"),
        (directories.radius_protocol_is_strong, {"radius_protocol": "PAP"}, "fail"),
        (directories.radius_protocol_is_strong, {"radius_protocol": ""}, "not_applicable"),
        (directories.directory_is_asked_over_tls, {}, "pass"),
        (directories.directory_is_asked_over_tls, {"ldaps": "Disabled"}, "fail"),
        (directories.directory_is_asked_over_tls, {"ldaps": "EnableFailed"}, "fail"),
        (directories.directory_is_asked_over_tls, SIMPLE, "not_applicable"),
        (directories.directory_takes_no_weak_cryptography, {}, "pass"),
        (directories.directory_takes_no_weak_cryptography, {"weak_protocols": ("TLS_1_0",)}, "fail"),
        (directories.directory_takes_no_weak_cryptography, CONNECTOR, "not_applicable"),
    ],
)
def test_directories(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(directory(**changes))) == expected


@pytest.mark.parametrize(
    ("check", "field"),
    [
        (directories.directory_is_asked_over_tls, "ldaps"),
        (directories.directory_takes_no_weak_cryptography, "weak_protocols"),
    ],
)
def test_settings_that_were_not_seen_are_unknown(check: Check[...], field: str) -> None:
    with pytest.raises(NotObservedError):
        check(directory(**{field: unobserved("denied")}))
