"""What a tenant records of sign-ins and of administration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collectors.entra.source import ITEMS, REPORTS, Entra
from collectors.entra.tenant import ORGANIZATION, has_premium
from collectors.rest import Read, remembered
from collectors.rest_answers import Fields, items_of
from core.plugins import collector
from core.resource import unobserved
from core.resources.idp import AuditLog

AUDITS = Read("/v1.0/auditLogs/directoryAudits", needs="AuditLog.Read.All", limit=REPORTS)
SIGN_INS = Read("/v1.0/auditLogs/signIns", needs="AuditLog.Read.All", limit=REPORTS)
LOGS = ((AUDITS, "Audit log", "activityDateTime"), (SIGN_INS, "Sign-in log", "createdDateTime"))
PREMIUM_DAYS, FREE_DAYS = 30, 7
"""https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention"""
ELSEWHERE = "where it is sent is said by diagnostic settings of Azure Monitor, which Microsoft Graph does not tell"


@collector(permissions=(AUDITS, SIGN_INS, ORGANIZATION))
def logs(entra: Entra) -> Iterator[AuditLog]:
    """Both logs: when each was last written. They cannot be switched off."""
    kept = remembered(lambda: PREMIUM_DAYS if has_premium(entra) else FREE_DAYS)
    for read, name, written in LOGS:
        yield AuditLog(
            id=read.path.rpartition("/")[2],
            name=name,
            enabled=True,
            kept_days=entra.look(kept),
            exported_to=unobserved(ELSEWHERE),
            newest=entra.look(lambda: _newest(entra, read, written)),  # noqa: B023 - now
        )


def _newest(entra: Entra, read: Read, written: str) -> datetime | None:
    answer = entra.ask(read, **{"$top": "1", "$orderby": f"{written} desc", "$select": f"id,{written}"})
    found = [Fields(each, f"an entry of {read}") for each in items_of(read, answer.data, ITEMS)]
    return found[0].moment(written) if found else None
