"""What is printed: it fits, it obeys no stranger, it needs no terminal, and it does not mind when nobody reads on."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import unicodedata

import pytest

from tests.command_line import CONTROL_CHARACTERS, ROOT, Folder
from tests.commands.conftest import HOSTILE

COMMANDS = [["status", "--all"], ["checks"], ["controls"], ["controls", "A.8.13"], ["explain", "orchard.tree_is_low"]]
BOLD = re.compile(r"\x1b\[\d*m")
"""What is left of styles when colour is refused."""


def on_a_terminal(folder: Folder, *arguments: str, **environment: str) -> str:
    """What a command prints on a terminal."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "agent.py"), *arguments],
        cwd=folder.path,
        env=folder.environment(TERM="xterm-256color", **environment),
        stdin=child,
        stdout=child,
        stderr=child,
    )
    os.close(child)
    chunks = []
    try:
        while chunk := os.read(parent, 65_536):
            chunks.append(chunk)
    except OSError:
        pass  # Linux says so when the last process on the terminal has ended
    finally:
        os.close(parent)
        process.wait(timeout=60)
    return b"".join(chunks).decode().replace("\r\n", "\n")


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("width", [80, 200])
def test_tables_fit_and_lose_nothing(scanned: Folder, command: list[str], width: int) -> None:
    out = on_a_terminal(scanned, *command, COLUMNS=str(width), NO_COLOR="1")
    for line in BOLD.sub("", out).splitlines():
        assert columns(line) <= width, line
    assert "…" not in out


@pytest.mark.parametrize("width", [80, 200])
def test_every_check_is_listed_with_its_whole_id(scanned: Folder, width: int) -> None:
    out = scanned.annexa("checks", COLUMNS=str(width)).out
    for check in scanned.annexa("checks", "--json").json:
        assert check["id"] in out
        assert check["severity"] in out


def test_strangers_cannot_steer_a_terminal_nor_forge_a_line(scanned: Folder) -> None:
    finding = next(f for f in scanned.annexa("status", "--json").json["findings"] if f["status"] == "fail")
    gate = next(f for f in scanned.annexa("status", "--json").json["findings"] if f["resource"] == "gate")
    for command in (["status", "--all"], ["show", finding["id"]], ["show", gate["id"], "--full"]):
        said = scanned.annexa(*command)
        assert not CONTROL_CHARACTERS.search(said.out + said.err), command
    out = scanned.annexa("status", "--all", COLUMNS="200").out
    assert "old\\x1b[31moak\\x9b\\u202e\\nelm" in out
    as_json = scanned.annexa("status", "--json")
    assert not re.search("[\x7f-\x9f\u202a-\u202e]", as_json.out)
    assert HOSTILE in {each["resource"] for each in as_json.json["findings"]}


def test_the_log_obeys_no_stranger_and_tells_no_secret(folder: Folder) -> None:
    words = "lock\x1b]0;owned\x07\nerror: forged, token = hunter2hunter2"
    said = folder.configure({"behaviour": "crashes", "says": words}).annexa("scan")
    (line,) = (line for line in said.err.splitlines() if line.startswith("WARNING: "))
    assert "failed on orchard/north: the ladder broke; lock\\x1b]0;owned\\x07\\nerror: forged" in line
    assert not CONTROL_CHARACTERS.search(said.err)
    assert "hunter2" not in said.err


def test_colour_is_for_terminals_and_can_be_refused(scanned: Folder) -> None:
    assert "\x1b[31m" in on_a_terminal(scanned, "status")
    assert "\x1b[3" not in on_a_terminal(scanned, "status", NO_COLOR="1")
    assert "\x1b" not in scanned.annexa("status").out


def test_nothing_is_said_by_colour_alone(scanned: Folder) -> None:
    out = scanned.annexa("status").out
    for words in ("✗ fail", "? unknown", "✗ contradicted", "– no evidence"):  # noqa: RUF001 - the dash we print
        assert words in out


def test_a_reader_who_leaves_does_not_change_the_answer(scanned: Folder) -> None:
    for command, status in ((["checks"], 0), (["checks", "--json"], 0), (["status", "--all"], 3)):
        process = scanned.start(*command)
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == status
        process.stderr.close()


def test_head_of_a_listing(scanned: Folder) -> None:
    process = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"{sys.executable}" "{ROOT / "agent.py"}" checks | head -1'],
        cwd=scanned.path,
        env=scanned.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("Severity")


def test_output_without_utf_8_does_not_break(scanned: Folder) -> None:
    said = scanned.annexa("status", LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert said.status == 3
    assert "Traceback" not in said.err


def test_progress_goes_to_standard_error(copy: Folder) -> None:
    said = copy.annexa("scan")
    assert said.err == "looking: 2 units\n"
    assert "looking" not in said.out


def test_progress_on_a_terminal_leaves_no_trace(copy: Folder) -> None:
    assert "looking" not in on_a_terminal(copy, "scan").rpartition("\x1b[2K")[2]


def test_nothing_is_shown_twice(scanned: Folder) -> None:
    out = scanned.annexa("status", COLUMNS="200").out
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    assert len(lines) == len(set(lines))
