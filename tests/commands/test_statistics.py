"""`annexa scan --stats` says what a scan cost."""

from __future__ import annotations

from tests.command_line import Folder

OPERATION = {"provider", "service", "operation", "calls", "retries", "throttled", "errors", "bytes", "seconds"}


def test_stats_on_the_terminal_and_as_json(folder: Folder) -> None:
    said = folder.annexa("scan", "--stats")
    assert said.status == 0
    assert "Cost: " in said.out
    assert "orchard" in said.out.partition("Cost: ")[2]
    found = folder.annexa("scan", "--stats", "--json").json
    cost = found["statistics"]
    assert set(cost) == {
        "calls", "retries", "throttled", "bytes", "seconds", "cpu_seconds", "peak_memory", "stages", "operations",
    }  # fmt: skip
    assert [each["stage"] for each in cost["stages"]] == ["looking", "sealing", "judging"]
    assert all(set(each) == OPERATION for each in cost["operations"])
    assert cost["calls"] == sum(each["calls"] for each in cost["operations"]) == found["scan"]["exchanges"] > 0
    assert "statistics" not in folder.annexa("scan", "--json").json
