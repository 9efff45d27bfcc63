"""Truth tables of the checks of EFS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws.efs import (
    access_point_says_who_clients_are,
    access_point_shows_one_directory,
    file_system_asks_who_mounts,
    file_system_is_backed_up,
    file_system_is_encrypted,
    file_system_is_not_public,
    file_system_needs_tls,
    file_system_spans_zones,
    file_system_uses_our_key,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.backup import ProtectedResource
from core.resources.aws.efs import EfsAccessPoint, EfsFileSystem
from tests.checks.aws.keys import OF_AWS, OURS, two_keys
from tests.checks.aws.making import ACCOUNT, AS_OF, account, deny, everybody, policy, status
from tests.twins import population

ARN = f"arn:aws:elasticfilesystem:eu-west-1:{ACCOUNT}:file-system/fs-1"
NEAR = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
NOT_NEAR = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
MOUNT = "elasticfilesystem:ClientMount"


def system(**changes: Any) -> EfsFileSystem:
    given: dict[str, Any] = {
        "id": ARN,
        "name": "files",
        "encrypted": True,
        "key": OURS,
        "zone": "",
        "mounted_from": ("eu-west-1a", "eu-west-1b"),
        "backs_itself_up": True,
        "statements": policy(account(ACCOUNT, MOUNT)),
    }
    return EfsFileSystem(**{**given, **changes})


def point(**changes: Any) -> EfsAccessPoint:
    given: dict[str, Any] = {"id": "arn:1", "name": "door", "file_system": "fs-1", "path": "/one", "user": 1000}
    return EfsAccessPoint(**{**given, **changes})


def test_file_system_is_encrypted() -> None:
    assert status(file_system_is_encrypted(system())) == "pass"
    assert status(file_system_is_encrypted(system(encrypted=False, key=""))) == "fail"
    with pytest.raises(NotObservedError):
        file_system_is_encrypted(system(encrypted=unobserved("AWS does not say")))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"key": OF_AWS}, "fail"), ({"encrypted": False, "key": ""}, "not_applicable")],
)
def test_file_system_uses_our_key(changes: dict[str, Any], expected: str) -> None:
    assert status(file_system_uses_our_key(system(**changes), two_keys())) == expected


@pytest.mark.parametrize(
    ("statements", "public", "asks"),
    [
        ((), "pass", "fail"),
        (policy(account(ACCOUNT, MOUNT)), "pass", "pass"),
        (policy(everybody(MOUNT)), "fail", "fail"),
        (policy(everybody(MOUNT, Condition=NEAR)), "pass", "fail"),
        (policy(everybody(MOUNT, Condition=NOT_NEAR)), "fail", "fail"),
        (policy(everybody(MOUNT, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})), "pass", "pass"),
    ],
)
def test_who_may_mount(statements: Any, public: str, asks: str) -> None:
    assert status(file_system_is_not_public(system(statements=statements))) == public
    assert status(file_system_asks_who_mounts(system(statements=statements))) == asks


def test_a_policy_that_was_not_seen_is_unknown() -> None:
    hidden = system(statements=unobserved("denied"))
    for judge in (file_system_is_not_public, file_system_asks_who_mounts, file_system_needs_tls):
        with pytest.raises(NotObservedError):
            judge(hidden)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ((), "fail"),
        (policy(deny("*", Principal={"AWS": "*"}, Condition=PLAIN)), "pass"),
        (policy({**deny("*", Principal={"AWS": "*"}, Condition=PLAIN), "Resource": ARN}), "pass"),
        (policy({**deny("*", Principal={"AWS": "*"}, Condition=PLAIN), "Resource": f"{ARN}9"}), "fail"),
        (policy(deny(MOUNT, Principal={"AWS": "*"}, Condition=PLAIN)), "fail"),
    ],
)
def test_file_system_needs_tls(statements: Any, expected: str) -> None:
    assert status(file_system_needs_tls(system(statements=statements))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"mounted_from": ()}, "pass"),
        ({"mounted_from": ("eu-west-1a",)}, "fail"),
        ({"zone": "eu-west-1a", "mounted_from": ("eu-west-1a",)}, "fail"),
    ],
)
def test_file_system_spans_zones(changes: dict[str, Any], expected: str) -> None:
    assert status(file_system_spans_zones(system(**changes))) == expected


@pytest.mark.parametrize(
    ("itself", "last", "expected"),
    [
        (True, None, "pass"),
        (False, None, "fail"),
        (False, datetime(2026, 11, 21, tzinfo=UTC), "pass"),
        (False, datetime(2026, 11, 1, tzinfo=UTC), "fail"),
    ],
)
def test_file_system_is_backed_up(itself: bool, last: datetime | None, expected: str) -> None:
    protected = population(ProtectedResource(id=ARN, type="EFS", last=last))
    assert status(file_system_is_backed_up(system(backs_itself_up=itself), protected, as_of=AS_OF)) == expected


def test_a_file_system_that_aws_backup_does_not_know_is_not_backed_up_if_we_looked_everywhere() -> None:
    bare = system(backs_itself_up=False)
    nothing: Population[ProtectedResource] = population(kind="aws_backup_protected_resource")
    assert status(file_system_is_backed_up(bare, nothing, as_of=AS_OF)) == "fail"
    hidden: Population[ProtectedResource] = population(kind="aws_backup_protected_resource", missing="denied")
    with pytest.raises(NotObservedError):
        file_system_is_backed_up(bare, hidden, as_of=AS_OF)


def test_access_point_shows_one_directory() -> None:
    assert status(access_point_shows_one_directory(point())) == "pass"
    assert status(access_point_shows_one_directory(point(path="/"))) == "fail"


@pytest.mark.parametrize(("user", "expected"), [(1000, "pass"), (0, "fail"), (None, "fail")])
def test_access_point_says_who_clients_are(user: int | None, expected: str) -> None:
    assert status(access_point_says_who_clients_are(point(user=user))) == expected
