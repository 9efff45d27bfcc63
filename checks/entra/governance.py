"""Checks of what Entra ID reviews, detects and manages: access, accounts at risk, devices."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import AccessReview, EntraTenant, ManagedDevice, RiskyUser

NOT_COMPLIANT = ("noncompliant", "conflict", "error", "inGracePeriod")
"""Intune's words for it. `configManager` is none: then another program knows."""


@check(objective="access-is-reviewed", severity=Severity.MEDIUM)
def guests_are_reviewed(
    tenant: EntraTenant, reviews: Population[AccessReview], *, as_of: datetime, most_days: int = 365
) -> Verdict:
    """A review of guests comes again by itself, and was completed within a year.

    Nobody tells us when a guest leaves the other organization; somebody has to ask.

    Remediation: Identity Governance, Access reviews: review guests at least each year, and finish each round.
    """
    return _reviewed(tenant, reviews, "guests", as_of - timedelta(days=most_days))


@check(objective="access-is-reviewed", severity=Severity.MEDIUM)
def roles_are_reviewed(
    tenant: EntraTenant, reviews: Population[AccessReview], *, as_of: datetime, most_days: int = 365
) -> Verdict:
    """A review of administrators' roles comes again by itself, and was completed within a year.

    Roles are given for a project and outlast it.

    Remediation: In Privileged Identity Management review privileged roles at least each year, and finish each round.
    """
    return _reviewed(tenant, reviews, "roles", as_of - timedelta(days=most_days))


@check(objective="detections-are-handled", severity=Severity.HIGH)
def risk_is_dealt_with(
    user: RiskyUser, *, as_of: datetime, most_days: int = 7, levels: tuple[str, ...] = ("high",)
) -> Verdict:
    """Nobody's account stays at high risk for longer than a week.

    The detection says that somebody else has the password, or the session. `levels` may name medium and low as well.

    Remediation: Let the person prove who they are and set a new password, or dismiss the risk and say why.
    """
    if user.level not in levels:
        return not_applicable(f"{user.login} is at {user.level} risk")
    verdict = passed if user.since >= as_of - timedelta(days=most_days) else failed
    return verdict(f"{user.login} is at {user.level} risk since {user.since:%Y-%m-%d}")


@check(objective="devices-are-managed", severity=Severity.MEDIUM)
def device_is_encrypted(device: ManagedDevice) -> Verdict:
    """The storage of every managed device is encrypted.

    Devices are lost, and what is on them is read by whoever finds them.

    Remediation: Demand encryption in the device's policy of configuration and of compliance.
    """
    if device.encrypted:
        return passed(f"{device.name} is encrypted")
    return failed(f"{device.name} is not encrypted")


@check(objective="devices-are-managed", severity=Severity.MEDIUM)
def device_is_compliant(device: ManagedDevice, *, as_of: datetime, most_days: int = 30) -> Verdict:
    """Every managed device is as its policies demand, and was heard of within a month.

    What Intune has not heard of for long may be lost, or may not be what it was.

    Remediation: Mend what the device's page in Intune names; retire devices that nobody uses.
    """
    said = f"{device.name} is {device.compliance}, and was last heard of on {device.last_seen:%Y-%m-%d}"
    if device.compliance not in ("compliant", *NOT_COMPLIANT):
        return unknown(f"Intune says {device.compliance}, and not whether {device.name} is compliant")
    good = device.compliance == "compliant" and device.last_seen >= as_of - timedelta(days=most_days)
    return (passed if good else failed)(said)


def _reviewed(tenant: EntraTenant, reviews: Population[AccessReview], about: str, bound: datetime) -> Verdict:
    """Whether one review about this is in time. What hides one from us may hide the good one."""
    late, hidden = list[str](), None
    for each in reviews.here.observed:
        try:
            if each.about != about or not each.recurring:
                continue
            if each.last_completed is not None and each.last_completed >= bound:
                return passed(f"{each.name} was last completed on {each.last_completed:%Y-%m-%d}")
            done = f"on {each.last_completed:%Y-%m-%d}" if each.last_completed else "never"
            late.append(f"{each.name} was last completed {done}")
        except NotObservedError as missing:
            hidden = missing
    reviews.here.require_all()
    if hidden:
        raise hidden
    return failed("; ".join(sorted(late)) or f"{tenant.id} holds no review of {about} that comes again by itself")
