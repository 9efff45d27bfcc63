"""Listings that break off in the middle, after pages that were answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from collectors.aws.errors import NoAnswerError
from core.engine import Collected, assess
from tests.collectors.aws.answering import error, region_that_says
from tests.collectors.aws.world import AS_OF, CHECKS, COLLECTORS, run

ARN = "arn:aws:acm:us-east-1:123456789012:certificate"
PAGES = 5


def certificate(number: int) -> dict[str, Any]:
    return {
        "CertificateArn": f"{ARN}/{number}",
        "DomainName": "shop.example",
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "KeyAlgorithm": "RSA-1024" if number == 0 else "RSA-2048",
        "InUse": True,
    }


def verdicts(check: str, collected: Collected) -> dict[str, str]:
    found = assess(CHECKS[check], collected.evidence, as_of=AS_OF, digest="").findings
    return {each.resource: each.verdict.status.value for each in found}


@pytest.mark.parametrize(
    "broken",
    [error("ThrottlingException"), error("ExpiredTokenException"), NoAnswerError("unreachable", "no answer")],
    ids=["throttled", "expired", "unreachable"],
)
@pytest.mark.parametrize("breaks_at", [1, 3])
def test_what_was_listed_counts_and_what_was_not_is_unknown(broken: Exception, breaks_at: int) -> None:
    def listed(parameters: Mapping[str, Any]) -> dict[str, Any]:
        page = int(parameters.get("NextToken", 0))
        if page == breaks_at:
            raise broken
        more = {"NextToken": str(page + 1)} if page < PAGES - 1 else {}
        return {"CertificateSummaryList": [certificate(page)], **more}

    collected = run(COLLECTORS["aws.acm.certificates"], region_that_says({"acm:ListCertificates": listed}))
    assert len(collected.unit.gaps) == 1
    (evidence,) = collected.evidence
    assert [each.id for each in evidence.resources] == [f"{ARN}/{number}" for number in range(breaks_at)]
    found = verdicts("aws.acm.certificate_key_is_strong", collected)
    seen = {f"{ARN}/{number}": "pass" for number in range(1, breaks_at)}
    assert found == {f"{ARN}/0": "fail", **seen, "*": "unknown"}


def test_what_is_asked_only_after_the_listing_is_unknown_altogether() -> None:
    def listed(parameters: Mapping[str, Any]) -> dict[str, Any] | ClientError:
        if "Marker" in parameters:
            raise error("AccessDeniedException")
        return {"Keys": [{"KeyArn": "arn:aws:kms:us-east-1:123456789012:key/1"}], "Truncated": True, "NextMarker": "2"}

    collected = run(COLLECTORS["aws.kms.keys"], region_that_says({"kms:ListKeys": listed}))
    assert len(collected.unit.gaps) == 1
    assert verdicts("aws.kms.key_rotates", collected) == {"*": "unknown"}
