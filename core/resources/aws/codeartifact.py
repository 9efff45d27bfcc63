"""CodeArtifact: the repositories of one region."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_artifact_repository")
class ArtifactRepository(Resource):
    """A repository of packages. The id is its ARN."""

    id: str
    name: str
    domain: str
    from_both_sides: tuple[str, ...]
    """The packages that may come from outside and be published by ourselves: a stranger's newer version of a package of
    ours would be taken for ours."""
