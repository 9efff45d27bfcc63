"""A portfolio. moto does not know with whom it is shared."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        aws.client("servicecatalog", region).create_portfolio(
            DisplayName="servers", ProviderName="platform", IdempotencyToken=region
        )


ANSWERS = {
    "servicecatalog:DescribePortfolioShares": Canned(
        {"PortfolioShareDetails": [{"PrincipalId": "999999999999", "Type": "ACCOUNT", "Accepted": True}]}
    )
}
