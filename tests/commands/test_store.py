"""`annexa store`: what is kept, what of it may go, and what may not."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import ROOT, Folder, explained

POLICY = {"retention": {"exchanges": "1s", "resources": "1s", "verdicts": "1s"}}
BECAUSE = ("--reason", "it is too old", "--approver", "Grace Hopper")
OLD = {"locked": False, "says": "a bolt\n", "trees": [{"id": "apple", "height_cm": 900}]}
NEW = {"locked": True, "says": "a chain\n", "trees": [{"id": "apple"}]}
TOMORROW = "2999-01-01"


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Three scans, of which the last two saw the same; and whatever is not the newest is too old."""
    folder = Folder(tmp_path_factory.mktemp("aged"))
    for orchard in (OLD, NEW, NEW):
        assert folder.configure(orchard, store=POLICY).annexa("scan").status in (0, 1)
    time.sleep(1.1)  # for what the policy says
    return folder


@pytest.fixture
def aged(scans: Folder, tmp_path: Path) -> Folder:
    """The same, to be changed."""
    shutil.copytree(scans.path, tmp_path, dirs_exist_ok=True)
    return Folder(tmp_path)


def test_what_is_kept_is_counted(scans: Folder) -> None:
    said = scans.annexa("store", "stats")
    assert (said.status, said.err) == (0, "")
    assert "resources orchard.tree" in said.out
    assert "Packs: 3 with " in said.out
    assert "Retention: too old are exchanges 1 blobs, " in said.out
    found = scans.annexa("store", "stats", "--json").json
    assert {each["what"] for each in found["kept"]} == {"bodies", "exchanges", "resources", "verdicts"}
    assert set(found["kept"][0]) == {"what", "name", "blobs", "stored", "plain", "since", "ratio"}
    assert (found["tables"]["scan"], found["leaves"], found["packs"]["count"]) == (3, found["tables"]["leaf"], 3)
    assert sum(each["blobs"] for each in found["kept"]) == found["tables"]["blob"]
    assert sum(each["stored"] for each in found["kept"]) == found["packs"]["size"]
    assert [each["what"] for each in found["too_old"]] == ["exchanges", "resources", "verdicts"]


def test_without_a_policy_nothing_is_too_old(copy: Folder) -> None:
    assert "Retention: nothing is ever too old (store.retention is empty)" in copy.annexa("store", "stats").out
    error, hint = explained(copy.annexa("store", "dispose", *BECAUSE))
    assert error == "nothing is ever too old: store.retention does not say how long to keep it"
    assert "--before" in hint


def test_what_is_not_too_old_stays(copy: Folder) -> None:
    copy.configure(store={"retention": {"exchanges": "9d"}})
    assert "Retention: nothing is too old" in copy.annexa("store", "stats").out
    said = copy.annexa("store", "dispose")
    assert said.status == 0
    assert said.out == "Too old: exchanges 9d\nNothing is to be thrown away.\n"


def test_a_dry_run_shows_what_would_go(scans: Folder) -> None:
    said = scans.annexa("store", "dispose", "--dry-run")
    assert said.status == 0
    assert said.out.startswith("Too old: exchanges 1s, resources 1s, verdicts 1s\n")
    found = scans.annexa("store", "dispose", "--dry-run", "--json").json
    assert (found["leaf"], found["freed"], found["spared"]) == (-1, 0, [])
    assert found["policy"] == POLICY["retention"]
    assert sum(each["blobs"] for each in found["going"]) == sum(each["blobs"] for each in found["cuts"])
    assert "disposed" not in scans.annexa("verify").out


def test_nothing_goes_without_a_reason_an_approver_and_a_yes(scans: Folder) -> None:
    dispose = ("store", "dispose")
    assert explained(scans.annexa(*dispose))[0] == "--reason is missing"
    assert explained(scans.annexa(*dispose, *BECAUSE[:2]))[0] == "--approver is missing"
    assert explained(scans.annexa(*dispose, *BECAUSE))[0] == "nobody was asked whether this may go"
    assert explained(scans.annexa(*dispose, *BECAUSE, "--json"))[0] == "nobody was asked whether this may go"


