"""Checks of what holds for a whole organization at Okta."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.resources.okta import OktaOrganization


@check(objective="threat-detection-is-on", severity=Severity.MEDIUM)
def known_attackers_are_blocked(organization: OktaOrganization) -> Verdict:
    """ThreatInsight turns away addresses that attacked other organizations.

    Okta sees who tries stolen passwords on all its customers. Whoever only logs that sees it afterwards.

    Remediation: Security, General, Okta ThreatInsight: *Log and enforce security based on threat level*.
    """
    verdict = passed if organization.threat_insight == "block" else failed
    return verdict(f"the action of ThreatInsight is {organization.threat_insight}")


@check(objective="traffic-is-filtered", severity=Severity.LOW)
def some_networks_are_kept_out(organization: OktaOrganization) -> Verdict:
    """A network zone from which nobody is let in is switched on.

    Requests from there are refused before anybody looks at a name or a password, so that they neither guess nor lock.

    Remediation: Security, Networks: switch on a blocklist zone, with anonymizing proxies at least.
    """
    if organization.blocklists:
        return passed(f"nobody is let in from {', '.join(organization.blocklists)}")
    return failed("no network zone is a blocklist that is switched on and names somebody")


@check(objective="outside-access-is-approved", severity=Severity.LOW)
def support_cannot_act(organization: OktaOrganization) -> Verdict:
    """Okta's support may not act in the organization.

    Access that was given for one case stays open for the next, to whoever has taken over somebody at the support.

    Remediation: Settings, Account, Give access to Okta Support: switch it off when the case is closed.
    """
    if organization.support_access:
        return failed("people of Okta's support may act in the organization")
    return passed("people of Okta's support may not act in the organization")
