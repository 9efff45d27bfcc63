"""Glue. Everything comes in bulk; connections are asked for without their passwords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.marks import kinds_of_secrets
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.glue import (
    GlueCatalog,
    GlueConnection,
    GlueEndpoint,
    GlueJob,
    GlueSecurityConfiguration,
    GlueTransform,
)
from core.resources.aws.policy import Statement

CATALOG = Read("glue", "GetDataCatalogEncryptionSettings")
POLICY = Read("glue", "GetResourcePolicy")
CONFIGURATIONS = Read("glue", "GetSecurityConfigurations")
JOBS = Read("glue", "GetJobs")
ENDPOINTS = Read("glue", "GetDevEndpoints")
TRANSFORMS = Read("glue", "GetMLTransforms")
CONNECTIONS = Read("glue", "GetConnections")

OFF = "DISABLED"
LOGS = "--enable-continuous-cloudwatch-log"
SPARK = ("glueetl", "gluestreaming")
ALWAYS_LOGS = 5
"""The version of Glue from which on all jobs log while they run."""
TLS = {"JDBC": ("JDBC_ENFORCE_SSL", "false"), "KAFKA": ("KAFKA_SSL_ENABLED", "true")}
"""Where connections say that they insist on TLS, and what holds when they do not say."""
PASSWORDS = ("PASSWORD", "ENCRYPTED_PASSWORD", "KAFKA_SASL_SCRAM_PASSWORD", "ENCRYPTED_KAFKA_SASL_SCRAM_PASSWORD")


@collector(permissions=(CATALOG, POLICY))
def catalog(region: AwsRegion) -> Iterator[GlueCatalog]:
    """How the catalog of the region is encrypted, and who may use it."""
    found = region.look(lambda: region.ask(CATALOG)["DataCatalogEncryptionSettings"])
    silent = unobserved("AWS does not say how the catalog is encrypted")
    yield GlueCatalog(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        account=region.account,
        metadata=part_of(
            found, lambda settings: settings.get("EncryptionAtRest", {}).get("CatalogEncryptionMode", silent)
        ),
        passwords_encrypted=part_of(
            found,
            lambda settings: settings.get("ConnectionPasswordEncryption", {}).get(
                "ReturnConnectionPasswordEncrypted", silent
            ),
        ),
        statements=region.look(lambda: _policy(region)),
    )


def _policy(region: AwsRegion) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY).get("PolicyInJson"))
    except ClientError as error:
        if is_answer(error, "EntityNotFoundException"):
            return ()
        raise


@collector(permissions=(CONFIGURATIONS,))
def security_configurations(region: AwsRegion) -> Iterator[GlueSecurityConfiguration]:
    """Every security configuration of the region."""
    for found in region.pages(CONFIGURATIONS, "SecurityConfigurations"):
        how = found["EncryptionConfiguration"]
        yield GlueSecurityConfiguration(
            id=_id(region, found["Name"]),
            name=found["Name"],
            data=tuple(sorted(each["S3EncryptionMode"] for each in how.get("S3Encryption", ()))),
            logs=how.get("CloudWatchEncryption", {}).get("CloudWatchEncryptionMode", OFF),
            bookmarks=how.get("JobBookmarksEncryption", {}).get("JobBookmarksEncryptionMode", OFF),
        )


@collector(permissions=(JOBS,))
def jobs(region: AwsRegion) -> Iterator[GlueJob]:
    """Every job of the region."""
    for found in region.pages(JOBS, "Jobs"):
        arguments = found.get("DefaultArguments", {})
        yield GlueJob(
            id=_id(region, found["Name"]),
            name=found["Name"],
            configuration=_configuration(region, found),
            continuous_log=_logs_while_it_runs(found, arguments),
            secrets=tuple(sorted(name for name, value in arguments.items() if kinds_of_secrets(value))),
        )


def _logs_while_it_runs(found: Mapping[str, Any], arguments: Mapping[str, str]) -> Any:
    """Jobs of Spark do so when told to, and always from Glue 5 on. A job that names no version has an old one."""
    if found["Command"]["Name"] not in SPARK:
        return None
    if arguments.get(LOGS, "").lower() == "true":
        return True
    major = found.get("GlueVersion", "0.9").partition(".")[0]
    if not major.isdecimal():
        return unobserved(f"AWS chooses the version of {found['Name']}: {major}")
    return int(major) >= ALWAYS_LOGS


@collector(permissions=(ENDPOINTS,))
def endpoints(region: AwsRegion) -> Iterator[GlueEndpoint]:
    """Every development endpoint of the region."""
    for found in region.pages(ENDPOINTS, "DevEndpoints"):
        yield GlueEndpoint(
            id=_id(region, found["EndpointName"]),
            name=found["EndpointName"],
            configuration=_configuration(region, found),
            public=bool(found.get("PublicAddress")),  # there only outside a network of ours
        )


@collector(permissions=(TRANSFORMS,))
def transforms(region: AwsRegion) -> Iterator[GlueTransform]:
    """Every machine learning transform of the region."""
    for found in region.pages(TRANSFORMS, "Transforms"):
        user_data = found.get("TransformEncryption", {}).get("MlUserDataEncryption", {})
        yield GlueTransform(
            id=found["TransformId"], name=found["Name"], encryption=user_data.get("MlUserDataEncryptionMode", OFF)
        )


@collector(permissions=(CONNECTIONS,))
def connections(region: AwsRegion) -> Iterator[GlueConnection]:
    """Every connection of the region."""
    for found in region.pages(CONNECTIONS, "ConnectionList", HidePassword=True):
        settings = found.get("ConnectionProperties", {})
        yield GlueConnection(
            id=_id(region, found["Name"]),
            name=found["Name"],
            type=found["ConnectionType"],
            tls=_tls(found["ConnectionType"], settings),
            # Hidden passwords leave no trace: a user without a secret has one.
            password=("USERNAME" in settings or any(name in settings for name in PASSWORDS))
            and "SECRET_ID" not in settings,
        )


def _tls(kind: str, settings: Mapping[str, str]) -> Any:
    if kind not in TLS:
        return None
    name, otherwise = TLS[kind]
    strange = unobserved(f"{name} is neither true nor false")
    return {"true": True, "false": False}.get(settings.get(name, otherwise).lower(), strange)


def _configuration(region: AwsRegion, found: Mapping[str, Any]) -> str:
    return _id(region, found["SecurityConfiguration"]) if found.get("SecurityConfiguration") else ""


def _id(region: AwsRegion, name: str) -> str:
    return f"{region.account}/{region.scope}/{name}"
