"""A scan that told of people is done again after they were erased: on both levels, without their names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from collectors.host.accounts import GROUP, HOMES, LAST_LOGINS, LOGIN_DEFS, PASSWD
from collectors.host.facts import Answer, Fact
from collectors.host.password_states import PASSWORD_STATUS
from collectors.host.sudo import SUDO_INSTALLED, SUDO_VERSION, SUDOERS
from core.engine import assess, collect
from evidence_store.location import Location
from evidence_store.people import erasure
from evidence_store.people.keyring import Keyring
from evidence_store.questions.standing import current_findings
from evidence_store.store import Store
from evidence_store.verification.verify import verify
from evidence_store.writer import Opening, ScanWriter
from runs.digests import code_digest
from runs.erased import mention, same_but_for_names
from runs.plugins import all_checks, collectors_of
from runs.reperform import Asked, reperform
from runs.reperformance import Answer as Outcome
from runs.reperformance import Reperformance
from tests.twins import NOW, RecordedHost

PEOPLE = ("ada", "bob", "eve", "may", "zed")
CHECKS = {name: check for name, check in all_checks().items() if name.startswith(("host.accounts.", "host.sudo."))}


def said(people: Sequence[str] = PEOPLE, rule: str = "/usr/bin/less") -> dict[Fact, str | bytes | Answer]:
    """What a host says that has these people, all of whom are administrators."""
    numbered = list(enumerate(people, 1001))
    rules = {
        "User_Specs": [
            {
                "User_List": [{"username": name} for name in people],
                "Host_List": [{"hostname": "ALL"}],
                "Cmnd_Specs": [{"Commands": [{"command": rule}]}],
            }
        ]
    }
    return {
        PASSWD: "root:shadowed:0:0:/root:/bin/bash\n"
        + "".join(
            f"{name}:shadowed:{uid}:{uid}:/home/{name}:/bin/bash\n" for name, uid in ((n, u) for u, n in numbered)
        ),
        GROUP: f"root:0:\nsudo:27:{','.join(people)}\n" + "".join(f"{name}:{uid}:\n" for uid, name in numbered),
        LOGIN_DEFS: "UID_MIN 1000\nUID_MAX 60000\n",
        PASSWORD_STATUS: "root L 2025-05-20 0 99999 7 -1\n"
        + "".join(f"{name} P 2026-01-05 0 365 7 -1\n" for name in people),
        HOMES: b"".join(f"{name}\0/home/{name}\x00755\x00{uid}\0".encode() for uid, name in numbered),
        LAST_LOGINS: "".join(f"{name}   pts/0   10.0.0.1    Fri May  9 23:06:40 +0100 2025\n" for name in people),
        SUDO_INSTALLED: "installed\n",
        SUDO_VERSION: "Sudo version 1.9.13p3\n",
        SUDOERS: json.dumps(rules),
    }


def scan(
    store: Store, answers: Mapping[Fact, str | bytes | Answer], settings: Mapping[str, Mapping[str, object]]
) -> None:
    opening = Opening(
        scan="scan-1",
        agent="agent",
        agent_version="0",
        login="root",
        trigger="test",
        configuration="0" * 64,
        narrowed=False,
        left_out=(),
    )
    host = RecordedHost(answers)
    wanted = [
        each for name, each in collectors_of("host").items() if name.startswith(("host.accounts.", "host.sudo.sudo"))
    ]
    writer = ScanWriter.begin(store, opening, at=NOW)
    try:
        seen = [collect(each, host, version=code_digest(each.module), clock=lambda: NOW) for each in wanted]
        leaf = writer.seal_source(host.id, seen, at=NOW)
        evidence = [found for unit in seen for found in unit.evidence]
        judged = [
            assess(
                check,
                [each for each in evidence if each.kind in check.kinds],
                as_of=NOW,
                digest=code_digest(check.module),
                settings=settings.get(check.id),
            )
            for check in CHECKS.values()
        ]
        writer.seal_assessments(judged, {(e.kind, e.source, e.scope): leaf for e in evidence}, at=NOW)
        writer.finish([host.id], list(CHECKS), {}, at=NOW)
    finally:
        writer.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(Location(tmp_path / "store", tmp_path / "keys" / "signing-key.pem"))


def erase(store: Store, *names: str) -> erasure.Erasure:
    decision = erasure.Decision(reason="they asked", login="root", approver="root")
    return erasure.erase(store, names, decision, NOW + timedelta(days=1))


def outcome(found: Reperformance) -> dict[str, Outcome]:
    checks = {each.name: each.answer for each in (*found.checks, *found.rechecks)}
    return checks | {each.name: each.answer for each in found.units}


def test_nothing_differs_before_or_after_somebody_is_erased(store: Store) -> None:
    approved = {"host.accounts.administrators_are_approved": {"approved": ("bob", "zed")}}
    with store:
        scan(store, said(), approved)
        before = reperform(store, Asked())
        called = erase(store, "ada", "may", "zed").pseudonyms
        after = reperform(store, Asked())
        assert set(outcome(before).values()) == set(outcome(after).values()) == {Outcome.REPRODUCED}
        assert len(before.checks) == len(after.checks) == len(CHECKS)
        assert after.exit_status == 0
        assert verify(store).problems == ()
        with store.reading() as connection:
            found = {each.check: each.reason for each in current_findings(store, connection)}
            assert Keyring(store, connection).pseudonyms_of_erased() == set(called.values())
    reason = found["host.accounts.administrators_are_approved"]
    assert reason == f"nobody has approved {called['ada']} (sudo), eve (sudo), {called['may']} (sudo)"


def test_what_rests_on_a_name_itself_cannot_be_done_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # A rule of sudo is known by a digest of what it allows, here a program in the home of somebody.
    with store:
        scan(store, said(rule="/home/ada/bin/deploy"), {})
        erase(store, "ada")
        again = reperform(store, Asked())
        assert outcome(again)["host.sudo.sudo in host/web-1"] is Outcome.CANNOT_REPLAY
        assert outcome(again)["host.accounts.accounts in host/web-1"] is Outcome.REPRODUCED
        assert again.exit_status == 3

        monkeypatch.setattr("runs.reassessment.same_but_for_names", lambda *_: False)
        unlucky = {each.check: each for each in reperform(store, Asked()).checks}
        found = unlucky["host.accounts.administrators_are_approved"]
        assert found.answer is Outcome.CANNOT_REPLAY
        assert found.reason.startswith("people have no names in what it judged (erased since, or left out of a bundle)")


def test_only_the_names_of_the_erased_may_differ() -> None:
    erased = frozenset({"erased-0011aabb"})
    assert mention(["by erased-0011aabb."], erased)
    assert not mention(["by erased-ffffffff"], erased)
    assert not mention(["by erased-0011aabb"], frozenset())
    assert same_but_for_names("erased-0011aabb (a), bob (b)", "bob (b), erased-0011aabb (a)", erased)
    assert same_but_for_names("bob erased-0011aabb run", "bob may run", erased)  # the login of the erased was `may`
    assert same_but_for_names('["erased-0011aabb","bob"]', '["bob","erased-0011aabb"]', erased)
    assert not same_but_for_names("bob erased-0011aabb run", "bob may not run", erased)
    assert not same_but_for_names("erased-0011aabb (a), bob (b)", "bob (a)", erased)
    assert not same_but_for_names("erased-0011aabb and ada", "erased-0011aabb and bob", erased)
    assert not same_but_for_names("ada, bob", "bob, ada", erased)
