"""What applications run on and talk through: services of Cloud Run, functions, topics, repositories, caches."""

from __future__ import annotations

from typing import Literal

from core.resource import Resource, resource


@resource("gcp_endpoint")
class Endpoint(Resource):
    """A service of Cloud Run, or a function: something with an address that Google answers for."""

    id: str
    container: str
    name: str
    reached_from: Literal["everywhere", "load balancers", "inside"]
    """From where requests are let through; whoever comes through load balancers may come from the internet as well."""
    asks_who_calls: bool
    """IAM is asked whether the caller may; a function has always asked it."""


@resource("gcp_topic")
class Topic(Resource):
    """A topic of Pub/Sub."""

    id: str
    container: str
    name: str
    key: str
    """The KMS key that encrypts its messages; empty for keys of Google."""


@resource("gcp_repository")
class Repository(Resource):
    """A repository of Artifact Registry."""

    id: str
    container: str
    name: str
    format: str
    """`DOCKER`, `MAVEN`, `NPM`, …"""
    scanned: bool | None
    """Its content is searched for vulnerabilities; `None` where that is not possible."""


@resource("gcp_cache")
class Cache(Resource):
    """An instance of Memorystore for Redis."""

    id: str
    container: str
    name: str
    password: bool
    tls: bool
    key: str
    """The KMS key that encrypts it; empty for keys of Google."""
