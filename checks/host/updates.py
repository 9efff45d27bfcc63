"""Are updates known, installed and in force?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.updates import AutomaticUpdates, PendingUpdate, Reboot, Updates

SHOWN = 8
"""How many packages a reason names."""


@check(objective="vulnerabilities-are-looked-for", severity=Severity.MEDIUM)
def package_lists_are_fresh(updates: Updates, *, as_of: datetime, max_days: int = 7) -> Verdict:
    """The package lists are fresh.

    A host with old lists believes that it has every update.

    Remediation: `apt-get update`, and let it happen daily: `APT::Periodic::Update-Package-Lists "1";`.
    """
    if updates.refreshed is None:
        return failed(f"{updates.manager} has no package lists")
    moment = f"the newest proof of a refresh of {updates.manager}'s lists is of {updates.refreshed.date()}"
    if as_of - updates.refreshed > timedelta(days=max_days):
        return failed(f"{moment}, more than {max_days} days before this assessment")
    return passed(moment)


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def security_updates_are_offered(updates: Updates) -> Verdict:
    """The host's package lists include security updates.

    Without that repository every upgrade is silent about security fixes.

    Remediation: Add the suite `RELEASE-security` (Debian: from https://security.debian.org/debian-security) to the
    package sources, then `apt-get update`.
    """
    if updates.manager != "apt":
        return not_applicable(f"{updates.manager} has security fixes in its ordinary repositories")
    offered = sorted({f"{index.origin} {index.suite}" for index in updates.indexes if index.security})
    if offered:
        return passed(f"the lists include {', '.join(offered)}")
    return failed(f"none of the {len(updates.indexes)} package lists is one of security updates")


@check(objective="vulnerabilities-are-fixed", severity=Severity.HIGH)
def security_updates_are_installed(updates: Updates, *, as_of: datetime, max_days: int = 7) -> Verdict:
    """No security update is pending.

    For a published fix the hole is published too, and attacks follow within days.

    Remediation: `apt-get update && apt-get upgrade`, and switch on automatic security updates.
    """
    pending = [update for update in updates.pending if update.security]
    if pending:
        return failed(f"{len(pending)} security updates are pending: {_named(pending)}")
    if updates.refreshed is None:
        return unknown(f"{updates.manager} has no package lists, so it knows of no updates")
    if as_of - updates.refreshed > timedelta(days=max_days):
        return unknown(
            f"none is known, but the newest proof of a refresh of the lists is of {updates.refreshed.date()}"
        )
    if updates.manager == "apt" and not any(index.security for index in updates.indexes):
        return unknown("none is known, but the package lists do not include security updates")
    return passed(f"none is pending after the package lists of {updates.refreshed.date()}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.LOW)
def other_updates_are_installed(updates: Updates, *, as_of: datetime, max_days: int = 7) -> Verdict:
    """No other update is pending either.

    Point releases carry fixes for holes that got no announcement of their own, and can hide a pending security fix.

    Remediation: `apt-get update && apt-get upgrade` at planned times.
    """
    pending = [update for update in updates.pending if not update.security]
    if pending:
        return failed(f"{len(pending)} other updates are pending: {_named(pending)}")
    if updates.refreshed is None or as_of - updates.refreshed > timedelta(days=max_days):
        return unknown("none is known, but the package lists are absent or old")
    if updates.manager == "dnf":
        return unknown("none is known from advisories, and repositories publish updates without one, too")
    return passed(f"none is pending after the package lists of {updates.refreshed.date()}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def security_updates_install_themselves(automatic: AutomaticUpdates) -> Verdict:
    """Security updates are installed automatically.

    Fixes that wait for a person wait for weeks.

    Remediation: `apt-get install unattended-upgrades && dpkg-reconfigure -plow unattended-upgrades`. If another process
    installs updates, accept this risk with a reference to it.
    """
    if automatic.container and not automatic.program:
        return not_applicable(f"a container ({automatic.container}) without such a program is updated with its image")
    if not automatic.program:
        return failed("neither unattended-upgrades nor dnf-automatic is installed")
    wanting = [
        what
        for what, there in (
            ("the package lists are not refreshed", automatic.refreshes_lists),
            ("installing is switched off", automatic.installs),
            ("security updates are not among what it installs", automatic.covers_security),
            ("neither systemd nor cron starts it", automatic.started_by),
        )
        if not there
    ]
    if wanting:
        return failed(f"{automatic.program} is installed, but {', and '.join(wanting)}")
    return passed(f"{automatic.program} installs security updates, started by {automatic.started_by}")


@check(objective="vulnerabilities-are-fixed", severity=Severity.MEDIUM)
def installed_updates_are_in_force(reboot: Reboot) -> Verdict:
    """No reboot is due.

    A fixed kernel or library on the disk protects nobody while the old one runs.

    Remediation: Reboot in the next maintenance window.
    """
    if reboot.container:
        return not_applicable(f"the kernel of this container ({reboot.container}) is that of its host")
    if reboot.requested:
        return failed(f"a reboot was asked for by {', '.join(reboot.requested_for) or 'a package'}")
    if not reboot.newest_kernel:
        return unknown(
            f"no reboot was asked for, but /boot has no kernel to compare the running {reboot.running_kernel} with"
        )
    if reboot.newest_is_running:
        return passed(f"no reboot was asked for, and {reboot.running_kernel} runs, the newest kernel installed")
    return failed(f"{reboot.running_kernel} runs, but {reboot.newest_kernel} is installed")


def _named(pending: Sequence[PendingUpdate]) -> str:
    names = sorted({update.package for update in pending})
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
