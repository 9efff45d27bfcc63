"""Service Catalog. With whom a portfolio is shared must be asked of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.servicecatalog import Portfolio

PORTFOLIOS = Read("servicecatalog", "ListPortfolios")
SHARES = Read("servicecatalog", "DescribePortfolioShares")


@collector(permissions=(PORTFOLIOS, SHARES))
def portfolios(region: AwsRegion) -> Iterator[Portfolio]:
    """Every portfolio of the region, with the accounts it is shared with."""
    yield from region.each(
        lambda found: _portfolio(region, found), list(listed(region, PORTFOLIOS, "PortfolioDetails"))
    )


def _portfolio(region: AwsRegion, found: Mapping[str, Any]) -> Portfolio:
    return Portfolio(
        id=found["ARN"],
        name=found.get("DisplayName") or found["Id"],
        accounts=region.look(lambda: _accounts(region, found["Id"])),
    )


def _accounts(region: AwsRegion, number: str) -> tuple[str, ...]:
    shares = region.pages(SHARES, "PortfolioShareDetails", PortfolioId=number, Type="ACCOUNT")
    return tuple(sorted(each["PrincipalId"] for each in shares))
