"""Truth tables of the checks of OpenSearch domains."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import opensearch
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.opensearch import SearchDomain
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status

OPEN = policy(everybody("es:*"))
OLD = "Policy-Min-TLS-1-0-2019-07"


def domain(**changes: Any) -> SearchDomain:
    given: dict[str, Any] = {
        "id": f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/search",
        "name": "search",
        "version": "OpenSearch_2.17",
        "network": "vpc-1",
        "statements": policy(account(ACCOUNT, "es:*")),
        "encrypted": True,
        "encrypts_between_nodes": True,
        "needs_tls": True,
        "tls_policy": "Policy-Min-TLS-1-2-PFS-2023-10",
        "logs": ("AUDIT_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"),
        "knows_users": True,
        "lets_anybody_in": False,
        "own_users": False,
        "nodes": 3,
        "zones": 3,
        "masters": 3,
        "update": "",
    }
    return SearchDomain(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (opensearch.domain_is_inside_a_network, {"network": ""}, "fail"),
        (opensearch.domain_is_not_open_to_everybody, {"statements": OPEN}, "pass"),
        (opensearch.domain_is_not_open_to_everybody, {"network": ""}, "pass"),
        (opensearch.domain_is_not_open_to_everybody, {"network": "", "statements": OPEN}, "pass"),
        (
            opensearch.domain_is_not_open_to_everybody,
            {"network": "", "statements": OPEN, "lets_anybody_in": True},
            "fail",
        ),
        (opensearch.domain_is_not_open_to_everybody, {"network": "", "statements": OPEN, "knows_users": False}, "fail"),
        (opensearch.domain_lets_in_approved_accounts, {"statements": policy(account(OTHER, "es:*"))}, "fail"),
        (opensearch.domain_is_encrypted, {"encrypted": False}, "fail"),
        (opensearch.domain_encrypts_between_nodes, {"encrypts_between_nodes": False}, "fail"),
        (opensearch.domain_needs_tls, {"needs_tls": False}, "fail"),
        (opensearch.domain_needs_tls, {"tls_policy": OLD}, "fail"),
        (opensearch.domain_needs_tls, {"tls_policy": "Policy-Of-Tomorrow"}, "unknown"),
        (opensearch.domain_logs_who_signs_in, {"logs": ("ES_APPLICATION_LOGS",)}, "fail"),
        (opensearch.domain_sends_its_logs_away, {"logs": ("AUDIT_LOGS",)}, "fail"),
        (opensearch.domain_knows_its_users, {"knows_users": False}, "fail"),
        (opensearch.domain_knows_its_users, {"lets_anybody_in": True}, "fail"),
        (opensearch.domain_has_no_users_of_its_own, {"own_users": True}, "fail"),
        (opensearch.domain_has_no_users_of_its_own, {"knows_users": False}, "not_applicable"),
        (opensearch.domain_survives_its_zone, {"nodes": 2}, "fail"),
        (opensearch.domain_survives_its_zone, {"zones": 1}, "fail"),
        (opensearch.domain_keeps_its_masters, {"masters": 0}, "fail"),
        (opensearch.domain_is_up_to_date, {"update": "OpenSearch_2_17_R20261001"}, "fail"),
    ],
)
def test_domain(check: Check[...], changes: dict[str, Any], expected: str) -> None:
    assert status(check(domain())) == "pass"
    assert status(check(domain(**changes))) == expected


def test_what_is_approved() -> None:
    assert status(opensearch.domain_is_inside_a_network(domain(network=""), approved=("search",))) == "pass"
    shared = domain(statements=policy(account(OTHER, "es:*")))
    assert status(opensearch.domain_lets_in_approved_accounts(shared, approved=(OTHER,))) == "pass"


def test_what_was_not_seen_is_unknown() -> None:
    with pytest.raises(NotObservedError):
        opensearch.domain_is_not_open_to_everybody(domain(network="", statements=unobserved("AWS does not say")))
