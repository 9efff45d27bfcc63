"""Truth tables of the checks of the Database Migration Service."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws import dms
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.aws.dms import MigrationEndpoint, ReplicationInstance, ReplicationTask
from tests.checks.aws.making import ACCOUNT, status

BEGIN = f"arn:aws:dms:eu-west-1:{ACCOUNT}"
ALL = tuple(
    f"{part} LOGGER_SEVERITY_DEFAULT" for part in ("SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD")
)


def instance(**changes: Any) -> ReplicationInstance:
    given: dict[str, Any] = {"id": f"{BEGIN}:rep:1", "name": "copies", "public": False, "multi_zone": True}
    return ReplicationInstance(**{**given, "minor_upgrades": True, **changes})


def endpoint(engine: str, tls: str) -> MigrationEndpoint:
    return MigrationEndpoint(id=f"{BEGIN}:endpoint:1", name="orders", engine=engine, role="source", tls=tls)


def task(**changes: Any) -> ReplicationTask:
    return ReplicationTask(**{"id": f"{BEGIN}:task:1", "name": "move", "logs": True, "levels": ALL, **changes})


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        (dms.instance_has_no_public_address, {"public": True}),
        (dms.instance_survives_its_zone, {"multi_zone": False}),
        (dms.instance_takes_minor_upgrades, {"minor_upgrades": False}),
    ],
)
def test_instance(check: Check[...], changes: dict[str, Any]) -> None:
    assert status(check(instance())) == "pass"
    assert status(check(instance(**changes))) == "fail"


@pytest.mark.parametrize(
    ("engine", "tls", "expected"),
    [
        ("postgres", "verify-full", "pass"),
        ("postgres", "require", "pass"),
        ("postgres", "none", "fail"),
        ("redis", "ssl-encryption", "pass"),
        ("redis", "plaintext", "fail"),
        ("s3", "none", "not_applicable"),
        ("redshift", "none", "not_applicable"),
        ("mysql", "quantum", "unknown"),
    ],
)
def test_endpoint_is_reached_by_tls(engine: str, tls: str, expected: str) -> None:
    assert status(dms.endpoint_is_reached_by_tls(endpoint(engine, tls))) == expected


@pytest.mark.parametrize("check", [dms.task_logs_what_it_reads, dms.task_logs_what_it_writes])
def test_task(check: Check[...]) -> None:
    assert status(check(task())) == "pass"
    assert status(check(task(logs=False))) == "fail"
    assert status(check(task(levels=()))) == "fail"
    assert status(check(task(levels=tuple(each.replace("DEFAULT", "ERROR") for each in ALL)))) == "fail"
    with pytest.raises(NotObservedError):
        check(task(levels=unobserved("AWS does not say ReplicationTaskSettings")))


def test_what_a_task_logs_is_said() -> None:
    assert dms.task_logs_what_it_reads(task(levels=ALL[:1])).reason == (
        "move logs SOURCE_CAPTURE LOGGER_SEVERITY_DEFAULT, SOURCE_UNLOAD not at all"
    )
