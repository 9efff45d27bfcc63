"""Checks of what GitHub found in source code."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.github import GithubAlert

NO_SECRET, NO_DEPENDENCY = "it is about a dependency", "it is about a secret"


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def vulnerable_dependency_is_replaced_in_time(
    alert: GithubAlert, *, as_of: datetime, critical_days: int = 7, high_days: int = 30, other_days: int = 90
) -> Verdict:
    """No dependency with a known vulnerability stays for longer than agreed.

    How it is attacked stands in the advisory.

    Remediation: Take the version that the alert names, or dismiss the alert with the reason why it does not matter.
    """
    if alert.found_by != "dependabot":
        return not_applicable(NO_DEPENDENCY)
    days = {"critical": critical_days, "high": high_days}.get(alert.severity, other_days)
    due = alert.created + timedelta(days=days)
    verdict = failed if due < as_of else passed
    return verdict(
        f"{alert.what} in {alert.repository} has had a {alert.severity} vulnerability since "
        f"{alert.created:%Y-%m-%d}, due on {due:%Y-%m-%d}"
    )


@check(objective="secrets-are-stored-safely", severity=Severity.CRITICAL)
def leaked_secret_is_revoked_in_time(alert: GithubAlert, *, as_of: datetime, most_days: int = 1) -> Verdict:
    """No secret stays open that was found in source code.

    Whoever had a copy has it still; to take it out of the code helps nobody.

    Remediation: Revoke the secret where it opens something, then close the alert as revoked.
    """
    if alert.found_by != "secret scanning":
        return not_applicable(NO_SECRET)
    due = alert.created + timedelta(days=most_days)
    verdict = failed if due < as_of else passed
    return verdict(f"{alert.what} was found in {alert.repository} on {alert.created:%Y-%m-%d}, due on {due:%Y-%m-%d}")
