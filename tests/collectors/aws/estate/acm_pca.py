"""Certificate authorities: moto makes them, but has them neither active nor dated."""

from __future__ import annotations

import json
from typing import Any

from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import ACCOUNT, Maker

UNPAGED = {"aws.acm_pca.authorities": "the listing is canned"}


def populate(_: Maker) -> None:
    """All is canned: moto's authorities never expire."""


def _authority(number: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "Arn": f"arn:aws:acm-pca:us-east-1:{ACCOUNT}:certificate-authority/{number}",
        "OwnerAccount": ACCOUNT,
        "CreatedAt": 1735689600,
        "Type": kind,
        "Status": "ACTIVE",
        "NotAfter": 1924992000,
        "CertificateAuthorityConfiguration": {
            "KeyAlgorithm": "RSA_4096", "SigningAlgorithm": "SHA512WITHRSA", "Subject": {"CommonName": number}
        },
        "RevocationConfiguration": {"CrlConfiguration": {"Enabled": False}, "OcspConfiguration": {"Enabled": False}},
        "UsageMode": "GENERAL_PURPOSE",
        **more,
    }  # fmt: skip


POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "acm-pca:IssueCertificate", "Resource": "*"}
    ],
}
ANSWERS = {
    "acm-pca:ListCertificateAuthorities": Canned(
        {
            "CertificateAuthorities": [
                _authority("tidy", "SUBORDINATE", RevocationConfiguration={"OcspConfiguration": {"Enabled": True}}),
                _authority("root", "ROOT", NotAfter=1798761600),
            ]
        }
    ),
    "acm-pca:GetPolicy": Canned({"Policy": json.dumps(POLICY)}),
}
