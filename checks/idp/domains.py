"""Checks of the domains of an identity provider, and of who signs their people in."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.idp.accounts import is_named
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.idp import Domain


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def domain_is_verified(domain: Domain) -> Verdict:
    """Every domain of the identity provider was shown to be ours.

    One that was not is left over from somebody's trial, or is somebody else's.

    Remediation: Set the record in DNS that the provider asks for, or remove the domain.
    """
    verdict, said = (passed, "was shown to be ours") if domain.verified else (failed, "was never shown to be ours")
    return verdict(f"{domain.id} {said}")


@check(objective="privilege-cannot-be-escalated", severity=Severity.HIGH)
def federation_is_approved(domain: Domain, *, approved: tuple[str, ...] = ()) -> Verdict:
    """People are signed in by nobody but an approved issuer.

    The issuer can sign anybody in as whomever it likes. To add one is how an attacker who was an administrator for an
    hour stays. Name the issuers in `approved`.

    Remediation: Find out who set the issuer. Take it away, or name it in `approved`.
    """
    if not domain.federated_with:
        return not_applicable(f"the provider itself signs people of {domain.id} in")
    reason = f"people of {domain.id} are signed in by {domain.federated_with}"
    if is_named(domain.federated_with, approved):
        return passed(f"{reason}, which is approved")
    if not approved:
        return unknown(f"{reason}; nobody has said which issuers are approved")
    return failed(f"{reason}, which nobody has approved")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def federation_certificate_lasts(domain: Domain, *, as_of: datetime, least_days: int = 30) -> Verdict:
    """The certificate of whoever signs people in lasts a while.

    On the day it ends nobody signs in.

    Remediation: Let the issuer make a new one, and bring its metadata to the provider.
    """
    if not domain.federated_with:
        return not_applicable(f"the provider itself signs people of {domain.id} in")
    ends = domain.certificates_end
    if ends is None:
        return passed(f"{domain.federated_with} names no certificate that ends")
    verdict = passed if ends >= as_of + timedelta(days=least_days) else failed
    return verdict(f"the certificate of {domain.federated_with} ends on {ends:%Y-%m-%d}")
