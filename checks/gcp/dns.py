"""Checks of Cloud DNS."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.gcp.data import DnsZone

WEAK = "rsasha1"


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def zone_is_signed(zone: DnsZone) -> Verdict:
    """A public zone is signed (DNSSEC), and not with SHA-1.

    Answers that are not signed can be forged on their way, and lead people elsewhere.

    Remediation: `gcloud dns managed-zones update ZONE --dnssec-state=on`, and give the DS record to the registrar.
    """
    if not zone.public:
        return not_applicable(f"{zone.name} is private")
    if not zone.signed:
        return failed(f"{zone.name} is not signed")
    if WEAK in zone.algorithms:
        return failed(f"{zone.name} is signed by {WEAK}")
    return passed(f"{zone.name} is signed{' by ' + ', '.join(zone.algorithms) if zone.algorithms else ''}")
