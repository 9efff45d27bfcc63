"""Truth tables of what parameter groups decide: encrypted connections, and the log of those who sign in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checks.aws.rds_connections import (
    cluster_logs_who_signs_in,
    cluster_refuses_plain_text,
    instance_logs_who_signs_in,
    instance_refuses_plain_text,
    proxy_refuses_plain_text,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.rds import AppliedGroup, DatabaseProxy, Parameter, ParameterGroup
from tests.checks.aws.making import status
from tests.checks.aws.test_rds import BEGIN, cluster, instance
from tests.twins import population

INSTANCE_GROUP, CLUSTER_GROUP = f"{BEGIN}:pg:own", f"{BEGIN}:cluster-pg:own"


def groups(**values: str | None) -> Population[ParameterGroup]:
    """The groups `own`, of instances and of clusters. Underscores for dots, where a parameter has one."""
    parameters = tuple(Parameter(name=name.replace("rds_", "rds."), value=value) for name, value in values.items())
    return population(
        *(
            ParameterGroup(id=arn, name="own", family="postgres16", parameters=parameters)
            for arn in (INSTANCE_GROUP, CLUSTER_GROUP)
        )
    )


@pytest.mark.parametrize(
    ("engine", "version", "values", "expected"),
    [
        ("postgres", "16.4", {"rds_force_ssl": "1"}, "pass"),
        ("postgres", "14.1", {"rds_force_ssl": "0"}, "fail"),
        ("postgres", "16.4", {"rds_force_ssl": "perhaps"}, "unknown"),
        ("sqlserver-se", "15.00.4355", {"rds_force_ssl": "1"}, "pass"),
        ("mysql", "8.0.39", {"require_secure_transport": "ON"}, "pass"),
        ("mysql", "8.0.39", {"require_secure_transport": None}, "fail"),
        ("mariadb", "10.11-rds.1", {"require_secure_transport": None}, "fail"),
        ("mariadb", "11.8.3", {"require_secure_transport": None}, "pass"),
        ("mariadb", "11.8.3", {"require_secure_transport": "0"}, "fail"),
        ("oracle-ee", "19.0", {}, "unknown"),
    ],
)
def test_instance_refuses_plain_text(engine: str, version: str, values: dict[str, Any], expected: str) -> None:
    seen = instance(engine=engine, version=version)
    assert status(instance_refuses_plain_text(seen, groups(**values))) == expected


@pytest.mark.parametrize(
    ("engine", "version", "values", "expected"),
    [
        ("aurora-postgresql", "16.4", {"rds_force_ssl": "1"}, "pass"),
        ("aurora-mysql", "8.0", {"require_secure_transport": "OFF"}, "fail"),
        ("docdb", "5.0.0", {"tls": "enabled"}, "pass"),
        ("docdb", "5.0.0", {"tls": "tls1.3+"}, "pass"),
        ("docdb", "5.0.0", {"tls": "disabled"}, "fail"),
        ("neptune", "1.3.2.1", {}, "pass"),
        ("neptune", "1.0.3.0", {}, "fail"),
    ],
)
def test_cluster_refuses_plain_text(engine: str, version: str, values: dict[str, Any], expected: str) -> None:
    seen = cluster(engine=engine, version=version)
    assert status(cluster_refuses_plain_text(seen, groups(**values))) == expected


BOTH_ON = {"log_connections": "1", "log_disconnections": "1"}


@pytest.mark.parametrize(
    ("engine", "values", "expected"),
    [
        ("postgres", BOTH_ON, "pass"),
        ("postgres", {"log_connections": "receipt,authentication", "log_disconnections": "1"}, "pass"),
        ("postgres", {"log_connections": "1", "log_disconnections": "0"}, "fail"),
        ("postgres", {"log_connections": None, "log_disconnections": None}, "fail"),
        ("mysql", {}, "not_applicable"),
    ],
)
def test_instance_logs_who_signs_in(engine: str, values: dict[str, Any], expected: str) -> None:
    assert status(instance_logs_who_signs_in(instance(engine=engine), groups(**values))) == expected


@pytest.mark.parametrize(
    ("engine", "values", "expected"),
    [
        ("aurora-postgresql", BOTH_ON, "pass"),
        ("aurora-mysql", {"server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY"}, "pass"),
        ("aurora-mysql", {"server_audit_logging": "1", "server_audit_events": None}, "fail"),
        ("docdb", {"audit_logs": "all"}, "pass"),
        ("docdb", {"audit_logs": "disabled"}, "fail"),
        ("neptune", {"neptune_enable_audit_log": "0"}, "fail"),
    ],
)
def test_cluster_logs_who_signs_in(engine: str, values: dict[str, Any], expected: str) -> None:
    assert status(cluster_logs_who_signs_in(cluster(engine=engine), groups(**values))) == expected


def test_proxy_refuses_plain_text() -> None:
    proxy = DatabaseProxy(id=f"{BEGIN}:db-proxy:prx-1", name="front", family="POSTGRESQL", needs_tls=True)
    assert status(proxy_refuses_plain_text(proxy)) == "pass"
    assert status(proxy_refuses_plain_text(replace(proxy, needs_tls=False))) == "fail"
    with pytest.raises(NotObservedError):
        proxy_refuses_plain_text(replace(proxy, needs_tls=unobserved("AWS does not say RequireTLS")))


def test_members_have_the_settings_of_their_cluster() -> None:
    member = instance(cluster="orders", engine="aurora-postgresql")
    assert status(instance_refuses_plain_text(member, groups())) == "not_applicable"
    assert status(instance_logs_who_signs_in(member, groups())) == "not_applicable"


@pytest.mark.parametrize(
    ("given", "found", "words"),
    [
        ((), groups(rds_force_ssl="1"), "do not say rds.force_ssl"),
        ((AppliedGroup(arn=INSTANCE_GROUP, status="pending-reboot"),), groups(rds_force_ssl="1"), "pending-reboot"),
        ((AppliedGroup(arn=f"{BEGIN}:pg:gone", status="in-sync"),), groups(rds_force_ssl="1"), "gone, which records"),
        ((AppliedGroup(arn=INSTANCE_GROUP, status="in-sync"),), groups(), "do not say rds.force_ssl"),
        ((AppliedGroup(arn=INSTANCE_GROUP, status="in-sync"),), groups(rds_force_ssl=None), "leave rds.force_ssl"),
    ],
)
def test_what_nobody_says_is_unknown(
    given: tuple[AppliedGroup, ...], found: Population[ParameterGroup], words: str
) -> None:
    with pytest.raises(NotObservedError, match=words):
        instance_refuses_plain_text(instance(groups=given), found)


def test_parameters_that_were_not_seen_are_unknown() -> None:
    hidden = ParameterGroup(id=INSTANCE_GROUP, name="own", family="postgres16", parameters=unobserved("denied"))
    with pytest.raises(NotObservedError, match="denied"):
        instance_refuses_plain_text(instance(), population(hidden))
    with pytest.raises(NotObservedError, match="denied"):
        instance_refuses_plain_text(instance(), population(kind="aws_rds_parameter_group", missing="denied"))
