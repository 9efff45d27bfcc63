"""Checks of whom the ways to sign in are offered to."""

from __future__ import annotations

from checks.host.fleet import listed
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import EntraTenant, OfferedMethod


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def resistant_method_is_offered_to_everybody(tenant: EntraTenant, methods: Population[OfferedMethod]) -> Verdict:
    """Everybody may set up a way to sign in that cannot be phished.

    Whoever is offered only codes and pushes stays with what an attacker in between passes on. Passkeys count, and
    certificates that are two factors by themselves; one of the two for all users is enough, and who is left out is
    named. Windows Hello for Business is none of the methods of this policy.

    Remediation: Authentication methods, Policies: enable *Passkey (FIDO2)* for all users, exclude nobody, and allow
    self-service set up.
    """
    partly, hidden = list[str](), None
    for each in methods.here.observed:
        try:
            if not each.enabled or not each.resists_phishing:
                continue
            if each.everybody and not each.left_out and each.set_up_by_people:
                return passed(f"{tenant.id}: {each.id} is offered to everybody")
            partly.append(f"{each.id} {_but(each)}")
        except NotObservedError as missing:
            hidden = missing
    methods.here.require_all()
    if hidden:
        raise hidden
    return failed(f"{tenant.id}: {'; '.join(sorted(partly)) or 'nothing is offered that cannot be phished'}")


def _but(method: OfferedMethod) -> str:
    """Why a method is not everybody's."""
    if not method.everybody:
        return "is offered to some"
    if method.left_out:
        return f"is offered to all but {listed(method.left_out)}"
    return "is offered to everybody, and nobody may set it up"
