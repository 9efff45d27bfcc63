"""The batch in the shells and with the tools that hosts have: each answer is its own, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.host.answers import Answers, read
from collectors.host.batch import ASKING_SECONDS, program
from collectors.host.facts import Fact

NONCE = "0123456789abcdef" * 2
PATH = b"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin;"
GOOD = Fact("good", "echo all is well")


@dataclass(frozen=True)
class Shell:
    """A shell and the folder it finds its tools in, when those are not the system's."""

    command: tuple[str, ...]
    tools: Path | None = None

    def program(self, *facts: Fact) -> bytes:
        written = program(facts, NONCE, sudo=False)
        assert PATH in written
        return written.replace(PATH, f"PATH={self.tools};".encode()) if self.tools else written

    def run(self, written: bytes) -> bytes:
        done = subprocess.run(
            [*self.command, "-s"], input=written, stdout=subprocess.PIPE, check=False, timeout=30, cwd="/"
        )
        return done.stdout

    def ask(self, *facts: Fact) -> Answers:
        return read(self.run(self.program(*facts)), NONCE, facts)


@pytest.fixture(scope="module")
def applets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the tools of busybox in it."""
    if not shutil.which("busybox"):
        pytest.skip("busybox is not installed (tests/debian-packages.txt)")
    folder = tmp_path_factory.mktemp("applets")
    subprocess.run(["busybox", "--install", "-s", folder], check=True, timeout=30)
    return folder


@pytest.fixture(params=["dash", "bash", "busybox"])
def shell(request: pytest.FixtureRequest, applets: Path) -> Shell:
    if request.param == "busybox":
        return Shell((str(applets / "sh"),), applets)
    return Shell(("/bin/dash",) if request.param == "dash" else ("/bin/bash", "--posix"))


@pytest.fixture
def few_applets(applets: Path, tmp_path: Path) -> Path:
    """The same, from which a test takes something away."""
    folder = tmp_path / "few"
    shutil.copytree(applets, folder, symlinks=True)
    return folder


def gone(words: str) -> bool:
    """Whether soon no process has these words on its command line: who was sent a signal may still have to take it."""
    deadline = time.monotonic() + 3
    while any(words in line for line in command_lines()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def command_lines() -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            yield file.read_bytes().decode(errors="replace").replace("\0", " ")


def test_output_errors_and_status_are_told_apart(shell: Shell) -> None:
    answers = shell.ask(Fact("told", "echo out; echo err >&2; exit 3"), Fact("empty", ":"), GOOD)
    told, empty = answers.by_fact["told"], answers.by_fact["empty"]
    assert (told.output, told.error, told.status, told.truncated) == (b"out\n", "err", 3, False)
    assert (empty.output, empty.error, empty.status) == (b"", "", 0)
    assert answers.by_fact["good"].output == b"all is well\n"
    assert answers.principal
    assert answers.done
    assert not answers.outdated
    assert len(answers.clocks) == 2


def test_what_hangs_is_ended_with_all_it_started(shell: Shell) -> None:
    name = f"7{time.monotonic_ns() % 10**8}"
    answers = shell.ask(Fact("hangs", f"sleep {name} | sleep {name}; echo never", seconds=1), GOOD)
    assert answers.by_fact["hangs"].status == 124
    assert 900 <= answers.by_fact["hangs"].duration_ms < 5000
    assert answers.by_fact["good"].output == b"all is well\n"
    assert gone(f"sleep {name}")


def test_what_a_command_leaves_behind_is_ended_with_it(shell: Shell) -> None:
    name = f"8{time.monotonic_ns() % 10**8}"
    left = f"sleep {name} >/dev/null 2>&1 </dev/null & echo started"
    found = shell.ask(Fact("leaves", left)).by_fact["leaves"]
    assert (found.output, found.status) == (b"started\n", 0)
    assert found.duration_ms < 1000
    assert gone(f"sleep {name}")


def test_the_batch_stops_asking_when_its_time_is_up() -> None:
    shell = Shell(("/bin/sh",))
    facts = (Fact("slow", "sleep 30", seconds=20), GOOD)
    written = shell.program(*facts)
    hurried = written.replace(f"{ASKING_SECONDS} * 100".encode(), b"1 * 105")
    assert hurried != written
    answers = read(shell.run(hurried), NONCE, facts)
    assert answers.by_fact["slow"].status == 124
    assert "good" not in answers.by_fact
    assert not answers.done


def test_nobody_needs_to_know_how_long_the_host_is_up(shell: Shell) -> None:
    written = shell.program(GOOD)
    answers = read(shell.run(written.replace(b"/proc/uptime", b"/proc/no-such")), NONCE, (GOOD,))
    assert answers.by_fact["good"].output == b"all is well\n"
    assert answers.done


def test_a_host_without_dd_sends_what_it_has(few_applets: Path) -> None:
    (few_applets / "dd").unlink()
    shell = Shell((str(few_applets / "sh"),), few_applets)
    assert shell.ask(GOOD).by_fact["good"].output == b"all is well\n"


@pytest.mark.parametrize("tool", ["setsid", "head"])
def test_a_host_that_cannot_be_asked_safely_is_not_asked(few_applets: Path, tool: str) -> None:
    (few_applets / tool).unlink()
    answers = Shell((str(few_applets / "sh"),), few_applets).ask(GOOD)
    assert answers.lacks == tool
    assert answers.principal
    assert not answers.by_fact


def test_answers_travel_in_few_writes() -> None:
    """Each write to a socket that keeps messages apart arrives as one."""
    facts = tuple(Fact(f"fact_{number}", "echo some words to fill a line with") for number in range(30))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    with ours:
        with theirs:
            subprocess.run(
                ["/bin/sh", "-s"],
                input=program(facts, NONCE, sudo=False),
                stdout=theirs.fileno(),
                check=True,
                timeout=30,
            )
        messages = list(iter(lambda: ours.recv(1 << 17), b""))
    assert len(read(b"".join(messages), NONCE, facts).by_fact) == 30
    assert len(messages) <= 2


def test_nothing_is_written_on_the_host(tmp_path: Path) -> None:
    """Not even by shells for themselves: its temporary folder is where they would."""
    written = program((GOOD, Fact("reads", "while read -r line; do :; done </etc/passwd")), NONCE, sudo=False)
    subprocess.run(
        ["/bin/bash", "--posix", "-s"],
        input=written,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=30,
        cwd=tmp_path,
        env={"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "PATH": os.defpath},
    )
    assert not list(tmp_path.iterdir())
    assert b"<<" not in written


def test_a_section_that_was_cut_off_is_no_answer() -> None:
    output = Shell(("/bin/sh",)).run(program((GOOD, Fact("after", "echo x")), NONCE, sudo=False))
    cut = output[: output.index(b"END after")]
    answers = read(cut, NONCE, (GOOD, Fact("after", "echo x")))
    assert list(answers.by_fact) == ["good"]
    assert not answers.done


def test_an_answer_to_another_question_is_not_taken() -> None:
    asked, ours = Fact("fact", "echo old"), Fact("fact", "echo new")
    answers = read(Shell(("/bin/sh",)).run(program((asked, GOOD), NONCE, sudo=False)), NONCE, (ours, GOOD))
    assert answers.outdated == {"fact"}
    assert list(answers.by_fact) == ["good"]


def test_of_two_answers_the_first_counts_and_what_nobody_asked_is_dropped() -> None:
    output = Shell(("/bin/sh",)).run(program((GOOD, GOOD, Fact("more", "echo x")), NONCE, sudo=False))
    assert list(read(output, NONCE, (GOOD,)).by_fact) == ["good"]


@pytest.mark.parametrize("output", [b"", b"This account is not available.\n", b"\n" + NONCE.encode() + b" DONE\n"])
def test_what_is_not_framed_is_no_batch(output: bytes) -> None:
    answers = read(output, NONCE, (GOOD,))
    assert (answers.principal, answers.by_fact) == ("", {})
    assert answers.said == output.decode().strip().removeprefix(f"{NONCE} DONE")


def test_odd_lines_among_the_framing_are_no_answers() -> None:
    mark = f"\n{NONCE} ".encode()
    parts = (b"PRINCIPAL me\n", b"END good\n", b"WHAT\n", b"BEGIN good " + GOOD.digest.encode() + b"\nx")
    answers = read(
        b"".join(mark + part for part in (*parts, b"STATUS many\n", b"ERROR long\n", b"END good\n")), NONCE, (GOOD,)
    )
    assert (answers.by_fact["good"].status, answers.by_fact["good"].duration_ms) == (-1, 0)


@pytest.mark.parametrize("nonce", ["", "x" * 32, "0" * 31])
def test_a_bad_nonce_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="128 random bits"):
        program((GOOD,), nonce, sudo=False)
