"""Inspector: whether it is on, what it reaches, and what it has found. Where it is off, it answers nothing further."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from collectors.aws.errors import MalformedAnswerError, NoAnswerError
from collectors.aws.offers import is_missing
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.inspector2 import InspectedResource, InspectorCoverage, InspectorRegion

STATUS = Read("inspector2", "BatchGetAccountStatus")
COVERAGE = Read("inspector2", "ListCoverage")
FINDINGS = Read("inspector2", "ListFindings")

ON = "ENABLED"
MOST = 100
SEVERE = ("CRITICAL", "HIGH")
VULNERABILITIES = ("PACKAGE_VULNERABILITY", "CODE_VULNERABILITY")


@collector(permissions=(STATUS,))
def region(region: AwsRegion) -> Iterator[InspectorRegion]:
    """Whether Inspector is on in the region, and for what."""
    found = _status(region)
    seen: Any = unobserved("Inspector could not say how it stands in this account")
    yield InspectorRegion(
        id=f"{region.account}/{region.scope}",
        region=region.scope,
        offered=found is not None,
        status="" if found is None else found["state"]["status"] if found else seen,
        scans=() if found is None else _scans(found) if found else seen,
    )


@collector(permissions=(STATUS, COVERAGE))
def coverage(region: AwsRegion) -> Iterator[InspectorCoverage]:
    """What Inspector should scan in the region, and whether it does. Where it is off, that is nothing."""
    if not _is_on(region):
        return
    criteria = {"accountId": _is(region.account)}  # an administrator's account sees those of its members as well
    for found in region.pages(COVERAGE, "coveredResources", filterCriteria=criteria, maxResults=MOST):
        scan = found.get("scanStatus", {})
        yield InspectorCoverage(
            id=f"{found['resourceId']}/{found['scanType']}",
            resource=found["resourceId"],
            scan=found["scanType"],
            status=scan.get("statusCode", ""),
            reason=scan.get("reason", ""),
        )


@collector(permissions=(STATUS, FINDINGS))
def findings(region: AwsRegion) -> Iterator[InspectedResource]:
    """The serious vulnerabilities that are open in the region, added up for each resource."""
    if not _is_on(region):
        return
    criteria = {
        "awsAccountId": _is(region.account),
        "findingStatus": _is("ACTIVE"),
        "findingType": _is(*VULNERABILITIES),
        "severity": _is(*SEVERE),
    }
    seen: dict[tuple[str, str], dict[str, list[datetime]]] = {}
    for found in region.pages(FINDINGS, "findings", filterCriteria=criteria, maxResults=MOST):
        for each in found["resources"]:
            of_one = seen.setdefault((each["id"], each["type"]), {severity: [] for severity in SEVERE})
            of_one[found["severity"]].append(found["firstObservedAt"])
    for (name, kind), moments in seen.items():
        critical, high = (moments[severity] for severity in SEVERE)
        yield InspectedResource(
            id=name,
            type=kind,
            critical=len(critical),
            high=len(high),
            oldest_critical=min(critical, default=None),
            oldest_high=min(high, default=None),
        )


def _status(region: AwsRegion) -> Mapping[str, Any] | None:
    """How Inspector stands in this account; empty where it cannot say, `None` where AWS does not offer it."""
    number = region.account
    try:
        accounts = region.ask(STATUS, accountIds=[number])["accounts"]
    except NoAnswerError as error:
        if is_missing(error, STATUS.service, region.scope, region.identity.partition):
            return None
        raise
    return next((each for each in accounts if each["accountId"] == number), {})


def _is_on(region: AwsRegion) -> bool:
    found = _status(region)
    if found == {}:
        raise MalformedAnswerError("Inspector could not say how it stands in this account")
    return found is not None and found["state"]["status"] == ON


def _scans(found: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(name for name, state in found["resourceState"].items() if state["status"] == ON))


def _is(*values: str) -> list[dict[str, str]]:
    return [{"comparison": "EQUALS", "value": value} for value in values]
