"""Truth tables of the checks of Macie."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.macie import buckets_are_searched, buckets_are_searched_without_being_asked
from core.resource import NotObservedError, unobserved
from core.resources.aws.macie import MacieRegion
from tests.checks.aws.making import status
from tests.checks.aws.test_s3 import bucket
from tests.twins import population

OFF = {"status": "", "discovers": False}


def region(**changes: Any) -> MacieRegion:
    given = {"id": bucket().region, "offered": True, "status": "ENABLED", "discovers": True}
    return MacieRegion(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "searched", "asked"),
    [
        ({}, "pass", "pass"),
        ({"discovers": False}, "pass", "fail"),
        ({"status": "PAUSED"}, "fail", "not_applicable"),
        (OFF, "fail", "not_applicable"),
        ({**OFF, "id": "ap-south-1"}, "not_applicable", "not_applicable"),
        ({**OFF, "offered": False}, "not_applicable", "not_applicable"),
    ],
)
def test_states(changes: dict[str, Any], searched: str, asked: str) -> None:
    assert status(buckets_are_searched(region(**changes), population(bucket()))) == searched
    assert status(buckets_are_searched_without_being_asked(region(**changes))) == asked


def test_what_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        buckets_are_searched(region(**OFF), population(bucket(), missing="denied"))
    with pytest.raises(NotObservedError):
        buckets_are_searched_without_being_asked(region(discovers=unobserved("denied")))
