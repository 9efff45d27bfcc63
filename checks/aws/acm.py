"""Checks of Certificate Manager."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.aws.acm import Certificate

ALIVE = ("ISSUED", "EXPIRED")
WEAK = ("RSA_512", "RSA_1024", "EC_PRIME192V1")
STRONG = ("RSA_2048", "RSA_3072", "RSA_4096", "EC_PRIME256V1", "EC_SECP384R1", "EC_SECP521R1")


@check(objective="certificates-are-valid", severity=Severity.HIGH)
def certificate_does_not_expire_soon(certificate: Certificate, *, as_of: datetime, days: int = 30) -> Verdict:
    """The certificate is valid for some time to come.

    Where one expires, everything behind it stops, or people learn to click warnings away. ACM renews its own 60 days
    before: one with less than that has a renewal that fails. Imported ones nobody renews but us.

    Remediation: For one of ACM, see *Renewal status* and put the record for validation back into DNS; for an imported
    one, `aws acm import-certificate` with the new one, under the same ARN.
    """
    name = _name(certificate)
    if certificate.status not in ALIVE:
        return not_applicable(f"the certificate of {name} is {certificate.status}")
    if certificate.expires is None:
        return unknown(f"ACM does not say when the certificate of {name} expires")
    day = f"{certificate.expires:%Y-%m-%d}"
    used = "is in use" if certificate.in_use else "is not in use by AWS"
    if certificate.expires <= as_of:
        return failed(f"the certificate of {name} expired on {day} and {used}")
    if certificate.expires <= as_of + timedelta(days=days):
        return failed(f"the certificate of {name} expires on {day}, within {days} days, and {used}")
    return passed(f"the certificate of {name} expires on {day}")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def certificate_key_is_strong(certificate: Certificate) -> Verdict:
    """The key of the certificate is long enough.

    RSA with 1024 bits can be broken by those with enough computers.

    Remediation: Request or import a certificate with RSA of 2048 bits or more, or with an elliptic curve.
    """
    name = _name(certificate)
    if certificate.status not in ALIVE:
        return not_applicable(f"the certificate of {name} is {certificate.status}")
    reason = f"the certificate of {name} has a key of {certificate.algorithm}"
    # ACM writes RSA_2048 in one answer, and RSA-2048 in another.
    algorithm = certificate.algorithm.upper().replace("-", "_")
    if algorithm in WEAK:
        return failed(reason)
    return passed(reason) if algorithm in STRONG else unknown(f"{reason}, of which nobody said how strong it is")


@check(objective="what-is-not-needed-is-removed", severity=Severity.LOW)
def certificate_is_used(certificate: Certificate) -> Verdict:
    """A valid certificate is in use by something in AWS.

    One that lies about can be put before a server that only looks like ours. Certificates that were exported may be in
    use elsewhere, which ACM cannot see.

    Remediation: `aws acm delete-certificate`, once you know that nothing outside AWS uses it.
    """
    name = _name(certificate)
    if certificate.status not in ALIVE:
        return not_applicable(f"the certificate of {name} is {certificate.status}")
    if certificate.in_use:
        return passed(f"the certificate of {name} is in use")
    return failed(f"nothing in AWS uses the certificate of {name}")


def _name(certificate: Certificate) -> str:
    return certificate.domain or certificate.id
