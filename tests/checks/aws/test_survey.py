"""Truth tables of the checks of what is looked at."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.survey import enabled_region_is_looked_at, member_account_is_looked_at
from core.resources.aws.survey import MemberAccount, Region
from tests.checks.aws.making import status

LEFT_OUT = {"looked_at": False, "left_out": "excluded by the configuration"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), (LEFT_OUT, "fail"), ({"status": "SUSPENDED", **LEFT_OUT}, "not_applicable")],
)
def test_member_account_is_looked_at(changes: dict[str, Any], expected: str) -> None:
    given = {
        "id": "111111111111", "name": "production", "arn": "arn:aws:organizations::1:account/o-1/111111111111",
        "status": "ACTIVE", "joined": "CREATED", "is_management_account": False, "looked_at": True, "left_out": "",
    }  # fmt: skip
    assert status(member_account_is_looked_at(MemberAccount(**{**given, **changes}))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), (LEFT_OUT, "fail"), ({"opt_in": "not-opted-in", **LEFT_OUT}, "not_applicable")],
)
def test_enabled_region_is_looked_at(changes: dict[str, Any], expected: str) -> None:
    given = {"id": "eu-west-1", "opt_in": "opt-in-not-required", "looked_at": True, "left_out": ""}
    assert status(enabled_region_is_looked_at(Region(**{**given, **changes}))) == expected
