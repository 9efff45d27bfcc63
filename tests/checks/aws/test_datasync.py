"""Truth tables of the checks of DataSync."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.datasync import task_is_logged, task_verifies_what_it_moved
from core.resource import NotObservedError, unobserved
from core.resources.aws.datasync import DataSyncTask
from tests.checks.aws.making import status


def task(**changes: Any) -> DataSyncTask:
    given: dict[str, Any] = {"id": "arn:1", "name": "nightly", "group": "arn:2", "logs": "BASIC"}
    return DataSyncTask(**{**given, "verifies": "ONLY_FILES_TRANSFERRED", **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"logs": "TRANSFER"}, "pass"),
        ({"logs": "OFF"}, "fail"),
        ({"group": ""}, "fail"),
        ({"group": "", "logs": unobserved("AWS does not say")}, "fail"),
    ],
)
def test_task_is_logged(changes: dict[str, Any], expected: str) -> None:
    assert status(task_is_logged(task(**changes))) == expected


def test_a_level_that_aws_does_not_tell_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        task_is_logged(task(logs=unobserved("AWS does not say")))


@pytest.mark.parametrize(
    ("how", "expected"), [("ONLY_FILES_TRANSFERRED", "pass"), ("POINT_IN_TIME_CONSISTENT", "pass"), ("NONE", "fail")]
)
def test_task_verifies_what_it_moved(how: str, expected: str) -> None:
    assert status(task_verifies_what_it_moved(task(verifies=how))) == expected
