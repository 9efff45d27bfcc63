"""`annexa reperform`: what people and programs are told when a scan is done again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.options import moment
from commands.reperform import MOST_DIFFERENCES, _progress, _show
from core.errors import AnnexaError
from core.model import CollectionGap, failed, passed
from evidence_store.questions.states import ScanState
from runs.reperformance import (
    Answer,
    CheckAgain,
    GapDifference,
    Reperformance,
    ResourceDifference,
    UnitAgain,
    VerdictDifference,
)
from tests.command_line import Folder, explained
from tests.tampering import alter

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
SCAN = ScanState(
    id="scan-1", trigger="test", started=AT, finished=AT, status="finished", agent_version="0", sources=("host/a",)
)
CHECK = CheckAgain(
    check="a.b.c", leaf=2, answer=Answer.REPRODUCED, same=True, reason="the same", sealed_digest="0", verdicts=1
)
UNIT = UnitAgain(
    collector="a.b.d",
    source="host/a",
    scope="",
    leaf=1,
    answer=Answer.REPRODUCED,
    same=True,
    reason="the same",
    sealed_digest="0",
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A working folder with one orchard, whose provider offers no replay."""
    return Folder(tmp_path).configure()


def made(
    checks: Sequence[CheckAgain] = (CHECK,),
    units: Sequence[UnitAgain] = (UNIT,),
    rechecks: Sequence[CheckAgain] = (),
    *,
    pending: tuple[int, ...] = (),
    broken: tuple[str, ...] = (),
    scan: ScanState = SCAN,
) -> Reperformance:
    return Reperformance(
        scan=scan,
        checkpoint_size=4,
        pending=pending,
        broken=broken,
        checks=tuple(checks),
        units=tuple(units),
        rechecks=tuple(rechecks),
    )


def shown(found: Reperformance, capsys: pytest.CaptureFixture[str]) -> str:
    _show(found)
    return capsys.readouterr().out


def test_a_scan_of_this_machine_comes_to_the_same_at_both_levels(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.annexa("scan", "--check", "host.system", "--check", "host.storage").status in (0, 1, 3)
    said = folder.annexa("reperform")
    assert said.status == 0, said.out
    assert "all its leaves lead to the signed checkpoint" in said.out
    assert "the units came to the sealed resources" in said.out
    found = folder.annexa("reperform", "--json").json
    assert found["reproduced"] is True
    assert {each["answer"] for each in (*found["checks"], *found["units"])} == {"reproduced"}
    assert any(each["exchanges"] for each in found["units"])


def test_a_provider_without_replay_is_told_as_one(folder: Folder) -> None:
    folder.annexa("scan")
    said = folder.annexa("reperform")
    assert said.status == 3
    assert "✓ 3 reproduced" in said.out
    assert "? 2 cannot replay" in said.out
    assert "the provider orchard offers no replay" in said.out


def test_one_scan_and_some_checks_can_be_asked_for(folder: Folder) -> None:
    first = folder.annexa("scan", "--json").json["scan"]["id"]
    folder.annexa("scan")
    found = folder.annexa("reperform", "--scan", first, "--check", "orchard.tree_is_low", "--json").json
    assert found["scan"]["id"] == first
    assert [each["check"] for each in found["checks"]] == ["orchard.tree_is_low"]
    assert [each["collector"] for each in found["units"]] == ["orchard.trees"]


def test_a_backup_is_enough_without_configuration_or_key(folder: Folder, tmp_path: Path) -> None:
    scan = folder.annexa("scan", "--json").json["scan"]["id"]
    folder.annexa("store", "backup", "handed-over")
    (tmp_path / "auditor").mkdir()
    auditor = Folder(tmp_path / "auditor")
    (folder.path / "handed-over").rename(auditor.path / "handed-over")
    found = auditor.annexa("reperform", "handed-over", "--json")
    assert found.status == 3, "the orchard offers no replay"
    assert found.json["scan"]["id"] == scan
    assert [each["answer"] for each in found.json["checks"]] == ["reproduced"] * 3
    assert not auditor.key.exists()
    error, _ = explained(auditor.annexa("reperform", "elsewhere"))
    assert error.startswith("elsewhere: there is no evidence store here")


def test_altered_evidence_is_a_broken_seal(folder: Folder) -> None:
    folder.annexa("scan")
    lines = b'{"id":"gate","keeper":"","locked":true}\n'
    alter(folder.store / "evidence.db", "UPDATE blob SET offset = 0 WHERE digest = ?", hashlib.sha256(lines).digest())
    said = folder.annexa("reperform")
    assert said.status == 4
    assert "! 1 broken seal" in said.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--scan", "nothing"], "there is no scan nothing"),
        (["--as-of", "2020-01-31"], "no scan had finished by 2020-01-31T23:59:59.999999Z"),
        (["--as-of", "yesterday"], "yesterday is not a moment"),
        (["--as-of", "2026-01-31", "--scan", "x"], "--scan and --as-of both name a scan"),
        (["--check", "nothing"], "the scan has no assessment of nothing"),
    ],
)
def test_wrong_usage_is_explained(folder: Folder, arguments: list[str], problem: str) -> None:
    folder.annexa("scan")
    assert problem in explained(folder.annexa("reperform", *arguments))[0]


