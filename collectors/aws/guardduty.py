"""GuardDuty. A region has one detector, or none: then it is not on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.aws.clients import read_timestamp
from collectors.aws.operations import Read
from collectors.aws.source import AwsRegion
from core.plugins import collector
from core.resource import Unobserved
from core.resources.aws.guardduty import Detection, GuardDutyRegion

DETECTORS = Read("guardduty", "ListDetectors")
DETECTOR = Read("guardduty", "GetDetector")
ADMINISTRATOR = Read("guardduty", "GetAdministratorAccount")
MEMBERS = Read("guardduty", "ListMembers")
FINDINGS = Read("guardduty", "ListFindings")
FINDING = Read("guardduty", "GetFindings")

SERIOUS = 7
"""The severity at which *high* begins."""
AT_ONCE = 50
"""Findings that one question may name."""


@collector(permissions=(DETECTORS, DETECTOR, ADMINISTRATOR, MEMBERS, FINDINGS, FINDING))
def region(region: AwsRegion) -> Iterator[GuardDutyRegion]:
    """Whether GuardDuty watches the region, who sees what it finds, and what is serious and still open."""
    listed = list(region.pages(DETECTORS, "DetectorIds"))
    if not listed:
        yield GuardDutyRegion(
            id=region.scope, detector="", enabled=False, on=(), off=(), administrator="", members=0, serious=()
        )
        return
    detector = listed[0]
    found: Any = region.look(lambda: region.ask(DETECTOR, DetectorId=detector))
    administrator = region.look(lambda: _administrator(region, detector))
    yield GuardDutyRegion(
        id=region.scope,
        detector=detector,
        enabled=_is_on(found),
        on=_features(found, "ENABLED"),
        off=_features(found, "DISABLED"),
        administrator=administrator,
        members=administrator
        if isinstance(administrator, Unobserved)
        else region.look(lambda: _members(region, detector, administrator)),
        serious=region.look(lambda: tuple(_serious(region, detector))),
    )


def _is_on(found: Any) -> Any:
    return found if isinstance(found, Unobserved) else found["Status"] == "ENABLED"


def _features(found: Any, status: str) -> Any:
    if isinstance(found, Unobserved):
        return found
    return tuple(sorted(each["Name"] for each in found["Features"] if each["Status"] == status))


def _administrator(region: AwsRegion, detector: str) -> str:
    """The account that administers this one; an administrator itself, and an account on its own, have none."""
    found = region.ask(ADMINISTRATOR, DetectorId=detector).get("Administrator", {})
    return str(found["AccountId"]) if found.get("RelationshipStatus") == "Enabled" else ""


def _members(region: AwsRegion, detector: str, administrator: str) -> int:
    """How many accounts this one administers. A member has none."""
    if administrator:
        return 0
    listed = region.pages(MEMBERS, "Members", DetectorId=detector, OnlyAssociated="true")
    return sum(each["RelationshipStatus"] == "Enabled" for each in listed)


def _serious(region: AwsRegion, detector: str) -> Iterator[Detection]:
    """Serious open findings about this account: those about its members are told by the members."""
    criteria = {
        "service.archived": {"Equals": ["false"]},
        "severity": {"GreaterThanOrEqual": SERIOUS},
        "accountId": {"Equals": [region.account]},
    }
    listed = region.pages(FINDINGS, "FindingIds", DetectorId=detector, FindingCriteria={"Criterion": criteria})
    ids = sorted(listed)
    for first in range(0, len(ids), AT_ONCE):
        answer = region.ask(FINDING, DetectorId=detector, FindingIds=ids[first : first + AT_ONCE])
        for each in sorted(answer["Findings"], key=lambda found: str(found["Id"])):
            yield Detection(
                id=each["Id"],
                type=each["Type"],
                resource=each["Resource"].get("ResourceType", ""),
                tenths=round(each["Severity"] * 10),
                found=read_timestamp(each["CreatedAt"]),  # text, where other services have moments
            )
