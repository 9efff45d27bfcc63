"""Lightsail, which moto does not have at all."""

from __future__ import annotations

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

ARN = f"arn:aws:lightsail:us-east-1:{ACCOUNT}"


def populate(aws: Maker) -> None:
    """Nothing can be made: all is said below."""


def _server(name: str, port: int, tokens: str, **more: object) -> dict[str, object]:
    opened = {"fromPort": port, "toPort": port, "protocol": "tcp", "cidrs": ["0.0.0.0/0"], "ipv6Cidrs": ["::/0"]}
    return {
        "arn": f"{ARN}:Instance/{name}",
        "name": name,
        "state": {"code": 16, "name": "running"},
        "networking": {"ports": [opened]},
        "metadataOptions": {"httpTokens": tokens, "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1},
        **more,
    }


def _database(name: str, *, public: bool) -> dict[str, object]:
    arn = f"{ARN}:RelationalDatabase/{name}"
    return {"arn": arn, "name": name, "publiclyAccessible": public, "backupRetentionEnabled": not public}


BACKED_UP = {"addOns": [{"name": "AutoSnapshot", "status": "Enabled"}]}
ANSWERS = {
    "lightsail:GetInstances": Canned({"instances": []}),
    "lightsail:GetInstances us-east-1": Canned(
        {"instances": [_server("shop", 443, "required", **BACKED_UP), _server("test", 22, "optional")]}
    ),
    "lightsail:GetRelationalDatabases": Canned({"relationalDatabases": []}),
    "lightsail:GetRelationalDatabases us-east-1": Canned(
        {"relationalDatabases": [_database("orders", public=False), _database("scratch", public=True)]}
    ),
}
