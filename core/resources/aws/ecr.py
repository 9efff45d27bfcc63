"""Elastic Container Registry: the private repositories of one region."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource
from core.resources.aws.policy import Statement


@part
class NewestImage(Observed):
    """The image of a repository that was pushed last."""

    digest: str
    pushed: datetime
    scan: str
    """`COMPLETE`, `ACTIVE`, `FAILED`, …; empty where it was never scanned."""
    serious: int | None
    """Critical and high findings; `None` where no scan told."""


@resource("aws_ecr_repository")
class Repository(Resource):
    """A repository. The id is its ARN."""

    id: str
    name: str
    mutability: str
    """`MUTABLE`, `IMMUTABLE`, `IMMUTABLE_WITH_EXCLUSION`, …"""
    other_tags: tuple[str, ...]
    """Patterns of tags for which the opposite holds: `latest*`."""
    scanned: str
    """When images are scanned, by the repository's setting and the registry's rules together: `SCAN_ON_PUSH`,
    `CONTINUOUS_SCAN`, `MANUAL` (when somebody asks for it)."""
    drops_images: bool
    """A lifecycle policy removes images."""
    statements: tuple[Statement, ...]
    """Of its policy."""
    newest: NewestImage | None
    """`None` when it is empty."""
