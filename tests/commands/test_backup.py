"""`annexa store backup`, `annexa store restore` and `annexa rebuild`, as people run them."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.command_line import Folder, ended, explained
from tests.commands.test_terminal import on_a_terminal
from tests.postgresql import Server
from tests.tampering import alter

BACKED_UP = "copying rows\ncopying packs\nverifying\n"
RESTORED = "verifying the backup\ncopying packs\ncopying rows\nverifying\n"


def test_a_backup_during_a_scan_restores_to_a_store_that_verifies_and_reperforms(folder: Folder) -> None:
    """The scan that ran meanwhile died, as far as the restored store knows; all before it can be done again."""
    assert folder.annexa("scan").status == 0
    first = folder.annexa("show", "0", "--json").json["data"]["scan"]
    done_again = folder.annexa("reperform", "--scan", first)
    sign = folder.path / "looking"
    folder.configure({"behaviour": "waits", "sign": str(sign)})
    process = folder.start("scan")
    while not sign.exists():
        time.sleep(0.01)
    said = folder.annexa("store", "backup", "elsewhere")
    process.kill()
    ended(process)
    assert (said.status, said.err) == (0, BACKED_UP)
    assert "✓ every seal holds in the copy\n" in said.out
    assert f"  not in it, and needed for the next scan: {folder.key} and the files beside it" in said.out
    stood = folder.annexa("status").out

    shutil.rmtree(folder.store)
    folder.configure()
    said = folder.annexa("store", "restore", "elsewhere")
    assert (said.status, said.err) == (0, RESTORED)
    assert "  ! no checkpoints are published (store.publish)" in said.out
    assert "must be erased again: docs/erasing-people.md\n✓ every seal holds\n" in said.out
    assert folder.verified().problems == ()
    assert folder.annexa("status").out == stood
    assert folder.annexa("reperform", "--scan", first) == done_again
    assert "died before its end; what it had sealed is kept" in folder.annexa("scan").out
    assert explained(folder.annexa("store", "restore", "elsewhere"))[0].endswith("and nothing is restored over it")


def test_what_was_published_since_is_given_up_on_record(folder: Folder) -> None:
    published = folder.path / "published"
    published.mkdir()
    folder.configure(store={"publish": [str(published)]})
    folder.annexa("scan")
    done = folder.annexa("store", "backup", "elsewhere", "--json").json
    assert (done["verified"], done["in_place"], done["packs"], done["unread"]) == (True, True, 1, [])
    folder.annexa("scan")
    shutil.rmtree(folder.store)
    error, hint = explained(folder.annexa("store", "restore", "elsewhere"))
    assert error.startswith(f"elsewhere: this is not the newest: {published} has a checkpoint over ")
    assert hint.endswith("or give up what is lost, on record: --accept-loss REASON")
    assert not folder.store.exists()
    done = folder.annexa("store", "restore", "elsewhere", "--accept-loss", "the disk burnt", "--json").json
    assert (done["verified"], len(done["lost"]), done["lacks"]) == (True, 1, [])
    said = folder.annexa("status")
    assert said.status == 4
    assert "the disk burnt" in said.out
    folder.configure(store={"publish": []})
    assert folder.annexa("scan").status == 0
    assert folder.annexa("status").status == 0


def test_a_damaged_store_is_not_copied_over_a_good_backup(copy: Folder) -> None:
    assert copy.annexa("store", "backup", "elsewhere").status == 0
    newest = max((copy.store / "packs").iterdir())
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 1
    newest.write_bytes(data)
    assert copy.annexa("store", "backup", "elsewhere").status == 0, "what is there already is not read again"
    newest.unlink()
    said = copy.annexa("store", "backup", "another")
    assert said.status == 4
    assert f"✗ packs/{newest.name}: No such file or directory\n" in said.out
    shutil.rmtree(copy.store)
    error, _ = explained(copy.annexa("store", "restore", "another"), status=4)
    assert error.startswith("another: the backup does not verify: ")
    assert copy.annexa("store", "restore", "elsewhere").status == 0


def test_a_store_that_is_older_than_its_backup_is_a_broken_seal(copy: Folder) -> None:
    shutil.copytree(copy.store, copy.path / "older")
    copy.annexa("scan")
    assert copy.annexa("store", "backup", "elsewhere").status == 0
    shutil.rmtree(copy.store)
    shutil.copytree(copy.path / "older", copy.store)
    error, hint = explained(copy.annexa("store", "backup", "elsewhere"), status=4)
    assert "THE STORE WAS ROLLED BACK" in error
    assert "docs/backup.md" in hint


def test_from_a_file_to_postgresql(scanned: Folder, tmp_path: Path, postgresql: Server) -> None:
    shutil.copytree(scanned.path, tmp_path, dirs_exist_ok=True)
    folder = Folder(tmp_path)
    assert folder.annexa("store", "backup", "moving").status == 0
    shutil.rmtree(folder.store)
    address = postgresql.database()
    folder.configure(store={"database": address})
    said = folder.annexa("store", "restore", "moving", "--key", "moving/log.pub")
    assert (said.status, f"{address}: annexa.log/" in said.out.replace("\n", "")) == (0, True)
    assert folder.annexa("verify").status == 0
    assert not (folder.store / "evidence.db").exists()
    postgresql.drop(address)


def test_somebody_who_was_erased_is_in_no_later_backup(folder: Folder) -> None:
    folder.configure({"keeper": "ada"})
    folder.annexa("scan")
    folder.annexa("store", "backup", "elsewhere")
    before = wrapped(folder)
    folder.configure()
    folder.annexa("scan")
    assert folder.annexa("store", "erase", "ada", "--reason", "she left", "--approver", "Grace", "--yes").status == 0
    assert folder.annexa("store", "backup", "elsewhere").status == 0
    (gone,) = before - wrapped(folder)
    files = [path.read_bytes() for path in (folder.path / "elsewhere").rglob("*") if path.is_file()]
    assert not any(gone in data for data in files)
    shutil.rmtree(folder.store)
    folder.annexa("store", "restore", "elsewhere")
    assert "names nobody who is known here" in folder.annexa("store", "erase", "ada", "--dry-run").out


def wrapped(folder: Folder) -> set[bytes]:
    """The keys of people in the backup."""
    with closing(sqlite3.connect(folder.path / "elsewhere" / "evidence.db")) as connection:
        return {row[0] for row in connection.execute("SELECT wrapped FROM person")}


def test_on_a_terminal_one_sees_how_far_it_is(copy: Folder) -> None:
    out = on_a_terminal(copy, "store", "backup", "elsewhere", COLUMNS="100")
    assert "verifying" in out
    assert "%" in out
    assert "every seal holds in the copy" in out


def test_tables_are_made_again(copy: Folder) -> None:
    stood = copy.annexa("status").out
    alter(copy.store / "evidence.db", "UPDATE finding SET reason = 'it is fine'")
    assert copy.annexa("verify").status == 4
    said = copy.annexa("rebuild")
    assert (said.status, said.err) == (0, "making tables\nverifying\n")
    assert "tables made again from " in said.out
    assert copy.annexa("status").out == stood
    alter(copy.store / "evidence.db", "DELETE FROM node")
    found = copy.annexa("rebuild", "--json")
    assert found.status == 4
    explained(found, status=4)
