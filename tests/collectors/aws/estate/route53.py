"""Zones and registered names. Names are canned: moto registers none without a dozen particulars of persons."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

ANSWERS = {
    "route53domains:ListDomains": Canned(
        {
            "Domains": [
                {"DomainName": "example.org", "AutoRenew": True, "TransferLock": True, "Expiry": 1830000000},
                {"DomainName": "example.net", "AutoRenew": False, "TransferLock": False, "Expiry": 1800000000},
            ]
        }
    )
}


def populate(aws: Maker) -> None:
    route53, logs = aws.client("route53"), aws.client("logs")
    tidy = _zone(route53, "example.org.")
    logs.create_log_group(logGroupName="/aws/route53/example.org")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/route53/example.org:*"
    route53.create_query_logging_config(HostedZoneId=tidy, CloudWatchLogsLogGroupArn=group)
    _add(route53, tidy, "www.example.org.", "tidy-bucket.s3-website-us-east-1.amazonaws.com")
    _add(route53, tidy, "mail.example.org.", "mail.example.com")
    lost = _zone(route53, "example.net.")
    alias = {"HostedZoneId": "Z1", "DNSName": "s3-website.eu-west-1.amazonaws.com.", "EvaluateTargetHealth": False}
    _change(route53, lost, {"Name": "gone.example.net.", "Type": "A", "AliasTarget": alias})
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    route53.create_hosted_zone(
        Name="inner.example.org.", CallerReference="inner", VPC={"VPCRegion": "us-east-1", "VPCId": vpc}
    )


def _zone(route53: Any, name: str) -> str:
    number: str = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    return number.rpartition("/")[2]


def _add(route53: Any, zone: str, name: str, target: str) -> None:
    record = {"Name": name, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": target}]}
    _change(route53, zone, record)


def _change(route53: Any, zone: str, record: dict[str, Any]) -> None:
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
