"""What holds for a whole organization at GitHub: settings, apps that were let in, the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, cast

from collectors.github.source import ORGANIZATION, Github, identity, reading
from collectors.rest_answers import Fields, RestError, items_of
from collectors.rest_pages import next_link
from core.plugins import collector
from core.resources.github import GithubOrganization
from core.resources.idp import AuditLog, Grant

ACTIONS = reading("/orgs/{org}/actions/permissions", "Organization administration: read")
WORKFLOWS = reading("/orgs/{org}/actions/permissions/workflow", "Organization administration: read")
INSTALLATIONS = reading("/orgs/{org}/installations", "Organization administration: read")
AUDIT_LOG = reading("/orgs/{org}/audit-log", "Organization administration: read")
STREAMS = reading("/enterprises/{enterprise}/audit-log/streams", "Enterprise administration: read")
KEPT_DAYS = 180
"""https://docs.github.com/en/organizations/keeping-your-organization-secure: events of Git are kept for seven days."""
LEVELS = frozenset({"read", "write", "admin"})
EVERYBODY_MAY, ALLOWED = ("none", "read", "write", "admin"), ("all", "local_only", "selected")


@collector(permissions=(ORGANIZATION, ACTIONS, WORKFLOWS))
def organization(github: Github) -> Iterator[GithubOrganization]:
    """What members may do without being given it, and what workflows may."""
    name = github.extent().organization
    about = github.one(ORGANIZATION, org=name)
    look = github.look
    yield GithubOrganization(
        id=identity(about),
        everybody_may=look(lambda: cast("Any", _one_of(about.text("default_repository_permission"), EVERYBODY_MAY))),
        members_publish=look(lambda: about.flag("members_can_create_public_repositories")),
        actions_allowed=look(lambda: _actions(github.one(ACTIONS, org=name))),
        workflows_write=look(
            lambda: (
                _one_of(github.one(WORKFLOWS, org=name).text("default_workflow_permissions"), ("read", "write"))
                == "write"
            )
        ),
        workflows_approve=look(lambda: github.one(WORKFLOWS, org=name).flag("can_approve_pull_request_reviews")),
    )


@collector(permissions=(INSTALLATIONS,))
def installations(github: Github) -> Iterator[Grant]:
    """Apps that are installed, and what they may do. One that is suspended may do nothing."""
    total, seen = set[int](), 0
    name = github.extent().organization
    for answer in github.pages(INSTALLATIONS, next_link, items="installations", org=name, per_page="100"):
        total.add(Fields(answer.data, "a page of installations").number("total_count"))
        for each in items_of(INSTALLATIONS, answer.data, "installations"):
            seen += 1
            entry = Fields(each, "an installation")
            if "suspended_at" in entry and not entry.is_null("suspended_at") and entry.moment("suspended_at"):
                continue
            yield _grant(github, entry)
    if total != {seen}:
        raise RestError(f"GitHub says that there are {sorted(total)} installations, and showed {seen}", retryable=True)


@collector(permissions=(AUDIT_LOG, STREAMS))
def log(github: Github) -> Iterator[AuditLog]:
    """The audit log: when it was last written, which organizations with Enterprise Cloud may ask, and where it is sent,
    which the enterprise is asked."""
    extent = github.extent()
    yield AuditLog(
        id="audit-log",
        name="audit log",
        enabled=True,
        kept_days=KEPT_DAYS,
        exported_to=github.look(lambda: _streams(github, extent.enterprise)),
        daily=True,
        newest=github.look(lambda: _newest(github, extent.organization)),
    )


def _actions(said: Fields) -> Literal["all", "local_only", "selected", "none"]:
    if said.text("enabled_repositories") == "none":
        return "none"
    return cast('Literal["all", "local_only", "selected"]', _one_of(said.text("allowed_actions"), ALLOWED))


def _one_of(said: str, known: tuple[str, ...]) -> str:
    if said not in known:
        raise RestError(f"{said} is none of the words that are known here: {', '.join(known)}")
    return said


def _grant(github: Github, entry: Fields) -> Grant:
    def rights() -> tuple[str, ...]:
        given = entry.part("permissions")
        if unknown := sorted({given.text(right) for right in given.names()} - LEVELS):
            raise RestError(f"{', '.join(unknown)} is not known here as how far a right goes")
        return tuple(sorted(f"{right}:{given.text(right)}" for right in given.names()))

    return Grant(
        id=identity(entry),
        application=identity(entry, "app_id"),
        application_name=github.look(lambda: entry.text("app_slug")),
        foreign=True,
        rights=github.look(rights),
        user="",
    )


def _streams(github: Github, enterprise: str) -> tuple[str, ...]:
    if not enterprise:
        raise RestError("streams belong to the enterprise, which is not named", "set enterprise")
    found = github.entries(STREAMS, enterprise=enterprise)
    return tuple(sorted(each.text("stream_type") for each in found if _is_sent(each)))


def _is_sent(stream: Fields) -> bool:
    """Whether a stream is switched on and not paused: one that is paused stays enabled, and sends nothing."""
    if not stream.flag("enabled"):
        return False
    return "paused_at" not in stream or stream.is_null("paused_at") or not stream.moment("paused_at")


def _newest(github: Github, organization: str) -> datetime | None:
    answer = github.ask(AUDIT_LOG, org=organization, per_page="1", include="all")
    found = [Fields(each, "an event") for each in items_of(AUDIT_LOG, answer.data, "")]
    return datetime.fromtimestamp(found[0].number("@timestamp") // 1000, UTC) if found else None
