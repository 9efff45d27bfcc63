"""Checks of SNS: who may use topics, and how messages travel and lie."""

from __future__ import annotations

from checks.aws.callers import closed_to_everybody, lets_in_approved
from checks.aws.policies import denies_plain_text
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.aws.sns import Subscription, Topic


@check(objective="data-is-not-public", severity=Severity.HIGH)
def topic_is_not_public(topic: Topic) -> Verdict:
    """Not everybody can use the topic.

    Who can subscribe reads every message; who can publish speaks with our voice to all who listen.

    Remediation: Name accounts or services in `Principal` of the access policy, or add `aws:SourceAccount` or
    `aws:PrincipalOrgID`.
    """
    return closed_to_everybody(topic.name, topic.statements)


@check(objective="outside-access-is-approved", severity=Severity.MEDIUM)
def topic_lets_in_approved_accounts(topic: Topic, *, approved: tuple[str, ...] = ()) -> Verdict:
    """The topic's policy lets in no other account, unless that was approved.

    Another account can pass on what it hears to whom it likes.

    Remediation: Name the account in the setting `approved`, or take it out of the access policy.
    """
    return lets_in_approved(topic.name, topic.id, topic.statements, approved)


@check(objective="data-at-rest-is-encrypted", severity=Severity.MEDIUM)
def topic_is_encrypted(topic: Topic) -> Verdict:
    """Messages of the topic are encrypted with a key of KMS.

    Without one, SNS relies on the encryption of its disks, which opens to everybody who reaches the service.

    Remediation: *Edit*, *Encryption*, enable; or `aws sns set-topic-attributes --attribute-name KmsMasterKeyId`.
    """
    if topic.key:
        return passed(f"{topic.name} encrypts messages with {topic.key}")
    return failed(f"{topic.name} does not encrypt messages; only the disks beneath it are encrypted")


@check(objective="data-in-transit-is-protected", severity=Severity.LOW)
def topic_needs_tls(topic: Topic) -> Verdict:
    """The topic takes no message that comes without TLS.

    SNS answers plain HTTP as well, where anybody on the way can read and change what is sent.

    Remediation: Add to the access policy: deny `sns:Publish` to everybody where `aws:SecureTransport` is `false`.
    """
    if denies_plain_text(topic.statements, "sns", (topic.id,), action="Publish"):
        return passed(f"{topic.name} refuses messages without TLS")
    return failed(f"no statement of {topic.name} refuses messages without TLS")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def subscription_uses_tls(subscription: Subscription) -> Verdict:
    """Messages are not delivered over plain HTTP.

    Everybody between SNS and the receiver reads them, and can answer in its place.

    Remediation: Subscribe the `https` address of the receiver, then remove the subscription of the `http` one.
    """
    topic = subscription.topic.rpartition(":")[2]
    if subscription.protocol == "http":
        return failed(f"a subscription of {topic} delivers over plain HTTP")
    return passed(f"a subscription of {topic} delivers by {subscription.protocol}")
