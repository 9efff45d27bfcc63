"""Elastic addresses: public IPv4 addresses that the account keeps."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_elastic_address")
class ElasticAddress(Resource):
    """An address. The id is that of its allocation."""

    id: str
    name: str
    address: str
    used_by: str
    """The network interface or the instance that has it; empty when nothing does."""
    operator: str
    """The AWS service that looks after it; empty when the account does itself."""
