"""Checks of SQS: who may use queues, and how messages travel and lie."""

from __future__ import annotations

from checks.aws.callers import closed_to_everybody, lets_in_approved
from checks.aws.policies import denies_plain_text
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.sqs import Queue


@check(objective="data-is-not-public", severity=Severity.CRITICAL)
def queue_is_not_public(queue: Queue) -> Verdict:
    """Not everybody can use the queue.

    Who can receive reads messages and makes them disappear; who can send has programs of ours work for them.

    Remediation: Name accounts or services in `Principal` of the access policy, or add `aws:SourceArn` or
    `aws:PrincipalOrgID`.
    """
    return closed_to_everybody(queue.name, queue.statements)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def queue_lets_in_approved_accounts(queue: Queue, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The queue's policy lets in no other account, unless that was approved.

    What another account reads from a queue, or writes into it, only its owner decides.

    Remediation: Name the account in the setting `approved`, or take it out of the access policy.
    """
    return lets_in_approved(queue.name, queue.id, queue.statements, approved)


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def queue_is_encrypted(queue: Queue) -> Verdict:
    """Messages in the queue are encrypted.

    SQS encrypts new queues with keys of its own since October 2022; older ones, and those where somebody switched it
    off, keep messages as they came.

    Remediation: *Edit*, *Encryption*, with a key of SQS or of KMS.
    """
    if queue.key:
        return passed(f"{queue.name} encrypts messages with {queue.key} of KMS")
    if queue.managed:
        return passed(f"{queue.name} encrypts messages with keys of SQS")
    return failed(f"{queue.name} does not encrypt messages")


@check(objective="data-in-transit-is-protected", severity=Severity.LOW)
def queue_needs_tls(queue: Queue) -> Verdict:
    """The queue refuses requests without TLS.

    SQS answers plain HTTP as well, where anybody on the way can read and change what is sent.

    Remediation: Add to the access policy: deny `sqs:*` to everybody where `aws:SecureTransport` is `false`.
    """
    if denies_plain_text(queue.statements, "sqs", (queue.id,)):
        return passed(f"{queue.name} refuses requests without TLS")
    return failed(f"no statement of {queue.name} refuses all requests without TLS")
