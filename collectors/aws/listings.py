"""Listings of services that not every region has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.aws.errors import NoAnswerError
from collectors.aws.offers import is_missing
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion


def where_offered(region: AwsRegion, read: Read, listing: str) -> Iterator[Any]:
    """Every item of a listing, over all its pages; nothing where the region does not have the service."""
    try:
        yield from region.pages(read, listing)
    except NoAnswerError as error:
        if not is_missing(error, read.service, region.scope, region.identity.partition):
            raise
