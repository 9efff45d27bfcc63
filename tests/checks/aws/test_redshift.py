"""Truth tables of the checks of Redshift."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import redshift
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.redshift import Namespace, RedshiftCluster, RedshiftSnapshot, Workgroup
from tests.checks.aws.making import ACCOUNT, OTHER, status


def cluster(**changes: Any) -> RedshiftCluster:
    given: dict[str, Any] = {
        "id": f"arn:aws:redshift:eu-west-1:{ACCOUNT}:cluster:sales",
        "name": "sales",
        "encrypted": True,
        "key": "",
        "public": False,
        "own_routes": True,
        "multi_zone": True,
        "backup_days": 7,
        "upgrades": True,
        "managed_password": True,
        "needs_tls": True,
        "logs_queries": True,
        "logs_to": "cloudwatch",
        "log_failure": "",
    }
    return RedshiftCluster(**{**given, **changes})


def snapshot(**changes: Any) -> RedshiftSnapshot:
    given: dict[str, Any] = {
        "id": f"arn:aws:redshift:eu-west-1:{ACCOUNT}:snapshot:sales/before",
        "name": "before",
        "cluster": "sales",
        "created": datetime(2026, 1, 1, tzinfo=UTC),
        "encrypted": True,
        "restorable_by": (),
    }
    return RedshiftSnapshot(**{**given, **changes})


def workgroup(**changes: Any) -> Workgroup:
    given: dict[str, Any] = {
        "id": f"arn:aws:redshift-serverless:eu-west-1:{ACCOUNT}:workgroup/1",
        "name": "reports",
        "namespace": "sales",
        "public": False,
        "own_routes": True,
        "needs_tls": True,
    }
    return Workgroup(**{**given, **changes})


def namespace(**changes: Any) -> Namespace:
    given: dict[str, Any] = {
        "id": f"arn:aws:redshift-serverless:eu-west-1:{ACCOUNT}:namespace/1",
        "name": "sales",
        "log_exports": ("connectionlog", "userlog"),
        "managed_password": True,
    }
    return Namespace(**{**given, **changes})


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (redshift.cluster_has_no_public_address, {"public": True}),
        (redshift.cluster_is_encrypted, {"encrypted": False}),
        (redshift.cluster_refuses_plain_text, {"needs_tls": False}),
        (redshift.cluster_logs_who_signs_in, {"logs_to": ""}),
        (redshift.cluster_logs_who_signs_in, {"logs_to": "s3 logs", "log_failure": "the bucket is gone"}),
        (redshift.cluster_logs_queries, {"logs_queries": False}),
        (redshift.cluster_logs_queries, {"logs_to": ""}),
        (redshift.cluster_loads_through_its_network, {"own_routes": False}),
        (redshift.cluster_survives_its_zone, {"multi_zone": False}),
        (redshift.cluster_is_backed_up, {"backup_days": 1}),
        (redshift.cluster_takes_upgrades, {"upgrades": False}),
        (redshift.cluster_password_is_managed, {"managed_password": False}),
    ],
)
def test_cluster(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(cluster())) == "pass"
    assert status(check(cluster(**changes))) == "fail"


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (redshift.snapshot_is_shared_with_approved_accounts, {"restorable_by": (OTHER,)}),
        (redshift.snapshot_is_encrypted, {"encrypted": False}),
    ],
)
def test_snapshot(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(snapshot())) == "pass"
    assert status(check(snapshot(**changes))) == "fail"


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (redshift.workgroup_has_no_public_address, {"public": True}),
        (redshift.workgroup_refuses_plain_text, {"needs_tls": False}),
        (redshift.workgroup_loads_through_its_network, {"own_routes": False}),
    ],
)
def test_workgroup(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(workgroup())) == "pass"
    assert status(check(workgroup(**changes))) == "fail"


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (redshift.namespace_sends_its_logs_away, {"log_exports": ()}),
        (redshift.namespace_sends_its_logs_away, {"log_exports": ("useractivitylog",)}),
        (redshift.namespace_password_is_managed, {"managed_password": False}),
    ],
)
def test_namespace(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(namespace())) == "pass"
    assert status(check(namespace(**changes))) == "fail"


def test_what_is_approved() -> None:
    assert status(redshift.cluster_has_no_public_address(cluster(public=True), approved=("sales",))) == "pass"
    assert status(redshift.workgroup_has_no_public_address(workgroup(public=True), approved=("reports",))) == "pass"
    shared = snapshot(restorable_by=(OTHER,))
    assert status(redshift.snapshot_is_shared_with_approved_accounts(shared, approved=(OTHER,))) == "pass"


def test_what_was_not_seen_is_unknown() -> None:
    for check, name in ((redshift.cluster_refuses_plain_text, "needs_tls"), (redshift.cluster_logs_queries, "logs_to")):
        with pytest.raises(NotObservedError):
            check(cluster(**{name: unobserved("denied")}))
