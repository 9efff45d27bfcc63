"""What guards a host against malware and silent change."""

from __future__ import annotations

from datetime import datetime

from core.resource import Resource, resource


@resource("host_malware_protection")
class MalwareProtection(Resource):
    """Scanners and endpoint agents that run.

    `signatures_published` is when the newest ClamAV database was built, none when there is no such database.
    """

    id: str
    container: str
    agents: tuple[str, ...]
    signatures_published: datetime | None


@resource("host_integrity_monitoring")
class IntegrityMonitoring(Resource):
    """File integrity monitoring.

    `agents` watch all the time and run. `tool` compares with a database: `database_exists` says whether one was
    made, `scheduled_by` what starts the comparison (`systemd`, `cron`, or empty).
    """

    id: str
    container: str
    agents: tuple[str, ...]
    tool: str
    database_exists: bool
    scheduled_by: str
