"""Published checkpoints on the command line: where they went, what did not get there, and an alarm that nobody misses."""

from __future__ import annotations

import shutil

from tests.command_line import Folder


def test_from_scan_to_verify(folder: Folder) -> None:
    elsewhere = folder.path / "elsewhere"
    folder.configure(store={"publish": [str(elsewhere)]})
    said = folder.annexa("scan")
    assert said.status == 0
    warning = (
        f"checkpoint {_size(folder)} is not published in {elsewhere}: there is no such folder; the next scan tries"
    )
    assert f"  warning: {warning}" in said.out
    elsewhere.mkdir()
    shutil.copytree(folder.store, folder.path / "older")
    said = folder.annexa("scan", "--report", "report.html")
    assert said.status == 0
    assert f"  published in {elsewhere}\n" in said.out
    assert f"Published in {elsewhere}." in (folder.path / "report.html").read_text()
    (state,) = folder.annexa("status", "--json").json["checkpoint"]["publications"]
    assert state == {"folder": str(elsewhere), "size": _size(folder), "problem": "", "alarm": ""}
    said = folder.annexa("verify")
    assert said.status == 0
    assert f"  published in {elsewhere}: checkpoints: 2, up to size {_size(folder)}\n" in said.out
    assert f"✓ checkpoints: the newest is published in {elsewhere}\n" in folder.annexa("doctor").out

    shutil.rmtree(folder.store)
    shutil.copytree(folder.path / "older", folder.store)
    said = folder.annexa("verify")
    assert said.status == 4
    assert "leaves were removed" in said.out
    said = folder.annexa("scan")
    assert said.status == 4
    assert "  warning: ALARM: " in said.out
    assert folder.annexa("status", "--json").status == 4
    shutil.rmtree(elsewhere)
    said = folder.annexa("verify")
    assert said.status == 0
    assert "  ! published checkpoints cannot be read: " in said.out


def _size(folder: Folder) -> int:
    size = folder.annexa("status", "--json").json["checkpoint"]["size"]
    assert isinstance(size, int)
    return size
