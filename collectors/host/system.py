"""What the host is, and the two questions that other subjects ask too: which programs run, and is it a container?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from core.plugins import collector
from core.resources.host.system import System

OS_RELEASE = Fact("system_release", "cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release")
KERNEL = Fact("system_kernel", "uname -rm && cat /proc/1/comm /proc/stat", limit=2_097_152)
# Hashed there: machine-id(5) asks not to show the plain value to others.
IDENTITY = Fact("system_identity", "if [ -e /etc/machine-id ]; then sha256sum </etc/machine-id; fi")
SYSTEMD = Fact("system_init", "if [ -d /run/systemd/system ]; then echo yes; else echo no; fi")
# The first namespaces have fixed numbers (linux/proc_ns.h): who is in them has the kernel for itself.
CONTAINMENT = Fact(
    "system_containment",
    """\
readlink /proc/self/ns/pid /proc/self/ns/uts || exit 1
if [ -r /run/systemd/container ]; then printf 'named '; cat /run/systemd/container; echo; fi
if [ -e /.dockerenv ]; then echo named docker; fi
if [ -e /run/.containerenv ]; then echo named podman; fi
if [ -e /var/run/secrets/kubernetes.io ]; then echo named kubernetes; fi
""",
)
HYPERVISOR = Fact(
    "system_hypervisor",
    """\
for f in /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name /sys/hypervisor/type; do
  if [ -r "$f" ]; then printf '%s: ' "$f"; cat "$f"; fi
done
while read -r line; do
  case $line in flags*\\ hypervisor*|Features*\\ hypervisor*) echo 'cpu: hypervisor'; break;; esac
done </proc/cpuinfo
""",
)
# Without /proc/1 the others are hidden too (hidepid), and "it does not run" could not be said.
PROCESSES = Fact("processes", "cat /proc/1/comm || exit 1\ncat /proc/[0-9]*/comm 2>/dev/null\n:", limit=2_097_152)
TIMERS = Fact(
    "timers", "systemctl show '*.timer' --property=Id,Unit,UnitFileState,ActiveState --no-pager", limit=1_048_576
)

HIDDEN_JOB = re.compile(r"stat: (?:cannot statx?|can't stat) '(/etc/(?:cron|periodic)[^']*)': Permission denied")
INITIAL_PID_NAMESPACE, INITIAL_UTS_NAMESPACE = "pid:[4026531836]", "uts:[4026531838]"
NOT_SET = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",  # empty
    "b1f1319607d3ec9e0bf8c817dffcb1cd9a9b81f588760bada66755561a65d697",  # the word "uninitialized"
}
VIRTUAL = re.compile(  # what hypervisors write into their firmware
    r"kvm|qemu|vmware|virtualbox|innotek|xen|bochs|bhyve|parallels|amazon ec2|google compute|hvm|microsoft.*virtual|"
    r"openstack|firecracker|cloud hypervisor|alibaba cloud ecs|hetzner.*vserver|digitalocean",
    re.IGNORECASE,
)


def print_files(*patterns: str) -> str:
    """Shell that prints path and content of each file, ended by NUL each: read it with `files`.

    A folder that may not be listed, or a file that may not be read, ends it with status 1: it is no empty answer.
    """
    return _each_file(patterns, 'cat "$f" || exit 1')


def print_lines(*patterns: str, unless: str) -> str:
    """The same, but lines that match a shell pattern stay on the host."""
    return _each_file(
        patterns,
        '[ -r "$f" ] || { echo "$f: Permission denied" >&2; exit 1; }\n'
        'while IFS= read -r line || [ -n "$line" ]; do case $line in '
        + unless
        + ") echo '# withheld';; *) printf '%s\\n' \"$line\";; esac; done <\"$f\"",
    )


def _each_file(patterns: tuple[str, ...], body: str) -> str:
    folders = " ".join(sorted({pattern.rpartition("/")[0] for pattern in patterns}))
    return (
        f'for d in {folders}; do [ ! -d "$d" ] || {{ [ -r "$d" ] && [ -x "$d" ]; }} || '
        '{ echo "$d: Permission denied" >&2; exit 1; }; done\n'
        f'for f in {" ".join(patterns)}; do [ -f "$f" ] || continue\n'
        f"printf '%s\\0' \"$f\"\n{body}\nprintf '\\0'; done"
    )


def print_times(*patterns: str) -> str:
    """Shell that prints modification time and path of each path that exists: read it with `times`."""
    return f"stat -L --printf '%Y %n\\0' {' '.join(patterns)}"


def files(host: Host, fact: Fact) -> dict[str, str]:
    """Text by path, from a fact made with `print_files`. Raises `FactError` when one could not be read."""
    answer = host.answer(fact)
    if answer.status:
        raise FactError(fact, f"{fact.name}: {answer.error or f'ended with status {answer.status}'}")
    *pieces, rest = answer.output.split(b"\0")
    if rest or len(pieces) % 2:
        raise FactError(fact, f"{fact.name}: a file holds NUL bytes, so it is no text")
    text = [piece.decode(errors="backslashreplace") for piece in pieces]
    return dict(zip(text[::2], text[1::2], strict=True))


class Times(dict[str, datetime]):
    """When each path was last modified. `hidden` are jobs of cron in folders that we may not enter, as CIS asks."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self.fact = fact
        self.hidden: list[str] = []


