"""Truth tables of the checks of Systems Manager."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.aws import ssm as checks
from core.resource import NotObservedError, unobserved
from core.resources.aws.ssm import Document, ManagedNode, Parameter, PatchState, SessionPreferences, SsmRegion
from tests.checks.aws.making import ACCOUNT, AS_OF, OTHER, status

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LATELY = datetime(2026, 11, 20, tzinfo=UTC)


def patches(**changes: Any) -> PatchState:
    given: dict[str, Any] = {
        "operation": "Scan",
        "finished": LATELY,
        "baseline": "pb-1",
        "missing": 0,
        "failed": 0,
        "rejected": 0,
        "waiting": 0,
    }
    return PatchState(**{**given, **changes})


def node(**changes: Any) -> ManagedNode:
    given: dict[str, Any] = {
        "id": "i-1",
        "name": "web",
        "online": "Online",
        "last_seen": None,
        "platform": "Debian GNU/Linux 13",
        "associations": "Success",
        "patches": patches(),
    }
    return ManagedNode(**{**given, **changes})


def document(**changes: Any) -> Document:
    given: dict[str, Any] = {
        "id": f"arn:aws:ssm:eu-west-1:{ACCOUNT}:document/ours",
        "name": "ours",
        "type": "Command",
        "shared_with": (),
        "secrets": (),
    }
    return Document(**{**given, **changes})


def preferences(**changes: Any) -> SessionPreferences:
    given: dict[str, Any] = {
        "log_bucket": "",
        "log_group": "sessions",
        "idle_minutes": None,
        "most_minutes": None,
        "key": "",
        "run_as": True,
    }
    return SessionPreferences(**{**given, **changes})


def region(**changes: Any) -> SsmRegion:
    given: dict[str, Any] = {
        "id": f"{ACCOUNT}/eu-west-1",
        "region": "eu-west-1",
        "has_nodes": True,
        "documents_may_be_public": False,
        "sessions": preferences(),
    }
    return SsmRegion(**{**given, **changes})


@pytest.mark.parametrize(
    ("state", "patched", "looked_at"),
    [
        (patches(), "pass", "pass"),
        (patches(missing=2), "fail", "pass"),
        (patches(failed=1), "fail", "pass"),
        (patches(rejected=1), "fail", "pass"),
        (patches(waiting=1), "fail", "pass"),
        (patches(finished=LONG_AGO), "pass", "fail"),
        (None, "fail", "fail"),
    ],
)
def test_patches(state: PatchState | None, patched: str, looked_at: str) -> None:
    assert status(checks.node_is_patched(node(patches=state))) == patched
    assert status(checks.node_patches_are_looked_at(node(patches=state), as_of=AS_OF)) == looked_at


def test_a_reason_says_what_is_missing() -> None:
    verdict = checks.node_is_patched(node(name="", patches=patches(missing=2, waiting=1)))
    assert verdict.reason == "i-1 on 2026-11-20: 2 missing, 1 waiting for a restart, by the baseline pb-1"


@pytest.mark.parametrize("state", [unobserved("denied"), patches(rejected=unobserved("not said"))])
def test_patches_that_were_not_seen_are_unknown(state: Any) -> None:
    with pytest.raises(NotObservedError):
        checks.node_is_patched(node(patches=state))


@pytest.mark.parametrize(
    ("said", "expected"),
    [("Success", "pass"), ("Failed", "fail"), ("", "not_applicable"), ("Pending", "unknown")],
)
def test_node_keeps_its_settings(said: str, expected: str) -> None:
    assert status(checks.node_keeps_its_settings(node(associations=said))) == expected


@pytest.mark.parametrize(
    ("changes", "private", "shared", "clean"),
    [
        ({}, "pass", "pass", "pass"),
        ({"shared_with": ("all",)}, "fail", "pass", "pass"),
        ({"shared_with": (OTHER,)}, "pass", "fail", "pass"),
        ({"secrets": ("password",)}, "pass", "pass", "fail"),
    ],
)
def test_a_document(changes: dict[str, Any], private: str, shared: str, clean: str) -> None:
    assert status(checks.document_is_not_public(document(**changes))) == private
    assert status(checks.document_is_shared_as_approved(document(**changes))) == shared
    assert status(checks.document_holds_no_secrets(document(**changes))) == clean


def test_an_account_can_be_approved() -> None:
    shared = document(shared_with=(OTHER,))
    assert status(checks.document_is_shared_as_approved(shared, approved=(OTHER,))) == "pass"


@pytest.mark.parametrize(("may", "expected"), [(True, "fail"), (False, "pass")])
def test_region_keeps_documents_private(may: bool, expected: str) -> None:
    assert status(checks.region_keeps_documents_private(region(documents_may_be_public=may))) == expected


@pytest.mark.parametrize(
    ("changes", "recorded", "ends", "named"),
    [
        ({}, "pass", "pass", "pass"),
        ({"sessions": None}, "fail", "pass", "fail"),
        ({"sessions": preferences(log_group="", log_bucket="logs")}, "pass", "pass", "pass"),
        ({"sessions": preferences(log_group="")}, "fail", "pass", "pass"),
        ({"sessions": preferences(idle_minutes=20)}, "pass", "pass", "pass"),
        ({"sessions": preferences(idle_minutes=60)}, "pass", "fail", "pass"),
        ({"sessions": preferences(run_as=False)}, "pass", "pass", "fail"),
        ({"has_nodes": False, "sessions": None}, "not_applicable", "not_applicable", "not_applicable"),
    ],
)
def test_sessions(changes: dict[str, Any], recorded: str, ends: str, named: str) -> None:
    assert status(checks.sessions_are_recorded(region(**changes))) == recorded
    assert status(checks.sessions_end_when_idle(region(**changes))) == ends
    assert status(checks.sessions_are_not_those_of_an_administrator(region(**changes))) == named


def test_a_default_is_said_to_be_one() -> None:
    assert "by default" in checks.sessions_end_when_idle(region(sessions=None)).reason


def test_preferences_that_were_not_seen_are_unknown() -> None:
    with pytest.raises(NotObservedError):
        checks.sessions_are_recorded(region(sessions=unobserved("denied")))


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("/app/password", "SecureString", "pass"),
        ("/app/password", "String", "fail"),
        ("/app/api-key", "StringList", "fail"),
        ("/app/auth_token", "String", "fail"),
        ("/app/max_tokens", "String", "not_applicable"),
        ("/app/size", "String", "not_applicable"),
        ("/app/secret_of_success", "String", "not_applicable"),
    ],
)
def test_secret_parameter_is_encrypted(name: str, kind: str, expected: str) -> None:
    parameter = Parameter(id=f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter{name}", name=name, type=kind)
    exempt = ("/app/secret_of_success",)
    assert status(checks.secret_parameter_is_encrypted(parameter, exempt=exempt)) == expected
