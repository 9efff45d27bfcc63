"""What collectors of networks make of answers that moto does not give."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import pytest
from botocore.model import ServiceModel

from collectors.aws import (
    apigateway,
    appsync,
    cloudfront,
    elbv2,
    globalaccelerator,
    networkfirewall,
    route53,
    security_groups,
    vpc,
    wafv2,
)
from collectors.aws.errors import NoAnswerError
from collectors.aws.exchanges import About
from collectors.aws.masking import mask
from collectors.aws.models import shared_loader
from collectors.aws.operations import Read
from collectors.aws.replayed import _clients
from collectors.aws.source import GLOBAL, AwsAccount, AwsRegion, Identity
from core.resource import Resource, missing_fields
from core.resources.aws.apigateway import RestApi
from core.resources.aws.cloudfront import Distribution
from core.resources.aws.elb import LoadBalancer
from core.resources.aws.networkfirewall import NetworkFirewall
from core.resources.aws.security_groups import SecurityGroup
from core.resources.aws.vpc import Subnet, VpcEndpoint
from core.resources.aws.wafv2 import WebAcl
from tests.collectors.aws.world import ACCOUNT

R = TypeVar("R", bound=Resource)
Answer = Mapping[str, Any] | Exception


class Answers:
    """A line with a memory: what AWS would say to each operation, one answer after the other, the last for ever."""

    def __init__(self, **said: Answer | list[Answer]) -> None:
        self.said = {name: each if isinstance(each, list) else [each] for name, each in said.items()}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def ask(self, read: Read, region: str, parameters: Mapping[str, Any], about: About) -> Any:
        del region, about
        self.asked.append((read.operation, parameters))
        left = self.said[read.operation]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, service: str, region: str) -> Any:
        return _clients.client(service, region)

    def pause(self, seconds: float) -> None:
        raise AssertionError(f"nothing here waits {seconds} seconds")


DENIED = NoAnswerError("unreachable", "no answer")


def in_region(line: Answers, partition: str = "aws") -> AwsRegion:
    who = Identity(f"arn:{partition}:iam::{ACCOUNT}:role/reader")
    return AwsRegion("aws/default", line, "eu-west-1", scope="eu-west-1", identity=who)


def in_account(line: Answers, partition: str = "aws") -> AwsAccount:
    who = Identity(f"arn:{partition}:iam::{ACCOUNT}:role/reader")
    return AwsAccount("aws/default", line, "us-east-1", scope=GLOBAL, identity=who)


def only(found: list[Any], kind: type[R]) -> R:
    assert len(found) == 1
    assert isinstance(found[0], kind)
    return found[0]


def web_acl(number: int) -> dict[str, Any]:
    return {"Name": f"acl-{number}", "Id": str(number), "ARN": f"arn:acl-{number}"}


SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "all"}


def test_web_acls_are_listed_over_all_pages_though_the_last_one_names_a_further_one() -> None:
    line = Answers(
        ListWebACLs=[
            {"WebACLs": [web_acl(1)], "NextMarker": "acl-1"},
            {"WebACLs": [web_acl(2)], "NextMarker": "acl-2"},
            {"WebACLs": [web_acl(3)], "NextMarker": "acl-3"},
            {"WebACLs": [], "NextMarker": "acl-3"},
        ],
        ListLoggingConfigurations=[
            {"LoggingConfigurations": [{"ResourceArn": "arn:acl-2", "LogDestinationConfigs": ["arn:bucket"]}]},
            {"LoggingConfigurations": [{"ResourceArn": "arn:acl-2", "LogDestinationConfigs": ["arn:lake"]}]},
        ],
        GetWebACL={
            "WebACL": {
                "DefaultAction": {"Block": {}},
                "PreProcessFirewallManagerRuleGroups": [
                    {"Name": "central", "OverrideAction": {"Count": {}}, "VisibilityConfig": SEEN}
                ],
                "Rules": [{"Name": "own", "Action": {"Block": {}}, "VisibilityConfig": SEEN}],
            }
        },
        ListResourcesForWebACL={},
    )
    found = [each for each in wafv2.regional_web_acls(in_region(line)) if isinstance(each, WebAcl)]
    assert [each.name for each in found] == ["acl-1", "acl-2", "acl-3"]
    assert [each.logs_to for each in found] == [(), ("arn:bucket", "arn:lake"), ()]
    assert [(rule.name, rule.only_counts) for rule in found[0].rules] == [("central", True), ("own", False)]
    assert found[0].blocks_by_default
    markers = [asked.get("NextMarker") for operation, asked in line.asked if operation == "ListWebACLs"]
    assert markers == [None, "acl-1", "acl-2", "acl-3"]


def test_partitions_without_an_edge_are_not_asked_for_one() -> None:
    line = Answers()
    assert list(globalaccelerator.accelerators(in_account(line, "aws-us-gov"))) == []
    assert list(wafv2.edge_web_acls(in_account(line, "aws-us-gov"))) == []
    assert list(route53.domains(in_account(line, "aws-cn"))) == []
    assert line.asked == []


BEHAVIOUR = {"ViewerProtocolPolicy": "https-only"}


def distribution(**changes: Any) -> dict[str, Any]:
    return {
        "Id": "E1",
        "ARN": "arn:distribution",
        "DomainName": "d1.cloudfront.net",
        "Enabled": True,
        "Aliases": {"Quantity": 0},
        "Origins": {"Items": [{"Id": "one", "DomainName": "inner", "VpcOriginConfig": {"VpcOriginId": "vo-1"}}]},
        "DefaultCacheBehavior": BEHAVIOUR,
        "CacheBehaviors": {"Quantity": 0},
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
        "WebACLId": "",
        **changes,
    }


def delivering(*items: dict[str, Any], configuration: Answer | None = None) -> Answers:
    return Answers(
        ListDistributions={"DistributionList": {"Quantity": len(items), **({"Items": list(items)} if items else {})}},
        GetDistributionConfig=configuration
        or {"DistributionConfig": {"Logging": {"Enabled": False, "Bucket": ""}, "DefaultRootObject": ""}},
        DescribeDeliverySources={"deliverySources": [{"name": "edge", "resourceArns": ["arn:distribution"]}]},
        DescribeDeliveries={"deliveries": [{"deliverySourceName": "edge", "deliveryDestinationArn": "arn:group"}]},
    )


def test_the_newer_way_to_log_a_distribution_counts() -> None:
    found = only(list(cloudfront.distributions(in_account(delivering(distribution())))), Distribution)
    assert found.logs == ("arn:group",)
    assert found.minimum_tls == "TLSv1"
    assert missing_fields(found.origins[0]).keys() == {"protocol"}


def test_one_way_to_log_that_was_seen_is_enough() -> None:
    found = list(cloudfront.distributions(in_account(delivering(distribution(), configuration=DENIED))))
    assert only(found, Distribution).logs == ("arn:group",)


def test_without_a_way_that_was_seen_the_other_may_be_there() -> None:
    line = delivering(distribution())
    line.said["DescribeDeliveries"] = [DENIED]
    found = only(list(cloudfront.distributions(in_account(line))), Distribution)
    assert missing_fields(found).keys() == {"logs"}


def test_real_time_logs_count() -> None:
    live = {**BEHAVIOUR, "RealtimeLogConfigArn": "arn:live"}
    line = delivering(distribution(DefaultCacheBehavior=live))
    line.said["DescribeDeliveries"] = [{}]
    assert only(list(cloudfront.distributions(in_account(line))), Distribution).logs == ("arn:live",)


def test_an_account_without_distributions_is_asked_once() -> None:
    line = delivering()
    assert list(cloudfront.distributions(in_account(line))) == []
    assert [operation for operation, _ in line.asked] == ["ListDistributions"]


def group(**permission: Any) -> dict[str, Any]:
    return {
        "GroupId": "sg-1",
        "GroupName": "web",
        "VpcId": "vpc-1",
        "OwnerId": ACCOUNT,
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **permission}],
        "IpPermissionsEgress": [],
    }


def test_ranges_of_our_prefix_lists_are_looked_up_and_those_of_aws_are_not() -> None:
    line = Answers(
        DescribeSecurityGroups={
            "SecurityGroups": [group(PrefixListIds=[{"PrefixListId": "pl-ours"}, {"PrefixListId": "pl-edge"}])]
        },
        DescribeNetworkInterfaces={"NetworkInterfaces": [{"Groups": [{"GroupId": "sg-1"}], "Ipv6Addresses": ["::1"]}]},
        DescribeManagedPrefixLists={
            "PrefixLists": [
                {"PrefixListId": "pl-ours", "OwnerId": ACCOUNT},
                {"PrefixListId": "pl-edge", "OwnerId": "AWS"},
            ]
        },
        GetManagedPrefixListEntries={"Entries": [{"Cidr": "0.0.0.0/0"}]},
    )
    found = only(list(security_groups.security_groups(in_region(line))), SecurityGroup)
    assert found.ingress[0].ranges == ("0.0.0.0/0",)
    assert found.is_public
    assert [asked for operation, asked in line.asked if operation.startswith("GetManaged")] == [
        {"PrefixListId": "pl-ours"}
    ]


def test_a_prefix_list_that_nobody_shows_hides_the_ranges_of_its_rule_alone() -> None:
    line = Answers(
        DescribeSecurityGroups={"SecurityGroups": [group(PrefixListIds=[{"PrefixListId": "pl-1"}])]},
        DescribeNetworkInterfaces=DENIED,
        DescribeManagedPrefixLists=DENIED,
    )
    found = only(list(security_groups.security_groups(in_region(line))), SecurityGroup)
    assert missing_fields(found.ingress[0]).keys() == {"ranges"}
    assert missing_fields(found).keys() == {"is_used", "is_public"}


def test_minus_one_means_all_ports() -> None:
    line = Answers(
        DescribeSecurityGroups={"SecurityGroups": [group(IpProtocol="icmp", FromPort=-1, ToPort=-1)]},
        DescribeNetworkInterfaces={},
    )
    found = only(list(security_groups.security_groups(in_region(line))), SecurityGroup)
    assert (found.ingress[0].first, found.ingress[0].last) == (None, None)


def test_a_subnet_whose_routes_others_keep_does_not_say_where_they_lead() -> None:
    subnet = {
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "OwnerId": "999999999999",
        "AvailabilityZone": "eu-west-1a",
        "MapPublicIpOnLaunch": False,
    }
    line = Answers(DescribeSubnets={"Subnets": [subnet]}, DescribeRouteTables={})
    found = only(list(vpc.subnets(in_region(line))), Subnet)
    assert missing_fields(found).keys() == {"reaches_internet"}


def test_an_endpoint_of_a_load_balancer_has_no_policy() -> None:
    found = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "GatewayLoadBalancer",
        "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
        "VpcId": "vpc-1",
        "OwnerId": ACCOUNT,
    }
    line = Answers(DescribeVpcEndpoints={"VpcEndpoints": [found]})
    assert only(list(vpc.endpoints(in_region(line))), VpcEndpoint).statements is None


def test_rules_beside_the_default_may_serve_plain_http() -> None:
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
    same = {"Type": "redirect", "RedirectConfig": {"Protocol": "#{protocol}", "StatusCode": "HTTP_301"}}
    balancer = {
        "LoadBalancerArn": "arn:lb",
        "LoadBalancerName": "shop",
        "Type": "application",
        "Scheme": "internal",
        "AvailabilityZones": [{"ZoneName": "eu-west-1a"}],
    }
    for actions, plain in (([redirect], False), ([same], True), ([{"Type": "forward"}], True)):
        line = Answers(
            DescribeLoadBalancers={"LoadBalancers": [balancer]},
            DescribeSSLPolicies={"SslPolicies": []},
            DescribeLoadBalancerAttributes={"Attributes": []},
            DescribeListeners={"Listeners": [{"ListenerArn": "arn:listener", "Protocol": "HTTP", "Port": 80}]},
            DescribeRules={"Rules": [{"Actions": [redirect]}, {"Actions": actions}]},
        )
        found = only(list(elbv2.load_balancers(in_region(line))), LoadBalancer)
        assert found.listeners[0].serves_plain is plain
        assert missing_fields(found).keys() == {"is_protected", "logs", "drops_invalid_headers", "desync"}


def test_a_firewall_at_a_transit_gateway_stands_in_no_network_of_ours() -> None:
    firewall = {
        "FirewallName": "edge",
        "FirewallPolicyArn": "arn:policy",
        "TransitGatewayId": "tgw-1",
        "AvailabilityZoneMappings": [{"AvailabilityZone": "euw1-az1"}],
    }
    line = Answers(
        ListFirewalls={"Firewalls": [{"FirewallArn": "arn:firewall"}]},
        DescribeFirewall={"Firewall": firewall},
        DescribeFirewallPolicy=DENIED,
        DescribeLoggingConfiguration={"FirewallArn": "arn:firewall"},
    )
    found = only(list(networkfirewall.network_firewalls(in_region(line))), NetworkFirewall)
    assert (found.vpc, found.places, found.logs) == ("", ("euw1-az1",), ())
    assert missing_fields(found).keys() == {"rule_groups", "packets", "fragments"}


def test_a_region_without_the_service_has_nothing_of_it() -> None:
    who = Identity(f"arn:aws:iam::{ACCOUNT}:role/reader")
    line = Answers(ListGraphqlApis=DENIED)
    nowhere = AwsRegion("aws/default", line, "xx-east-1", scope="xx-east-1", identity=who)
    assert list(appsync.graphql_apis(nowhere)) == []
    with pytest.raises(NoAnswerError):  # a region that has it may be silent, too: then nobody knows
        list(appsync.graphql_apis(in_region(line)))


def test_the_policy_of_an_api_is_text_within_text() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}]}
    api = {
        "id": "1",
        "name": "shop",
        "endpointConfiguration": {"types": ["REGIONAL"]},
        "policy": json.dumps(policy).replace('"', '\\"'),
    }
    line = Answers(GetRestApis={"items": [api]}, GetResources={})
    found = only(list(apigateway.rest_apis(in_region(line))), RestApi)
    assert found.statements[0].actions == ("execute-api:Invoke",)


def test_a_method_that_asks_for_a_key_alone_is_told_apart() -> None:
    methods: dict[str, Any] = {
        "GET": {"authorizationType": "NONE"},
        "POST": {"authorizationType": "NONE", "apiKeyRequired": True},
        "PUT": {"authorizationType": "AWS_IAM", "apiKeyRequired": True},
    }
    api = {"id": "1", "name": "shop", "endpointConfiguration": {"types": ["REGIONAL"]}}
    line = Answers(GetRestApis={"items": [api]}, GetResources={"items": [{"path": "/a", "resourceMethods": methods}]})
    found = only(list(apigateway.rest_apis(in_region(line))), RestApi)
    assert (found.open_methods, found.keyed_methods) == (("GET /a",), ("POST /a",))


def test_keys_of_tunnels_are_masked_before_anybody_reads_them() -> None:
    secret = "kQ3v9_aLpZ7.wX2m"
    body = (
        "<DescribeVpnConnectionsResponse><vpnConnectionSet><item><options><tunnelOptionSet><item>"
        f"<preSharedKey>{secret}</preSharedKey></item></tunnelOptionSet></options></item></vpnConnectionSet>"
        "</DescribeVpnConnectionsResponse>"
    )
    model = ServiceModel(shared_loader().load_service_model("ec2", "service-2"), "ec2")
    operation = model.operation_model("DescribeVpnConnections")
    masked, counts = mask(operation, body.encode(), failed=False)
    assert secret.encode() not in masked
    assert sum(counts.values()) == 1
