"""A collector that hangs, crashes or yields garbage costs its own unit; an interrupt keeps what was seen."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

from tests.command_line import ROOT, Folder, Said, ended

ONE_SECOND = {"unit_timeout": "1s"}


@pytest.fixture
def folder(tmp_path: Any) -> Folder:
    return Folder(tmp_path)


def gate(said: Said) -> dict[str, Any]:
    """The verdict that rests on the unit which nothing happened to."""
    (found,) = (each for each in said.json["findings"] if each["check"] == "orchard.gate_is_locked")
    return dict(found)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("hangs", "gave up after 1 s"),
        ("crashes", "orchard.trees failed with RuntimeError: the ladder broke; "),
        ("garbage", "orchard.trees failed with CodecError: orchard.trees promised orchard.tree and yielded a object"),
        ("float", "orchard.trees failed with CodecError: Tree.height_cm: expected int below 2^53, found float"),
        ("twins", "orchard.tree apple was told twice, and not alike: "),
        ("denied", "the owner does not let us in"),
    ],
)
def test_a_broken_unit_costs_itself_only(folder: Folder, behaviour: str, reason: str) -> None:
    folder.configure({"behaviour": behaviour}, collection=ONE_SECOND)
    said = folder.annexa("scan", "--json")
    assert said.status == 3
    (gap,) = said.json["gaps"]
    assert (gap["collector"], gap["kinds"]) == ("orchard.trees", ["orchard.tree"])
    assert gap["reason"].startswith(reason)
    assert gap["hint"]
    # The gate was seen; but its check joins the trees, and nobody may say "there is no tree" now.
    coverage = {each["kind"]: each["complete"] for each in said.json["coverage"]}
    assert coverage == {"orchard.gate": True, "orchard.tree": False}
    assert gate(said)["status"] == "unknown"
    assert reason[:20] in gate(said)["reason"]
    assert folder.verified().problems == ()


def test_one_source_that_hangs_leaves_the_others_alone(folder: Folder) -> None:
    folder.configure({"name": "north", "behaviour": "hangs"}, {"name": "south"}, collection=ONE_SECOND)
    begun = time.monotonic()
    said = folder.annexa("scan", "--json")
    assert time.monotonic() - begun < 20
    by_source = {(each["source"], each["check"]): each["status"] for each in said.json["findings"]}
    assert by_source["orchard/south", "orchard.gate_is_locked"] == "pass"
    assert by_source["orchard/north", "orchard.gate_is_locked"] == "unknown"
    assert folder.verified().problems == ()


def test_what_was_seen_before_a_crash_is_kept_and_the_rest_is_unknown(folder: Folder) -> None:
    folder.configure({"behaviour": "crashes", "trees": [{"id": "apple", "fenced": False}]})
    found = {
        each["resource"]: each["status"]
        for each in folder.annexa("scan", "--json").json["findings"]
        if each["check"] == "orchard.tree_is_fenced"
    }
    assert found == {"apple": "fail", "*": "unknown"}


def test_a_gap_does_not_end_what_it_hides(folder: Folder) -> None:
    folder.configure()
    assert folder.annexa("scan").status == 0
    folder.configure({"behaviour": "denied", "trees": []})
    said = folder.annexa("scan", "--since-last", "--json")
    assert said.json["ended"] == []


def test_a_gap_is_said_in_text_with_its_hint(folder: Folder) -> None:
    folder.configure({"behaviour": "denied"})
    said = folder.annexa("scan")
    assert "? orchard/north: orchard.trees: the owner does not let us in (ask the owner)" in said.out
    assert "could not look: orchard/north orchard.trees: the owner does not let us in" in said.err


@pytest.mark.parametrize("interrupt", [signal.SIGINT])
def test_an_interrupt_seals_what_was_seen(folder: Folder, interrupt: signal.Signals) -> None:
    sign = folder.path / "looking"
    folder.configure({"name": "north", "behaviour": "waits", "sign": str(sign)}, {"name": "south"})
    # A shell that runs the tests in the background has them ignore it, and all that they start.
    heard = ("env", "--default-signal=INT")
    process = folder.start_python(str(ROOT / "agent.py"), "scan", "--json", before=heard)
    while not sign.exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.5)  # the other units end
    process.send_signal(interrupt)
    said = ended(process)
    assert said.status == 3, said.err
    (gap,) = said.json["gaps"]
    assert (gap["source"], gap["collector"]) == ("orchard/north", "orchard.trees")
    assert gap["reason"] == "interrupted before it was done"
    assert said.json["scan"]["status"] == "finished"
    assert {each["status"] for each in said.json["findings"] if each["source"] == "orchard/south"} == {"pass"}
    assert folder.verified().problems == ()
    folder.configure()
    assert folder.annexa("scan", "--json").json["scan"]["died"] == []


def test_a_terminated_scan_is_reported_as_died(folder: Folder) -> None:
    sign = folder.path / "looking"
    folder.configure({"behaviour": "waits", "sign": str(sign)})
    process = folder.start("scan")
    while not sign.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.terminate()
    ended(process)
    folder.configure()
    assert len(folder.annexa("scan", "--json").json["scan"]["died"]) == 1
    assert folder.verified().problems == ()
