"""The program that a key is pinned to: it answers what it knows and was asked, and runs nothing that it is sent."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from collectors.host import Settings
from collectors.host.answers import read
from collectors.host.batch import LONGEST_REQUEST, PINNED_PROGRAM, program, request
from collectors.host.facts import Fact
from collectors.host.permissions import pinned_program
from collectors.host.source import FactError, Host, UnansweredError
from collectors.host.ssh.source import Reach
from collectors.host.ssh.transport import SshTransport
from collectors.host.transport import Transport
from core.recording import recording
from runs.plugins import collectors_of
from tests.collectors.host.ssh.dialling import Network, a_way, hop
from tests.sshd import USER, Sshd, needs_sshd, public
from tests.twins import NOW

NONCE = "0123456789abcdef" * 2
ONE, TWO, REBOOT = Fact("one", "echo one"), Fact("two", "echo two"), Fact("reboot", "echo none is due")
NEWER = Fact("two", "echo two and more")
EVERY = [fact for each in collectors_of("host").values() for fact in each.permissions]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as a host has it."""
    file = tmp_path_factory.mktemp("libexec") / "annexa-facts"
    file.write_text(pinned_program((TWO, ONE, REBOOT)))
    file.chmod(0o755)
    return file


def run(file: Path, words: bytes) -> bytes:
    return subprocess.run([file], input=words, stdout=subprocess.PIPE, check=False, timeout=30).stdout


@pytest.mark.parametrize("shell", [["dash"], ["bash", "--posix"], ["busybox", "sh"]])
def test_it_answers_what_is_asked_of_what_it_knows(installed: Path, shell: list[str]) -> None:
    facts = (ONE, REBOOT, Fact("three", "echo three"))
    done = subprocess.run(
        [*shell, installed], input=request(facts, NONCE), stdout=subprocess.PIPE, check=True, timeout=30
    )
    answers = read(done.stdout, NONCE, facts)
    assert {name: answer.output for name, answer in answers.by_fact.items()} == {
        "one": b"one\n",
        "reboot": b"none is due\n",
    }
    assert answers.done


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"", "annexa: this key runs only"),
        (b"id\n", "annexa: this key runs only"),
        (b"# annexa-facts 2 " + NONCE.encode() + b" one\n", "annexa: this key runs only"),
        (b"# annexa-facts 1\n", "annexa: this is no request"),
        (b"# annexa-facts 1 $(id) one\n", "annexa: this is no request"),
        (b"# annexa-facts 1 " + b"0" * 31 + b" one\n", "annexa: this is no request"),
        (b"# annexa-facts 1 " + b"G" * 32 + b" one\n", "annexa: this is no request"),
        (program((ONE,), NONCE, sudo=True), "annexa: this key runs only"),
    ],
)
def test_what_is_no_request_is_refused_in_plain_words(installed: Path, words: bytes, said: str) -> None:
    assert run(installed, words).decode().startswith(said)


