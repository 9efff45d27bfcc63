"""`annexa key`: which keys a log has, and how it gets another."""

from __future__ import annotations

import re
import shutil

from tests.command_line import Folder


def test_show_rotate_and_verify_with_either_key(copy: Folder) -> None:
    first = copy.annexa("key", "--json").json
    assert first["file"] == str(copy.key)
    assert (first["retired"], first["unfinished"], first["problem"]) == ([], False, "")

    assert copy.annexa("proof", "1", "--output", "old.tlog-proof").status == 0
    said = copy.annexa("key", "rotate")
    assert said.status == 0
    assert said.out.startswith("The key was changed.\n  the old key is kept in ")
    kept = re.search(r"kept in (\S+)", said.out)
    assert kept is not None
    assert kept[1].startswith(f"{copy.key}.retired-")

    newest = copy.annexa("key", "show", "--json").json
    assert newest["key"] != first["key"]
    said = copy.annexa("verify", "--proof", "old.tlog-proof")  # made before, and as true as it was
    assert (said.status, f"that {first['key']} signed" in said.out) == (0, True)
    ((leaf, key),) = [(each["leaf"], each["key"]) for each in newest["retired"]]
    assert key == first["key"]
    assert f"  retired by leaf {leaf}: {key}\n" in copy.annexa("key").out
    shown = copy.annexa("show", str(leaf))
    assert (shown.status, f"Leaf {leaf}: key_changed, " in shown.out) == (0, True)
    proof = copy.annexa("proof", str(leaf))
    assert (proof.status, newest["key"].partition("+")[0] in proof.out) == (0, True)

    copy.annexa("scan")
    for given in (first["key"], newest["key"]):
        said = copy.annexa("verify", "--key", given)
        assert said.status == 0
        assert f"  key changed: leaf {leaf}: {first['key']} handed over to {newest['key']}\n" in said.out
    assert copy.annexa("reperform").status in {0, 1, 3}


def test_a_change_that_was_begun_is_said_and_finished(copy: Folder) -> None:
    copy.annexa("key", "rotate")
    shutil.copy(copy.key, f"{copy.key}.next")
    said = copy.annexa("key")
    assert "  ! a change of the key was begun and not finished: annexa key rotate\n" in said.out
    said = copy.annexa("key", "rotate")
    assert said.status == 0
    assert said.out.startswith("Finished the change of the key that was begun before.\n")
    assert "begun and not" not in said.out


def test_a_key_that_does_not_fit_is_said(copy: Folder) -> None:
    copy.key.unlink()
    said = copy.annexa("key")
    assert (said.status, "  ! " in said.out, "the signing key is not there" in said.out) == (0, True, True)
    said = copy.annexa("key", "rotate")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"error: {copy.key}: the signing key is not there\n")


def test_anything_else_is_a_mistake(copy: Folder) -> None:
    assert copy.annexa("key", "destroy").status == 2
