"""MSK. Listings say everything but the policy of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.kafka import MskCluster, MskConnector
from core.resources.aws.policy import Statement

CLUSTERS = Read("kafka", "ListClustersV2")
POLICY = Read("kafka", "GetClusterPolicy")
CONNECTORS = Read("kafkaconnect", "ListConnectors")

SERVERLESS = "SERVERLESS"
OPEN = "SERVICE_PROVIDED_EIPS"
SHUT = "DISABLED"


@collector(permissions=(CLUSTERS, POLICY))
def clusters(region: AwsRegion) -> Iterator[MskCluster]:
    """Every cluster of the region, with its policy."""
    yield from region.each(lambda found: _cluster(region, found), list(listed(region, CLUSTERS, "ClusterInfoList")))


def _cluster(region: AwsRegion, found: Mapping[str, Any]) -> MskCluster:
    arn = found["ClusterArn"]
    told: dict[str, Any] = (
        _serverless(found["Serverless"]) if found["ClusterType"] == SERVERLESS else _provisioned(found["Provisioned"])
    )
    return MskCluster(id=arn, name=found["ClusterName"], statements=region.look(lambda: _policy(region, arn)), **told)


def _serverless(found: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for every serverless cluster, after AWS's description of them."""
    return {
        "serverless": True,
        "key": "",
        "between_clients": "TLS",
        "between_brokers": True,
        "ways_in": _ways_in(found.get("ClientAuthentication", {})),
        "anonymous": False,
        "public": False,
        "logs_to": (),
    }


def _provisioned(found: Mapping[str, Any]) -> dict[str, Any]:
    encryption = found.get("EncryptionInfo", {})
    travelling = encryption.get("EncryptionInTransit", {})
    clients = found.get("ClientAuthentication", {})
    access = found["BrokerNodeGroupInfo"].get("ConnectivityInfo", {}).get("PublicAccess", {}).get("Type", SHUT)
    silent = unobserved("AWS does not say how data travels")
    strange = unobserved(f"nobody knows what the public access {access} means")
    ways_in = _ways_in(clients)
    return {
        "serverless": False,
        "key": encryption.get("EncryptionAtRest", {}).get("DataVolumeKMSKeyId", ""),
        "between_clients": travelling.get("ClientBroker", silent),
        "between_brokers": travelling.get("InCluster", silent),
        "ways_in": ways_in,
        "anonymous": clients.get("Unauthenticated", {}).get("Enabled", not ways_in),
        "public": {OPEN: True, SHUT: False}.get(access, strange),
        "logs_to": _enabled(found.get("LoggingInfo", {}).get("BrokerLogs", {}), "Enabled"),
    }


def _ways_in(found: Mapping[str, Any]) -> tuple[str, ...]:
    """The ways that are switched on. Where AWS says nothing of one, nobody switched it on."""
    ways = {**found.get("Sasl", {}), "Tls": found.get("Tls", {})}
    return tuple(sorted(name.lower() for name, way in ways.items() if way.get("Enabled")))


def _enabled(found: Mapping[str, Any], member: str) -> tuple[str, ...]:
    return tuple(sorted(name for name, place in found.items() if place.get(member)))


def _policy(region: AwsRegion, arn: str) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY, ClusterArn=arn).get("Policy"))
    except ClientError as error:
        if is_answer(error, "NotFoundException"):  # the cluster is there, so it is the policy that is not
            return ()
        raise


@collector(permissions=(CONNECTORS,))
def connectors(region: AwsRegion) -> Iterator[MskConnector]:
    """Every connector of the region."""
    for found in listed(region, CONNECTORS, "connectors"):
        yield MskConnector(
            id=found["connectorArn"],
            name=found["connectorName"],
            encryption=found["kafkaClusterEncryptionInTransit"]["encryptionType"],
            logs_to=_enabled(found.get("logDelivery", {}).get("workerLogDelivery", {}), "enabled"),
        )
