"""Checks of classic load balancers."""

from __future__ import annotations

from checks.cloud.encryption import is_strong_tls
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.elb import ClassicLoadBalancer

ENCRYPTED = ("HTTPS", "SSL")


@check(objective="internet-exposure-is-intended", severity=Severity.MEDIUM)
def load_balancer_faces_the_internet_on_purpose(
    balancer: ClassicLoadBalancer, *, approved: tuple[str, ...] = ()
) -> Verdict:
    """A classic load balancer is on the internet only when that was approved.

    Name those that belong there in the setting `approved`.

    Remediation: Make an internal load balancer instead: the scheme cannot be changed.
    """
    if balancer.scheme != "internet-facing":
        return passed(f"{balancer.name} is {balancer.scheme}")
    if {balancer.id, balancer.name} & set(approved):
        return passed(f"{balancer.name} is on the internet, which is approved")
    return failed(f"{balancer.name} is on the internet, which nobody approved")


@check(objective="services-survive-failures", severity=Severity.LOW)
def load_balancer_spans_zones(balancer: ClassicLoadBalancer, *, zones: int = 2) -> Verdict:
    """A classic load balancer is in more than one zone.

    It is there so that the service survives what one machine or zone does not.

    Remediation: `aws elb attach-load-balancer-to-subnets`, with subnets of other zones.
    """
    where = f"{balancer.name} is in {', '.join(balancer.zones) or 'no zone'}"
    return passed(where) if len(balancer.zones) >= zones else failed(f"{where}: fewer than {zones} zones")


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def load_balancer_logs_requests(balancer: ClassicLoadBalancer) -> Verdict:
    """A classic load balancer records the requests that it gets.

    The log has who asked for what, also where the machines behind it keep none.

    Remediation: *EC2*, *Load Balancers*, *Attributes*, *Access logs*, into a bucket.
    """
    if balancer.logs:
        return passed(f"{balancer.name} records requests")
    return failed(f"{balancer.name} records no requests")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def load_balancer_listens_with_tls(balancer: ClassicLoadBalancer) -> Verdict:
    """A classic load balancer listens only with TLS.

    A classic load balancer cannot redirect: what comes by HTTP or TCP goes through as it is. TCP may carry TLS for the
    machines behind it; that cannot be seen here.

    Remediation: Replace the listener by HTTPS or SSL with a certificate, or move to an application load balancer.
    """
    if not balancer.listeners:
        return not_applicable(f"{balancer.name} listens on no port")
    plain = [f"{each.protocol} {each.port}" for each in balancer.listeners if each.protocol not in ENCRYPTED]
    if plain:
        return failed(f"{balancer.name} listens without TLS on {', '.join(plain)}")
    return passed(f"{balancer.name} listens only with TLS")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def load_balancer_accepts_strong_tls(balancer: ClassicLoadBalancer) -> Verdict:
    """A classic load balancer accepts TLS 1.2 and later only.

    Earlier versions can be broken, and who sits in between can choose them.

    Remediation: `aws elb set-load-balancer-policies-of-listener`, with the policy `ELBSecurityPolicy-TLS-1-2-2017-01`.
    """
    encrypted = [each for each in balancer.listeners if each.protocol in ENCRYPTED]
    if not encrypted:
        return not_applicable(f"{balancer.name} does not listen with TLS")
    weak = [f"{one} on {each.port}" for each in encrypted for one in each.tls if not is_strong_tls(one)]
    if weak:
        return failed(f"{balancer.name} accepts {', '.join(weak)}")
    return passed(f"{balancer.name} accepts {', '.join(sorted({one for each in encrypted for one in each.tls}))}")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def load_balancer_refuses_ambiguous_requests(balancer: ClassicLoadBalancer) -> Verdict:
    """A classic load balancer does not pass on requests that may hide a second one.

    Where it and the machine behind it read a request differently, one visitor's request can end another's.

    Remediation: `aws elb modify-load-balancer-attributes`, `elb.http.desyncmitigationmode` to
    `defensive` or `strictest`.
    """
    if not any(each.protocol in ("HTTP", "HTTPS") for each in balancer.listeners):
        return not_applicable(f"{balancer.name} does not read HTTP")
    if balancer.desync in ("defensive", "strictest"):
        return passed(f"{balancer.name} treats ambiguous requests as {balancer.desync}")
    return failed(f"{balancer.name} treats ambiguous requests as {balancer.desync}")
