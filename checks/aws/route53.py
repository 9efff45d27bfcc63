"""Checks of names: nobody can take them away, forge them, or put something else behind them."""

from __future__ import annotations

from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.population import Population
from core.resources.aws.route53 import Domain, HostedZone
from core.resources.aws.s3 import Bucket


@check(objective="use-is-logged", severity=Severity.LOW)
def zone_logs_queries(zone: HostedZone) -> Verdict:
    """The queries that a public zone gets are recorded.

    The log shows who looks for names that do not exist, which is how attacks begin.

    Remediation: `aws route53 create-query-logging-config`, into a log group in us-east-1.
    """
    if zone.is_private:
        return not_applicable(f"{zone.name} is private: its queries are recorded by the resolvers of networks")
    if zone.logs_to:
        return passed(f"queries for {zone.name} are recorded into {zone.logs_to}")
    return failed(f"queries for {zone.name} are not recorded")


@check(objective="data-in-transit-is-protected", severity=Severity.LOW)
def zone_is_signed(zone: HostedZone) -> Verdict:
    """A public zone is signed by DNSSEC.

    Without signatures, answers can be forged on their way, and lead visitors elsewhere.

    Remediation: *Route 53*, the zone, *DNSSEC signing*; then give the DS record to the registrar.
    """
    if zone.is_signed is None:
        return not_applicable(f"{zone.name} is private, and cannot be signed")
    return passed(f"{zone.name} is signed") if zone.is_signed else failed(f"{zone.name} is not signed")


@check(objective="what-is-not-needed-is-removed", severity=Severity.HIGH)
def websites_have_their_bucket(
    zone: HostedZone, buckets: Population[Bucket], *, approved: tuple[str, ...] = ()
) -> Verdict:
    """No name leads to the website of a bucket that is not ours.

    When the bucket is gone, anybody can make one of the same name, and speaks in our name. Buckets of other accounts
    stand in the setting `approved`.

    Remediation: Delete the record that the reason names, or make the bucket again.
    """
    if not zone.websites:
        return passed(f"no name in {zone.name} leads to the website of a bucket")
    lost = [
        f"{each.name} leads to {each.bucket}"
        for each in zone.websites
        if each.bucket not in approved and buckets.get(each.bucket) is None
    ]
    if lost:
        return failed(f"buckets that are in no account we look at: {', '.join(lost)}")
    return passed(f"the buckets of {len(zone.websites)} names in {zone.name} are ours")


@check(objective="systems-are-hardened", severity=Severity.MEDIUM)
def domain_is_locked(domain: Domain, *, approved: tuple[str, ...] = ()) -> Verdict:
    """A registered name cannot be transferred away.

    Whoever can transfer the name has the website, the mail, and every account whose password comes by mail. Names below
    endings that know no lock stand in the setting `approved`.

    Remediation: `aws route53domains enable-domain-transfer-lock --domain-name …`.
    """
    if domain.is_locked:
        return passed(f"{domain.id} is locked")
    if domain.id in approved:
        return passed(f"{domain.id} is not locked, which is approved")
    return failed(f"{domain.id} is not locked")


@check(objective="services-survive-failures", severity=Severity.MEDIUM)
def domain_renews(domain: Domain) -> Verdict:
    """A registered name is renewed before it expires.

    An expired name is bought by others, with everything that trusts it.

    Remediation: `aws route53domains enable-domain-auto-renew --domain-name …`.
    """
    if domain.renews:
        return passed(f"{domain.id} is renewed before {domain.expires:%Y-%m-%d}")
    return failed(f"{domain.id} expires on {domain.expires:%Y-%m-%d}, and nobody renews it")