@pytest.mark.parametrize(("answer", "went"), [("y", True), ("n", False)])
def test_on_a_terminal_one_is_asked(aged: Folder, answer: str, went: bool) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "agent.py"), "store", "dispose", *BECAUSE]
    process = subprocess.Popen(
        command, cwd=aged.path, env=aged.environment(), stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    os.write(ours, f"{answer}\n".encode())
    said, _ = process.communicate(timeout=60)
    for each in (ours, theirs):
        os.close(each)
    assert "Throw this away for good? [y/N]" in said.decode()
    assert ("Thrown away, and sealed in leaf" in said.decode()) is went
    assert (process.returncode == 0) is went


def test_what_went_is_told_wherever_it_is_missed(aged: Folder) -> None:
    first = aged.annexa("show", "0", "--json").json["data"]["scan"]
    done = aged.annexa("store", "dispose", *BECAUSE, "--yes", "--json").json
    leaf = done["leaf"]
    assert done["freed"] > 0
    assert aged.verified().problems == ()
    verified = aged.annexa("verify")
    assert f"leaf {leaf}: disposed of on " in verified.out
    assert f"by Grace Hopper: {sum(each['blobs'] for each in done['going'])} blobs: it is too old" in verified.out
    shown = aged.annexa("show", str(leaf))
    assert "  reason: it is too old\n  approver: Grace Hopper\n  login: " in shown.out
    unit = aged.annexa("show", "1/0")
    assert f"(leaf {leaf}): it is too old" in unit.out
    assert f"(leaf {leaf})" in aged.annexa("show", "1/0", "--json").json["exchanges"][0]["disposed"]
    again = aged.annexa("reperform", "--scan", first)
    assert again.status == 3
    assert f"(leaf {leaf}): it is too old" in again.out
    assert aged.annexa("reperform").status != 4
    error, _ = explained(aged.annexa("status", "--as-of", first))
    assert f"(leaf {leaf}, " in error
    assert aged.annexa("scan").status in (0, 1)
    assert aged.verified().problems == ()
    said = aged.annexa("store", "dispose", *BECAUSE, "--yes")
    assert (said.status, said.out.splitlines()[0]) == (0, "Too old: exchanges 1s, resources 1s, verdicts 1s")


def test_a_moment_and_kinds_instead_of_the_policy(scans: Folder) -> None:
    dispose = ("store", "dispose", "--dry-run", "--json")
    assert scans.annexa(*dispose, "--kind", "exchanges", "--before", "2020-01-01").json["going"] == []
    newest = scans.annexa("status", "--json").json["scan"]["started"]
    found = scans.annexa(*dispose, "--kind", "orchard.tree", "--kind", "verdicts", "--before", newest).json
    assert found["policy"] == dict.fromkeys(["orchard.tree", "verdicts"], f"before {newest}")
    assert {each["what"] for each in found["cuts"]} <= {"resources", "verdicts"}
    narrowed = scans.annexa(*dispose, "--kind", "orchard.gate").json
    assert narrowed["policy"] == {"orchard.gate": "1s"}
    assert explained(scans.annexa(*dispose, "--before", newest))[0] == "--before says when, and nothing says what"
    assert "has not been yet" in explained(scans.annexa(*dispose, "--before", TOMORROW, "--kind", "verdicts"))[0]
    error, _ = explained(scans.annexa(*dispose, "--kind", "exchange"))
    assert error == "there is no kind of evidence named exchange, did you mean exchanges?"


def test_a_kind_that_the_policy_does_not_name_is_never_too_old(copy: Folder) -> None:
    copy.configure(store={"retention": {"verdicts": "9d"}})
    error, _ = explained(copy.annexa("store", "dispose", "--kind", "orchard.tree", "--kind", "exchanges"))
    assert error.startswith("nothing of orchard.tree, exchanges is ever too old")


@pytest.mark.parametrize(
    ("retention", "problem"),
    [
        ({"exchange": "9d"}, "there is no kind of evidence named exchange, did you mean exchanges?"),
        ({"verdicts": "0d"}, "what may not be kept at all proves nothing"),
        ({"verdicts": 9}, "expected a duration such as 90s, 15m, 36h or 2d"),
    ],
)
def test_a_policy_that_cannot_be_meant(folder: Folder, retention: dict[str, object], problem: str) -> None:
    folder.configure(store={"retention": retention})
    error, _ = explained(folder.annexa("status"))
    assert problem in error
    assert "store.retention." in error


def test_a_hold_keeps_what_it_covers(aged: Folder) -> None:
    hold = ("store", "hold")
    said = aged.annexa(
        *hold, "add", "case 7", "--reason", "a dispute", "--kind", "orchard.gate", "--from", "2020-01-01"
    )
    assert said.status == 0, said.err
    assert said.out.startswith("Held as case 7: orchard.gate, of all sources, from 2020-01-01T00:00:00Z, and what is ")
    assert "keeps nothing" not in said.out
    listed = aged.annexa(*hold, "list", "--json").json
    assert [(each["name"], each["reason"], each["scope"]["kind"]) for each in listed] == [
        ("case 7", "a dispute", "orchard.gate")
    ]
    assert "case 7" in aged.annexa(*hold, "list").out
    shown = aged.annexa("store", "dispose", "--dry-run")
    assert "  legal hold case 7: the hold of leaf " in shown.out
    done = aged.annexa("store", "dispose", *BECAUSE, "--yes", "--json").json
    assert not any(cut["name"] == "orchard.gate" for cut in done["cuts"])
    assert explained(aged.annexa(*hold, "add", "case 7", "--reason", "again"))[0].startswith("there is a hold named")
    released = aged.annexa(*hold, "release", "case 7", *BECAUSE, "--json").json
    assert released["leaf"] == done["leaf"] + 1
    assert aged.annexa(*hold, "list").out == "No hold is in force.\n"
    assert explained(aged.annexa(*hold, "release", "case 7", *BECAUSE))[0] == "no hold named case 7 is in force"
    placed = aged.annexa(*hold, "add", "case 8", "--reason", "all", "--json").json
    assert placed == {"name": "case 8", "leaf": done["leaf"] + 2, "keeps_nothing": False}
    assert aged.annexa(*hold, "release", "case 8", *BECAUSE).out.startswith("Released case 8: sealed in leaf ")
    assert aged.verified().problems == ()


def test_a_hold_that_keeps_nothing_yet_says_so(copy: Folder) -> None:
    add = ("store", "hold", "add")
    said = copy.annexa(*add, "case 7", "--reason", "a dispute", "--source", "orchard/nroth")
    assert said.status == 0, said.err
    assert said.out.endswith(
        "  ! it keeps nothing that is in the store yet: no evidence here is of that kind, source and time\n"
    )
    found = copy.annexa(*add, "case 8", "--reason", "a dispute", "--to", "2020-01-01", "--json").json
    assert found["keeps_nothing"] is True
    assert [each["name"] for each in copy.annexa("store", "hold", "list", "--json").json] == ["case 7", "case 8"]


def test_a_hold_that_cannot_be_meant(scans: Folder) -> None:
    add = ("store", "hold", "add", "case 7", "--reason", "a dispute")
    error, _ = explained(scans.annexa(*add, "--kind", "orchard.tre"))
    assert error == "there is no kind of resource named orchard.tre, did you mean orchard.tree?"
    error, _ = explained(scans.annexa(*add, "--from", "2026-01-02", "--to", "2026-01-01"))
    assert error == "the hold would end before it begins"


def test_files_and_index_fit_together(aged: Folder) -> None:
    said = aged.annexa("store", "check")
    assert (said.status, said.err) == (0, "")
    assert "✓ packs: 3 of 3 are there and as long as they must be" in said.out
    (aged.store / "packs" / "orphan.zst").write_bytes(b"what a killed scan left")
    said = aged.annexa("store", "check")
    assert said.status == 0
    assert "! packs: 23 bytes of orphan.zst are named by nothing" in said.out
    assert "    annexa store check --repair" in said.out
    said = aged.annexa("store", "check", "--repair")
    assert said.out.startswith("Removed 23 B that nothing named: packs removed 1, written anew 0, in use 0\n")
    assert not (aged.store / "packs" / "orphan.zst").exists()
    found = aged.annexa("store", "check", "--json").json
    assert (found["repaired"], {each["state"] for each in found["conditions"]}) == (None, {"good"})
    assert aged.annexa("store", "check", "--repair", "--json").json["repaired"]["freed"] == 0
    next(iter((aged.store / "packs").iterdir())).unlink()
    assert aged.annexa("store", "check").status == 4
