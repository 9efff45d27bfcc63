"""Truth tables of the checks of Amazon MQ."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.mq import (
    broker_is_logged,
    broker_is_not_public,
    broker_spans_zones,
    broker_updates_itself,
    broker_uses_our_key,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.mq import MqBroker
from tests.checks.aws.keys import OF_AWS, OURS, two_keys
from tests.checks.aws.making import status


def broker(**changes: Any) -> MqBroker:
    given: dict[str, Any] = {"id": "arn:1", "name": "orders", "engine": "ACTIVEMQ", "public": False, "logs": True}
    deployment = "ACTIVE_STANDBY_MULTI_AZ"
    return MqBroker(
        **{**given, "deployment": deployment, "updates_itself": True, "audits": True, "key": OURS, **changes}
    )


@pytest.mark.parametrize(
    ("deployment", "expected"),
    [("ACTIVE_STANDBY_MULTI_AZ", "pass"), ("CLUSTER_MULTI_AZ", "pass"), ("SINGLE_INSTANCE", "fail")],
)
def test_broker_spans_zones(deployment: str, expected: str) -> None:
    assert status(broker_spans_zones(broker(deployment=deployment))) == expected


@pytest.mark.parametrize(
    ("public", "approved", "expected"), [(False, (), "pass"), (True, (), "fail"), (True, ("orders",), "pass")]
)
def test_broker_is_not_public(public: Any, approved: tuple[str, ...], expected: str) -> None:
    assert status(broker_is_not_public(broker(public=public), approved=approved)) == expected


def test_what_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        broker_is_not_public(broker(public=unobserved("denied")))


@pytest.mark.parametrize(
    ("logs", "audits", "expected"),
    [(True, True, "pass"), (True, None, "pass"), (True, False, "fail"), (False, True, "fail"), (False, None, "fail")],
)
def test_broker_is_logged(logs: Any, audits: Any, expected: str) -> None:
    assert status(broker_is_logged(broker(logs=logs, audits=audits))) == expected


def test_broker_updates_itself() -> None:
    assert status(broker_updates_itself(broker())) == "pass"
    assert status(broker_updates_itself(broker(updates_itself=False))) == "fail"


@pytest.mark.parametrize(("key", "expected"), [(OURS, "pass"), (OF_AWS, "fail"), ("", "fail")])
def test_broker_uses_our_key(key: str, expected: str) -> None:
    assert status(broker_uses_our_key(broker(key=key), two_keys())) == expected
