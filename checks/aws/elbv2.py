"""Checks of load balancers for applications, networks and gateways."""

from __future__ import annotations

from checks.aws.wafv2 import web_acl_of
from checks.cloud.encryption import is_strong_tls
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.elb import LoadBalancer
from core.resources.aws.wafv2 import WebAcl

APPLICATION, NETWORK = "application", "network"
INTERNET = "internet-facing"


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def load_balancer_faces_the_internet_on_purpose(balancer: LoadBalancer, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A load balancer is on the internet only when that was approved.

    Name those that belong there in the setting `approved`, by name or ARN.

    Remediation: Make an internal load balancer instead: the scheme cannot be changed.
    """
    if balancer.scheme != INTERNET:
        return passed(f"{balancer.name} is {balancer.scheme or 'a gateway, which has no public address'}")
    if {balancer.id, balancer.name} & set(approved):
        return passed(f"{balancer.name} is on the internet, which is approved")
    return failed(f"{balancer.name} is on the internet, which nobody approved")


@check(objective="services-survive-failures", severity=Severity.LOW)
def load_balancer_spans_zones(balancer: LoadBalancer, *, zones: int = 2) -> Verdict:
    """A load balancer is in more than one zone.

    It is there so that the service survives what one machine or zone does not.

    Remediation: `aws elbv2 set-subnets --load-balancer-arn … --subnets …`, in several zones.
    """
    where = f"{balancer.name} is in {', '.join(balancer.zones) or 'no zone'}"
    return passed(where) if len(balancer.zones) >= zones else failed(f"{where}: fewer than {zones} zones")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def load_balancer_logs_requests(balancer: LoadBalancer) -> Verdict:
    """A load balancer records the requests that it gets.

    The log has who asked for what, also where the machines behind it keep none. Network load balancers write one for
    listeners with TLS only, gateways never.

    Remediation: *EC2*, *Load Balancers*, *Attributes*, *Access logs*, into a bucket.
    """
    if balancer.logs is None:
        return not_applicable(f"{balancer.name} is a gateway, which has no access log")
    if balancer.logs:
        return passed(f"{balancer.name} records requests")
    if balancer.type == NETWORK and not any(each.protocol == "TLS" for each in balancer.listeners):
        return not_applicable(f"{balancer.name} is a network load balancer without TLS, which has no access log")
    return failed(f"{balancer.name} records no requests")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def load_balancer_is_protected(balancer: LoadBalancer) -> Verdict:
    """A load balancer cannot be deleted by mistake.

    With it go its addresses and names, which others have written down.

    Remediation: `aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=true`.
    """
    if balancer.is_protected:
        return passed(f"{balancer.name} is protected from deletion")
    return failed(f"{balancer.name} is not protected from deletion")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def plain_requests_are_redirected(balancer: LoadBalancer) -> Verdict:
    """An application load balancer answers plain HTTP with nothing but a redirection to HTTPS.

    Whoever sits in between reads and changes what goes by HTTP. Every rule of the listener counts, not the default
    alone.

    Remediation: Let the listener on port 80 redirect to `HTTPS://#{host}:443/#{path}?#{query}`, and delete its other
    rules.
    """
    if balancer.type != APPLICATION:
        return not_applicable(f"{balancer.name} does not read HTTP: {balancer.type}")
    if not balancer.listeners:
        return not_applicable(f"{balancer.name} listens on no port")
    plain = [str(each.port) for each in balancer.listeners if each.serves_plain]
    if plain:
        return failed(f"{balancer.name} serves plain HTTP on port {', '.join(plain)}")
    return passed(f"{balancer.name} serves nothing by plain HTTP")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def load_balancer_accepts_strong_tls(balancer: LoadBalancer) -> Verdict:
    """A load balancer accepts TLS 1.2 and later only.

    Earlier versions can be broken, and who sits in between can choose them. AWS itself says what a policy accepts.

    Remediation: `aws elbv2 modify-listener --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06`.
    """
    encrypted = [each for each in balancer.listeners if each.policy]
    if not encrypted:
        return not_applicable(f"{balancer.name} does not end TLS")
    weak = [
        f"{each.policy} on {each.port} accepts {one}"
        for each in encrypted
        for one in each.tls
        if not is_strong_tls(one)
    ]
    if weak:
        return failed(f"{balancer.name}: {', '.join(weak)}")
    return passed(f"{balancer.name} has {', '.join(sorted({each.policy for each in encrypted}))}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def invalid_headers_are_dropped(balancer: LoadBalancer) -> Verdict:
    """An application load balancer drops headers that HTTP does not allow.

    They are how one request is smuggled in another.

    Remediation: `aws elbv2 modify-load-balancer-attributes`, set
    `routing.http.drop_invalid_header_fields.enabled` to `true`.
    """
    if balancer.drops_invalid_headers is None:
        return not_applicable(f"{balancer.name} does not read HTTP: {balancer.type}")
    if balancer.drops_invalid_headers:
        return passed(f"{balancer.name} drops invalid headers")
    return failed(f"{balancer.name} passes invalid headers on")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def load_balancer_refuses_ambiguous_requests(balancer: LoadBalancer) -> Verdict:
    """An application load balancer does not pass on requests that may hide a second one.

    Where it and the machine behind it read a request differently, one visitor's request can end another's.

    Remediation: Set the attribute `routing.http.desync_mitigation_mode` to `defensive` or `strictest`.
    """
    if balancer.desync is None:
        return not_applicable(f"{balancer.name} does not read HTTP: {balancer.type}")
    if balancer.desync in ("defensive", "strictest"):
        return passed(f"{balancer.name} treats ambiguous requests as {balancer.desync}")
    return failed(f"{balancer.name} treats ambiguous requests as {balancer.desync}")


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def load_balancer_has_a_web_acl(balancer: LoadBalancer, acls: Population[WebAcl]) -> Verdict:
    """An application load balancer on the internet is behind a web ACL.

    Scanners and known attacks are turned away before they reach the application.

    Remediation: `aws wafv2 associate-web-acl --web-acl-arn … --resource-arn …`.
    """
    if balancer.type != APPLICATION or balancer.scheme != INTERNET:
        return not_applicable(f"{balancer.name} is no application load balancer on the internet")
    found = web_acl_of(balancer.id, acls)
    if found is None:
        return failed(f"{balancer.name} is behind no web ACL")
    return passed(f"{balancer.name} is behind {found.name}")
