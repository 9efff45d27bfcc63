"""Zones and registered names: global, whatever region is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resources.aws.route53 import Domain, HostedZone, Website

ZONES = Read("route53", "ListHostedZones")
QUERY_LOGS = Read("route53", "ListQueryLoggingConfigs")
DNSSEC = Read("route53", "GetDNSSEC")
RECORDS = Read("route53", "ListResourceRecordSets")
DOMAINS = Read("route53domains", "ListDomains")

WEBSITE = "s3-website"

Found = Mapping[str, Any]


@collector(permissions=(ZONES, QUERY_LOGS, DNSSEC, RECORDS))
def hosted_zones(account: AwsAccount) -> Iterator[HostedZone]:
    """Every zone of the account."""
    listed = list(account.pages(ZONES, "HostedZones"))
    logs = account.look(lambda: _logs(account) if listed else {})
    yield from account.each(lambda found: _zone(account, found, logs), listed)


def _logs(account: AwsAccount) -> dict[str, str]:
    found = account.pages(QUERY_LOGS, "QueryLoggingConfigs")
    return {each["HostedZoneId"]: each["CloudWatchLogsLogGroupArn"] for each in found}


def _zone(account: AwsAccount, found: Found, logs: Any) -> HostedZone:
    number = str(found["Id"]).rpartition("/")[2]
    private = found["Config"]["PrivateZone"]
    return HostedZone(
        id=number,
        name=str(found["Name"]).rstrip("."),
        is_private=private,
        logs_to=part_of(logs, lambda groups: groups.get(number, "")),
        is_signed=None if private else account.look(lambda: _is_signed(account, number)),
        websites=() if private else account.look(lambda: tuple(_websites(account, number))),
    )


def _is_signed(account: AwsAccount, number: str) -> bool:
    return bool(account.ask(DNSSEC, HostedZoneId=number)["Status"]["ServeSignature"] == "SIGNING")


def _websites(account: AwsAccount, number: str) -> Iterator[Website]:
    """Names that lead to the website of a bucket: as an alias of the bucket's own name, or to its address."""
    for found in account.pages(RECORDS, "ResourceRecordSets", HostedZoneId=number):
        name = str(found["Name"]).rstrip(".")
        if str(found.get("AliasTarget", {}).get("DNSName", "")).startswith(WEBSITE):
            yield Website(name=name, bucket=name)
        for each in found.get("ResourceRecords", ()) if found["Type"] == "CNAME" else ():
            bucket, website, _ = str(each["Value"]).partition(f".{WEBSITE}")
            if website:
                yield Website(name=name, bucket=bucket)


@collector(permissions=(DOMAINS,))
def domains(account: AwsAccount) -> Iterator[Domain]:
    """Every name that is registered with Route 53. Only the partition `aws` registers names."""
    for found in account.pages(DOMAINS, "Domains") if account.identity.partition == "aws" else ():
        yield Domain(
            id=found["DomainName"], is_locked=found["TransferLock"], renews=found["AutoRenew"], expires=found["Expiry"]
        )
