"""Checks of whom the ways to sign in are offered to."""

from __future__ import annotations

from checks.host.fleet import listed
from core.model import Severity, Verdict, failed, passed
from core.plugins import check
from core.population import Population
from core.resource import NotObservedError
from core.resources.entra import EntraTenant, OfferedMethod

RESISTANT = ("Fido2", "X509Certificate")
"""What the policy of a tenant can offer that cannot be phished; Windows Hello for Business is none of its methods."""


@check(objective="sign-in-methods-are-strong", severity=Severity.MEDIUM)
def resistant_method_is_offered_to_everybody(
    tenant: EntraTenant, methods: Population[OfferedMethod], *, any_of: tuple[str, ...] = RESISTANT
) -> Verdict:
    """Everybody may set up a way to sign in that cannot be phished.

    Whoever is offered only codes and pushes stays with what an attacker in between passes on. `any_of` are Entra's
    words, of which one that is for all users is enough; who is left out is named.

    Remediation: Authentication methods, Policies: enable *Passkey (FIDO2)* for all users, and exclude nobody.
    """
    partly, hidden = list[str](), None
    for each in methods.here.observed:
        try:
            if each.id not in any_of or not each.enabled:
                continue
            if each.everybody and not each.left_out:
                return passed(f"{tenant.id}: {each.id} is offered to everybody")
            without = f"to all but {listed(each.left_out)}" if each.everybody else "to some"
            partly.append(f"{each.id} is offered {without}")
        except NotObservedError as missing:
            hidden = missing
    methods.here.require_all()
    if hidden:
        raise hidden
    return failed(f"{tenant.id}: {'; '.join(sorted(partly)) or f'none of {listed(any_of)} is offered'}")