def times(host: Host, fact: Fact) -> Times:
    """When each path was last modified, from a fact made with `print_times`; absent paths are absent.

    Raises `FactError` when a path, but for a job of cron, may be there and could not be looked at.
    """
    answer = host.answer(fact)
    found = Times(fact)
    for line in answer.error.splitlines():
        if hidden := HIDDEN_JOB.fullmatch(line):
            found.hidden.append(hidden[1])
        elif not line.endswith("No such file or directory"):
            raise FactError(fact, f"{fact.name}: {line:.300}")
    if not (answer.output or answer.error):  # what is there is printed, what is not is an error
        raise FactError(fact, f"{fact.name}: stat said nothing about any of the paths")
    for piece in answer.output.split(b"\0")[:-1]:
        seconds, _, path = piece.decode(errors="backslashreplace").partition(" ")
        if not re.fullmatch(r"-?\d{1,11}", seconds):
            raise FactError(fact, f"{fact.name}: {seconds!r:.80} is no time")
        found[path] = datetime.fromtimestamp(int(seconds), UTC)
    return found


def running(host: Host, programs: Mapping[str, str] | Collection[str]) -> tuple[str, ...]:
    """Which of these programs run. Names are those of /proc/PID/comm, which has 15 characters; a mapping gives
    the full name. Raises `FactError` when the host hides processes from us."""
    seen = set(host.text(PROCESSES).splitlines())
    if not seen:
        raise FactError(PROCESSES, f"{PROCESSES.name}: not even the first process is there")
    names = programs if isinstance(programs, Mapping) else {name[:15]: name for name in programs}
    return tuple(sorted({full for name, full in names.items() if name in seen}))


def container(host: Host) -> str:
    """The container technology this host is under, or empty for a machine with a kernel of its own."""
    return parse_containment(host.text(CONTAINMENT))


def systemd_runs(host: Host) -> bool:
    """Whether systemd is the init; see sd_booted(3)."""
    said = host.text(SYSTEMD).strip()
    if said not in ("yes", "no"):
        raise FactError(SYSTEMD, f"{SYSTEMD.name}: {said!r:.80} is neither yes nor no")
    return said == "yes"


