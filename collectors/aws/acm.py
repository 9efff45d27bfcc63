"""ACM: what the listing says of each certificate, which is all that the checks need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.acm import Certificate

LIST_CERTIFICATES = Read("acm", "ListCertificates")

ALL_ALGORITHMS = [
    "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
]  # fmt: skip
"""All have to be named: who names none is told only of RSA with 1024 and 2048 bits."""
ALL_ORIGINS = ["AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED"]
"""So it is with where keys come from: who names none is told nothing of those that came by ACME."""


@collector(permissions=(LIST_CERTIFICATES,))
def certificates(region: AwsRegion) -> Iterator[Certificate]:
    """Every certificate of the region, whatever its algorithm and state."""
    asked: dict[str, Any] = {"Includes": {"keyTypes": ALL_ALGORITHMS}, "CertificateKeyPairOrigins": ALL_ORIGINS}
    for found in region.pages(LIST_CERTIFICATES, "CertificateSummaryList", **asked):
        yield Certificate(
            id=found["CertificateArn"],
            domain=found.get("DomainName", ""),
            status=found["Status"],
            type=found["Type"],
            algorithm=found["KeyAlgorithm"],
            in_use=found["InUse"] if "InUse" in found else unobserved("ACM does not say whether it is in use"),
            expires=found.get("NotAfter"),
        )
