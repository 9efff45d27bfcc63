"""AWS's own inventories: the indexes of Resource Explorer, and the labels of resources."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_resource_index")
class ResourceIndex(Resource):
    """An index of the resources of one region. The id is its ARN."""

    id: str
    region: str
    aggregates: bool
    """It gathers those of all other regions."""


@resource("aws_labelled_resource")
class LabelledResource(Resource):
    """A resource that has, or once had, tags. The id is its ARN. AWS does not list here what was never tagged."""

    id: str
    labels: tuple[str, ...]
    """Keys of its tags that have a value."""
    tags: dict[str, str]
    """Its tags that have a value, as they were when somebody looked; what looks like a secret is masked."""
