"""Checks of what becomes of Google's warnings."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.google_workspace import WorkspaceAlert


@check(objective="detections-are-handled", severity=Severity.MEDIUM)
def alert_is_handled(alert: WorkspaceAlert, *, as_of: datetime, most_days: int = 7) -> Verdict:
    """No alert of the Alert Center stays open for long.

    Google warns of suspicious sign-ins, leaked passwords and phishing that got through. A warning that nobody reads
    tells afterwards that one could have known.

    Remediation: Security, Alert center: look into the alert, and close it with what was found.
    """
    said = f"the alert {alert.type!r} of {alert.created:%Y-%m-%d}"
    if alert.status == "CLOSED":
        return passed(f"{said} is closed")
    state = "nobody has begun with" if alert.status == "NOT_STARTED" else "somebody has begun with"
    return (passed if alert.created >= as_of - timedelta(days=most_days) else failed)(f"{state} {said}")
