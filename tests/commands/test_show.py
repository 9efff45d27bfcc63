"""`show` follows a finding all the way down, and knows leaves and scans by name."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core import __version__
from tests.command_line import Folder, explained


@pytest.fixture(scope="module")
def gate(scanned: Folder) -> dict[str, Any]:
    """The finding about the open gate."""
    found = scanned.annexa("status", "--json").json["findings"]
    return next(each for each in found if each["resource"] == "gate")


def test_a_finding_down_to_the_answer_and_the_leaf(scanned: Folder, gate: dict[str, Any]) -> None:
    said = scanned.annexa("show", gate["id"])
    assert said.status == 0
    assert said.out.startswith("✗ fail: orchard.gate_is_locked on gate in orchard/north\n  gate is open\n")
    for words in (
        "remedy",
        "Lock it.",
        "Seen by orchard.gates as gardener",
        "$ try the lock",
        "    and a chain",
        "proven: ",
    ):
        assert words in said.out
    assert f"Leaf {gate['leaf']}: assessment of scan" in said.out


def test_the_same_as_json_with_digests_that_fit(scanned: Folder, gate: dict[str, Any]) -> None:
    found = scanned.annexa("show", gate["id"], "--json").json
    assert {name: found[name] for name in gate if name != "change"} == {n: gate[n] for n in gate if n != "change"}
    assert {"title", "controls", "assessment", "units", "leaves"} <= set(found)
    exchanges = [each for unit in found["units"] for each in unit["exchanges"]]
    assert exchanges
    for each in exchanges:
        assert hashlib.sha256(each["answer"].encode()).hexdigest() == each["response"]
    assert all(leaf["proven"] for leaf in found["leaves"])


def test_long_answers_are_cut_unless_full(scanned: Folder, gate: dict[str, Any]) -> None:
    short, full = scanned.annexa("show", gate["id"]).out, scanned.annexa("show", gate["id"], "--full").out
    assert "10 more lines: --full" in short
    assert short.count("and a chain") == 10
    assert full.count("and a chain") == 15
    assert "more lines" not in full


def test_the_beginning_of_an_id_is_enough_when_it_is_unique(scanned: Folder, gate: dict[str, Any]) -> None:
    assert scanned.annexa("show", gate["id"][:8]).out == scanned.annexa("show", gate["id"]).out


def test_an_ambiguous_beginning_is_said_to_be(folder: Folder) -> None:
    folder.configure({"trees": [{"id": f"tree-{number}"} for number in range(20)]})
    ids = [each["id"] for each in folder.annexa("scan", "--json").json["findings"]]
    first = next(c for c in "abcdef" if sum(each.startswith(c) for each in ids) > 1)
    error, _ = explained(folder.annexa("show", first))
    assert error == f"{sum(each.startswith(first) for each in ids)} findings begin with {first}"


def test_a_unit_with_all_of_where_it_comes_from(scanned: Folder, gate: dict[str, Any]) -> None:
    unit = scanned.annexa("show", gate["id"], "--json").json["units"][0]
    name = f"{unit['leaf']}/{unit['ordinal']}"
    assert f"as unit {name}" in scanned.annexa("show", gate["id"]).out
    said = scanned.annexa("show", name)
    assert said.out.startswith(f"Seen by {unit['collector']} as gardener in orchard/north\n")
    for words in (
        f"Annexa {__version__}, configuration ",
        f"collector {unit['version']}",
        "$ ",
        "  asked 20",
        ", 1 ms",
    ):
        assert words in said.out
    found = scanned.annexa("show", name, "--json").json
    assert {key: found[key] for key in unit} == unit
    assert (found["proof"]["position"], found["proof"]["proven"]) == (unit["leaf"], True)
    assert (found["agent_version"], len(found["configuration"])) == (__version__, 64)
    assert [each["equivalent"] for each in found["exchanges"]] == [
        each["parameters"]["command"] for each in found["exchanges"]
    ]


def test_a_unit_that_is_not_there_is_told(scanned: Folder) -> None:
    error, hint = explained(scanned.annexa("show", "1/99"))
    assert (error, hint) == ("leaf 1 has no unit 99", "what it is: annexa show 1")
    error, _ = explained(scanned.annexa("show", "9999/0"))
    assert error == "the log has no leaf 9999"


def test_a_leaf(scanned: Folder) -> None:
    said = scanned.annexa("show", "0", "--json")
    assert said.json["data"]["type"] == "scan_started"
    assert said.json["proven"] is True


def test_a_scan(scanned: Folder) -> None:
    scan = scanned.annexa("status", "--json").json["scan"]
    said = scanned.annexa("show", scan["id"])
    assert said.out.startswith(f"Scan {scan['id']}: finished\n")
    assert scanned.annexa("show", scan["id"], "--json").json == scan


def test_a_proof_verifies_without_the_store(scanned: Folder, tmp_path: Path) -> None:
    proof, key = tmp_path / "unit.tlog-proof", (scanned.store / "log.pub").read_text(encoding="utf-8").strip()
    assert scanned.annexa("proof", "1/0", "--output", str(proof)).status == 0
    stranger = Folder(tmp_path)
    said = stranger.annexa("verify", "--proof", proof.name, "--key", key)
    assert (said.status, said.out.count("✓")) == (0, 2)
    found = stranger.annexa("verify", "--proof", proof.name, "--key", key, "--json").json
    assert (found["verified"], found["position"], found["leaf"]["type"]) == (True, 1, "source")
    proof.write_text(proof.read_text(encoding="utf-8").replace("index 1\n", "index 2\n"), encoding="utf-8")
    assert stranger.annexa("verify", "--proof", proof.name, "--key", key).status == 4


def test_a_kept_checkpoint_may_end_with_empty_lines_and_its_file_is_named(copy: Folder) -> None:
    with closing(sqlite3.connect(copy.store / "evidence.db")) as database:
        (note,) = database.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    kept = copy.path / "kept.checkpoint"
    kept.write_text(f"{note}\n\n", encoding="utf-8")
    said = copy.annexa("verify", "--checkpoint", kept.name)
    assert (said.status, said.err) == (0, "")
    first, _, rest = note.partition("\n")
    size, _, rest = rest.partition("\n")
    kept.write_text(f"{first}\n{int(size) + 1}\n{rest}\n", encoding="utf-8")
    said = copy.annexa("verify", "--checkpoint", kept.name)
    assert said.status == 4
    assert "published checkpoint kept.checkpoint: " in said.out + said.err


def test_what_is_no_checkpoint_and_what_is_no_proof_is_told(scanned: Folder) -> None:
    error, _ = explained(scanned.annexa("verify", "--checkpoint", "config.yaml"))
    assert error == "--checkpoint: config.yaml is no checkpoint"
    error, _ = explained(scanned.annexa("verify", "--proof", "nowhere"))
    assert error == "--proof: nowhere cannot be read: No such file or directory"
