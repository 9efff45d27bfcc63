"""Global Accelerator: addresses at the edge that lead into regions."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_accelerator")
class Accelerator(Resource):
    """An accelerator. The id is its ARN."""

    id: str
    name: str
    enabled: bool
    logs_flows: bool
    """It records the traffic that it carries."""
