"""Checks of the services that speak TLS, by what they answer."""

from __future__ import annotations

from datetime import datetime

from checks.host.web import WITHDRAWN
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.host.tls_listeners import TlsListener

NO_TLS = not_applicable("the service speaks no TLS")


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def service_refuses_old_tls(listener: TlsListener) -> Verdict:
    """A service that speaks TLS agrees to no version below 1.2.

    TLS 1.0 and 1.1 rest on MD5 and SHA-1 and have been withdrawn (RFC 8996). This is what the service does, whatever
    its configuration says.

    Remediation: Raise the lowest version in the configuration of the service to TLS 1.2 and restart it. See which it is
    with `ss -lntp`, and try it with `openssl s_client -tls1_1 -cipher ALL:@SECLEVEL=0 -connect HOST:PORT`.
    """
    if not listener.protocols:
        return NO_TLS
    observed = f"the service agrees to {', '.join(listener.protocols)}"
    return (failed if set(WITHDRAWN) & {*listener.protocols} else passed)(observed)


@check(objective="certificates-are-valid", severity=Severity.HIGH)
def served_certificate_is_valid(listener: TlsListener, *, as_of: datetime) -> Verdict:
    """The certificate that a service shows is within its time.

    A renewed file does not help until the service has read it again.

    Remediation: Renew the certificate, then reload the service; let the client that renews it do so from now on
    (`certbot renew --deploy-hook 'systemctl reload nginx'`).
    """
    certificate = listener.certificate
    if certificate is None:
        return NO_TLS if not listener.protocols else not_applicable("the service shows no certificate")
    name = certificate.subject or "the certificate"
    if as_of < certificate.not_before:
        return failed(f"{name} is not valid before {certificate.not_before:%Y-%m-%d}")
    valid = as_of <= certificate.not_after
    return (
        passed(f"{name} is valid until {certificate.not_after:%Y-%m-%d}")
        if valid
        else failed(f"{name} expired on {certificate.not_after:%Y-%m-%d}")
    )
