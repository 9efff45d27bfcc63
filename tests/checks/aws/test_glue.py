"""Truth tables of the checks of Glue."""

from __future__ import annotations

from typing import Any

import pytest

from checks.aws.glue import (
    catalog_is_encrypted,
    catalog_is_not_public,
    catalog_lets_in_approved_accounts,
    connection_needs_tls,
    connection_passwords_are_encrypted,
    endpoint_encrypts_with_kms,
    endpoint_is_not_public,
    job_arguments_hold_no_secrets,
    job_encrypts_with_kms,
    job_logs_while_it_runs,
    transform_is_encrypted_with_kms,
)
from core.population import Population
from core.resource import NotObservedError, unobserved
from core.resources.aws.glue import (
    GlueCatalog,
    GlueConnection,
    GlueEndpoint,
    GlueJob,
    GlueSecurityConfiguration,
    GlueTransform,
)
from tests.checks.aws.making import ACCOUNT, OTHER, account, everybody, policy, status
from tests.twins import population

HERE = f"{ACCOUNT}/eu-west-1"


def catalog(**changes: Any) -> GlueCatalog:
    given: dict[str, Any] = {
        "id": HERE,
        "region": "eu-west-1",
        "account": ACCOUNT,
        "metadata": "SSE-KMS",
        "passwords_encrypted": True,
        "statements": (),
    }
    return GlueCatalog(**{**given, **changes})


def configuration(**changes: Any) -> GlueSecurityConfiguration:
    given: dict[str, Any] = {"id": f"{HERE}/full", "name": "full", "data": ("SSE-KMS",), "logs": "SSE-KMS"}
    return GlueSecurityConfiguration(**{**given, "bookmarks": "CSE-KMS", **changes})


def job(**changes: Any) -> GlueJob:
    given: dict[str, Any] = {"id": f"{HERE}/load", "name": "load", "configuration": f"{HERE}/full"}
    return GlueJob(**{**given, "continuous_log": True, "secrets": (), **changes})


def endpoint(**changes: Any) -> GlueEndpoint:
    given: dict[str, Any] = {"id": f"{HERE}/try", "name": "try", "configuration": f"{HERE}/full", "public": False}
    return GlueEndpoint(**{**given, **changes})


def connection(**changes: Any) -> GlueConnection:
    given: dict[str, Any] = {"id": f"{HERE}/db", "name": "db", "type": "JDBC", "tls": True, "password": True}
    return GlueConnection(**{**given, **changes})


@pytest.mark.parametrize(("mode", "expected"), [("SSE-KMS", "pass"), ("DISABLED", "fail")])
def test_catalog_is_encrypted(mode: str, expected: str) -> None:
    assert status(catalog_is_encrypted(catalog(metadata=mode))) == expected


@pytest.mark.parametrize(
    ("encrypted", "connections", "expected"),
    [
        (True, (connection(),), "pass"),
        (False, (connection(),), "fail"),
        (False, (connection(password=False),), "not_applicable"),
        (False, (connection(id=f"{ACCOUNT}/us-east-1/db"),), "not_applicable"),
        (False, (), "not_applicable"),
    ],
)
def test_connection_passwords_are_encrypted(encrypted: Any, connections: tuple[Any, ...], expected: str) -> None:
    found = population(*connections, kind="aws_glue_connection")
    assert status(connection_passwords_are_encrypted(catalog(passwords_encrypted=encrypted), found)) == expected


def test_connections_that_were_not_seen_may_carry_passwords() -> None:
    hidden: Population[GlueConnection] = population(kind="aws_glue_connection", missing="denied")
    with pytest.raises(NotObservedError):
        connection_passwords_are_encrypted(catalog(passwords_encrypted=False), hidden)


def test_catalog_is_not_public() -> None:
    assert status(catalog_is_not_public(catalog())) == "pass"
    assert status(catalog_is_not_public(catalog(statements=policy(everybody("glue:*"))))) == "fail"
    with pytest.raises(NotObservedError):
        catalog_is_not_public(catalog(statements=unobserved("denied")))


@pytest.mark.parametrize(
    ("who", "approved", "expected"), [(ACCOUNT, (), "pass"), (OTHER, (), "fail"), (OTHER, (OTHER,), "pass")]
)
def test_catalog_lets_in_approved_accounts(who: str, approved: tuple[str, ...], expected: str) -> None:
    found = catalog(statements=policy(account(who, "glue:GetTable")))
    assert status(catalog_lets_in_approved_accounts(found, approved=approved)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"data": ("SSE-S3",)}, "fail"),
        ({"data": ()}, "fail"),
        ({"logs": "DISABLED"}, "fail"),
        ({"bookmarks": "DISABLED"}, "fail"),
        ({"id": f"{HERE}/other"}, "unknown"),
    ],
)
def test_what_a_security_configuration_says(changes: dict[str, Any], expected: str) -> None:
    configurations = population(configuration(**changes))
    assert status(job_encrypts_with_kms(job(), configurations)) == expected
    assert status(endpoint_encrypts_with_kms(endpoint(), configurations)) == expected


def test_without_a_security_configuration_nothing_is_encrypted_with_kms() -> None:
    configurations = population(configuration())
    assert status(job_encrypts_with_kms(job(configuration=""), configurations)) == "fail"
    assert status(endpoint_encrypts_with_kms(endpoint(configuration=""), configurations)) == "fail"


def test_endpoint_is_not_public() -> None:
    assert status(endpoint_is_not_public(endpoint())) == "pass"
    assert status(endpoint_is_not_public(endpoint(public=True))) == "fail"


def test_job_logs_while_it_runs() -> None:
    assert status(job_logs_while_it_runs(job())) == "pass"
    assert status(job_logs_while_it_runs(job(continuous_log=False))) == "fail"
    assert status(job_logs_while_it_runs(job(continuous_log=None))) == "not_applicable"


def test_job_arguments_hold_no_secrets() -> None:
    assert status(job_arguments_hold_no_secrets(job())) == "pass"
    assert status(job_arguments_hold_no_secrets(job(secrets=("--db-password",)))) == "fail"


@pytest.mark.parametrize(("mode", "expected"), [("SSE-KMS", "pass"), ("DISABLED", "fail")])
def test_transform_is_encrypted_with_kms(mode: str, expected: str) -> None:
    found = GlueTransform(id="tfm-1", name="match", encryption=mode)
    assert status(transform_is_encrypted_with_kms(found)) == expected


@pytest.mark.parametrize(("tls", "expected"), [(True, "pass"), (False, "fail"), (None, "not_applicable")])
def test_connection_needs_tls(tls: Any, expected: str) -> None:
    assert status(connection_needs_tls(connection(tls=tls))) == expected
