from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from collectors.host.source import FactError
from collectors.host.sshd_arguments import SSHD_ARGUMENTS, sshd_daemon
from core.resources.host.sshd import SshdDaemon
from tests.twins import RecordedHost


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", SshdDaemon(id="web-1", running=False, own_file=False, given=())),
        ("running\n", SshdDaemon(id="web-1", running=True, own_file=False, given=())),
        ("running\nfile\n", SshdDaemon(id="web-1", running=True, own_file=True, given=())),
        (
            "running\noption MACs\noption Ciphers\nrunning\noption Ciphers\n",
            SshdDaemon(id="web-1", running=True, own_file=False, given=("ciphers", "macs")),
        ),
    ],
)
def test_what_a_daemon_was_given(said: str, expected: SshdDaemon) -> None:
    assert list(sshd_daemon(RecordedHost({SSHD_ARGUMENTS: f"{said}end\n"}))) == [expected]


def test_other_words_are_no_answer() -> None:
    for said in ("", "running\n", "option\nend\n"):
        with pytest.raises(FactError):
            list(sshd_daemon(RecordedHost({SSHD_ARGUMENTS: said})))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", "running\n"),
        (
            "sshd: /usr/sbin/sshd -D -o PermitRootLogin=yes -oCiphers=aes128-ctr [listener]",
            "running\noption PermitRootLogin\noption Ciphers\n",
        ),
        ("/usr/sbin/sshd -D -f /etc/other", "running\nfile\n"),
        ("sshd: bob@pts/0", ""),
    ],
)
def test_the_arguments_of_a_daemon_are_asked_of_the_kernel(title: str, said: str, tmp_path: Path) -> None:
    process = tmp_path / "42"
    process.mkdir()
    (process / "comm").write_text("sshd\n")
    (process / "cmdline").write_bytes(title.encode() + b"\0")
    command = SSHD_ARGUMENTS.command.replace("/proc/[0-9]", f"{tmp_path}/[0-9]")
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    assert done.stdout.decode() == f"{said}end\n"
