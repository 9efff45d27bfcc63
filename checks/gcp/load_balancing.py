"""Checks of load balancers: how strong their TLS is, how long certificates last, and what they log."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.cloud.encryption import is_strong_tls
from core.model import Severity, Verdict, failed, not_applicable, passed, unknown
from core.plugins import check
from core.population import Population
from core.resources.gcp.compute import BackendService, Certificate, TlsPolicy, TlsProxy

STRONG_PROFILES = ("MODERN", "RESTRICTED", "FIPS_202205")
WEAK = ("TLS_RSA_",)
"""How suites begin that keep no forward secrecy (https://cloud.google.com/load-balancing/docs/ssl-policies-concepts)."""
BY_REQUEST = ("HTTP", "HTTPS", "HTTP2", "H2C", "GRPC")
"""Protocols of backends whose requests a load balancer sees."""


@check(objective="cryptography-is-strong", severity=Severity.HIGH)
def proxy_takes_strong_tls_only(proxy: TlsProxy, policies: Population[TlsPolicy]) -> Verdict:
    """Load balancers take TLS 1.2 or newer, with suites that keep what was recorded secret.

    What is weaker can be broken, or forced upon those who could do better. Without a policy Google takes TLS 1.0.

    Remediation: `gcloud compute ssl-policies create strong --profile=MODERN --min-tls-version=1.2`, and set it on the
    proxy: `gcloud compute target-https-proxies update PROXY --ssl-policy=strong`.
    """
    if not proxy.policy:
        return failed(f"{proxy.name} has no SSL policy: it takes TLS 1.0")
    policy = policies.here.get(proxy.policy, by="link")
    if policy is None:
        return unknown(f"the SSL policy of {proxy.name} ({proxy.policy}) was not listed")
    said = f"{proxy.name} takes {policy.minimum} and newer, by {policy.name} ({policy.profile})"
    if not is_strong_tls(policy.minimum):
        return failed(said)
    if policy.profile in STRONG_PROFILES:
        return passed(said)
    if policy.profile == "COMPATIBLE":
        return failed(f"{said}, with old suites")
    if not policy.features:
        return unknown(f"{said}; which suites are in it was not told")
    if weak := sorted(each for each in policy.features if each.startswith(WEAK)):
        return failed(f"{said}, with {', '.join(weak)}")
    return passed(f"{said}, with {', '.join(sorted(policy.features))}")


@check(objective="certificates-are-valid", severity=Severity.MEDIUM)
def certificate_is_renewed_in_time(certificate: Certificate, *, as_of: datetime, days: int = 30) -> Verdict:
    """A certificate of a load balancer is valid for another 30 days.

    When it ends, browsers turn people away, or teach them to click warnings away.

    Remediation: Replace it; certificates that Google manages are renewed by themselves while the name leads here.
    """
    if certificate.expires is None:
        return not_applicable(f"{certificate.name} was not issued yet")
    said = f"{certificate.name} is valid until {certificate.expires:%Y-%m-%d}"
    if certificate.expires > as_of + timedelta(days=days):
        return passed(said)
    return failed(f"{said}{', although Google renews it' if certificate.managed else ''}")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def backend_service_logs_requests(backend: BackendService) -> Verdict:
    """A load balancer logs requests.

    Who tried what, and from where, is seen there first.

    Remediation: `gcloud compute backend-services update BACKEND --enable-logging --logging-sample-rate=1`.
    """
    if backend.protocol not in BY_REQUEST:
        return not_applicable(f"{backend.name} carries {backend.protocol}, of which there are no requests to log")
    if backend.logs:
        return passed(f"{backend.name} logs requests")
    return failed(f"{backend.name} logs no requests")
