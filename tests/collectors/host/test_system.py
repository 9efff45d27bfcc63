"""The system, from recorded answers; and the questions other collectors share."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.host.facts import Answer, Fact
from collectors.host.source import FactError, NeedsRootError
from collectors.host.system import (
    CONTAINMENT,
    HYPERVISOR,
    IDENTITY,
    KERNEL,
    OS_RELEASE,
    PROCESSES,
    SYSTEMD,
    TIMERS,
    files,
    parse_boot,
    parse_containment,
    parse_hypervisor,
    parse_release,
    print_files,
    print_lines,
    print_times,
    running,
    started_by,
    system,
    times,
)
from core.resources.host.system import System
from tests.twins import NEEDS_ROOT, RecordedHost

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'
OWN_KERNEL = "pid:[4026531836]\nuts:[4026531838]\n"
STAT = "cpu  1 2 3\nbtime 1767225600\nprocesses 7\n"
SOME = Fact("some", "true")


def test_a_machine() -> None:
    host = RecordedHost(
        {
            OS_RELEASE: DEBIAN,
            KERNEL: "6.1.0-18-amd64 x86_64\nsystemd\n" + STAT,
            IDENTITY: f"{'ab' * 32}  -\n",
            SYSTEMD: "yes\n",
            CONTAINMENT: OWN_KERNEL,
            HYPERVISOR: "/sys/class/dmi/id/sys_vendor: QEMU\n",
        }
    )
    (seen,) = system(host)
    assert isinstance(seen, System)
    assert (seen.name, seen.distribution, seen.release) == ("Debian GNU/Linux 12 (bookworm)", "debian", "12")
    assert (seen.kernel, seen.architecture, seen.first_process) == ("6.1.0-18-amd64", "x86_64", "systemd")
    assert (seen.container, seen.hypervisor, seen.systemd_runs) == ("", "QEMU", True)
    assert seen.identity == "ab" * 32
    assert seen.booted_at == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  -\n",
        "b1f1319607d3ec9e0bf8c817dffcb1cd9a9b81f588760bada66755561a65d697  -\n",
    ],
)
def test_a_bare_image_has_no_identity(digest: str) -> None:
    host = RecordedHost(
        {OS_RELEASE: "", KERNEL: "", IDENTITY: digest, SYSTEMD: "no\n", CONTAINMENT: OWN_KERNEL, HYPERVISOR: ""}
    )
    (seen,) = system(host)
    assert isinstance(seen, System)
    assert (seen.identity, seen.name, seen.distribution, seen.release) == ("", "Linux", "linux", "")
    assert not hasattr(seen, "no_such_field")
    with pytest.raises(Exception, match="btime"):
        assert seen.booted_at


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (OWN_KERNEL, ""),
        # A virtual machine made from a container's image keeps the marker, and has a kernel of its own.
        (OWN_KERNEL + "named docker\n", ""),
        ("pid:[4026532201]\nuts:[4026532199]\nnamed docker\n", "docker"),
        ("pid:[4026532201]\nuts:[4026532199]\n", "unnamed"),
        # docker run --pid=host
        ("pid:[4026531836]\nuts:[4026532199]\nnamed podman\n", "podman"),
        # a service with ProtectHostname=yes is no container
        ("pid:[4026531836]\nuts:[4026532199]\n", ""),
    ],
)
def test_a_container_is_known_by_its_namespaces(text: str, name: str) -> None:
    assert parse_containment(text) == name


def test_what_does_not_tell_is_no_answer() -> None:
    with pytest.raises(FactError, match="namespaces"):
        parse_containment("named docker\n")
    with pytest.raises(FactError, match="btime"):
        parse_boot("cpu 1")


def test_release_is_quoted_like_a_shell() -> None:
    assert parse_release("ID='alpine'\n# A=1\nVERSION_ID=3.22.1\nBAD=\"open\nlower=1\n") == {
        "ID": "alpine",
        "VERSION_ID": "3.22.1",
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("cpu: hypervisor\n", "unnamed"),
        ("/sys/class/dmi/id/sys_vendor: Dell Inc.\n/sys/class/dmi/id/product_name: PowerEdge R640\n", ""),
        ("/sys/class/dmi/id/sys_vendor: Amazon EC2\n/sys/class/dmi/id/product_name: m5.large\n", "Amazon EC2 m5.large"),
    ],
)
def test_hypervisors(text: str, name: str) -> None:
    assert parse_hypervisor(text) == name


def test_programs_are_known_by_fifteen_characters() -> None:
    host = RecordedHost({PROCESSES: "systemd\nsystemd-journal\nsystemd-timesyn\ncron\n"})
    assert running(host, ("systemd-journald", "rsyslogd")) == ("systemd-journald",)
    assert running(host, {"systemd-timesyn": "systemd-timesyncd"}) == ("systemd-timesyncd",)


def test_hidden_processes_are_no_empty_list() -> None:
    host = RecordedHost({PROCESSES: Answer(b"", "cat: /proc/1/comm: No such file or directory", 1)})
    with pytest.raises(FactError):
        running(host, ("cron",))


def run(command: str) -> Answer:
    """What a fact's command says here, as the batch would run it."""
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, check=False, env={"LC_ALL": "C", "PATH": "/bin:/usr/bin"}
    )
    return Answer(done.stdout, done.stderr.decode().strip(), done.returncode)


