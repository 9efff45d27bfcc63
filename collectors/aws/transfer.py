"""Transfer Family. The listing says little, so each server is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.offers import listed
from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.transfer import TransferServer

SERVERS = Read("transfer", "ListServers")
SERVER = Read("transfer", "DescribeServer")


@collector(permissions=(SERVERS, SERVER))
def servers(region: AwsRegion) -> Iterator[TransferServer]:
    """Every server of the region."""
    yield from region.each(lambda found: _server(region, found), list(listed(region, SERVERS, "Servers")))


def _server(region: AwsRegion, found: Mapping[str, Any]) -> TransferServer:
    number = found["ServerId"]
    silent = unobserved(f"AWS does not say it of {number}")
    seen = region.look(lambda: region.ask(SERVER, ServerId=number)["Server"])
    return TransferServer(
        id=found["Arn"],
        name=number,
        protocols=part_of(seen, lambda server: tuple(sorted(server["Protocols"])) if "Protocols" in server else silent),
        ciphers=part_of(seen, lambda server: server.get("SecurityPolicyName", silent)),
        endpoint=part_of(seen, lambda server: server.get("EndpointType", silent)),
        logs=part_of(seen, lambda server: bool(server.get("StructuredLogDestinations") or server.get("LoggingRole"))),
    )
