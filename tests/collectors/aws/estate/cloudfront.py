"""Distributions: one tidy, one open."""

from __future__ import annotations

from typing import Any

from tests.collectors.aws.world import ACCOUNT, Maker

SETTINGS = {"aws.cloudfront.sensitive_fields_are_encrypted": {"needed": ("shop.example.org",)}}


def populate(aws: Maker) -> None:
    cloudfront = aws.client("cloudfront")
    custom = {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
    }  # fmt: skip
    weak = {
        **custom, "OriginProtocolPolicy": "match-viewer",
        "OriginSslProtocols": {"Quantity": 2, "Items": ["TLSv1", "TLSv1.2"]},
    }  # fmt: skip
    guarded = {"S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E1"}}
    cloudfront.create_distribution(
        DistributionConfig=_configuration(
            "shop",
            "redirect-to-https",
            [{"CustomOriginConfig": custom, "DomainName": "inner.example.org"}, {**guarded, "DomainName": BUCKET}],
            Aliases={"Quantity": 1, "Items": ["shop.example.org"]},
            DefaultRootObject="index.html",
            Logging={
                "Enabled": True,
                "IncludeCookies": False,
                "Bucket": "archive-bucket.s3.amazonaws.com",
                "Prefix": "",
            },
            ViewerCertificate={
                "ACMCertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1",
                "MinimumProtocolVersion": "TLSv1.2_2021",
                "SSLSupportMethod": "sni-only",
            },
            WebACLId=f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/edge/1",
            OriginGroups={
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "both",
                        "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
                        "Members": {"Quantity": 2, "Items": [{"OriginId": "shop-0"}, {"OriginId": "shop-1"}]},
                    }
                ],
            },
        )
    )
    bare = {"S3OriginConfig": {"OriginAccessIdentity": ""}, "DomainName": BUCKET}
    cloudfront.create_distribution(
        DistributionConfig=_configuration(
            "open", "allow-all", [bare, {"CustomOriginConfig": weak, "DomainName": "old.example.org"}]
        )
    )


def _with_buckets(body: bytes) -> bytes:
    """moto forgets which origins are buckets, and how CloudFront proves to them who it is."""
    identity = b"<S3OriginConfig><OriginAccessIdentity>%s</OriginAccessIdentity></S3OriginConfig>"
    for name, proof in ((b"shop-1", b"origin-access-identity/cloudfront/E1"), (b"open-0", b"")):
        body = body.replace(b"<Id>%s</Id>" % name, b"<Id>%s</Id>" % name + identity % proof)
    return body


MENDED = {"cloudfront:ListDistributions": _with_buckets}
BUCKET = "open-by-policy-bucket.s3.amazonaws.com"


def _configuration(name: str, viewers: str, origins: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "CallerReference": name,
        "Comment": name,
        "Enabled": True,
        "Origins": {
            "Quantity": len(origins),
            "Items": [{"Id": f"{name}-{number}", **each} for number, each in enumerate(origins)],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": f"{name}-0",
            "ViewerProtocolPolicy": viewers,
            "MinTTL": 0,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        },
        **more,
    }