def test_files_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a line\nbreak.conf").write_bytes(b"one\xff\ntwo")
    (tmp_path / "b.conf").write_text("three\n")
    (tmp_path / "other").write_text("not asked for")
    answer = run(print_files(f"{tmp_path}/*.conf", f"{tmp_path}/absent"))
    assert files(RecordedHost({SOME: answer}), SOME) == {
        f"{tmp_path}/a line\nbreak.conf": "one\\xff\ntwo",
        f"{tmp_path}/b.conf": "three\n",
    }


def test_lines_can_be_withheld(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("target=x\n  pwd=geheim\nlast")
    answer = run(print_lines(f"{tmp_path}/*.conf", unless="*pwd*"))
    assert b"geheim" not in answer.output
    assert files(RecordedHost({SOME: answer}), SOME)[f"{tmp_path}/a.conf"] == "target=x\n# withheld\nlast\n"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", "cat: /etc/x: Permission denied", 1),
        Answer(b"/etc/x\0bin\0ary\0", "", 0),
        Answer(b"/etc/x\0cut off", "", 0),
        Answer(b"", "", 2),
        NEEDS_ROOT,
    ],
)
def test_unread_files_are_no_empty_answer(answer: Answer) -> None:
    with pytest.raises(FactError) as caught:
        files(RecordedHost({SOME: answer}), SOME)
    assert isinstance(caught.value, NeedsRootError) == (answer is NEEDS_ROOT)


def test_times(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    answer = run(print_times(f"{tmp_path}/here", f"{tmp_path}/absent"))
    assert answer.status == 1
    assert list(times(RecordedHost({SOME: answer}), SOME)) == [f"{tmp_path}/here"]
    denied = Answer(b"", "stat: cannot statx '/x/y': Permission denied", 1)
    with pytest.raises(FactError, match="Permission denied"):
        times(RecordedHost({SOME: denied}), SOME)


LOGROTATE = "/etc/cron.daily/logrotate"
TIMER = "/lib/systemd/system/logrotate.timer"
LINK = "/etc/systemd/system/timers.target.wants/logrotate.timer"


@pytest.mark.parametrize(
    ("there", "systemd", "state", "by"),
    [
        ((LOGROTATE, TIMER, LINK), "yes", "active", "systemd"),
        ((LOGROTATE, TIMER, LINK), "yes", "inactive", ""),  # masked: the link stays, and the job leaves it to the timer
        ((LOGROTATE, TIMER), "yes", "active", ""),
        ((LOGROTATE, TIMER, LINK), "no", "active", "cron"),
        ((LOGROTATE,), "yes", "active", "cron"),
        ((), "yes", "active", ""),
    ],
)
def test_what_starts_a_program(there: tuple[str, ...], systemd: str, state: str, by: str) -> None:
    timers = f"Id=logrotate.timer\nActiveState={state}\n"
    assert started_by(RecordedHost({SYSTEMD: systemd, TIMERS: timers, PROCESSES: "cron\n"}), there) == by


@pytest.mark.parametrize("said", ["cannot statx '{}'", "cannot stat '{}'", "can't stat '{}'"])
def test_a_closed_folder_of_cron_matters_only_where_cron_does_the_work(said: str) -> None:
    """CIS asks to close these folders to all but root; who is not root may ask systemd all the same."""
    hidden = Answer(b"1700000000 /usr/sbin/logrotate\0", f"stat: {said.format(LOGROTATE)}: Permission denied", 1)
    there = times(RecordedHost({SOME: hidden}), SOME)
    assert list(there) == ["/usr/sbin/logrotate"]
    with pytest.raises(FactError, match=r"we may not look whether there is a /etc/cron\.daily/logrotate"):
        started_by(RecordedHost({SYSTEMD: "yes"}), there)
    timer = Answer(f"1 {TIMER}\0001 {LINK}\000".encode(), hidden.error, 1)
    host = RecordedHost({SOME: timer, SYSTEMD: "yes", TIMERS: "Id=logrotate.timer\nActiveState=active\n"})
    assert started_by(host, times(host, SOME)) == "systemd"


def test_timers_that_cannot_be_asked_start_nothing_that_we_know() -> None:
    for said in (Answer(b"", "Failed to connect to bus", 1), "garbage\n"):
        with pytest.raises(FactError):
            started_by(RecordedHost({SYSTEMD: "yes", TIMERS: said}), (TIMER, LINK))


@pytest.mark.parametrize(
    "said", [b"", b"garbage\0", Answer(b"", "stat: cannot statx '/x': Permission denied", 1), Answer(b"", "", 1)]
)
def test_times_that_are_none_are_no_answer(said: bytes | Answer) -> None:
    fact = Fact("times", "stat")
    with pytest.raises(FactError):
        times(RecordedHost({fact: said}), fact)
