"""What a tenant records of sign-ins and of administration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
LOGS: tuple[tuple[Read, str, str, Mapping[str, str]], ...] = (
    (AUDITS, "Audit log", "activityDateTime", {"$orderby": "activityDateTime desc"}),
    (SIGN_INS, "Sign-in log", "createdDateTime", {}),
)
"""What is asked, what it is called, when an entry was written, and what makes the newest come first: sign-ins do so."""
PREMIUM_DAYS, FREE_DAYS = 30, 7
"""https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention"""
ELSEWHERE = "where it is sent is said by diagnostic settings of Azure Monitor, which Microsoft Graph does not tell"


@collector(permissions=(AUDITS, SIGN_INS, ORGANIZATION))
def logs(entra: Entra) -> Iterator[AuditLog]:
    """Both logs: when each was last written. They cannot be switched off."""
    kept = remembered(lambda: PREMIUM_DAYS if has_premium(entra) else FREE_DAYS)
    for read, name, written, order in LOGS:
        yield AuditLog(
            id=read.path.rpartition("/")[2],
            name=name,
            enabled=True,
            kept_days=entra.look(kept),
            exported_to=unobserved(ELSEWHERE),
            daily=True,
            newest=entra.look(lambda: _newest(entra, read, written, order)),  # noqa: B023 - now
        )


def _newest(entra: Entra, read: Read, written: str, order: Mapping[str, str]) -> datetime | None:
    answer = entra.ask(read, **{"$top": "1", "$select": f"id,{written}", **order})
    found = [Fields(each, f"an entry of {read}") for each in items_of(read, answer.data, ITEMS)]
    return found[0].moment(written) if found else None
