"""Truth tables of the checks of SNS, SQS, Kinesis, Firehose and Step Functions."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.firehose import delivery_stream_is_encrypted
from checks.aws.kinesis import stream_is_encrypted, stream_is_not_public, stream_lets_in_approved_accounts
from checks.aws.sns import (
    subscription_uses_tls,
    topic_is_encrypted,
    topic_is_not_public,
    topic_lets_in_approved_accounts,
    topic_needs_tls,
)
from checks.aws.sqs import queue_is_encrypted, queue_is_not_public, queue_lets_in_approved_accounts, queue_needs_tls
from checks.aws.stepfunctions import machine_is_logged
from core.resource import NotObservedError, unobserved
from core.resources.aws.firehose import DeliveryStream
from core.resources.aws.kinesis import Stream
from core.resources.aws.sns import Subscription, Topic
from core.resources.aws.sqs import Queue
from core.resources.aws.stepfunctions import StateMachine
from tests.checks.aws.making import ACCOUNT, OTHER, account, deny, everybody, policy, status
from tests.twins import population

TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
STREAM = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/clicks"
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}


def topic(**changes: Any) -> Topic:
    return Topic(**{"id": TOPIC, "name": "alarms", "key": "alias/data", "statements": (), **changes})


def queue(**changes: Any) -> Queue:
    return Queue(**{"id": QUEUE, "name": "orders", "key": "", "managed": True, "statements": (), **changes})


def stream(**changes: Any) -> Stream:
    given = {"id": STREAM, "name": "clicks", "encryption": "KMS", "key": "alias/data", "statements": ()}
    return Stream(**{**given, **changes})


def delivery(**changes: Any) -> DeliveryStream:
    given = {"id": "arn", "name": "to-lake", "type": "DirectPut", "source": "", "encryption": "ENABLED", "key": ""}
    return DeliveryStream(**{**given, **changes})


def test_who_may_use_a_topic_a_queue_or_a_stream() -> None:
    public = policy(everybody("*"))
    foreign = policy(account(OTHER, "*"))
    assert status(topic_is_not_public(topic())) == "pass"
    assert status(topic_is_not_public(topic(statements=public))) == "fail"
    assert status(topic_lets_in_approved_accounts(topic(statements=foreign))) == "fail"
    assert status(topic_lets_in_approved_accounts(topic(statements=foreign), approved=(OTHER,))) == "pass"
    assert status(queue_is_not_public(queue())) == "pass"
    assert status(queue_is_not_public(queue(statements=public))) == "fail"
    assert status(queue_lets_in_approved_accounts(queue(statements=foreign))) == "fail"
    assert status(queue_lets_in_approved_accounts(queue(statements=foreign), approved=(OTHER,))) == "pass"
    assert status(stream_is_not_public(stream())) == "pass"
    assert status(stream_is_not_public(stream(statements=public))) == "fail"
    assert status(stream_lets_in_approved_accounts(stream(statements=foreign))) == "fail"
    assert status(stream_lets_in_approved_accounts(stream(statements=foreign), approved=(OTHER,))) == "pass"


def test_a_policy_that_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        topic_is_not_public(topic(statements=unobserved("denied")))
    with pytest.raises(NotObservedError):
        queue_is_not_public(queue(statements=unobserved("denied")))
    with pytest.raises(NotObservedError):
        stream_is_not_public(stream(statements=unobserved("denied")))


def test_topic_is_encrypted() -> None:
    assert status(topic_is_encrypted(topic())) == "pass"
    assert status(topic_is_encrypted(topic(key=""))) == "fail"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (deny("sns:Publish", Principal="*", Condition=PLAIN), "pass"),
        (deny("sns:Subscribe", Principal="*", Condition=PLAIN), "fail"),
        (everybody("sns:Publish", Condition=PLAIN), "fail"),
    ],
)
def test_topic_needs_tls(statement: dict[str, object], expected: str) -> None:
    assert status(topic_needs_tls(topic(statements=policy(statement)))) == expected


@pytest.mark.parametrize(("protocol", "expected"), [("https", "pass"), ("sqs", "pass"), ("http", "fail")])
def test_subscription_uses_tls(protocol: str, expected: str) -> None:
    assert status(subscription_uses_tls(Subscription(id="a", topic=TOPIC, protocol=protocol))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"managed": False, "key": "alias/data"}, "pass"), ({"managed": False}, "fail")],
)
def test_queue_is_encrypted(changes: dict[str, Any], expected: str) -> None:
    assert status(queue_is_encrypted(queue(**changes))) == expected


def test_a_queue_that_does_not_say_whether_it_encrypts_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        queue_is_encrypted(queue(managed=unobserved("SQS does not say")))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (deny("sqs:*", Principal="*", Condition=PLAIN), "pass"),
        (deny("sqs:SendMessage", Principal="*", Condition=PLAIN), "fail"),
    ],
)
def test_queue_needs_tls(statement: dict[str, object], expected: str) -> None:
    assert status(queue_needs_tls(queue(statements=policy(statement)))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"), [({}, "pass"), ({"key": ""}, "pass"), ({"encryption": "NONE", "key": ""}, "fail")]
)
def test_stream_is_encrypted(changes: dict[str, Any], expected: str) -> None:
    assert status(stream_is_encrypted(stream(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"key": "arn:aws:kms:eu-west-1:1:key/1"}, "pass"),
        ({"encryption": "DISABLED"}, "fail"),
        ({"encryption": "ENABLING_FAILED"}, "fail"),
        ({"encryption": ""}, "unknown"),
        ({"type": "MSKAsSource", "encryption": ""}, "not_applicable"),
        ({"type": "KinesisStreamAsSource", "source": STREAM}, "pass"),
        ({"type": "KinesisStreamAsSource", "source": f"{STREAM}-plain"}, "fail"),
        ({"type": "KinesisStreamAsSource", "source": f"{STREAM}-foreign"}, "unknown"),
    ],
)
def test_delivery_stream_is_encrypted(changes: dict[str, Any], expected: str) -> None:
    streams = population(stream(), stream(id=f"{STREAM}-plain", encryption="NONE"))
    assert status(delivery_stream_is_encrypted(delivery(**changes), streams)) == expected


@pytest.mark.parametrize(("logs", "expected"), [("ALL", "pass"), ("ERROR", "pass"), ("OFF", "fail")])
def test_machine_is_logged(logs: str, expected: str) -> None:
    machine = StateMachine(id="arn", name="orders", type="EXPRESS", logs=logs)
    assert status(machine_is_logged(machine)) == expected
