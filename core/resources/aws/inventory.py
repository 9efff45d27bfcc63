"""AWS's own inventories: the indexes of Resource Explorer, and the labels of resources."""

from __future__ import annotations

import re

from core.resource import NotObservedError, Resource, resource


@resource("aws_resource_index")
class ResourceIndex(Resource):
    """An index of the resources of one region. The id is its ARN."""

    id: str
    region: str
    aggregates: bool
    """It gathers those of all other regions."""


@resource("aws_labelled_resource")
class LabelledResource(Resource):
    """A resource that has, or once had, tags, as `core.resources.cloud.CloudResource` has it. The id is its ARN. AWS
    does not list here what was never tagged."""

    id: str
    account: str
    location: str
    """The region of its ARN; of a bucket, whose ARN has none, the region that lists it; otherwise `global`."""
    labels: tuple[str, ...]
    """Keys of its tags that have a value."""
    tags: dict[str, str]
    """Its tags that have a value, as they were when somebody looked; what looks like a secret is masked."""

    @property
    def type(self) -> str:
        """`ec2:instance`: the service, and what the resource part of the ARN begins with where it says it; `s3`."""
        _, _, service, _, _, name = self.id.split(":", 5)
        noun, *rest = re.split("[:/]", name.lstrip("/"), maxsplit=1)
        return f"{service}:{noun}" if rest else service

    @property
    def part_of(self) -> str:
        raise NotObservedError(f"AWS does not say what {self.id} is a part of where it lists tags")
