"""Lines of one's own. The virtual interfaces on them are canned: moto knows none."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import REGIONS, Maker


def _interface(number: int, connection: str, gateway: str) -> dict[str, str]:
    return {
        "virtualInterfaceId": f"dxvif-{number}",
        "virtualInterfaceName": f"network-{number}",
        "virtualInterfaceState": "available",
        "virtualInterfaceType": "private",
        "connectionId": connection,
        "directConnectGatewayId": gateway,
    }


ANSWERS = {
    "directconnect:DescribeVirtualInterfaces": Canned(
        {
            "virtualInterfaces": [
                _interface(1, "dxcon-1", "gateway-1"),
                _interface(2, "dxcon-2", "gateway-1"),
                _interface(3, "dxcon-1", "gateway-2"),
            ]
        }
    )
}


def populate(aws: Maker) -> None:
    for region in REGIONS:
        line = aws.client("directconnect", region)
        for location in ("EqDC2", "CSVA1"):
            line.create_connection(location=location, bandwidth="1Gbps", connectionName=location)
