"""Service Catalog: portfolios of products that people may start."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_servicecatalog_portfolio")
class Portfolio(Resource):
    """A portfolio of this account. The id is its ARN."""

    id: str
    name: str
    accounts: tuple[str, ...]
    """The accounts that it is shared with one by one, not as members of the organization."""
