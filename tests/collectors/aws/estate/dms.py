"""Migrations, tidy and careless."""

from __future__ import annotations

import json
from typing import Any

from tests.collectors.aws.world import REGIONS, Maker

PARTS = ("SOURCE_CAPTURE", "SOURCE_UNLOAD", "TARGET_APPLY", "TARGET_LOAD")


def populate(aws: Maker) -> None:
    for region in REGIONS:
        dms = aws.client("dms", region)
        for name, tidy in (("tidy", True), ("careless", False)):
            instance = dms.create_replication_instance(
                ReplicationInstanceIdentifier=name,
                ReplicationInstanceClass="dms.t3.micro",
                PubliclyAccessible=not tidy,
                MultiAZ=tidy,
                AutoMinorVersionUpgrade=tidy,
            )["ReplicationInstance"]["ReplicationInstanceArn"]
            source = _endpoint(dms, f"{name}-source", "postgres", SslMode="verify-full" if tidy else "none")
            target = _endpoint(dms, f"{name}-target", "s3", EndpointType="target")
            logging = {
                "EnableLogging": tidy,
                "LogComponents": [{"Id": part, "Severity": "LOGGER_SEVERITY_DEFAULT"} for part in PARTS],
            }
            dms.create_replication_task(
                ReplicationTaskIdentifier=name,
                SourceEndpointArn=source,
                TargetEndpointArn=target,
                ReplicationInstanceArn=instance,
                MigrationType="full-load",
                TableMappings="{}",
                ReplicationTaskSettings=json.dumps({"Logging": logging}),
            )


def _endpoint(dms: Any, name: str, engine: str, **more: Any) -> str:
    given = {"EndpointType": "source", "Username": "copies", "ServerName": "db.example.com", "Port": 5432, **more}
    made: str = dms.create_endpoint(EndpointIdentifier=name, EngineName=engine, **given)["Endpoint"]["EndpointArn"]
    return made