def test_without_a_store_there_is_nothing_to_do_again(folder: Folder) -> None:
    assert "there is no evidence store here" in explained(folder.annexa("reperform"))[0]


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (made(), 0),
        (made([replace(CHECK, answer=Answer.CHANGED)]), 0),
        (made([replace(CHECK, answer=Answer.CHANGED, same=False)]), 1),
        (made([replace(CHECK, answer=Answer.DIFFERS, same=False)]), 1),
        (made([], [replace(UNIT, answer=Answer.DIFFERS, same=False)]), 1),
        (made(rechecks=[replace(CHECK, answer=Answer.DIFFERS, same=False)]), 1),
        (made([replace(CHECK, answer=Answer.DIFFERS, same=False), replace(CHECK, answer=Answer.CANNOT_REPLAY)]), 3),
        (made([replace(CHECK, answer=Answer.CANNOT_REPLAY), replace(CHECK, answer=Answer.BROKEN_SEAL)]), 4),
        (made(broken=("leaf 3: altered",)), 4),
    ],
)
def test_the_exit_status_is_the_gravest_answer(found: Reperformance, status: int) -> None:
    assert found.exit_status == status


def test_the_three_answers_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    difference = VerdictDifference(
        source="host/a", scope="", resource="x", sealed=passed("it is on"), now=failed("it is off")
    )
    checks = [
        replace(CHECK, check="c.same", answer=Answer.CHANGED),
        replace(CHECK, check="c.other", answer=Answer.CHANGED, same=False, reason="it has changed since"),
        replace(CHECK, check="c.gone", answer=Answer.CANNOT_REPLAY, same=None, reason="not installed"),
        replace(CHECK, check="c.worse", answer=Answer.DIFFERS, same=False, differences=(difference,)),
    ]
    text = shown(made(checks), capsys)
    assert "~ 2 the code has changed since, 1 to the same result\n    c.other (leaf 2): it has changed since\n" in text
    assert "? 1 cannot replay\n    c.gone (leaf 2): not installed\n" in text
    assert "✗ 1 the result differs, although the code is the same\n    c.worse (leaf 2): the same\n" in text
    assert "      x in host/a: sealed pass: it is on, now fail: it is off\n" in text
    assert "c.same" not in text


def test_what_a_unit_came_to_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    unit = replace(
        UNIT,
        answer=Answer.DIFFERS,
        same=False,
        resources=(ResourceDifference(kind="k", resource="x", what="differs in y"),),
        gaps=(
            GapDifference(gap=CollectionGap("denied"), sealed=True),
            GapDifference(gap=CollectionGap("late"), sealed=False),
        ),
    )
    gone = VerdictDifference(source="host/a", scope="s", resource="x", sealed=passed("it is on"), now=None)
    text = shown(made(units=[unit], rechecks=[replace(CHECK, answer=Answer.DIFFERS, differences=(gone,))]), capsys)
    assert (
        "      k x: differs in y\n      sealed only: could not look: denied\n      now only: could not look: late\n"
        in text
    )
    assert "1 check, over what the units came to now\n" in text
    assert "      x in host/a s: sealed pass: it is on, now nothing\n" in text
    assert "the units came to the sealed resources" not in text


def test_a_long_list_of_differences_is_cut_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    resources = tuple(ResourceDifference(kind="k", resource=str(n), what="new") for n in range(MOST_DIFFERENCES + 3))
    text = shown(made(units=[replace(UNIT, answer=Answer.DIFFERS, same=False, resources=resources)]), capsys)
    assert text.count(": new\n") == MOST_DIFFERENCES
    assert "… 3 more: --json" in text


def test_a_scan_without_a_checkpoint_or_with_a_broken_seal_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    died = replace(SCAN, finished=None, status="died")
    assert "Scan scan-1, died\n  3 of its leaves are not covered" in shown(made(pending=(5, 6, 7), scan=died), capsys)
    text = shown(made(broken=("leaf 3: altered",)), capsys)
    assert "! broken seal: leaf 3: altered" in text
    assert "all its leaves lead" not in text


def test_progress_leaves_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    _progress(1, 2)
    _progress(2, 2)
    assert capsys.readouterr().err.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-31", "2026-01-31T23:59:59.999999+00:00"),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00+00:00"),
        ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00+00:00"),
        ("2026-01-31 12:00", "2026-01-31T12:00:00+00:00"),
    ],
)
def test_moments_are_read_as_people_type_them(text: str, meant: str) -> None:
    assert moment(text).isoformat() == meant


@pytest.mark.parametrize("text", ["", "noon", "2026-02-30", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(AnnexaError, match="is not a moment"):
        moment(text)
