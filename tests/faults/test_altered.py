"""Evidence altered by hand: the command line says what and where, and ends with status 4, above every other answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import tampering
from tests.command_line import Folder


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A store with two scans, the second of which changed a verdict and added a tree."""
    folder = Folder(tmp_path_factory.mktemp("sealed")).configure({"says": "a bolt\n" * 50})
    assert folder.annexa("scan").status == 0
    folder.configure({"locked": False, "trees": [{"id": "apple"}, {"id": "elm", "height_cm": 900}]})
    assert folder.annexa("scan").status == 1
    assert folder.annexa("verify").status == 0
    return folder


@pytest.fixture
def copy(sealed: Folder, tmp_path: Path) -> Folder:
    """The same store and key, to be altered."""
    shutil.copytree(sealed.path, tmp_path, dirs_exist_ok=True)
    return Folder(tmp_path)


def alter(folder: Folder, statement: str) -> None:
    """Change the database behind our back."""
    tampering.alter(folder.store / "evidence.db", statement)


def problems(folder: Folder) -> str:
    """What `annexa verify` finds, with status 4, in text and in JSON alike."""
    said = folder.annexa("verify")
    assert said.status == 4, said
    assert "every seal holds" not in said.out
    found = folder.annexa("verify", "--json")
    assert found.status == 4
    assert found.json["verified"] is False
    for problem in found.json["problems"]:
        assert problem.split("/tmp")[0][:40] in said.out
    return "\n".join(found.json["problems"])


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE leaf SET data = CAST(replace(data, 'assessment', 'asseszment') AS BLOB) WHERE position = 3", "leaf 3"),
        ("UPDATE leaf SET data = CAST(replace(data, '20', '21') AS BLOB) WHERE position = 1", "leaf 1"),
        ("UPDATE leaf SET hash = zeroblob(32) WHERE position = 2", "leaf 2"),
        ("UPDATE leaf SET data = replace(data, 'at', 'at')", "table leaf"),
        ("DELETE FROM leaf WHERE position = 4", "leaf 4 is missing"),
        ("DELETE FROM leaf WHERE position >= 6", "checkpoint"),
        ('UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND "index" = 0', "node"),
        ("DELETE FROM node WHERE level = 2", "node"),
        ("UPDATE entry SET data = CAST(replace(data, 'unit', 'unlt') AS BLOB)", "leaf 1"),
        ("DELETE FROM entry WHERE ordinal = 1", "leaf 1"),
        ("UPDATE checkpoint SET note = replace(note, 'annexa.log', 'annexa.lag')", "checkpoint"),
        ("UPDATE checkpoint SET size = 5 WHERE size = 6", "checkpoint"),
        ("DELETE FROM blob WHERE digest = (SELECT body FROM unit LIMIT 1)", "is not in the store"),
        ('UPDATE blob SET "offset" = "offset" + 1', "blob"),
        ("UPDATE scan SET agent = 'another'", "table scan"),
        ("UPDATE scan SET status = 'died'", "table scan"),
        ('UPDATE unit SET gaps = \'[["x","",false]]\'', "table unit"),
        ("UPDATE coverage SET complete = 0", "table coverage"),
        ("UPDATE coverage SET items = 7", "table coverage"),
        ("DELETE FROM resource WHERE id = 'elm'", "table resource: the row"),
        ("UPDATE resource SET \"end\" = NULL, ended = ''", "table resource"),
        ("UPDATE assessment SET severity = 'info'", "table assessment"),
        ("UPDATE finding SET status = 'pass', reason = 'all is well' WHERE status = 'fail'", "status, reason"),
        ("DELETE FROM finding WHERE status = 'fail'", "table finding: the row"),
        ("UPDATE about SET value = replace(value, 'annexa.log', 'annexa.lag')", "about"),
        (
            "INSERT INTO finding SELECT \"check\", source, scope, 'plum', first, id, 'pass', '', settings, NULL, '' FROM finding LIMIT 1",
            "follows from nothing that is sealed",
        ),
    ],
)
def test_an_altered_row_is_found_and_named(copy: Folder, statement: str, named: str) -> None:
    alter(copy, statement)
    assert named in problems(copy)


def test_any_altered_byte_of_a_pack_is_found_and_named(copy: Folder) -> None:
    pack = min((copy.store / "packs").iterdir())
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    found = problems(copy)
    assert f"packs/{pack.name}" in found
    assert "altered" in found


def test_a_missing_pack_is_named(copy: Folder) -> None:
    pack = min((copy.store / "packs").iterdir())
    pack.unlink()
    assert f"packs/{pack.name}: cannot be read" in problems(copy)


def test_a_pack_cut_short_is_named(copy: Folder) -> None:
    pack = min((copy.store / "packs").iterdir())
    pack.write_bytes(pack.read_bytes()[:-10])
    assert f"packs/{pack.name}" in problems(copy)


@pytest.mark.parametrize("command", [["status"], ["scan"], ["show", "1"]])
def test_other_commands_stop_at_a_broken_seal_with_status_4(copy: Folder, command: list[str]) -> None:
    """A forged checkpoint: the store's newest word about itself is not believed."""
    alter(copy, "UPDATE checkpoint SET note = replace(note, '12', '11')")
    said = copy.annexa(*command)
    assert said.status == 4
    assert said.err.splitlines()[-2 if " hint:" in said.err else -1].startswith("error: ")
    assert "Traceback" not in said.err


def test_a_scan_signs_nothing_on_top_of_an_altered_log(copy: Folder) -> None:
    alter(copy, "UPDATE node SET hash = zeroblob(32) WHERE level = 3")
    said = copy.annexa("scan")
    assert said.status == 4
    assert "the log is not the one its newest checkpoint signs" in said.err


def test_an_altered_answer_is_not_shown_as_evidence(copy: Folder) -> None:
    finding = next(f for f in copy.annexa("status", "--json").json["findings"] if f["resource"] == "gate")
    for pack in (copy.store / "packs").iterdir():
        data = bytearray(pack.read_bytes())
        for place in range(20, len(data), 40):
            data[place] ^= 1
        pack.write_bytes(data)
    said = copy.annexa("show", finding["id"])
    assert said.status == 4
    assert said.out == ""
    assert "blob" in said.err


def test_the_key_that_was_published_is_believed_more_than_the_store(copy: Folder, sealed: Folder) -> None:
    published = (sealed.store / "log.pub").read_text(encoding="utf-8")
    assert copy.annexa("verify", "--key", published).status == 0
    assert copy.annexa("verify", "--key", str(sealed.store / "log.pub")).status == 0
    (copy.path / "other").mkdir()
    other = Folder(copy.path / "other").configure()
    assert other.annexa("scan").status == 0
    said = copy.annexa("verify", "--key", str(other.store / "log.pub"))
    assert said.status == 4
    assert "not by the given" in said.out
