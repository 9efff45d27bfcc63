"""Configurations of systemd's daemons: our reading of trees of files against that of `systemd-analyze`."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.host.facts import Answer
from collectors.host.source import FactError
from collectors.host.systemd_files import FOLDERS, configuration, in_effect, merged, parse_settings, taken_apart
from tests.twins import RecordedHost

FACT = configuration("journal_settings", "journald.conf")
SYSTEMD_ANALYZE = shutil.which("systemd-analyze")
TEXTS = (
    "[Journal]\nStorage=volatile\n",
    "[Journal]\nStorage=none",
    "\n\n# /etc/systemd/journald.conf\n[Journal]\nMaxRetentionSec=\\\n# not this\n  1week\n\n",
    "Storage=persistent\n",
    "",
)


def plant(root: Path, seed: int) -> None:
    """Some of all possible files, none of them or an empty one or a link to /dev/null among them."""
    choose = random.Random(seed)
    for folder in FOLDERS[:-1]:
        for name in ("journald.conf", *(f"journald.conf.d/{n}" for n in ("10-a.conf", "9.conf", "b.conf", ".c.conf"))):
            path = Path(f"{root}{folder}/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            match choose.randrange(4):
                case 0:
                    path.write_text(choose.choice(TEXTS))
                case 1 if name != "journald.conf":
                    path.symlink_to("/dev/null")
                case _:
                    pass
    (root / "dev").mkdir()
    (root / "dev/null").touch()


def ask(root: Path, *, systemd_analyze: bool) -> str:
    """What the fact prints of a tree, with the paths that its files would have."""
    command = FACT.command
    for folder in FOLDERS:
        command = command.replace(f" {folder}", f" {root}{folder}")
    program = f"systemd-analyze --root={root} cat-config" if systemd_analyze else "false"
    command = command.replace("systemd-analyze cat-config", program)
    if not systemd_analyze:
        command = command.replace("command -v systemd-analyze", "false")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    return done.stdout.replace(str(root), "")


@pytest.mark.skipif(SYSTEMD_ANALYZE is None, reason="there is no systemd-analyze on this machine")
@pytest.mark.parametrize("seed", range(12))
def test_systemd_and_we_choose_the_same_files(tmp_path: Path, seed: int) -> None:
    plant(tmp_path, seed)
    told, untold = (
        in_effect(RecordedHost({FACT: ask(tmp_path, systemd_analyze=asked)}), FACT) for asked in (True, False)
    )
    assert told
    assert [text for text in told if text] == [text for text in untold if text]


def test_a_file_that_systemd_does_not_count_does_not_count() -> None:
    found = {"/etc/systemd/journald.conf": "[Journal]\n", "/usr/lib/systemd/journald.conf": "[Journal]\nStorage=none\n"}
    assert list(taken_apart("# /etc/systemd/journald.conf\n[Journal]\n", found)) == ["[Journal]\n"]
    assert list(taken_apart("# Main configuration file systemd/journald.conf not found\n", found)) == []


@pytest.mark.parametrize(
    "output",
    [
        b"/etc/systemd/journald.conf\0[Journal]\n\0# /etc/systemd/journald.conf\n[Journal]\nStorage=none\n\n# x\ny",
        b"/etc/systemd/journald.conf\0[Journal]\n\0# /etc/systemd/journald.conf.d/a.conf\n[Journal]\n",
        b"/etc/systemd/journald.conf\0[Jour\0nal]\n\0",
    ],
)
def test_what_does_not_fit_together_is_not_known(output: bytes) -> None:
    with pytest.raises(FactError, match="journal_settings: "):
        in_effect(RecordedHost({FACT: output}), FACT)


def test_what_could_not_be_read_is_not_empty() -> None:
    with pytest.raises(FactError, match="Permission denied"):
        in_effect(RecordedHost({FACT: Answer(b"", "/etc/systemd/journald.conf.d: Permission denied", 1)}), FACT)
    with pytest.raises(FactError, match="ended with status 1"):
        in_effect(RecordedHost({FACT: Answer(b"", "", 1)}), FACT)


def test_settings_of_a_section() -> None:
    assert parse_settings(["[A]\nx=1\nx=\n[B]\nx=2\n"], "A") == {}
    assert parse_settings(["[A]\nx=1\n", "x=2\n"], "A") == {"x": "1"}, "a section ends with its file"
    assert parse_settings(TEXTS[2:3], "Journal") == {"MaxRetentionSec": "1week"}
    assert list(merged({})) == []