def started_by(host: Host, there: Collection[str]) -> str:
    """What starts a program: `systemd`, `cron`, or empty for nothing. `there` holds those paths that exist of its jobs
    for cron, its timers and the links that enable them.

    Packages that bring both leave the work to the timer wherever systemd runs. A masked timer is still linked: only
    one that systemd calls active starts anything. Raises `FactError` when it takes a look into folders of cron that
    are closed to us.
    """
    timers = {path.rpartition("/")[2]: path for path in sorted(there) if path.endswith(".timer")}
    if timers and systemd_runs(host):
        loaded = units(host.text(TIMERS))
        if not loaded:
            raise FactError(TIMERS, f"{TIMERS.name}: systemd names no timer, though there are some")
        active = {unit["Id"] for unit in loaded if unit.get("ActiveState") == "active"}
        enabled = {path.rpartition("/")[2] for path in there if ".wants/" in path}
        return "systemd" if enabled & active else ""
    in_cron = any(path.startswith(("/etc/cron", "/etc/periodic")) for path in there)
    if isinstance(there, Times) and there.hidden and not in_cron:
        raise FactError(there.fact, f"{there.fact.name}: we may not look whether there is a {there.hidden[0]}")
    return "cron" if in_cron and running(host, ("cron", "crond", "anacron")) else ""


def units(text: str) -> list[dict[str, str]]:
    """The units of `systemctl show`, each with its properties."""
    blocks = (dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.split("\n\n"))
    return [unit for unit in blocks if "Id" in unit]


def timer_paths(name: str) -> tuple[str, ...]:
    """Where a timer is, and what enables it."""
    return f"/lib/systemd/system/{name}", f"/etc/systemd/system/*.wants/{name}"


def parse_containment(text: str) -> str:
    """A marker file alone proves nothing: a machine can be made from a container's image and keep it.

    So a marker counts only when a namespace is not the kernel's first one.
    """
    lines = text.splitlines()
    if len(lines) < 2 or not lines[0].startswith("pid:") or not lines[1].startswith("uts:"):  # noqa: PLR2004 - two links
        raise FactError(CONTAINMENT, f"{CONTAINMENT.name}: the namespaces of this process are not told")
    names = [line.removeprefix("named ").strip() for line in lines[2:] if line.startswith("named ")]
    own_processes, own_name = lines[0] != INITIAL_PID_NAMESPACE, lines[1] != INITIAL_UTS_NAMESPACE
    if own_processes or (own_name and names):
        return names[0] if names else "unnamed"
    return ""


def parse_release(text: str) -> dict[str, str]:
    """The variables of os-release(5), which quotes like a shell."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            try:
                values[name] = "".join(shlex.split(value))
            except ValueError:
                continue  # an unbalanced quote: os-release(5) would not take it either
    return values


def parse_hypervisor(text: str) -> str:
    """Vendor and product when they are a hypervisor's, `unnamed` when only the processor says that there is one."""
    told = [value for _, _, value in (line.partition(": ") for line in text.splitlines()) if value]
    names = " ".join(value for value in told if value != "hypervisor")
    return names if VIRTUAL.search(names) else "unnamed" if "hypervisor" in told else ""


def parse_boot(text: str) -> datetime:
    """The moment of the boot. Raises `FactError` when the kernel does not tell it."""
    found = re.search(r"^btime (\d{1,12})$", text, re.MULTILINE)
    if not found:
        raise FactError(KERNEL, f"{KERNEL.name}: /proc/stat has no btime")
    return datetime.fromtimestamp(int(found[1]), UTC)


@collector(permissions=(OS_RELEASE, KERNEL, IDENTITY, SYSTEMD, CONTAINMENT, HYPERVISOR))
def system(host: Host) -> Iterator[System]:
    """The release of the operating system, the kernel, and whether the host is a container."""
    release = parse_release(host.text(OS_RELEASE))
    kernel = host.text(KERNEL)
    version, _, architecture = kernel.partition("\n")[0].partition(" ")
    digest = host.text(IDENTITY).partition(" ")[0]
    yield System(
        id=host.name,
        name=release.get("PRETTY_NAME", "Linux"),
        distribution=release.get("ID", "linux"),
        release=release.get("VERSION_ID", ""),
        codename=release.get("VERSION_CODENAME", ""),
        kernel=version,
        architecture=architecture,
        identity="" if digest in NOT_SET else digest,
        container=host.look(lambda: container(host)),
        hypervisor=host.look(lambda: parse_hypervisor(host.text(HYPERVISOR))),
        first_process=[*kernel.splitlines(), "", ""][1],
        systemd_runs=systemd_runs(host),
        booted_at=host.look(lambda: parse_boot(kernel)),
    )
