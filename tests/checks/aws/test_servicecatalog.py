"""Truth table of the check of Service Catalog."""

from __future__ import annotations

import pytest

from checks.aws.servicecatalog import portfolio_is_shared_as_approved
from core.resource import NotObservedError, unobserved
from core.resources.aws.servicecatalog import Portfolio
from tests.checks.aws.making import OTHER, status


@pytest.mark.parametrize(
    ("accounts", "approved", "expected"),
    [((), (), "pass"), ((OTHER,), (), "fail"), ((OTHER,), (OTHER,), "pass")],
)
def test_portfolio_is_shared_as_approved(accounts: tuple[str, ...], approved: tuple[str, ...], expected: str) -> None:
    found = Portfolio(id="arn:1", name="servers", accounts=accounts)
    assert status(portfolio_is_shared_as_approved(found, approved=approved)) == expected


def test_shares_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        portfolio_is_shared_as_approved(Portfolio(id="arn:1", name="servers", accounts=unobserved("denied")))
