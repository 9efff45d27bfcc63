"""Several scans at once on one store: every one is sealed, none is lost, none is taken for dead."""

from __future__ import annotations

import pytest

from tests.command_line import Folder, ended


@pytest.mark.parametrize("writers", [2, 5])
def test_scans_at_once_on_one_store(folder: Folder, writers: int) -> None:
    """The first of all: they also race for tables, name and key."""
    folder.configure({"behaviour": "slow"})
    said = [ended(each) for each in [folder.start("scan", "--json") for _ in range(writers)]]
    assert [each.status for each in said] == [0] * writers, [each.err for each in said]
    ids = {each.json["scan"]["id"] for each in said}
    assert len(ids) == writers
    assert all(each.json["scan"]["died"] == [] for each in said)
    found = folder.verified()
    assert found.problems == ()
    assert found.checkpoints == writers
    assert found.leaves == writers * (3 + 3)  # begin, source, end; and three checks


def test_readers_do_not_wait_for_a_writer(folder: Folder) -> None:
    assert folder.annexa("scan").status == 0
    sign = folder.path / "looking"
    folder.configure({"behaviour": "waits", "sign": str(sign)})
    process = folder.start("scan")
    try:
        while not sign.exists():
            assert process.poll() is None
        assert folder.annexa("verify").status == 0
        assert "running" in folder.annexa("status").out
    finally:
        process.kill()
        ended(process)
