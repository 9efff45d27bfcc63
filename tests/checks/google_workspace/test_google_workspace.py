"""The truth tables of what only Google Workspace has, and that each row of the catalogue has an answer."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import checks
import checks.google_workspace
import checks.idp
from checks.google_workspace.accounts import second_step_is_enforced
from checks.google_workspace.alerts import alert_is_handled
from checks.google_workspace.devices import device_is_encrypted, device_is_locked, device_is_not_compromised
from checks.google_workspace.groups import outsiders_are_approved, strangers_cannot_join, strangers_cannot_read
from checks.google_workspace.sharing import sharing_outside_is_deliberate
from core.engine import assess
from core.model import Evidence, Status
from core.plugins import Check, discover
from core.resource import NotObservedError, unobserved
from core.resources.google_workspace import (
    DriveSharing,
    WorkspaceAccount,
    WorkspaceAlert,
    WorkspaceDevice,
    WorkspaceGroup,
)
from core.resources.idp import User
from tests.collectors.rest_world import AS_OF

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.UNKNOWN
HIDDEN: Any = unobserved("not shown")
ROWS = list(csv.DictReader((Path(checks.__file__).parent / "google_workspace/catalogue.csv").read_text().splitlines()))
CHECKS = discover([checks.google_workspace, checks.idp], Check)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["row"])
def test_a_row_has_an_answer_that_holds(row: dict[str, str]) -> None:
    assert row["answer"] == "answered"
    assert row["check"] in CHECKS


def test_no_row_is_lost_or_there_twice() -> None:
    assert len(ROWS) == len({row["row"] for row in ROWS}) == 10


def user(**changes: Any) -> User:
    values: dict[str, Any] = {
        "id": "101", "login": "ada@example.org", "name": "Ada", "email": "ada@example.org", "service": False,
        "guest": False, "invited": None, "synchronised_from": HIDDEN, "enabled": True, "expires": None,
        "created": datetime(2024, 1, 1, tzinfo=UTC), "last_sign_in": None, "sign_ins_lag_days": 0,
        "sign_ins_recorded_since": datetime(2024, 1, 1, tzinfo=UTC), "password_changed": HIDDEN,
    }  # fmt: skip
    return User(**{**values, **changes})


def account(**changes: Any) -> WorkspaceAccount:
    return WorkspaceAccount(**{"id": "101", "administrator": "none", "second_step_enforced": True, **changes})


ACCOUNTS = [
    (account(), user(), PASS, "Google lets ada@example.org in with a second step only"),
    (account(second_step_enforced=False), user(), FAIL, "lets the account ada@example.org in without a second step"),
    (account(second_step_enforced=False, administrator="super"), user(), FAIL, "the super administrator's account ada"),
    (account(second_step_enforced=False), user(enabled=False), NOT_APPLICABLE, "nobody can sign in"),
    (account(second_step_enforced=False), user(service=True), NOT_APPLICABLE, "belongs to a program"),
    (account(second_step_enforced=HIDDEN), user(), UNKNOWN, "second_step_enforced was not observed"),
    (account(second_step_enforced=False), user(enabled=HIDDEN), UNKNOWN, "enabled was not observed"),
    (account(), user(id="102"), UNKNOWN, "no account with the id 101 was seen"),
]


@pytest.mark.parametrize(("judged", "known", "status", "reason"), ACCOUNTS)
def test_second_step_is_enforced(judged: WorkspaceAccount, known: User, status: Status, reason: str) -> None:
    evidence = [
        Evidence(kind=each.kind, source="google_workspace/acme", scope="", collected_at=AS_OF, resources=(each,))
        for each in (judged, known)
    ]
    (found,) = assess(second_step_is_enforced, evidence, as_of=AS_OF, digest="").findings
    assert found.verdict.status is status
    assert reason in found.verdict.reason


def group(**changes: Any) -> WorkspaceGroup:
    return WorkspaceGroup(**{
        "id": "g1", "email": "staff@example.org", "may_join": "INVITED_CAN_JOIN", "may_read": "ALL_MEMBERS_CAN_VIEW",
        "admits_outsiders": True, "outsiders": (), **changes,
    })  # fmt: skip


@pytest.mark.parametrize(("word", "status", "reason"), [
    ("ANYONE_CAN_JOIN", FAIL, "staff@example.org: anybody on the internet may join"),
    ("CAN_REQUEST_TO_JOIN", PASS, "staff@example.org: who asks may be let in"),
    ("ALL_IN_DOMAIN_CAN_JOIN", PASS, "staff@example.org: all of our people may join"),
    ("MARTIANS_CAN_JOIN", UNKNOWN, "staff@example.org: MARTIANS_CAN_JOIN is not known here"),
])  # fmt: skip
def test_strangers_cannot_join(word: str, status: Status, reason: str) -> None:
    verdict = strangers_cannot_join(group(may_join=word))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(("admits", "status", "reason"), [
    (True, FAIL, "staff@example.org: anybody on the internet may join"),
    (HIDDEN, FAIL, "staff@example.org: anybody on the internet may join"),
    (False, PASS, "staff@example.org: anybody may join, of our people alone"),
])  # fmt: skip
def test_strangers_are_not_admitted(admits: Any, status: Status, reason: str) -> None:
    verdict = strangers_cannot_join(group(may_join="ANYONE_CAN_JOIN", admits_outsiders=admits))
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(("word", "approved", "status", "reason"), [
    ("ALL_MEMBERS_CAN_VIEW", (), PASS, "staff@example.org: members may read"),
    ("ANYONE_CAN_VIEW", (), FAIL, "staff@example.org: anybody on the internet may read"),
    ("ANYONE_CAN_VIEW", ("news@*",), FAIL, "staff@example.org: anybody on the internet may read"),
    ("ANYONE_CAN_VIEW", ("staff@*",), PASS, "staff@example.org: anybody on the internet may read, which is approved"),
    ("SOME_CAN_VIEW", ("*",), UNKNOWN, "staff@example.org: SOME_CAN_VIEW is not known here"),
])  # fmt: skip
def test_strangers_cannot_read(word: str, approved: tuple[str, ...], status: Status, reason: str) -> None:
    verdict = strangers_cannot_read(group(may_read=word), approved=approved)
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(("outsiders", "status", "reason"), [
    ((), PASS, "nobody from outside is in staff@example.org"),
    (("a@b.example",), FAIL, "nobody has approved that a@b.example is in staff@example.org"),
    (("a@b.example", "c@d.example"), FAIL, "nobody has approved that a@b.example, c@d.example are in staff@example.org"),
    (("max@partner.example",), PASS, "in staff@example.org are 1 from outside, who are approved"),
])  # fmt: skip
def test_outsiders_are_approved(outsiders: tuple[str, ...], status: Status, reason: str) -> None:
    verdict = outsiders_are_approved(group(outsiders=outsiders), approved=("*@partner.example",))
    assert (verdict.status, verdict.reason) == (status, reason)
    assert tuple(group(outsiders=outsiders).persons()) == outsiders


def device(**changes: Any) -> WorkspaceDevice:
    return WorkspaceDevice(**{
        "id": "d1", "model": "Phone", "owners": ("ada@example.org",), "approved": True, "encrypted": True,
        "locked": True, "compromised": False, **changes,
    })  # fmt: skip


@pytest.mark.parametrize(("judge", "wrong", "good", "bad"), [
    (device_is_encrypted, {"encrypted": False}, "Phone is encrypted", "Phone is not encrypted"),
    (device_is_locked, {"locked": False}, "Phone is locked with a password", "Phone opens without a password"),
    (device_is_not_compromised, {"compromised": True}, "no protection of Phone is seen to be broken",
     "the protections of Phone are broken"),
])  # fmt: skip
def test_devices(judge: Any, wrong: dict[str, Any], good: str, bad: str) -> None:
    assert (judge(device()).status, judge(device()).reason) == (PASS, good)
    assert (judge(device(**wrong)).status, judge(device(**wrong)).reason) == (FAIL, bad)
    away = judge(device(approved=False, **wrong))
    assert (away.status, away.reason) == (NOT_APPLICABLE, "Phone may not synchronise")
    with pytest.raises(NotObservedError):
        judge(device(**dict.fromkeys(wrong, HIDDEN)))
    nameless = judge(device(model=HIDDEN, **wrong))
    assert (nameless.status, nameless.reason) == (FAIL, bad.replace("Phone", "the device d1"))


def test_what_is_hidden_names_nobody() -> None:
    assert list(device().persons()) == ["ada@example.org"]
    assert not [*device(owners=HIDDEN).persons(), *group(outsiders=HIDDEN).persons()]


@pytest.mark.parametrize(("state", "days", "status", "reason"), [
    ("CLOSED", 30, PASS, "the alert 'Leaked password' of 2026-10-24 is closed"),
    ("NOT_STARTED", 2, PASS, "nobody has begun with the alert 'Leaked password' of 2026-11-21"),
    ("NOT_STARTED", 8, FAIL, "nobody has begun with the alert 'Leaked password' of 2026-11-15"),
    ("IN_PROGRESS", 8, FAIL, "somebody has begun with the alert 'Leaked password' of 2026-11-15"),
])  # fmt: skip
def test_alert_is_handled(state: Any, days: int, status: Status, reason: str) -> None:
    alert = WorkspaceAlert(id="a1", type="Leaked password", created=AS_OF - timedelta(days=days), status=state)
    verdict = alert_is_handled(alert, as_of=AS_OF)
    assert (verdict.status, verdict.reason) == (status, reason)


@pytest.mark.parametrize(("mode", "warns", "status", "reason"), [
    ("DISALLOWED", HIDDEN, PASS, "sharing of /: nobody shares with anybody outside"),
    ("ALLOWLISTED_DOMAINS", HIDDEN, PASS, "sharing of /: people share with named domains alone"),
    ("ALLOWED", True, PASS, "sharing of /: people share with anybody, with a warning"),
    ("ALLOWED", False, FAIL, "sharing of /: people share with anybody, without a warning"),
])  # fmt: skip
def test_sharing_outside_is_deliberate(mode: Any, warns: Any, status: Status, reason: str) -> None:
    verdict = sharing_outside_is_deliberate(DriveSharing(id="d1", name="sharing of /", mode=mode, warns=warns))
    assert (verdict.status, verdict.reason) == (status, reason)
