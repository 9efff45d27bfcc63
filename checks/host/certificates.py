"""Are the certificates that services present valid, and strong?"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.resources.host.certificates import Certificate

BROKEN_HASHES = frozenset({"md2", "md4", "md5", "sha1"})


@check(objective="certificates-are-valid", severity=Severity.HIGH)
def certificate_is_valid(certificate: Certificate, *, as_of: datetime) -> Verdict:
    """The certificate is within its time.

    Clients refuse an expired certificate, or people get used to clicking warnings away.

    Remediation: Renew the certificate and reload the service; let a client such as certbot do it from now on. Delete
    the file if nothing uses it.
    """
    name = f"{certificate.subject or certificate.path}"
    if as_of < certificate.not_before:
        return failed(f"{name} is not valid before {certificate.not_before:%Y-%m-%d}")
    if as_of > certificate.not_after:
        return failed(f"{name} expired on {certificate.not_after:%Y-%m-%d}")
    return passed(f"{name} is valid until {certificate.not_after:%Y-%m-%d}")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def certificate_is_renewed_in_time(certificate: Certificate, *, as_of: datetime, days: int = 30) -> Verdict:
    """The certificate is renewed well before it expires.

    What is renewed at the last moment fails to be renewed one day, and the service stops.

    Remediation: Renew the certificate and reload the service; see why it was not renewed by itself
    (`systemctl list-timers`, `certbot renew --dry-run`). Certificates that live for days only need a smaller `days`.
    """
    observed = f"{certificate.subject or certificate.path} expires on {certificate.not_after:%Y-%m-%d}"
    if certificate.not_after - as_of < timedelta(days=days):
        return failed(f"{observed}, and was due for renewal {days} days before")
    return passed(observed)


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def certificate_key_is_strong(
    certificate: Certificate, *, minimum_rsa_bits: int = 2048, minimum_ec_bits: int = 256
) -> Verdict:
    """The key of the certificate is strong enough.

    From a weak public key the private key can be computed, and with it anybody can pose as the service.

    Remediation: Make a new key (EC P-256, Ed25519, or RSA with 3072 bits), have it certified, and reload the service.
    """
    kind, bits = certificate.key_type, certificate.key_bits
    if kind in ("ed25519", "ed448"):
        return passed(f"the key is {kind}")
    minimum = {"rsa": minimum_rsa_bits, "ec": minimum_ec_bits}.get(kind)
    if kind == "dsa":
        return failed(f"the key is dsa with {bits} bits, which TLS has given up")
    if minimum is None:
        return unknown("the key is of a type that is not known here")
    return (passed if bits >= minimum else failed)(f"the key is {kind} with {bits} bits")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def certificate_signature_is_strong(certificate: Certificate) -> Verdict:
    """The certificate is signed with a hash that nobody can forge.

    For MD5 and SHA-1, two certificates with the same signature can be made.

    Remediation: Have the certificate issued again with SHA-256 or better.
    """
    if certificate.is_self_signed:
        return not_applicable("the certificate is signed by its own key, so nobody relies on the signature")
    if not certificate.signature_hash:
        return passed("the signature scheme brings its own strong hash")
    return (failed if certificate.signature_hash in BROKEN_HASHES else passed)(
        f"{certificate.issuer} signed with {certificate.signature_hash}"
    )
