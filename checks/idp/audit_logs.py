"""Checks of what an identity provider records of sign-ins and of administration."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.host.fleet import listed
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.idp import AuditLog


@check(objective="administration-is-logged", severity=Severity.HIGH)
def log_is_written(log: AuditLog, *, as_of: datetime, most_hours: int = 24) -> Verdict:
    """Sign-ins and administration are recorded, until today.

    What nobody records nobody finds out. A log that has stopped looks like a quiet day. In a log of administration
    alone nothing may be written for weeks.

    Remediation: Switch the log on. Where it is, and nothing has been written, ask the provider why.
    """
    if not log.enabled:
        return failed(f"{log.name} is switched off")
    if log.newest is None:
        return failed(f"{log.name} holds nothing")
    verdict = failed if log.daily and log.newest < as_of - timedelta(hours=most_hours) else passed
    return verdict(f"{log.name} was last written on {log.newest:%Y-%m-%d}")


@check(objective="logs-are-collected-centrally", severity=Severity.MEDIUM)
def log_is_exported(log: AuditLog) -> Verdict:
    """The log of the identity provider is sent to where other logs are.

    Providers keep it for days or weeks, and whoever rules the provider rules its log.

    Remediation: Set up a stream to your log collection: in Entra diagnostic settings, in Okta and GitHub log streaming.
    """
    if not log.enabled:
        return not_applicable(f"{log.name} is switched off")
    if log.exported_to:
        return passed(f"{log.name} is sent to {listed(log.exported_to)}")
    return failed(f"{log.name} is sent nowhere")


@check(objective="logs-are-kept", severity=Severity.MEDIUM)
def log_is_kept(log: AuditLog, *, least_days: int = 365) -> Verdict:
    """The log of the identity provider is kept for a year, there or where it is sent.

    Break-ins are found months later, and then one wants to know how it began. How long it is kept where it is sent is
    judged there.

    Remediation: Send it to a store that keeps it for as long.
    """
    if not log.enabled:
        return not_applicable(f"{log.name} is switched off")
    if not log.kept_days:
        return passed(f"{log.name} is kept for ever")
    if log.kept_days >= least_days:
        return passed(f"{log.name} is kept for {log.kept_days} days")
    if log.exported_to:
        return passed(f"{log.name} is sent to {listed(log.exported_to)}")
    return failed(f"{log.name} is kept for {log.kept_days} days only, and sent nowhere")
