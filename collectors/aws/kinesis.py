"""Kinesis: data streams with their encryption and policies."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.errors import TruncatedError
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.kinesis import Stream
from core.resources.aws.policy import Statement

LIST_STREAMS = Read("kinesis", "ListStreams")
SUMMARY = Read("kinesis", "DescribeStreamSummary")
POLICY = Read("kinesis", "GetResourcePolicy")


@collector(permissions=(LIST_STREAMS, SUMMARY, POLICY))
def streams(region: AwsRegion) -> Iterator[Stream]:
    """Every data stream of the region."""
    yield from region.each(lambda name: _stream(region, name), list(_names(region)))


def _names(region: AwsRegion) -> Iterator[str]:
    """Raises `TruncatedError` when there are more and Kinesis does not say how to ask for them."""
    for answer in region.answers(LIST_STREAMS, "StreamNames"):
        yield from answer["StreamNames"]
        if answer["HasMoreStreams"] and not answer.get("NextToken"):
            raise TruncatedError("there are more streams than Kinesis lists")


def _stream(region: AwsRegion, name: str) -> Stream:
    arn = f"arn:{region.identity.partition}:kinesis:{region.scope}:{region.account}:stream/{name}"
    found = region.look(lambda: region.ask(SUMMARY, StreamName=name)["StreamDescriptionSummary"])
    unseen = isinstance(found, Unobserved)
    return Stream(
        id=arn,
        name=name,
        encryption=found
        if unseen
        else found.get("EncryptionType") or unobserved("Kinesis does not say whether it encrypts"),
        key=found if unseen else found.get("KeyId") or "",
        statements=region.look(lambda: _statements(region, arn)),
    )


def _statements(region: AwsRegion, arn: str) -> tuple[Statement, ...]:
    """Of a stream without a policy Kinesis says nothing, or an empty document."""
    document = region.ask(POLICY, ResourceARN=arn)["Policy"]
    return () if document == "{}" else statements(document)