def test_names_are_names_and_nothing_else(installed: Path, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"
    names = f"* one;touch$IFS{spoiled} $(touch${{IFS}}{spoiled}) `touch {spoiled}` /etc/* two"
    answers = read(run(installed, f"# annexa-facts 1 {NONCE} {names}\n".encode()), NONCE, (ONE, TWO))
    assert list(answers.by_fact) == ["two"]
    assert not spoiled.exists()


def test_a_request_that_never_ends_is_cut_off(installed: Path) -> None:
    words = request((ONE,), NONCE) + b"x" * 10 * LONGEST_REQUEST
    assert list(read(run(installed, words), NONCE, (ONE,)).by_fact) == ["one"]


def test_every_fact_fits_into_a_request() -> None:
    assert len(request(EVERY, NONCE)) < LONGEST_REQUEST


def test_a_shell_that_gets_a_request_does_nothing() -> None:
    """As happens where the key is not pinned, contrary to the configuration. `reboot` is the name of a fact."""
    done = subprocess.run(["sh", "-s"], input=request(EVERY, NONCE), capture_output=True, check=True, timeout=30)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_what_is_printed_is_a_program_with_how_to_install_it() -> None:
    text = pinned_program(EVERY)
    assert text.startswith("#!/bin/sh\n#")
    assert f'restrict,command="{PINNED_PROGRAM}"' in text
    for shell in (["dash"], ["bash", "--posix"], ["busybox", "sh"]):
        subprocess.run([*shell, "-n"], input=text.encode(), check=True, timeout=10)
    assert pinned_program(reversed(EVERY)) == text  # so that two versions can be compared


def test_a_program_is_pinned_to_keys_only() -> None:
    with pytest.raises(ValueError, match="this very machine has none"):
        Settings(privilege="pinned")


@dataclass
class Saying:
    """A transport to a host that says this, whatever it is asked."""

    output: bytes
    endpoint: str = "somewhere"
    waited: float = 0.0

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        return self.output


@pytest.mark.parametrize(
    ("output", "reason", "hint"),
    [
        (b"", "ran something else than our questions; it said ''", "privilege: pinned"),
        (b"annexa: this key\n\x1b[2J", r"it said 'annexa: this key\\n\\x1b\[2J'", "privilege: pinned"),
        (b"token=abcdefghijklmnopqrstuvwx", r"it said 'token=\[redacted: token", "privilege: pinned"),
    ],
)
def test_what_answers_in_the_place_of_our_questions_is_shown(output: bytes, reason: str, hint: str) -> None:
    host = Host("web-1", Saying(output), (ONE,), clock=lambda: NOW)
    with pytest.raises(UnansweredError, match=reason) as caught:
        host.text(ONE)
    assert hint in caught.value.hint
    assert not caught.value.retryable


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A server where our key runs that program only."""
    found = Sshd(tmp_path_factory.mktemp("sshd"))
    line = f'restrict,command="{installed}" {public(found.user_key)}\n'
    (found.folder / "authorized_keys").write_text(line)
    yield found
    found.stop()


def over_ssh(server: Sshd, *facts: Fact, pinned: bool) -> tuple[dict[str, str], str]:
    """What each fact came to, and who we were."""
    with a_way(hop(server.port, USER, server.user_key, server.known_hosts)) as way:
        host = Host("web-1", way, facts, clock=lambda: NOW, pinned=pinned)
        found = {}
        for fact in facts:
            try:
                found[fact.name] = host.text(fact)
            except FactError as error:
                found[fact.name] = f"{error} ({error.hint})"
        return found, host.principal


@needs_sshd
def test_a_pinned_key_asks_over_ssh_and_an_older_program_leaves_gaps(server: Sshd) -> None:
    found, principal = over_ssh(server, ONE, NEWER, Fact("three", "echo three"), pinned=True)
    assert found["one"] == "one\n"
    for name in ("two", "three"):
        assert "does not ask this, or not as we do" in found[name]
        assert "annexa permissions host --format pinned" in found[name]
    assert principal == USER


@needs_sshd
def test_a_pinned_key_runs_no_program_of_ours(server: Sshd, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled"
    found, _ = over_ssh(server, Fact("one", f"touch {spoiled}"), pinned=False)
    assert "this key runs only" in found["one"]
    assert "set privilege: pinned" in found["one"]
    assert not spoiled.exists()


@needs_sshd
def test_what_a_pinned_key_is_good_for_is_that_program(server: Sshd) -> None:
    """Whatever a client asks for: another command, a terminal, or a way on to other hosts."""
    base = ["ssh", "-F", "/dev/null", "-i", str(server.user_key), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"]
    base += ["-o", f"UserKnownHostsFile={server.known_hosts}", "-p", str(server.port)]
    done = subprocess.run(
        [*base, f"{USER}@127.0.0.1", "id"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20
    )
    assert done.stdout.startswith(b"annexa: this key runs only")
    through = [*base, "-W", f"127.0.0.1:{server.port}", f"{USER}@127.0.0.1"]
    done = subprocess.run(through, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20)
    assert done.returncode == 255
    assert b"SSH-2.0" not in done.stdout


def test_answers_of_an_old_program_are_recorded_as_what_they_are(installed: Path) -> None:
    class Here:
        endpoint = "here"
        waited = 0.0

        def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
            return run(installed, program)

    host = Host("web-1", Here(), (NEWER,), clock=lambda: NOW, pinned=True)
    with recording() as recorder, pytest.raises(UnansweredError):
        host.text(NEWER)
    assert [each.status for each in recorder.exchanges] == ["outdated"]
    assert os.access(installed, os.X_OK)


def test_what_no_unit_will_use_is_not_asked(installed: Path) -> None:
    """Nor where the host is behind a way that has to be gone first."""

    made: list[Host] = []

    def make(transport: Transport) -> Host:
        made.append(Host("web-1", transport, (ONE, TWO), clock=lambda: NOW))
        return made[-1]

    host = make(Saying(b""))
    host.leave_out({TWO, REBOOT})
    assert host.asks == (ONE,)
    way = SshTransport((hop(22, USER, None, Path("known_hosts")),), Network(), problem="nowhere")
    reach = Reach("web-1", way, make, lambda: NOW)
    reach.leave_out({ONE})
    assert made[1].asks == (TWO,)
    list(reach.unfold((), ()))
    reach.leave_out({TWO})
    assert made[1].asks == (TWO,)
