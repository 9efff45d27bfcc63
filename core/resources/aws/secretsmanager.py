"""Secrets Manager: the secrets of one region, never their values."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_secret")
class Secret(Resource):
    """A secret. The id is its ARN, which ends in letters that no other secret of the same name gets."""

    id: str
    name: str
    owner: str
    """The service of AWS that made it and looks after it; empty for ours."""
    replica: bool
    """A copy of a secret of another region, where it is rotated."""
    key: str
    """The KMS key that encrypts it; empty for the one that AWS keeps for Secrets Manager."""
    rotates: bool
    rotated: datetime | None
    """When it was last rotated; `None` when it never was."""
    created: datetime
    used: datetime | None
    """The day on which somebody last read it; `None` when nobody ever did."""
    statements: tuple[Statement, ...]
    """Of its own policy."""
