"""Lines of one's own to AWS, and the virtual interfaces on them."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.listings import where_offered
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.directconnect import DirectConnection, DirectInterface

CONNECTIONS = Read("directconnect", "DescribeConnections")
INTERFACES = Read("directconnect", "DescribeVirtualInterfaces")


@collector(permissions=(CONNECTIONS,))
def connections(region: AwsRegion) -> Iterator[DirectConnection]:
    """Every line that ends in the region."""
    for found in where_offered(region, CONNECTIONS, "connections"):
        yield DirectConnection(
            id=found["connectionId"],
            name=found["connectionName"],
            state=found["connectionState"],
            location=found["location"],
        )


@collector(permissions=(INTERFACES,))
def interfaces(region: AwsRegion) -> Iterator[DirectInterface]:
    """Every virtual interface of the region."""
    for found in where_offered(region, INTERFACES, "virtualInterfaces"):
        yield DirectInterface(
            id=found["virtualInterfaceId"],
            name=found["virtualInterfaceName"],
            state=found["virtualInterfaceState"],
            type=found["virtualInterfaceType"],
            connection=found["connectionId"],
            gateway=found.get("directConnectGatewayId") or found.get("virtualGatewayId", ""),
        )
