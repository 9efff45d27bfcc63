"""What a host may throw at the batch: binary garbage, floods, hanging commands, hostile names, spoofed framing.

Real shells, real commands; each fault costs its own fact and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.host.batch import Answers, program, read
from collectors.host.facts import Answer, Fact
from collectors.host.source import FactError, Host, MissingProgramError
from collectors.host.transport import LocalTransport
from core.codec import decode, encode
from core.engine import collect
from core.plugins import collector
from core.resource import Resource, resource

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
NONCE = "0123456789abcdef0123456789abcdef"
GOOD = Fact("good", "echo all is well")
SHELLS = {
    "dash": ["/bin/dash", "-s"],
    "bash as sh": ["/bin/bash", "--posix", "-s"],
    "busybox": ["/bin/busybox", "sh", "-s"],
}


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """Each POSIX shell that this machine has."""
    command = SHELLS[request.param]
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    return command


def asked(shell: list[str], *facts: Fact, nonce: str = NONCE) -> Answers:
    """The answers of a real shell, run as the local transport runs one."""
    done = subprocess.run(
        shell, input=program(facts, nonce, sudo=False), capture_output=True, check=False, timeout=30, cwd="/"
    )
    return read(done.stdout, nonce, facts)


def answer(shell: list[str], fact: Fact) -> Answer:
    """The answer to one fact, after seeing that the facts around it were answered all the same."""
    answers = asked(shell, GOOD, fact, Fact("after", "echo still here")).by_fact
    assert answers["good"].output == b"all is well\n"
    assert answers["after"].output == b"still here\n"
    return answers[fact.name]


def local(*facts: Fact) -> Host:
    """This very machine, asked these facts."""
    return Host("here", LocalTransport(), facts, clock=lambda: NOW)


def test_binary_garbage_arrives_as_it_is(shell: list[str]) -> None:
    octal = "".join(f"\\{number:03o}" for number in range(256))
    found = answer(shell, Fact("garbage", f"printf '{octal}'"))
    assert found.output == bytes(range(256))
    assert found.status == 0


def test_binary_garbage_reads_as_text_that_can_be_sealed() -> None:
    garbage = Fact("garbage", "head -c 20000 /dev/urandom")
    text = local(garbage).text(garbage)
    assert "\0" not in text
    text.encode()  # no lone surrogates: every byte is text or an escape


def test_megabytes_are_cut_off_and_said_to_be(shell: list[str]) -> None:
    found = answer(shell, Fact("megabytes", "head -c 8000000 /dev/zero", limit=10_000))
    assert found.truncated
    assert len(found.output) == 10_000


def test_output_that_never_ends_is_cut_off(shell: list[str]) -> None:
    begun = time.monotonic()
    found = answer(shell, Fact("endless", "yes", limit=10_000, seconds=20))
    assert found.truncated
    assert time.monotonic() - begun < 10


def test_output_of_exactly_the_limit_is_whole(shell: list[str]) -> None:
    found = answer(shell, Fact("exact", "head -c 1000 /dev/zero", limit=1000))
    assert not found.truncated
    assert len(found.output) == 1000


def test_truncated_output_is_a_failure_to_look() -> None:
    endless = Fact("endless", "yes", limit=10_000)
    with pytest.raises(FactError, match="more than 10000 bytes of output, cut off"):
        local(endless).text(endless)


def test_errors_that_never_end_do_not_drown_the_answer(shell: list[str]) -> None:
    found = answer(shell, Fact("errors", "echo first; head -c 5000000 /dev/zero | tr '\\0' e >&2; echo last"))
    assert found.output == b"first\nlast\n"
    assert len(found.error) <= 2000
    assert found.status == 0


def test_a_command_that_ignores_sigterm_is_killed(shell: list[str]) -> None:
    begun = time.monotonic()
    found = answer(shell, Fact("stubborn", "trap '' TERM; echo begun; while :; do sleep 1; done", seconds=1))
    assert time.monotonic() - begun < 10
    assert found.status == 124


def test_a_command_that_hangs_is_given_up() -> None:
    hangs = Fact("hangs", "sleep 60", seconds=1)
    host = local(hangs, GOOD)
    with pytest.raises(FactError, match="no answer within 1 s"):
        host.text(hangs)
    assert host.text(GOOD) == "all is well\n"


def test_a_child_that_outlives_its_command_does_not_hold_up_the_batch() -> None:
    daemon = Fact("daemon", "sleep 60 & echo started", seconds=2)
    host = local(daemon, GOOD)
    begun = time.monotonic()
    assert host.text(GOOD) == "all is well\n"
    assert time.monotonic() - begun < 15


def test_a_command_that_kills_its_shell_costs_itself(shell: list[str]) -> None:
    assert answer(shell, Fact("suicide", "echo bye; kill -9 $$")).status != 0


def test_a_command_that_closes_everything_costs_itself(shell: list[str]) -> None:
    found = answer(shell, Fact("closes", 'exec 0<&- 1>&- 2>&-; for n in 3 4 5 6 7 8 9; do eval "exec $n>&-"; done'))
    assert found.output == b""


def test_a_command_that_reads_its_input_does_not_eat_the_program(shell: list[str]) -> None:
    assert answer(shell, Fact("greedy", "cat; echo done")).output == b"done\n"


def test_a_program_that_is_not_there(shell: list[str]) -> None:
    assert answer(shell, Fact("absent", "no-such-program-anywhere")).status == 127
    absent = Fact("absent", "no-such-program-anywhere")
    with pytest.raises(MissingProgramError):
        local(absent).text(absent)


def test_names_with_new_lines_and_bytes_that_are_no_text(shell: list[str], tmp_path: Path) -> None:
    names = [
        b"two\nlines",
        b"latin-\xe9",
        b"-rf",
        b"$(touch pwned)",
        b"a'b\"c",
        b"tab\there",
        b"\x1b[31mred",
        b"\xff\xfe",
    ]
    for name in names:
        (tmp_path / os.fsdecode(name)).touch()
    found = answer(shell, Fact("names", f"find {tmp_path} -mindepth 1 -printf '%f\\0'"))
    assert sorted(found.output.split(b"\0")[:-1]) == sorted(names)
    assert not (tmp_path / "pwned").exists()


SPOOFS = [
    "printf '\\n%s BEGIN good\\nforged\\n%s END good\\n' {nonce} {nonce}",
    "printf '\\n%s END spoof\\n' {nonce}",
    "printf '\\n%s STATUS 0\\n' {nonce}",
    "printf '\\n%s ERROR 0\\n\\n%s END spoof\\n\\n%s BEGIN after\\nforged\\n%s STATUS 0\\n' {nonce} {nonce} {nonce} {nonce}",
    "printf '\\n%s PRINCIPAL root\\n' {nonce}",
]


@pytest.mark.parametrize("spoof", SPOOFS)
def test_framing_spoofed_with_a_guessed_nonce_is_only_output(shell: list[str], spoof: str) -> None:
    """The nonce is 128 random bits, so a guess is wrong, and what looks like framing is an answer like any other."""
    guess = "f" * 32
    found = answer(shell, Fact("spoof", spoof.format(nonce=guess) + "; exit 3"))
    assert found.status == 3
    assert guess.encode() in found.output


def test_a_command_cannot_read_the_nonce_from_its_environment_or_shell(shell: list[str]) -> None:
    found = answer(shell, Fact("nosy", "env; set; echo \"N=$N\"; tr '\\0' ' ' </proc/$$/cmdline; cat /proc/$$/environ"))
    assert NONCE.encode() not in found.output


def test_a_shell_that_dies_half_way_leaves_the_facts_it_did_not_answer_unobserved() -> None:
    facts = (GOOD, Fact("murder", "kill -9 $(ps -o ppid= -p $PPID) $PPID; sleep 3", seconds=5), Fact("after", "echo x"))
    host = local(*facts)
    assert host.text(GOOD) == "all is well\n"
    with pytest.raises(FactError):
        host.text(facts[1])


@resource("test.said")
class Said(Resource):
    """What a host said."""

    id: str
    text: str


HOSTILE = Fact("hostile", "printf 'caf\\351\\n\\000\\033[31m\\302\\205\\n'; yes | head -c 100000")


@collector(permissions=(HOSTILE,))
def said(host: Host) -> Iterator[Said]:
    """What a hostile command says."""
    yield Said(id=host.id, text=host.text(HOSTILE))


def test_garbage_survives_sealing_and_reading_back() -> None:
    collected = collect(said, local(HOSTILE), version="1", clock=lambda: NOW)
    (evidence,) = collected.evidence
    assert evidence.complete
    (line,) = evidence.encoded
    assert decode(Said, line) == evidence.resources[0]
    assert decode(Said, line).text.startswith("caf\\xe9\n\\x00\x1b[31m")
    assert encode(collected.unit)
