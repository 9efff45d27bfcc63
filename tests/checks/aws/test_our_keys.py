"""Whose key encrypts: all that AWS may say."""

from __future__ import annotations

import pytest

from checks.aws.our_keys import encrypts_with_ours
from core.resource import NotObservedError
from tests.checks.aws.keys import OF_AWS, OURS, key, two_keys
from tests.checks.aws.making import OTHER, status
from tests.twins import population


@pytest.mark.parametrize(
    ("named", "expected", "says"),
    [
        (OURS, "pass", "it is encrypted with alias/ours, a key of ours"),
        ("1111", "pass", "it is encrypted with alias/ours, a key of ours"),
        (OF_AWS, "fail", "it is encrypted with alias/aws/backup, a key that AWS manages"),
        ("alias/aws/s3", "fail", "it is encrypted with alias/aws/s3, a key that AWS manages"),
        ("", "fail", "it is encrypted with a key that AWS owns"),
        (f"arn:aws:kms:eu-west-1:{OTHER}:key/9", "unknown", "which is in no account and region that we look at"),
    ],
)
def test_whose_key_it_is(named: str, expected: str, says: str) -> None:
    verdict = encrypts_with_ours("it", named, two_keys())
    assert status(verdict) == expected
    assert says in verdict.reason


def test_a_key_without_a_name_is_called_by_its_number() -> None:
    verdict = encrypts_with_ours("it", OURS, population(key(OURS, "CUSTOMER")))
    assert verdict.reason == "it is encrypted with 1111, a key of ours"


def test_a_key_that_may_be_where_we_could_not_look_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        encrypts_with_ours("it", OURS, population(kind="aws_kms_key", missing="denied"))
