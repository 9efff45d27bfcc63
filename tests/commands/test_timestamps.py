"""Trusted time on the command line: a few words about stamps wherever seals are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Folder
from tests.evidence_store.authority import Server, Tsa, answering, serving

MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


@pytest.fixture
def tsa(tmp_path: Path) -> Tsa:
    return Tsa.make(tmp_path / "tsa")


@pytest.fixture
def server(tsa: Tsa) -> Iterator[Server]:
    with serving(answering(tsa.reply)) as running:
        yield running


def test_from_scan_to_verify(folder: Folder, tsa: Tsa, server: Server) -> None:
    one = {"name": "one", "url": server.url, "certificate": str(tsa.root_file)}
    folder.configure(store={"timestamps": [one]})
    said = folder.annexa("scan", "--report", "report.html")
    assert said.status == 0
    assert re.search(r"<p>Stamped by one at [^<]+\.</p>", (folder.path / "report.html").read_text())
    assert re.search(rf"^  stamped by one: {MOMENT}$", said.out, re.MULTILINE)

    server.behave = answering(lambda _query: b"", status=500)
    said = folder.annexa("scan", "--report", "report.html")
    assert said.status == 0
    assert "Not stamped by one: it answered with the status 500." in (folder.path / "report.html").read_text()
    missing = "it answered with the status 500"
    assert f"  not stamped by one: {missing}; the next scan asks again\n" in said.out
    assert f"not stamped by one: {missing}" in folder.annexa("status").out
    (stamp,) = folder.annexa("status", "--json").json["checkpoint"]["stamps"]
    assert (stamp["authority"], stamp["time"], stamp["problem"]) == ("one", None, missing)

    server.behave = answering(tsa.reply)
    folder.annexa("scan")
    finished = folder.annexa("status", "--json").json["scan"]["last_leaf"]
    shown = folder.annexa("show", str(finished)).out
    for side in ("after", "before"):
        line = rf"^  sealed {side} {MOMENT}: one stamped checkpoint \d+; verified with the certificate in the configuration$"
        assert re.search(line, shown, re.MULTILINE), shown
    proof = folder.annexa("show", str(finished), "--json").json
    assert proof["not_before"]["time"] < proof["not_after"]["time"]

    said = folder.annexa("verify")
    assert said.status == 0
    assert "  stamps of one: checkpoints stamped: 2, asked in vain: 1, verified with the certificate in" in said.out
    assert folder.annexa("doctor").out.count("timestamps one: stamped a test at ") == 1
