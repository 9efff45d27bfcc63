"""Checks of Kinesis data streams."""

from __future__ import annotations

from checks.aws.callers import closed_to_everybody, lets_in_approved
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.kinesis import Stream


@check(objective="data-at-rest-is-encrypted", severity=Severity.HIGH)
def stream_is_encrypted(stream: Stream) -> Verdict:
    """Records in the stream are encrypted.

    Kinesis keeps them for a day to a year, as they came, unless somebody switches encryption on.

    Remediation: `aws kinesis start-stream-encryption --encryption-type KMS --key-id …`.
    """
    if stream.encryption == "KMS":
        return passed(f"{stream.name} encrypts with {stream.key or 'a key of KMS'}")
    return failed(f"{stream.name} has the encryption {stream.encryption}")


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def stream_is_not_public(stream: Stream) -> Verdict:
    """Not everybody can use the stream.

    Who can read it gets every record; who can write to it feeds what we believe.

    Remediation: Name accounts or identities in `Principal` of the resource policy.
    """
    return closed_to_everybody(stream.name, stream.statements)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def stream_lets_in_approved_accounts(stream: Stream, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The stream's policy lets in no other account, unless that was approved.

    Another account's reader keeps what it reads.

    Remediation: Name the account in the setting `approved`, or take it out of the resource policy.
    """
    return lets_in_approved(stream.name, stream.id, stream.statements, approved)
