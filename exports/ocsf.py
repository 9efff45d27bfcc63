"""OCSF Compliance Finding (class 2003): one event for each verdict, a line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core import __version__
from core.model import DescribedCheck, Severity, Status
from exports.bundle.parts import Snapshot
from exports.words import visible
from runs.report import FindingState

VERSION = "1.5.0"
CREATED, UPDATED = 1, 2
SEVERITIES = {Severity.INFO: 1, Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5}
CAPTIONS = {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
RESULTS = {Status.PASS: (1, "Pass"), Status.UNKNOWN: (2, "Warning"), Status.FAIL: (3, "Fail")}
"""OCSF's `Warning` is a check that came to no result because information is missing: our `unknown`."""
OTHER = 99
NEW, IN_PROGRESS, SUPPRESSED = (1, "New"), (2, "In Progress"), (3, "Suppressed")


def lines(snapshot: Snapshot) -> Iterator[bytes]:
    """The verdicts that stood, in their order."""
    controls = snapshot.controls_of()
    standard = f"{snapshot.conclusions.name} ({snapshot.conclusions.id})"
    metadata = _metadata(snapshot)
    for each in snapshot.report.findings:
        event = _event(each, snapshot.report.checks.get(each.check), standard, controls.get(each.check, ()))
        event["metadata"] = {**metadata, "uid": f"{each.id}/{each.leaf}"}
        yield json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _metadata(snapshot: Snapshot) -> dict[str, Any]:
    """What every event says of where it comes from. OCSF has no field for whom it is about: labels are for that."""
    stated = snapshot.report.answers.organization
    labels = {}
    if stated:
        named = ("organization", stated.said.name), ("scope", stated.said.scope_statement)
        labels = {"labels": [f"{name}: {visible(text)}" for name, text in named if text]}
    return {
        **labels,
        "log_name": snapshot.report.seal.origin if snapshot.report.seal else "",
        "product": {"name": "Annexa", "vendor_name": "Annexa", "version": __version__},
        "version": VERSION,
    }


def _event(
    each: FindingState, check: DescribedCheck | None, standard: str, controls: tuple[str, ...]
) -> dict[str, Any]:
    activity = CREATED if each.since == each.as_of else UPDATED
    severity = SEVERITIES[each.severity]
    result, caption = RESULTS.get(each.status, (OTHER, each.status.value))
    title = check.title if check else each.check
    found: dict[str, Any] = {
        "activity_id": activity,
        "activity_name": "Create" if activity == CREATED else "Update",
        "category_name": "Findings",
        "category_uid": 2,
        "class_name": "Compliance Finding",
        "class_uid": 2003,
        "compliance": {
            "checks": [{"uid": each.check, "name": title, "status": caption, "status_id": result}],
            "desc": title,
            "requirements": list(controls),
            "standards": [standard],
            "status": caption,
            "status_id": result,
        },
        "finding_info": {
            "created_time": _milliseconds(each.since),
            "desc": visible(each.reason),
            "first_seen_time": _milliseconds(each.since),
            "last_seen_time": _milliseconds(each.collected_at),
            "title": title,
            "uid": each.id,
        },
        "message": f"{each.status.value}: {visible(each.reason)}",
        "resources": [_resource(each, check)],
        "severity": CAPTIONS[severity],
        "severity_id": severity,
        "status_code": each.status.value,
        "status_detail": visible(each.reason),
        "time": _milliseconds(each.as_of),
        "timezone_offset": 0,
        "type_name": f"Compliance Finding: {'Create' if activity == CREATED else 'Update'}",
        "type_uid": 200300 + activity,
        "unmapped": {"log_leaf": each.leaf, "evidence_leaves": list(each.evidence), "scope": each.scope},
    }
    if each.status is Status.FAIL:
        found["status_id"], found["status"] = _followed(each)
    if check:
        found["remediation"] = {"desc": check.remediation}
    return found


def _resource(each: FindingState, check: DescribedCheck | None) -> dict[str, Any]:
    named = {"name": visible(each.resource), "namespace": each.source, "uid": visible(each.resource)}
    return {**named, "type": check.kind} if check else named


def _followed(each: FindingState) -> tuple[int, str]:
    """What is done about a failure: it is accepted, a nonconformity is open, or nobody has done anything."""
    if each.accepted:
        return SUPPRESSED
    return IN_PROGRESS if each.nonconformities else NEW


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
