"""Truth tables of the checks of the Transfer Family."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.transfer import (
    server_is_logged,
    server_is_not_open_to_the_internet,
    server_speaks_no_ftp,
    server_takes_current_algorithms,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.transfer import TransferServer
from tests.checks.aws.making import status


def server(**changes: Any) -> TransferServer:
    given: dict[str, Any] = {"id": "arn:1", "name": "s-1", "protocols": ("SFTP",), "endpoint": "VPC", "logs": True}
    return TransferServer(**{**given, "ciphers": "TransferSecurityPolicy-2024-01", **changes})


@pytest.mark.parametrize(
    ("protocols", "expected"), [(("SFTP",), "pass"), (("FTPS", "AS2"), "pass"), (("FTP", "SFTP"), "fail")]
)
def test_server_speaks_no_ftp(protocols: tuple[str, ...], expected: str) -> None:
    assert status(server_speaks_no_ftp(server(protocols=protocols))) == expected


def test_what_aws_does_not_say_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        server_speaks_no_ftp(server(protocols=unobserved("AWS does not say")))


@pytest.mark.parametrize(
    ("name", "approved", "expected"),
    [
        ("TransferSecurityPolicy-2024-01", (), "pass"),
        ("TransferSecurityPolicy-2022-03", (), "pass"),
        ("TransferSecurityPolicy-FIPS-2020-06", (), "fail"),
        ("TransferSecurityPolicy-Restricted-2018-11", (), "fail"),
        ("TransferSecurityPolicy-Restricted-2018-11", ("TransferSecurityPolicy-Restricted-2018-11",), "pass"),
        ("TransferSecurityPolicy-Future", (), "unknown"),
    ],
)
def test_server_takes_current_algorithms(name: str, approved: tuple[str, ...], expected: str) -> None:
    assert status(server_takes_current_algorithms(server(ciphers=name), approved=approved)) == expected


@pytest.mark.parametrize(
    ("endpoint", "approved", "expected"),
    [("VPC", (), "pass"), ("VPC_ENDPOINT", (), "pass"), ("PUBLIC", (), "fail"), ("PUBLIC", ("s-1",), "pass")],
)
def test_server_is_not_open_to_the_internet(endpoint: str, approved: tuple[str, ...], expected: str) -> None:
    assert status(server_is_not_open_to_the_internet(server(endpoint=endpoint), approved=approved)) == expected


def test_server_is_logged() -> None:
    assert status(server_is_logged(server())) == "pass"
    assert status(server_is_logged(server(logs=False))) == "fail"
