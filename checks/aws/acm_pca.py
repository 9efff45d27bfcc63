"""Checks of private certificate authorities."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.aws.callers import lets_in_approved
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.acm_pca import PrivateAuthority

ISSUES = "ACTIVE"


@check(objective="certificates-are-valid", severity=Severity.HIGH)
def authority_does_not_expire_soon(authority: PrivateAuthority, *, as_of: datetime, days: int = 180) -> Verdict:
    """The authority's own certificate is valid for some time to come.

    With it expires every certificate below it, and it cannot issue any that outlives it.

    Remediation: Issue it a new certificate from its parent (*Actions*, *Renew CA certificate*), in time.
    """
    if authority.status not in (ISSUES, "EXPIRED"):
        return not_applicable(f"{_name(authority)} is {authority.status}")
    if authority.expires is None:
        return unknown(f"nobody says when {_name(authority)} expires")
    day = f"{authority.expires:%Y-%m-%d}"
    if authority.expires <= as_of:
        return failed(f"{_name(authority)} expired on {day}")
    if authority.expires <= as_of + timedelta(days=days):
        return failed(f"{_name(authority)} expires on {day}, within {days} days")
    return passed(f"{_name(authority)} expires on {day}")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def authority_can_revoke(authority: PrivateAuthority) -> Verdict:
    """Those who meet a certificate of the authority can learn that it was revoked.

    Without a list or OCSP, a stolen certificate works until it expires.

    Remediation: *Revocation configuration*: a CRL in a bucket, or OCSP.
    """
    if authority.status != ISSUES:
        return not_applicable(f"{_name(authority)} is {authority.status}")
    if authority.short_lived:
        return not_applicable(f"{_name(authority)} issues only certificates that expire within days")
    if authority.revokes_by:
        return passed(f"{_name(authority)} tells by {' and '.join(authority.revokes_by)} what was revoked")
    return failed(f"{_name(authority)} tells nobody what was revoked")


@check(objective="keys-are-guarded", severity=Severity.LOW)
def root_authority_rests(authority: PrivateAuthority) -> Verdict:
    """A root authority is switched off while it has nothing to sign.

    It signs a few authorities in years. Whoever can use it in between can make themselves one that everything trusts.

    Remediation: *Actions*, *Disable*; enable it only to sign an authority below it.
    """
    if authority.type != "ROOT":
        return not_applicable(f"{_name(authority)} is no root")
    if authority.status == ISSUES:
        return failed(f"{_name(authority)} is a root, and can issue at any time")
    return passed(f"{_name(authority)} is a root, and {authority.status}")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def authority_signs_without_sha1(authority: PrivateAuthority) -> Verdict:
    """The authority signs with a hash that nobody can forge.

    Two certificates with one signature can be made where the hash is weak.

    Remediation: Make a new authority that signs with SHA-256 or better: the algorithm cannot be changed later.
    """
    if authority.status != ISSUES:
        return not_applicable(f"{_name(authority)} is {authority.status}")
    if authority.signing.startswith(("SHA1", "MD5")):
        return failed(f"{_name(authority)} signs with {authority.signing}")
    return passed(f"{_name(authority)} signs with {authority.signing}")


@check(objective="outside-access-is-approved", severity=Severity.HIGH)
def authority_lets_in_approved_accounts(authority: PrivateAuthority, *, approved: tuple[str, ...] = ()) -> Verdict:
    """No other account can have certificates issued, unless that was approved.

    A certificate of our authority says that we know who holds it.

    Remediation: Name the account in the setting `approved`, or stop sharing the authority in Resource Access Manager.
    """
    return lets_in_approved(_name(authority), authority.id, authority.statements, approved)


def _name(authority: PrivateAuthority) -> str:
    return f"authority {authority.id.rpartition('/')[2]}"
