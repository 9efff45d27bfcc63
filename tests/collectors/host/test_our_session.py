"""What the collector makes of our own visit: its shell is run with logs of several kinds."""

from __future__ import annotations

import getpass
import subprocess
from pathlib import Path
from typing import Any

import pytest

from collectors.host import our_session as module
from collectors.host.our_session import OUR_SESSION
from collectors.host.source import FactError, NeedsRootError
from tests.twins import NEEDS_ROOT, RecordedHost

our_session: Any = module.our_session  # collectors promise resources of some kind; these tests know which

ME = getpass.getuser()
LOGIN = f"Accepted publickey for {ME} from 192.0.2.7 port 40022 ssh2: ED25519 SHA256:x"
SUDO = f"   {ME} : PWD=/ ; USER=root ; COMMAND=/usr/bin/journalctl -q"


def visit(root: Path, *, journal: str = "", status: int = 0, sudo: str = "", file: str = "", line: str = "") -> str:
    """What the fact prints where the journal, or a file, holds these lines."""
    program = root / "journalctl"
    if journal or status:
        (root / "journal").mkdir()
        program.write_text(f"#!/bin/sh\ncat <<'E'\n{journal}\nE\nexit {status}\n")
        program.chmod(0o755)
    if file:
        (root / file).write_text(f"{line}\n")
    command = OUR_SESSION.command.replace("/run/systemd", str(root)).replace("/var/log", str(root))
    command = command.replace("/usr/bin/journalctl", str(program))
    return subprocess.run(
        ["/bin/sh", "-c", command],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "SSH_CONNECTION": "192.0.2.7 40022 192.0.2.1 22", "SUDO": sudo},
    ).stdout.replace(str(root), "/var/log")


@pytest.mark.parametrize(
    ("written", "login", "elevation"),
    [
        (f"{LOGIN}\n{SUDO}", True, True),
        (LOGIN.partition(" ssh2")[0], True, False),
        (SUDO, False, True),
        (LOGIN.replace("40022", "40023"), False, False),
        (LOGIN.replace("192.0.2.7", "192.0.2.77"), False, False),
        (LOGIN.replace(f"for {ME}", "for mallory"), False, False),
        (LOGIN.replace("Accepted", "Failed"), False, False),
        ("nothing of ours", False, False),
    ],
)
def test_the_journal(tmp_path: Path, written: str, login: bool, elevation: bool) -> None:
    (seen,) = our_session(RecordedHost({OUR_SESSION: visit(tmp_path, journal=written, sudo="env")}))
    assert (seen.remote, seen.log, seen.elevated) == (True, "journal", True)
    assert (seen.login_recorded, seen.elevation_recorded) == (login, elevation)


@pytest.mark.parametrize("file", ["auth.log", "secure", "messages"])
def test_files(tmp_path: Path, file: str) -> None:
    line = f"Nov 22 22:00:00 web-1 sshd[7]: {LOGIN}"
    (seen,) = our_session(RecordedHost({OUR_SESSION: visit(tmp_path, file=file, line=line)}))
    assert seen.log == f"/var/log/{file}"
    assert (seen.login_recorded, seen.elevated, seen.elevation_recorded) == (True, False, False)


def test_no_log_and_no_sign_in(tmp_path: Path) -> None:
    (seen,) = our_session(RecordedHost({OUR_SESSION: visit(tmp_path)}))
    assert (seen.remote, seen.log, seen.login_recorded) == (True, "", False)
    (seen,) = our_session(RecordedHost({OUR_SESSION: "local\n"}))
    assert (seen.remote, seen.login_recorded) == (False, False)


def test_a_log_that_cannot_be_read_is_a_gap(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="our_session: journal could not be read: ended 1"):
        list(our_session(RecordedHost({OUR_SESSION: visit(tmp_path, status=1)})))
    with pytest.raises(NeedsRootError):
        list(our_session(RecordedHost({OUR_SESSION: NEEDS_ROOT})))
    with pytest.raises(FactError, match="is not what we asked for"):
        list(our_session(RecordedHost({OUR_SESSION: ""})))
