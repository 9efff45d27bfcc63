"""What Google recorded of a customer, and what it warned of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from collectors.google_workspace.source import ALERTS, DIRECTORY, SCOPES, Workspace
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resource import unobserved
from core.resources.google_workspace import WorkspaceAlert
from core.resources.idp import AuditLog

ACTIVITIES = Read(
    "/admin/reports/v1/activity/users/all/applications/{application}",
    needs=f"{SCOPES}admin.reports.audit.readonly", service=DIRECTORY, limit="reports",
)  # fmt: skip
WARNINGS = Read("/v1beta1/alerts", needs=f"{SCOPES}apps.alerts", service=ALERTS)
LOGS = {"login": "user log events", "admin": "admin log events"}
"""Sign-ins, and what administrators did."""
KEPT_DAYS = 180
"""https://support.google.com/a/answer/7061566"""
KIND = "admin#reports#activities"
NOT_TOLD = "Google does not tell where its logs are sent"


@collector(permissions=(ACTIVITIES,))
def logs(workspace: Workspace) -> Iterator[AuditLog]:
    """When sign-ins and administration were last recorded. Neither log can be switched off."""
    for name, title in LOGS.items():
        yield _log(workspace, name, title)


@collector(permissions=(WARNINGS,))
def alerts(workspace: Workspace) -> Iterator[WorkspaceAlert]:
    """Alerts, without what they say about whom."""
    listed = workspace.entries(
        WARNINGS, "alerts", pageSize="1000", fields="nextPageToken,alerts(alertId,type,createTime,metadata/status)"
    )
    for entry in listed:
        yield _alert(workspace, entry)


def _log(workspace: Workspace, name: str, title: str) -> AuditLog:
    return AuditLog(
        id=name,
        name=title,
        enabled=True,
        kept_days=KEPT_DAYS,
        exported_to=unobserved(NOT_TOLD),
        daily=name == "login",
        newest=workspace.look(lambda: _newest(workspace, name)),
    )


def _newest(workspace: Workspace, application: str) -> datetime | None:
    """When the newest event that is still kept was recorded: Google gives the newest first."""
    page = workspace.one(ACTIVITIES, application=application, maxResults="1", fields="kind,nextPageToken,items/id/time")
    if page.text("kind") != KIND:
        raise RestError(f"the answer to {ACTIVITIES} is not of the kind {KIND}")
    found = list(page.parts("items")) if "items" in page else []
    if not found and "nextPageToken" in page:
        raise RestError(f"the answer to {ACTIVITIES} holds nothing, and says that there is more")
    return found[0].part("id").moment("time") if found else None


def _alert(workspace: Workspace, entry: Fields) -> WorkspaceAlert:
    look = workspace.look
    return WorkspaceAlert(
        id=entry.text("alertId"),
        type=look(lambda: entry.text("type")),
        created=look(lambda: entry.moment("createTime")),
        status=look(lambda: _status(entry.part("metadata"))),
    )


def _status(metadata: Fields) -> Literal["NOT_STARTED", "IN_PROGRESS", "CLOSED"]:
    match said := metadata.text("status"):
        case "NOT_STARTED" | "IN_PROGRESS" | "CLOSED":
            return said
        case _:
            raise RestError(f"{said} is not known here as the state of an alert")
