"""Truth tables of the checks of Resource Access Manager."""

from __future__ import annotations

import pytest

from checks.aws.resource_shares import share_cannot_leave_the_organization, share_stays_with_approved_accounts
from core.resources.aws.resource_shares import ResourceShare, SharedWith
from tests.checks.aws.making import ACCOUNT, OTHER, status

INSIDE = SharedWith(principal=ACCOUNT, outside=False)
OUTSIDE = SharedWith(principal=OTHER, outside=True)


def share(*principals: SharedWith, may_leave: bool = True) -> ResourceShare:
    return ResourceShare(
        id="arn", name="subnets", may_leave_organization=may_leave, resources=("arn:subnet",), principals=principals
    )


@pytest.mark.parametrize(
    ("principals", "approved", "expected"),
    [
        ((), (), "pass"),
        ((INSIDE,), (), "pass"),
        ((INSIDE, OUTSIDE), (), "fail"),
        ((INSIDE, OUTSIDE), (OTHER,), "pass"),
    ],
)
def test_share_stays_with_approved_accounts(
    principals: tuple[SharedWith, ...], approved: tuple[str, ...], expected: str
) -> None:
    assert status(share_stays_with_approved_accounts(share(*principals), approved=approved)) == expected


def test_share_cannot_leave_the_organization() -> None:
    assert status(share_cannot_leave_the_organization(share(may_leave=False))) == "pass"
    assert status(share_cannot_leave_the_organization(share())) == "fail"
    assert status(share_cannot_leave_the_organization(share(), approved=("subnets",))) == "pass"
