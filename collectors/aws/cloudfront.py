"""CloudFront distributions. The listing says most; what is logged must be asked one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.parts import part_of
from collectors.aws.source import AwsAccount
from core.plugins import collector
from core.resource import Unobserved, unobserved
from core.resources.aws.cloudfront import Distribution, Origin

DISTRIBUTIONS = Read("cloudfront", "ListDistributions")
CONFIGURATION = Read("cloudfront", "GetDistributionConfig")
DELIVERY_SOURCES = Read("logs", "DescribeDeliverySources")
DELIVERIES = Read("logs", "DescribeDeliveries")

IN_A_NETWORK = "an origin in a network of ours says elsewhere how it is asked"

Found = Mapping[str, Any]


@collector(permissions=(DISTRIBUTIONS, CONFIGURATION, DELIVERY_SOURCES, DELIVERIES))
def distributions(account: AwsAccount) -> Iterator[Distribution]:
    """Every distribution of the account."""
    listed = [
        each
        for answer in account.answers(DISTRIBUTIONS)
        for each in answer["DistributionList"].get("Items", ())  # absent when there are none
    ]
    delivered = account.look(lambda: _delivered(account) if listed else {})
    yield from account.each(lambda found: _distribution(account, found, delivered), listed)


def _delivered(account: AwsAccount) -> dict[str, tuple[str, ...]]:
    """By ARN, the deliveries of CloudWatch Logs that carry a distribution's log: the newer of two ways to have one."""
    sources: dict[str, list[str]] = {}
    for each in account.pages(DELIVERIES, "deliveries"):
        sources.setdefault(each["deliverySourceName"], []).append(each["deliveryDestinationArn"])
    found: dict[str, tuple[str, ...]] = {}
    for each in account.pages(DELIVERY_SOURCES, "deliverySources"):
        for arn in each.get("resourceArns", ()):
            found[arn] = tuple(sorted({*found.get(arn, ()), *sources.get(each["name"], ())}))
    return found


def _distribution(account: AwsAccount, found: Found, delivered: Any) -> Distribution:
    arn = found["ARN"]
    said = account.look(lambda: account.ask(CONFIGURATION, Id=found["Id"])["DistributionConfig"])
    behaviours = [{**found["DefaultCacheBehavior"], "PathPattern": "*"}, *found["CacheBehaviors"].get("Items", ())]
    certificate = found["ViewerCertificate"]
    names = found["Aliases"].get("Items", ())
    return Distribution(
        id=arn,
        name=names[0] if names else found["DomainName"],
        enabled=found["Enabled"],
        plain_paths=tuple(
            sorted(each["PathPattern"] for each in behaviours if each["ViewerProtocolPolicy"] == "allow-all")
        ),
        minimum_tls=certificate.get("MinimumProtocolVersion", "TLSv1"),  # what AWS's own certificate comes with
        own_certificate=bool(certificate.get("ACMCertificateArn") or certificate.get("IAMCertificateId")),
        origins=tuple(_origin(each) for each in found["Origins"]["Items"]),
        fails_over=found.get("OriginGroups", {}).get("Quantity", 0) > 0,
        encrypts_fields=any(each.get("FieldLevelEncryptionId") for each in behaviours),
        web_acl=found.get("WebACLId", ""),
        logs=_logs(said, behaviours, delivered, arn),
        root_object=part_of(said, lambda one: one.get("DefaultRootObject", "")),
    )


def _origin(found: Found) -> Origin:
    custom = found.get("CustomOriginConfig", {})
    bucket = found.get("S3OriginConfig")
    guarded = bool((bucket or {}).get("OriginAccessIdentity") or found.get("OriginAccessControlId"))
    return Origin(
        id=found["Id"],
        domain=found["DomainName"],
        is_bucket=bucket is not None,
        is_guarded=guarded,
        protocol=custom["OriginProtocolPolicy"] if custom else "" if bucket is not None else unobserved(IN_A_NETWORK),
        tls=tuple(sorted(custom.get("OriginSslProtocols", {}).get("Items", ()))),
    )


def _logs(said: Any, behaviours: list[Found], delivered: Any, arn: str) -> Any:
    """Where requests are recorded, in any of three ways. One that was seen is enough, where another was not."""
    live = {each["RealtimeLogConfigArn"] for each in behaviours if each.get("RealtimeLogConfigArn")}
    hidden = [each for each in (said, delivered) if isinstance(each, Unobserved)]
    files = "" if isinstance(said, Unobserved) or not said["Logging"]["Enabled"] else said["Logging"]["Bucket"]
    deliveries = () if isinstance(delivered, Unobserved) else delivered.get(arn, ())
    known = tuple(sorted({*live, *deliveries, *([files] if files else [])}))
    return hidden[0] if hidden and not known else known
