"""Truth tables of the checks of Storage Gateway."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.storagegateway import share_access_is_logged, share_asks_who_comes, share_is_encrypted_with_kms
from core.resource import NotObservedError, unobserved
from core.resources.aws.storagegateway import FileShare
from tests.checks.aws.making import status


def share(**changes: Any) -> FileShare:
    given: dict[str, Any] = {"id": "arn:1", "name": "office", "type": "SMB", "kms": True, "clients": ()}
    return FileShare(**{**given, "guests": False, "audits_to": "arn:2", **changes})


def test_share_is_encrypted_with_kms() -> None:
    assert status(share_is_encrypted_with_kms(share())) == "pass"
    assert status(share_is_encrypted_with_kms(share(kms=False))) == "fail"
    with pytest.raises(NotObservedError):
        share_is_encrypted_with_kms(share(kms=unobserved("AWS does not say")))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"guests": True}, "fail"),
        ({"type": "NFS", "clients": ("10.0.0.0/8",)}, "pass"),
        ({"type": "NFS", "clients": ("0.0.0.0/0", "10.0.0.0/8")}, "fail"),
        ({"type": "NFS", "clients": ("::/0",)}, "fail"),
    ],
)
def test_share_asks_who_comes(changes: dict[str, Any], expected: str) -> None:
    assert status(share_asks_who_comes(share(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), [({}, "pass"), ({"audits_to": ""}, "fail"), ({"type": "NFS"}, "not_applicable")]
)
def test_share_access_is_logged(changes: dict[str, Any], expected: str) -> None:
    assert status(share_access_is_logged(share(**changes))) == expected
