"""The truth tables of what only GitHub has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.github.alerts import leaked_secret_is_revoked_in_time, vulnerable_dependency_is_replaced_in_time
from checks.github.credentials import released_credential_is_used, released_token_ends
from checks.github.organization import (
    actions_are_chosen,
    members_cannot_publish,
    members_get_little_by_default,
    single_sign_on_is_set_up,
    workflows_only_read_by_default,
)  # fmt: skip
from checks.github.repositories import (
    approvals_bind_administrators,
    changes_are_reviewed,
    deploy_key_is_used,
    deploy_key_only_reads,
    history_cannot_be_rewritten,
    public_repository_is_approved,
    secrets_are_stopped,
    updates_are_proposed,
)  # fmt: skip
from core.model import Status
from core.plugins import Check
from core.resource import NotObservedError, unobserved
from core.resources.github import (
    GithubAlert,
    GithubCredential,
    GithubDeployKey,
    GithubOrganization,
    GithubRepository,
    GithubSingleSignOn,
)

PASS, FAIL, NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LONG_AGO, LATELY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)


def organization(**changes: Any) -> GithubOrganization:
    values: dict[str, Any] = {
        "id": "1", "everybody_may": "read", "members_publish": False, "actions_allowed": "selected",
        "workflows_write": False, "workflows_approve": False,
    }  # fmt: skip
    return GithubOrganization(**{**values, **changes})


@pytest.mark.parametrize(("check", "changes", "status"), [
    (members_get_little_by_default, {}, PASS),
    (members_get_little_by_default, {"everybody_may": "none"}, PASS),
    (members_get_little_by_default, {"everybody_may": "write"}, FAIL),
    (members_get_little_by_default, {"everybody_may": "admin"}, FAIL),
    (members_cannot_publish, {}, PASS),
    (members_cannot_publish, {"members_publish": True}, FAIL),
    (actions_are_chosen, {}, PASS),
    (actions_are_chosen, {"actions_allowed": "local_only"}, PASS),
    (actions_are_chosen, {"actions_allowed": "none"}, PASS),
    (actions_are_chosen, {"actions_allowed": "all"}, FAIL),
    (workflows_only_read_by_default, {}, PASS),
    (workflows_only_read_by_default, {"workflows_write": True}, FAIL),
    (workflows_only_read_by_default, {"workflows_approve": True}, FAIL),
])  # fmt: skip
def test_organizations(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(organization(**changes)).status is status


@pytest.mark.parametrize(("plan", "set_up_by", "status", "reason"), [
    ("enterprise", "organization", PASS,
     "the organization has set up login.example.org; whether everybody has to sign in there is not told"),
    (unobserved("hidden"), "enterprise", PASS,
     "the enterprise has set up login.example.org; whether everybody has to sign in there is not told"),
    ("team", "nobody", FAIL, "no identity provider is set up, on the plan team"),
    (unobserved("hidden"), "nobody", FAIL, "no identity provider is set up"),
])  # fmt: skip
def test_single_sign_on(plan: Any, set_up_by: Any, status: Status, reason: str) -> None:
    verdict = single_sign_on_is_set_up(
        GithubSingleSignOn(id="1", plan=plan, set_up_by=set_up_by, provider="login.example.org")
    )
    assert (verdict.status, verdict.reason) == (status, reason)


def test_single_sign_on_that_is_hidden_is_unknown() -> None:
    hidden = unobserved("null")
    with pytest.raises(NotObservedError):
        single_sign_on_is_set_up(GithubSingleSignOn(id="1", plan="enterprise", set_up_by=hidden, provider=hidden))


def credential(**changes: Any) -> GithubCredential:
    return GithubCredential(**{
        "id": "c1", "login": "ada", "form": "personal access token", "released": LONG_AGO, "last_used": LATELY,
        "ends": datetime(2027, 1, 1, tzinfo=UTC), "scopes": ("repo",), **changes,
    })  # fmt: skip


@pytest.mark.parametrize(("check", "changes", "status", "reason"), [
    (released_credential_is_used, {}, PASS, "the personal access token of ada was last used on 2026-11-20"),
    (released_credential_is_used, {"last_used": LONG_AGO}, FAIL, "was last used on 2026-01-01"),
    (released_credential_is_used, {"last_used": None}, FAIL, "was never used, and was released on 2026-01-01"),
    (released_credential_is_used, {"last_used": None, "released": LATELY}, PASS, "was released on 2026-11-20"),
    (released_credential_is_used, {"ends": LATELY}, NOT_APPLICABLE, "the personal access token of ada ended on 2026-11-20"),
    (released_token_ends, {}, PASS, "the personal access token of ada ends on 2027-01-01"),
    (released_token_ends, {"ends": None}, FAIL, "the personal access token of ada does not end"),
    (released_token_ends, {"ends": LATELY}, NOT_APPLICABLE, "ended on 2026-11-20"),
    (released_token_ends, {"ends": None, "form": "SSH key"}, NOT_APPLICABLE, "the SSH key of ada cannot end by itself"),
])  # fmt: skip
def test_released_credentials(check: Check[...], changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = check(credential(**changes), as_of=NOW)
    assert verdict.status is status
    assert reason in verdict.reason


def test_who_released_a_credential_is_a_person() -> None:
    assert list(credential().persons()) == ["ada"]
    assert not list(credential(login=unobserved("hidden")).persons())


def repository(**changes: Any) -> GithubRepository:
    values: dict[str, Any] = {
        "id": "1", "name": "api", "public": False, "archived": False, "branch": "main", "reviews": 1,
        "rewriting_stopped": True, "administrators_exempt": False, "secrets_looked_for": True, "secrets_stopped": True,
        "updates_proposed": True,
    }  # fmt: skip
    return GithubRepository(**{**values, **changes})


@pytest.mark.parametrize(("check", "changes", "status"), [
    (public_repository_is_approved, {}, PASS),
    (public_repository_is_approved, {"public": True, "archived": True}, FAIL),
    (changes_are_reviewed, {}, PASS),
    (changes_are_reviewed, {"reviews": 0}, FAIL),
    (changes_are_reviewed, {"reviews": 0, "archived": True}, NOT_APPLICABLE),
    (changes_are_reviewed, {"reviews": 0, "branch": ""}, NOT_APPLICABLE),
    (approvals_bind_administrators, {}, PASS),
    (approvals_bind_administrators, {"administrators_exempt": True}, FAIL),
    (approvals_bind_administrators, {"reviews": 0}, NOT_APPLICABLE),
    (approvals_bind_administrators, {"administrators_exempt": True, "archived": True}, NOT_APPLICABLE),
    (history_cannot_be_rewritten, {}, PASS),
    (history_cannot_be_rewritten, {"rewriting_stopped": False}, FAIL),
    (history_cannot_be_rewritten, {"rewriting_stopped": False, "archived": True}, NOT_APPLICABLE),
    (secrets_are_stopped, {}, PASS),
    (secrets_are_stopped, {"secrets_stopped": False}, FAIL),
    (secrets_are_stopped, {"secrets_looked_for": False}, FAIL),
    (secrets_are_stopped, {"secrets_looked_for": False, "archived": True}, NOT_APPLICABLE),
    (updates_are_proposed, {}, PASS),
    (updates_are_proposed, {"updates_proposed": False}, FAIL),
    (updates_are_proposed, {"updates_proposed": False, "archived": True}, NOT_APPLICABLE),
])  # fmt: skip
def test_repositories(check: Check[...], changes: dict[str, Any], status: Status) -> None:
    assert check(repository(**changes)).status is status


def test_repositories_by_settings() -> None:
    assert changes_are_reviewed(repository(), least_reviews=2).reason == "main of api demands 1 approvals"
    assert changes_are_reviewed(repository(), least_reviews=2).status is FAIL
    assert public_repository_is_approved(repository(public=True), approved=("A*",)).status is PASS
    assert (
        approvals_bind_administrators(repository(administrators_exempt=True), left_out=("api",)).status
        is NOT_APPLICABLE
    )
    assert changes_are_reviewed(repository(reviews=0), left_out=("A*",)).status is NOT_APPLICABLE
    assert history_cannot_be_rewritten(repository(rewriting_stopped=False), left_out=("api",)).status is NOT_APPLICABLE


def key(**changes: Any) -> GithubDeployKey:
    values: dict[str, Any] = {
        "id": "1", "repository": "api", "name": "deploy", "read_only": True, "created": LONG_AGO, "last_used": LATELY,
    }  # fmt: skip
    return GithubDeployKey(**{**values, **changes})


@pytest.mark.parametrize(("changes", "approved", "status"), [
    ({}, (), PASS), ({"read_only": False}, (), FAIL), ({"read_only": False}, ("dep*",), PASS),
    ({"read_only": False}, ("api/deploy",), PASS), ({"read_only": False}, ("web/*",), FAIL),
])  # fmt: skip
def test_deploy_key_only_reads(changes: dict[str, Any], approved: tuple[str, ...], status: Status) -> None:
    assert deploy_key_only_reads(key(**changes), approved=approved).status is status


@pytest.mark.parametrize(("changes", "status", "reason"), [
    ({}, PASS, "the key deploy of api was last used on 2026-11-20"),
    ({"last_used": LONG_AGO}, FAIL, "the key deploy of api was last used on 2026-01-01"),
    ({"last_used": None}, FAIL, "the key deploy of api was never used, and was made on 2026-01-01"),
    ({"last_used": None, "created": LATELY}, PASS, "the key deploy of api was never used, and was made on 2026-11-20"),
])  # fmt: skip
def test_deploy_key_is_used(changes: dict[str, Any], status: Status, reason: str) -> None:
    verdict = deploy_key_is_used(key(**changes), as_of=NOW)
    assert (verdict.status, verdict.reason) == (status, reason)


def alert(**changes: Any) -> GithubAlert:
    values: dict[str, Any] = {
        "id": "1", "found_by": "dependabot", "repository": "api", "what": "jinja2", "severity": "high", "created": LATELY,
    }  # fmt: skip
    return GithubAlert(**{**values, **changes})


@pytest.mark.parametrize(("severity", "created", "status"), [
    ("critical", datetime(2026, 11, 16, tzinfo=UTC), PASS), ("critical", datetime(2026, 11, 15, tzinfo=UTC), FAIL),
    ("high", datetime(2026, 10, 24, tzinfo=UTC), PASS), ("high", datetime(2026, 10, 23, tzinfo=UTC), FAIL),
    ("medium", LATELY, PASS), ("low", LONG_AGO, FAIL),
])  # fmt: skip
def test_vulnerable_dependency_is_replaced_in_time(severity: str, created: datetime, status: Status) -> None:
    verdict = vulnerable_dependency_is_replaced_in_time(alert(severity=severity, created=created), as_of=NOW)
    assert verdict.status is status
    assert f"jinja2 in api has had a {severity} vulnerability since {created:%Y-%m-%d}" in verdict.reason


def test_a_leaked_secret_is_revoked_in_time() -> None:
    secret = {"found_by": "secret scanning", "severity": "critical", "what": "aws_key"}
    assert leaked_secret_is_revoked_in_time(alert(**secret), as_of=NOW).status is FAIL
    fresh = leaked_secret_is_revoked_in_time(alert(**secret, created=NOW), as_of=NOW)
    assert (fresh.status, fresh.reason) == (PASS, "aws_key was found in api on 2026-11-23, due on 2026-11-24")
    assert leaked_secret_is_revoked_in_time(alert(), as_of=NOW).reason == "it is about a dependency"
    assert vulnerable_dependency_is_replaced_in_time(alert(**secret), as_of=NOW).reason == "it is about a secret"
