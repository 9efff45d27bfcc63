"""Load balancers for applications and networks, in networks of their own."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        ec2, elb = aws.client("ec2", region), aws.client("elbv2", region)
        vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone=f"{region}{zone}")
            for number, zone in enumerate("ab")
        ]
        names = [each["Subnet"]["SubnetId"] for each in subnets]
        certificate = aws.client("acm", region).request_certificate(DomainName="shop.example.org")["CertificateArn"]
        to_https = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
        answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
        good = _make(elb, "shop", names, "internet-facing", "true", "defensive")
        _listen(elb, good, "HTTP", 80, to_https)
        _listen(elb, good, "HTTPS", 443, answer, "ELBSecurityPolicy-TLS13-1-2-2021-06", certificate)
        bad = _make(elb, "legacy", names, "internet-facing", "false", "monitor")
        _listen(elb, bad, "HTTP", 80, answer)
        _listen(elb, bad, "HTTPS", 443, answer, "ELBSecurityPolicy-2016-08", certificate)


def _make(elb: Any, name: str, subnets: list[str], scheme: str, on: str, desync: str) -> str:
    made = elb.create_load_balancer(Name=name, Subnets=subnets, Scheme=scheme, Type="application")
    arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
    attributes = {
        "access_logs.s3.enabled": on,
        "access_logs.s3.bucket": "tidy-bucket",
        "deletion_protection.enabled": on,
        "routing.http.drop_invalid_header_fields.enabled": on,
        "routing.http.desync_mitigation_mode": desync,
    }
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()]
    )
    return arn


def _listen(elb: Any, arn: str, protocol: str, port: int, action: Any, policy: str = "", certificate: str = "") -> None:
    tls = {"SslPolicy": policy, "Certificates": [{"CertificateArn": certificate}]} if policy else {}
    elb.create_listener(LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=[action], **tls)
