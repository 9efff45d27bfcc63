"""Checks of what policies of Conditional Access do not hold for."""

from __future__ import annotations

from ipaddress import ip_network

from checks.host.fleet import listed
from checks.idp.accounts import is_named
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.entra import ConditionalAccess, NamedLocation

IPV4 = 4


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def what_is_left_out_is_approved(policy: ConditionalAccess, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A policy that is enforced leaves out no application, place or platform but what was approved.

    What is left out is the way around the policy: attackers look for the one application that it forgot. Name it in
    `approved` as the reason does, `*` stands for anything: `application 797f4846-*`, `location Offices`. People who are
    left out are judged by `idp.sign_in_policies.exceptions_are_approved`.

    Remediation: Take the others out of the policy's exclusions.
    """
    if policy.state != "enabled":
        return not_applicable(f"{policy.name} is {policy.state}")
    others = [each for each in policy.left_out if not is_named(each, approved)]
    if others:
        return failed(f"{policy.name} leaves out {listed(others)}")
    return passed(f"{policy.name} leaves out {f'{len(policy.left_out)} approved' if policy.left_out else 'nothing'}")


@check(objective="sign-in-needs-mfa", severity=Severity.LOW)
def policy_is_enforced(policy: ConditionalAccess) -> Verdict:
    """No policy is left behind as one that only reports.

    Whoever reads the list believes that it protects.

    Remediation: Look at what it would have done, then switch it on, or remove it.
    """
    if policy.state == "report only":
        return failed(f"{policy.name} only reports")
    return (passed if policy.state == "enabled" else not_applicable)(f"{policy.name} is {policy.state}")


@check(objective="sign-in-needs-mfa", severity=Severity.MEDIUM)
def trusted_location_is_narrow(location: NamedLocation, *, widest_ipv4: int = 20, widest_ipv6: int = 48) -> Verdict:
    """What is trusted for its address is no more than our own networks.

    Whoever has an address in a trusted network is asked for less. The settings are the lengths of prefixes.

    Remediation: Name the addresses through which your sites reach the internet, each by itself.
    """
    if not location.trusted:
        return not_applicable(f"{location.name} is not trusted")
    networks = [ip_network(each, strict=False) for each in location.ranges]
    wide = [each for each in networks if each.prefixlen < (widest_ipv4 if each.version == IPV4 else widest_ipv6)]
    if wide:
        return failed(f"{location.name} trusts {listed(str(each) for each in wide)}")
    return passed(f"{location.name} trusts {listed(location.ranges) or 'no network'}")
