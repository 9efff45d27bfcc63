"""Data Firehose: delivery streams and how they are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.firehose import DeliveryStream

LIST_STREAMS = Read("firehose", "ListDeliveryStreams")
DESCRIBE = Read("firehose", "DescribeDeliveryStream")
MOST = 100


@collector(permissions=(LIST_STREAMS, DESCRIBE))
def delivery_streams(region: AwsRegion) -> Iterator[DeliveryStream]:
    """Every delivery stream of the region."""
    yield from region.each(lambda name: _stream(region, name), list(_names(region)))


def _names(region: AwsRegion) -> Iterator[str]:
    """Firehose turns pages by the last name of the one before, in a way the SDK knows nothing of."""
    asked: dict[str, str] = {}
    while True:
        answer = region.ask(LIST_STREAMS, Limit=MOST, **asked)
        yield from answer["DeliveryStreamNames"]
        if not answer["HasMoreDeliveryStreams"] or not answer["DeliveryStreamNames"]:
            return
        asked = {"ExclusiveStartDeliveryStreamName": answer["DeliveryStreamNames"][-1]}


def _stream(region: AwsRegion, name: str) -> DeliveryStream:
    found = region.look(lambda: region.ask(DESCRIBE, DeliveryStreamName=name)["DeliveryStreamDescription"])
    unseen = isinstance(found, Unobserved)
    encryption = {} if unseen else found.get("DeliveryStreamEncryptionConfiguration", {})
    source = {} if unseen else found.get("Source", {}).get("KinesisStreamSourceDescription", {})
    return DeliveryStream(
        id=f"arn:{region.identity.partition}:firehose:{region.scope}:{region.account}:deliverystream/{name}",
        name=name,
        type=found if unseen else found["DeliveryStreamType"],
        source=found if unseen else source.get("KinesisStreamARN", ""),
        encryption=found if unseen else encryption.get("Status", ""),
        key=found if unseen else encryption.get("KeyARN", ""),
    )
