"""Checks of Data Firehose."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.aws.firehose import DeliveryStream
from core.resources.aws.kinesis import Stream


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def delivery_stream_is_encrypted(delivery: DeliveryStream, streams: Population[Stream]) -> Verdict:
    """What waits in the delivery stream is encrypted.

    Firehose gathers records before it delivers them. Those that come from a data stream wait there, under that one's
    encryption.

    Remediation: `aws firehose start-delivery-stream-encryption`; for a data stream, encrypt that.
    """
    if delivery.source:
        stream = streams.get(delivery.source)
        if stream is None:
            return unknown(f"{delivery.name} reads {delivery.source}, which is in no account that we look at")
        if stream.encryption == "KMS":
            return passed(f"{delivery.name} reads {stream.name}, which is encrypted")
        return failed(f"{delivery.name} reads {stream.name}, which has the encryption {stream.encryption}")
    if delivery.type != "DirectPut":
        return not_applicable(f"{delivery.name} ({delivery.type}) keeps nothing: records wait at their source")
    if delivery.encryption == "ENABLED":
        return passed(f"{delivery.name} encrypts with {delivery.key or 'a key that AWS owns'}")
    if not delivery.encryption:
        return unknown(f"Firehose does not say whether {delivery.name} encrypts")
    return failed(f"{delivery.name} has the encryption {delivery.encryption}")
