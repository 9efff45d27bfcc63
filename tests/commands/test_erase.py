"""`annexa store erase`: a person goes from everything that is sealed, and nothing else does."""

from __future__ import annotations

import pytest

from tests.command_line import Folder, explained

ORCHARD = {"locked": False, "keeper": "ada", "says": "oiled by ada\n"}
BECAUSE = ("--reason", "she asked", "--approver", "Grace Hopper")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("kept")).configure(ORCHARD)
    folder.annexa("scan")
    return folder


def test_a_dry_run_says_where_somebody_occurs(kept: Folder) -> None:
    said = kept.annexa("store", "erase", "ada", "nobody", "--dry-run")
    assert (said.status, said.err) == (0, "")
    assert "nobody names nobody who is known here\n" in said.out
    assert "ada: in 1 resource, 1 verdict and 0 records of orchard/north\n" in said.out
    assert "1 raw answer of orchard/north mention them, leaves 1 to 1" in " ".join(said.out.split())
    assert "! still in orchard/north: remove them there first" in said.out
    found = kept.annexa("store", "erase", "ada", "--dry-run", "--json").json
    assert (found["identifiers"], found["resources"], found["still_in"]) == (["ada"], 1, ["orchard/north"])
    assert "ada" in kept.annexa("status").out


def test_nobody_is_erased_without_a_reason_an_approver_and_a_yes(kept: Folder) -> None:
    erase = ("store", "erase", "ada")
    assert explained(kept.annexa(*erase))[0] == "--reason is missing"
    assert explained(kept.annexa(*erase, *BECAUSE[:2]))[0] == "--approver is missing"
    assert explained(kept.annexa(*erase, *BECAUSE))[0] == "nobody was asked whether they may be erased"
    assert explained(kept.annexa(*erase, *BECAUSE, "--json"))[0] == "nobody was asked whether they may be erased"
    assert "ada" in kept.annexa("status").out


def test_who_was_erased_is_named_nowhere_any_more(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Folder(tmp_path_factory.mktemp("erased"))
    (folder.path / "elsewhere").mkdir()
    folder.configure(ORCHARD, store={"publish": ["elsewhere"]})
    seen = folder.annexa("scan", "--json").json
    (finding,) = [each for each in seen["findings"] if each["check"] == "orchard.gate_is_locked"]
    assert finding["reason"] == "gate is open, and ada has the key"

    said = folder.annexa("store", "erase", "ada", *BECAUSE, "--yes")
    assert said.status == 0
    called = next(line.split()[2] for line in said.out.splitlines() if line.startswith("Erased ada: "))
    leaf = next(line.split()[-1] for line in said.out.splitlines() if line.startswith("  sealed in leaf "))
    published = {path.name for path in (folder.path / "elsewhere").rglob("*.checkpoint")}
    assert f"{int(leaf) + 1}.checkpoint" in published

    for command in (
        ("status", "--report", "page.html"),
        ("show", finding["id"], "--full"),
        ("verify",),
        ("reperform",),
    ):
        said = folder.annexa(*command)
        assert said.status != 4
        assert "ada" not in said.out.split()
    assert f"and {called} has the key" in folder.annexa("show", finding["id"]).out
    assert f"oiled by {called}" in folder.annexa("show", finding["id"]).out
    assert called in (folder.path / "page.html").read_text()
    assert f"Leaf {leaf}: erasure, " in folder.annexa("show", leaf).out
    assert folder.verified().problems == ()

    again = folder.annexa("store", "erase", "ada", "--yes", "--json")
    assert (again.status, again.json["leaf"], again.json["unknown"]) == (0, -1, ["ada"])

    said = folder.annexa("scan")
    assert "orchard/north: erased people were here when it was last looked at (1)" in " ".join(said.out.split())
    assert "ada has the key" in folder.annexa("status").out


def test_names_that_cannot_be_read_are_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Folder(tmp_path_factory.mktemp("hidden")).configure(ORCHARD)
    folder.annexa("scan")
    folder.key.with_name("signing-key.pem.persons").unlink()
    said = folder.annexa("status")
    assert "people are shown by pseudonyms: " in " ".join(said.out.split())
    assert "and person-" in said.out
    assert "names cannot be concealed" in explained(folder.annexa("scan"))[0]
    assert folder.annexa("verify").status == 0
