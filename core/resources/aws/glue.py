"""Glue: the data catalog of a region, and what works on the data."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_glue_catalog")
class GlueCatalog(Resource):
    """The data catalog of one region. The id is `ACCOUNT/REGION`."""

    id: str
    region: str
    account: str
    metadata: str
    """How metadata is encrypted: `DISABLED`, `SSE-KMS`, `SSE-KMS-WITH-SERVICE-ROLE`."""
    passwords_encrypted: bool
    """Passwords of connections are encrypted with a key, and come back so."""
    statements: tuple[Statement, ...]
    """Of the catalog's own policy; none when it has none."""


@resource("aws_glue_security_configuration")
class GlueSecurityConfiguration(Resource):
    """How work on data is encrypted. The id is `ACCOUNT/REGION/NAME`."""

    id: str
    name: str
    data: tuple[str, ...]
    """What is written to S3: `DISABLED`, `SSE-KMS`, `SSE-S3`."""
    logs: str
    """What goes to CloudWatch Logs: `DISABLED` or `SSE-KMS`."""
    bookmarks: str
    """What is remembered of how far a job came: `DISABLED` or `CSE-KMS`."""


@resource("aws_glue_job")
class GlueJob(Resource):
    """A job. The id is `ACCOUNT/REGION/NAME`."""

    id: str
    name: str
    configuration: str
    """The id of its security configuration; empty when it has none."""
    continuous_log: bool | None
    """It logs while it runs, not only what it prints at the end; `None` for jobs that are not of Spark."""
    secrets: tuple[str, ...]
    """The names of default arguments in which something was masked as a secret."""


@resource("aws_glue_endpoint")
class GlueEndpoint(Resource):
    """A development endpoint. The id is `ACCOUNT/REGION/NAME`."""

    id: str
    name: str
    configuration: str
    """The id of its security configuration; empty when it has none."""
    public: bool
    """It has an address that the internet reaches."""


@resource("aws_glue_transform")
class GlueTransform(Resource):
    """A machine learning transform."""

    id: str
    name: str
    encryption: str
    """Of what users teach it: `DISABLED`, `SSE-KMS`."""


@resource("aws_glue_connection")
class GlueConnection(Resource):
    """A connection to a data store. The id is `ACCOUNT/REGION/NAME`."""

    id: str
    name: str
    type: str
    """`JDBC`, `KAFKA`, `NETWORK`, …"""
    tls: bool | None
    """It insists on TLS; `None` for types of which its settings do not say."""
    password: bool
    """It carries a password itself, instead of naming a secret of Secrets Manager."""
