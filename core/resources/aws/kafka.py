"""Managed Streaming for Apache Kafka: clusters, and the connectors of MSK Connect."""

from __future__ import annotations

from core.resource import Resource, resource
from core.resources.aws.policy import Statement


@resource("aws_msk_cluster")
class MskCluster(Resource):
    """A cluster. The id is its ARN."""

    id: str
    name: str
    serverless: bool
    """AWS runs the brokers: then TLS, IAM and encryption are not ours to choose."""
    key: str
    """The ARN of the key; empty for one that AWS owns."""
    between_clients: str
    """How clients talk to brokers: `TLS`, `TLS_PLAINTEXT` (as the client likes), `PLAINTEXT`."""
    between_brokers: bool
    """Brokers talk to each other with TLS."""
    ways_in: tuple[str, ...]
    """How clients can prove who they are: `iam`, `scram`, `tls`. None: they need not."""
    anonymous: bool
    """Clients may also come in without proof."""
    public: bool
    """Brokers have addresses that the internet reaches."""
    logs_to: tuple[str, ...]
    """Where the logs of brokers go: `CloudWatchLogs`, `Firehose`, `S3`; none for a serverless cluster."""
    statements: tuple[Statement, ...]
    """Of its policy, by which other accounts get in."""


@resource("aws_msk_connector")
class MskConnector(Resource):
    """A connector of MSK Connect. The id is its ARN."""

    id: str
    name: str
    encryption: str
    """How it talks to the cluster: `TLS` or `PLAINTEXT`."""
    logs_to: tuple[str, ...]
    """Where the logs of its workers go: `cloudWatchLogs`, `firehose`, `s3`."""
