"""IAM Access Analyzer. Analyzers of an organization are seen only in the account that has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.accessanalyzer import AccessFinding, ActiveAnalyzer, AnalyzedRegion, Analyzer

ANALYZERS = Read("accessanalyzer", "ListAnalyzers")
FINDINGS = Read("accessanalyzer", "ListFindingsV2", ("access-analyzer:ListFindings",))

JUDGED = ("ACCOUNT", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS")
OPEN = {"status": {"eq": ["ACTIVE"]}}


@collector(permissions=(ANALYZERS, FINDINGS))
def analyzers(region: AwsRegion) -> Iterator[AnalyzedRegion | Analyzer]:
    """The analyzers of the region, and what those that work have found and nobody archived."""
    listed = list(region.pages(ANALYZERS, "analyzers"))
    active = [each for each in listed if each["status"] == "ACTIVE"]
    yield AnalyzedRegion(
        id=region.scope,
        account=region.account,
        active=tuple(
            ActiveAnalyzer(name=each["name"], type=each["type"])
            for each in sorted(active, key=lambda one: str(one["arn"]))
        ),
        inactive=tuple(sorted(_why(each) for each in listed if each["status"] != "ACTIVE")),
    )
    judged = [each for each in active if each["type"] in JUDGED]
    yield from region.each(lambda found: _analyzer(region, found), judged)


def _why(found: Mapping[str, Any]) -> str:
    reason = found.get("statusReason", {}).get("code", "")
    return f"{found['name']} is {found['status']}" + (f" ({reason})" if reason else "")


def _analyzer(region: AwsRegion, found: Mapping[str, Any]) -> Analyzer:
    listed: Any = region.look(lambda: list(region.pages(FINDINGS, "findings", analyzerArn=found["arn"], filter=OPEN)))
    findings, errors = listed, listed
    if not isinstance(listed, Unobserved):
        findings = tuple(_finding(each) for each in sorted(listed, key=_id) if not each.get("error"))
        errors = sum(bool(each.get("error")) for each in listed)
    return Analyzer(id=found["arn"], name=found["name"], type=found["type"], findings=findings, errors=errors)


def _id(found: Mapping[str, Any]) -> str:
    return str(found["id"])


def _finding(found: Mapping[str, Any]) -> AccessFinding:
    return AccessFinding(
        id=found["id"],
        type=found["findingType"],
        resource=found.get("resource", ""),
        owner=found["resourceOwnerAccount"],
        since=found["createdAt"],
    )
