"""Athena: workgroups, which say how queries run."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_athena_workgroup")
class Workgroup(Resource):
    """A workgroup. The id is its ARN."""

    id: str
    name: str
    enabled: bool
    used: bool
    """Athena remembers queries of it, of the last 45 days. Every region has one, `primary`, that few use."""
    encryption: str
    """Of results: `SSE_S3`, `SSE_KMS`, `CSE_KMS`, `MANAGED` (by Athena, with a chosen key), empty when nobody says."""
    binding: bool
    """Its settings hold whatever a client asks for."""
    measured: bool
    """It publishes what its queries did as metrics."""
