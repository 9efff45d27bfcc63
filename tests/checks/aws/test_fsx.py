"""Truth tables of the checks of FSx."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.fsx import (
    file_access_is_logged,
    file_system_is_backed_up,
    file_system_spans_zones,
    file_system_uses_our_key,
    tags_reach_backups,
    tags_reach_volumes,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.backup import ProtectedResource
from core.resources.aws.fsx import FsxFileSystem
from tests.checks.aws.keys import OF_AWS, OURS, two_keys
from tests.checks.aws.making import ACCOUNT, AS_OF, status
from tests.twins import population

ARN = f"arn:aws:fsx:eu-west-1:{ACCOUNT}:file-system/fs-1"


def system(**changes: Any) -> FsxFileSystem:
    given: dict[str, Any] = {
        "id": ARN,
        "name": "shares",
        "type": "WINDOWS",
        "deployment": "MULTI_AZ_1",
        "key": OURS,
        "backup_days": 30,
        "tags_backups": True,
        "tags_volumes": None,
        "audits": "SUCCESS_ONLY",
    }
    return FsxFileSystem(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "exempt", "expected"),
    [
        ({}, (), "pass"),
        ({"deployment": "SINGLE_AZ_2"}, (), "fail"),
        ({"deployment": "SINGLE_AZ_2"}, ("shares",), "not_applicable"),
        ({"type": "LUSTRE", "deployment": "PERSISTENT_2"}, (), "not_applicable"),
    ],
)
def test_file_system_spans_zones(changes: dict[str, Any], exempt: tuple[str, ...], expected: str) -> None:
    assert status(file_system_spans_zones(system(**changes), exempt=exempt)) == expected


@pytest.mark.parametrize(
    ("kept", "last", "expected"),
    [
        (30, None, "pass"),
        (7, None, "pass"),
        (6, None, "fail"),
        (0, None, "fail"),
        (0, datetime(2026, 11, 20, tzinfo=UTC), "pass"),
        (0, datetime(2026, 10, 20, tzinfo=UTC), "fail"),
        (None, None, "not_applicable"),
    ],
)
def test_file_system_is_backed_up(kept: int | None, last: datetime | None, expected: str) -> None:
    protected = population(ProtectedResource(id=ARN, type="FSx", last=last))
    assert status(file_system_is_backed_up(system(backup_days=kept), protected, as_of=AS_OF)) == expected


def test_what_aws_does_not_say_is_unknown() -> None:
    nothing: Population[ProtectedResource] = population(kind="aws_backup_protected_resource")
    with pytest.raises(NotObservedError):
        file_system_is_backed_up(system(backup_days=unobserved("AWS does not say")), nothing, as_of=AS_OF)


@pytest.mark.parametrize(
    ("audits", "expected"), [("SUCCESS_ONLY", "pass"), ("DISABLED", "fail"), (None, "not_applicable")]
)
def test_file_access_is_logged(audits: str | None, expected: str) -> None:
    assert status(file_access_is_logged(system(audits=audits))) == expected


COPIES = [(True, "pass"), (False, "fail"), (None, "not_applicable")]


@pytest.mark.parametrize(("copies", "expected"), COPIES)
def test_tags_reach_backups(copies: Any, expected: str) -> None:
    assert status(tags_reach_backups(system(tags_backups=copies))) == expected


@pytest.mark.parametrize(("copies", "expected"), COPIES)
def test_tags_reach_volumes(copies: Any, expected: str) -> None:
    assert status(tags_reach_volumes(system(tags_volumes=copies))) == expected


@pytest.mark.parametrize(("key", "expected"), [(OURS, "pass"), (OF_AWS, "fail"), ("", "fail")])
def test_file_system_uses_our_key(key: str, expected: str) -> None:
    assert status(file_system_uses_our_key(system(key=key), two_keys())) == expected
