"""Checks of how administrators come into their console at Okta."""

from __future__ import annotations

from checks.host.members import listed
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.idp import SignInPolicy
from core.resources.okta import OktaOrganization


@check(objective="privileged-access-needs-mfa", severity=Severity.HIGH)
def console_demands_what_cannot_be_phished(
    organization: OktaOrganization, policies: Population[SignInPolicy]
) -> Verdict:
    """Each rule that lets administrators into their console demands a factor that cannot be phished.

    A page in between passes on codes and pushes, and takes the session of whoever has all rights.

    Remediation: Security, Authentication policies, Okta Admin Console: in each rule that allows access, also the
    catch-all rule, demand *Phishing resistant* of the possession factor.
    """
    here = list(policies.here)
    console = {_policy(each) for each in here if each.administrators}
    if not console:
        return failed(f"none of {len(here)} rules of {organization.id} is for all who come into the console")
    demanding, open_to_phishing, hidden = list[str](), list[str](), None
    for each in here:
        try:
            if _policy(each) in console and each.enforced and each.admits:
                (demanding if each.phishing_resistant else open_to_phishing).append(each.name)
        except NotObservedError as missing:
            hidden = missing
    if open_to_phishing:
        return failed(f"{listed(sorted(open_to_phishing))} let administrators in with a factor that can be phished")
    if hidden:
        raise hidden
    if not demanding:
        return passed("no rule lets administrators into the console")
    return passed(f"{listed(sorted(demanding))} demand a factor that cannot be phished")


def _policy(rule: SignInPolicy) -> str:
    """The policy of a rule: one rule of it is for all, and others may come before that one for some."""
    return rule.id.partition("/")[0]
