"""SQS: queues with their policies and their encryption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.sqs import Queue

LIST_QUEUES = Read("sqs", "ListQueues")
ATTRIBUTES = Read("sqs", "GetQueueAttributes")

ASKED = ["KmsMasterKeyId", "Policy", "QueueArn", "SqsManagedSseEnabled"]
MOST = 1000
"""Queues of one page. SQS does not say that there are more to whom names no number."""


@collector(permissions=(LIST_QUEUES, ATTRIBUTES))
def queues(region: AwsRegion) -> Iterator[Queue]:
    """Every queue of the region, with its policy."""
    listed = region.pages(LIST_QUEUES, "QueueUrls", MaxResults=MOST)
    yield from region.each(lambda address: _queue(region, address), listed)


def _queue(region: AwsRegion, address: str) -> Queue:
    name = address.rpartition("/")[2]
    found = region.look(lambda: region.ask(ATTRIBUTES, QueueUrl=address, AttributeNames=ASKED)["Attributes"])
    unseen = isinstance(found, Unobserved)
    return Queue(
        id=f"arn:{region.identity.partition}:sqs:{region.scope}:{region.account}:{name}"
        if unseen
        else found["QueueArn"],
        name=name,
        key=found if unseen else found.get("KmsMasterKeyId", ""),
        managed=found if unseen else _is_managed(found),
        statements=found if unseen else statements(found.get("Policy")),
    )


def _is_managed(found: Mapping[str, str]) -> bool:
    said = found.get("SqsManagedSseEnabled", "false" if found.get("KmsMasterKeyId") else "")
    managed: bool = said == "true" if said in ("true", "false") else unobserved("SQS does not say whether it encrypts")
    return managed
