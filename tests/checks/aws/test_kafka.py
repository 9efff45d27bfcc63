"""Truth tables of the checks of MSK."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.kafka import (
    brokers_are_logged,
    brokers_use_tls,
    clients_need_tls,
    clients_prove_who_they_are,
    cluster_is_not_public,
    cluster_lets_in_approved_accounts,
    cluster_uses_our_key,
    connector_is_logged,
    connector_uses_tls,
)
from core.resource import NotObservedError, unobserved
from core.resources.aws.kafka import MskCluster, MskConnector
from tests.checks.aws.keys import OF_AWS, OURS, two_keys
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status


def cluster(**changes: Any) -> MskCluster:
    given: dict[str, Any] = {
        "id": f"arn:aws:kafka:eu-west-1:{ACCOUNT}:cluster/events/1",
        "name": "events",
        "serverless": False,
        "key": OURS,
        "between_clients": "TLS",
        "between_brokers": True,
        "ways_in": ("iam",),
        "anonymous": False,
        "public": False,
        "logs_to": ("S3",),
        "statements": (),
    }
    return MskCluster(**{**given, **changes})


def connector(**changes: Any) -> MskConnector:
    given: dict[str, Any] = {
        "id": "arn:1",
        "name": "sink",
        "encryption": "TLS",
        "logs_to": ("s3",),
    }
    return MskConnector(**{**given, **changes})


@pytest.mark.parametrize(("how", "expected"), [("TLS", "pass"), ("TLS_PLAINTEXT", "fail"), ("PLAINTEXT", "fail")])
def test_clients_need_tls(how: str, expected: str) -> None:
    assert status(clients_need_tls(cluster(between_clients=how))) == expected


def test_what_aws_does_not_say_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        clients_need_tls(cluster(between_clients=unobserved("AWS does not say")))


def test_brokers_use_tls() -> None:
    assert status(brokers_use_tls(cluster())) == "pass"
    assert status(brokers_use_tls(cluster(between_brokers=False))) == "fail"


def test_clients_prove_who_they_are() -> None:
    assert status(clients_prove_who_they_are(cluster())) == "pass"
    assert status(clients_prove_who_they_are(cluster(anonymous=True))) == "fail"


@pytest.mark.parametrize(
    ("public", "approved", "expected"), [(False, (), "pass"), (True, (), "fail"), (True, ("events",), "pass")]
)
def test_cluster_is_not_public(public: Any, approved: tuple[str, ...], expected: str) -> None:
    assert status(cluster_is_not_public(cluster(public=public), approved=approved)) == expected


@pytest.mark.parametrize(
    ("statements", "approved", "expected"),
    [
        ((), (), "pass"),
        (policy(account(ACCOUNT, "kafka:*")), (), "pass"),
        (policy(account(OTHER, "kafka:*")), (), "fail"),
        (policy(account(OTHER, "kafka:*")), (OTHER,), "pass"),
        (policy(everybody("kafka:*")), (), "fail"),
    ],
)
def test_cluster_lets_in_approved_accounts(statements: Any, approved: tuple[str, ...], expected: str) -> None:
    assert status(cluster_lets_in_approved_accounts(cluster(statements=statements), approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"logs_to": ()}, "fail"), ({"logs_to": (), "serverless": True}, "not_applicable")],
)
def test_brokers_are_logged(changes: dict[str, Any], expected: str) -> None:
    assert status(brokers_are_logged(cluster(**changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"key": OF_AWS}, "fail"), ({"key": "", "serverless": True}, "not_applicable")],
)
def test_cluster_uses_our_key(changes: dict[str, Any], expected: str) -> None:
    assert status(cluster_uses_our_key(cluster(**changes), two_keys())) == expected


def test_connectors() -> None:
    assert status(connector_uses_tls(connector())) == "pass"
    assert status(connector_uses_tls(connector(encryption="PLAINTEXT"))) == "fail"
    assert status(connector_is_logged(connector())) == "pass"
    assert status(connector_is_logged(connector(logs_to=()))) == "fail"
