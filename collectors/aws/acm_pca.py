"""Private certificate authorities of ACM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from collectors.aws.errors import is_answer
from collectors.aws.operations import Read
from collectors.aws.policy_documents import statements
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resources.aws.acm_pca import PrivateAuthority
from core.resources.aws.policy import Statement

LIST_AUTHORITIES = Read("acm-pca", "ListCertificateAuthorities")
POLICY = Read("acm-pca", "GetPolicy")


@collector(permissions=(LIST_AUTHORITIES, POLICY))
def authorities(region: AwsRegion) -> Iterator[PrivateAuthority]:
    """Every private authority that the account owns in the region."""
    listed = region.pages(LIST_AUTHORITIES, "CertificateAuthorities", ResourceOwner="SELF")
    yield from region.each(lambda found: _authority(region, found), listed)


def _authority(region: AwsRegion, found: Mapping[str, Any]) -> PrivateAuthority:
    ways = found.get("RevocationConfiguration", {})
    return PrivateAuthority(
        id=found["Arn"],
        type=found["Type"],
        status=found["Status"],
        short_lived=found.get("UsageMode") == "SHORT_LIVED_CERTIFICATE",
        signing=found["CertificateAuthorityConfiguration"]["SigningAlgorithm"],
        expires=found.get("NotAfter"),
        revokes_by=tuple(
            name for name in ("CRL", "OCSP") if ways.get(f"{name.title()}Configuration", {}).get("Enabled")
        ),
        statements=region.look(lambda: _statements(region, found["Arn"])),
    )


def _statements(region: AwsRegion, arn: str) -> tuple[Statement, ...]:
    try:
        return statements(region.ask(POLICY, ResourceArn=arn).get("Policy"))
    except ClientError as error:
        if is_answer(error, "ResourceNotFoundException", "InvalidStateException"):  # shared with nobody, or not ready
            return ()
        raise
