"""In which regions AWS has a service, as this version of the SDK knows it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.regions import EndpointResolver

from collectors.aws.errors import NoAnswerError
from collectors.aws.models import shared_loader
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion


def is_missing(error: Exception, service: str, region: str, partition: str) -> bool:
    """Whether an error means that the region does not have the service: nobody answers there, and the SDK knows of no
    endpoint either. One alone proves nothing: networks fail, services reach regions before the SDK hears of it, and of
    some services it knows no endpoint at all."""
    silent = isinstance(error, NoAnswerError) and error.kind == "unreachable"
    known = _regions(service, partition)
    return silent and bool(known) and region not in known


@cache
def _regions(service: str, partition: str) -> frozenset[str]:
    return frozenset(
        EndpointResolver(shared_loader().load_data("endpoints")).get_available_endpoints(service, partition)
    )


def listed(region: AwsRegion, read: Read, listing: str, **parameters: Any) -> Iterator[Any]:
    """Every item of a listing; none in a region in which AWS does not offer the service."""
    try:
        yield from region.pages(read, listing, **parameters)
    except NoAnswerError as error:
        if not is_missing(error, _endpoint(read.service), region.scope, region.identity.partition):
            raise


@cache
def _endpoint(service: str) -> str:
    """The name of a service in the SDK's list of endpoints, such as `elasticfilesystem` for EFS."""
    return str(shared_loader().load_service_model(service, "service-2")["metadata"]["endpointPrefix"])
