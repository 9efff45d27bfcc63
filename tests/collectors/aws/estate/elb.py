"""Classic load balancers: one as it should be, one from another time."""

from __future__ import annotations

from tests.collectors.aws.world import REGIONS, Maker


def populate(aws: Maker) -> None:
    for region in REGIONS:
        elb, acm = aws.client("elb", region), aws.client("acm", region)
        zones = [f"{region}a", f"{region}b"]
        https = {
            "Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 80,
            "SSLCertificateId": acm.request_certificate(DomainName="web.example.org")["CertificateArn"],
        }  # fmt: skip
        http = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}
        elb.create_load_balancer(
            LoadBalancerName="inner", Listeners=[https], AvailabilityZones=zones, Scheme="internal"
        )
        elb.create_load_balancer(LoadBalancerName="old", Listeners=[http, https], AvailabilityZones=zones[:1])
        for name, version in (("inner", "Protocol-TLSv1.2"), ("old", "Protocol-TLSv1")):
            elb.create_load_balancer_policy(
                LoadBalancerName=name,
                PolicyName="tls",
                PolicyTypeName="SSLNegotiationPolicyType",
                PolicyAttributes=[{"AttributeName": version, "AttributeValue": "true"}],
            )
            elb.set_load_balancer_policies_of_listener(LoadBalancerName=name, LoadBalancerPort=443, PolicyNames=["tls"])
        for name, logs, mode in (("inner", True, "strictest"), ("old", False, "monitor")):
            elb.modify_load_balancer_attributes(
                LoadBalancerName=name,
                LoadBalancerAttributes={
                    "AccessLog": {"Enabled": logs, "S3BucketName": "tidy-bucket"},
                    "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": mode}],
                },
            )
