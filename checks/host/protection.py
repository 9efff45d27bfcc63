"""Is the host guarded against malware and against silent change?"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.protection import IntegrityMonitoring, MalwareProtection


@check(objective="malware-protection-runs", severity=Severity.MEDIUM)
def malware_protection_runs(protection: MalwareProtection) -> Verdict:
    """A known malware scanner or endpoint agent runs.

    Malware that nobody looks for stays, collects passwords and spreads.

    Remediation: Install the endpoint agent of your organisation, or ClamAV (`apt-get install clamav-daemon`). Where
    policy exempts servers, accept this risk with a reference to it.
    """
    if protection.agents:
        return passed(f"{', '.join(protection.agents)} runs")
    if protection.container:
        return not_applicable(f"a container ({protection.container}) is watched by the agent of its host")
    return failed("no known malware scanner or endpoint agent runs")


@check(objective="malware-protection-runs", severity=Severity.MEDIUM)
def malware_signatures_are_fresh(protection: MalwareProtection, *, as_of: datetime, max_days: int = 3) -> Verdict:
    """The malware signatures are fresh.

    A scanner with old signatures finds only yesterday's malware.

    Remediation: `systemctl enable --now clamav-freshclam`, and see /var/log/clamav/freshclam.log for why it fails.
    """
    if not any(agent.startswith("ClamAV") for agent in protection.agents):
        if protection.agents:
            return unknown(f"{', '.join(protection.agents)} runs, and does not show its signatures on the host")
        return not_applicable("no known malware scanner runs")
    if protection.signatures_published is None:
        return failed("ClamAV runs without a signature database in /var/lib/clamav")
    built = f"ClamAV's newest signatures are of {protection.signatures_published.date()}"
    if as_of - protection.signatures_published > timedelta(days=max_days):
        return failed(f"{built}, more than {max_days} days before this assessment")
    return passed(built)


@check(objective="configuration-is-watched", severity=Severity.LOW)
def file_integrity_is_monitored(monitoring: IntegrityMonitoring) -> Verdict:
    """Changes of important files are noticed.

    Intruders replace programs and settings to stay; a comparison with a known good state shows it.

    Remediation: `apt-get install aide aide-common`, make the database with `aideinit`, and
    `systemctl enable --now dailyaidecheck.timer`.
    """
    if monitoring.agents:
        return passed(f"{', '.join(monitoring.agents)} runs")
    if not monitoring.tool and monitoring.container:
        return not_applicable(f"the files of a container ({monitoring.container}) come from its image")
    if not monitoring.tool:
        return failed("no file integrity agent runs, and neither AIDE nor Tripwire is installed")
    if not monitoring.scheduled_by:
        return failed(f"{monitoring.tool} is installed, but neither systemd nor cron starts it")
    if not monitoring.database_exists:
        return failed(f"{monitoring.scheduled_by} starts {monitoring.tool}, but it has no database to compare with")
    return passed(f"{monitoring.scheduled_by} starts {monitoring.tool}, which has a database to compare with")
