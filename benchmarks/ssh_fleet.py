"""Hosts over SSH: our way of asking them beside one process of OpenSSH's client for each, with the same batch.

Run as `python -m benchmarks.ssh_fleet [--json]`. The servers are real ones on loopback, so that they and their commands
share the processors with us: hosts a minute say little elsewhere, their ratio and our own processor time say more. Each
figure comes from a process of its own.
"""

from __future__ import annotations

import json
import random
import resource
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine
from benchmarks.ssh_servers import Servers, full, servers, silent, user

AT_ONCE = 32
SERVERS = 8
FULL, EMPTY = 32, 256
"""Hosts that are asked the full batch, and an empty one."""
OTHERS = 5_000
"""Addresses that hang or are silent, among which as many reachable hosts as there are servers stand at random."""
MEGA = 1_000_000
EMPTY_ONES = ("ours, empty", "OpenSSH, empty")
ROUNDS = 2
NOTHING = b"echo\n"


def main() -> None:
    """Measure in processes of their own, or be one of them."""
    match sys.argv[1:]:
        case ["--part", name, folder, *ports]:
            place = Servers(Path(folder), tuple(map(int, ports)))
            print(json.dumps(PARTS[name](place)))
        case arguments:
            _report(_measure(), as_json="--json" in arguments)


def _measure() -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder, servers(Path(folder), SERVERS) as place:
        found: dict[str, dict[str, float]] = {}
        for name in (*EMPTY_ONES * ROUNDS, *PARTS):  # in turns, so that other work on this machine hits both alike
            now = _apart(name, place)
            if name not in found or now.get("a minute", 0) > found[name]["a minute"]:
                found[name] = now
        return found


def _apart(name: str, place: Servers) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ssh_fleet", "--part", name, str(place.folder), *map(str, place.ports)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=900)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _ours(place: Servers, *, alike: bool = False) -> dict[str, float]:
    """Reach hosts as a scan does, 32 at once, and ask each every fact that there is. All are this machine: unless
    hosts are to be alike, what one of them said is not known again when the next one says it."""
    from core import redaction  # noqa: PLC0415 - OpenSSH's part must not pay for it
    from core.engine import collect  # noqa: PLC0415
    from runs.clock import now  # noqa: PLC0415

    if not alike:
        remembering: Any = redaction.CLEAN
        remembering.digest = lambda _text: b""
    connection, reaches, _ = _ways(_members(place, FULL), place, facts=_facts())

    def reach(one: Any) -> int:
        seen = collect(connection, one, version="", clock=now)
        (host,) = one.unfold(seen.evidence, ())
        if seen.unit.gaps or not host.ask():
            raise SystemExit(f"error: {seen.unit.gaps or 'no answer'}")
        return len(host.asks)

    reach(reaches.pop())  # what the first one pays for all: imports, keys
    with _reading_is_timed() as reading:
        found = _timed(lambda: _at_once(reach, reaches))
    return {
        "facts": min(found.pop("results")),
        **found,
        "of_which_masking_cpu_ms": round(sum(reading) / len(reaches) * 1000, 1),
    }


def _ours_empty(place: Servers) -> dict[str, float]:
    """Connect, log in, run a shell that does nothing, and hang up."""
    _, _, transports = _ways(_members(place, EMPTY), place, facts=())

    def run(transport: Any) -> int:
        return len(transport.run(NOTHING, seconds=60, limit=1_000))

    run(transports.pop())
    found = _timed(lambda: _at_once(run, transports))
    return {"bytes": max(found.pop("results")), **found}


def _openssh(place: Servers, hosts: int, asking: bytes) -> dict[str, float]:
    """The same with a process of OpenSSH's client for each host."""
    options = {"UserKnownHostsFile": place.known_hosts, "IdentitiesOnly": "yes", "BatchMode": "yes"}
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]

    def ask(number: int) -> int:
        port = str(place.ports[number % len(place.ports)])
        command = ["ssh", "-T", "-F", "/dev/null", *words, "-i", str(place.key), "-p", port, f"{user()}@127.0.0.1"]
        done = subprocess.run([*command, "sh -s"], input=asking, stdout=subprocess.PIPE, check=True, timeout=300)
        return len(done.stdout)

    found = _timed(lambda: _at_once(ask, range(hosts)))
    return {"bytes": max(found.pop("results")), **found}


def _openssh_full(place: Servers) -> dict[str, float]:
    from collectors.host.batch import program  # noqa: PLC0415 - the other part must not pay for it

    return _openssh(place, FULL // 4, program(_facts(), secrets.token_hex(16), sudo=False))


@contextmanager
def _reading_is_timed() -> Iterator[list[float]]:
    """Processor seconds of each thread in which answers are taken apart, and secrets in them masked."""
    from collectors.host import source  # noqa: PLC0415 - OpenSSH's part must not pay for it

    asking: Any = source  # the name is that module's own
    spent: list[float] = []
    read = asking.read

    def timed(*arguments: Any) -> Any:
        begun = time.thread_time()
        answers = read(*arguments)
        spent.append(time.thread_time() - begun)
        return answers

    asking.read = timed
    try:
        yield spent
    finally:
        asking.read = read


def _among_others(place: Servers) -> dict[str, float]:
    """Reachable hosts at random places among thousands that are silent or full, through the same queue as a scan's."""
    from core.engine import Collected  # noqa: PLC0415
    from runs.clock import now  # noqa: PLC0415
    from runs.collection import Collection, Limits, Task  # noqa: PLC0415

    found: dict[str, float] = {}
    with silent() as quiet, full() as closed:
        for others in (0, OTHERS):
            members = [
                {"name": f"other-{n}", "address": f"127.{n // 65_000 + 1}.{n // 250 % 250}.{n % 250 + 1}", "port": port}
                for n, port in zip(range(others), (quiet, closed) * (others // 2), strict=True)
            ]
            members += [{"name": f"host-{n}", "port": port} for n, port in enumerate(place.ports)]
            random.Random(1).shuffle(members)
            connection, reaches, _ = _ways(members, place, facts=())
            answered: list[float] = []

            def heard(collected: Collected, answered: list[float] = answered) -> None:
                if not collected.unit.gaps:
                    answered.append(time.perf_counter())

            begun = time.perf_counter()
            tasks = [Task(connection, target, "") for each in reaches for target in each.targets(connection.source)]
            with _watching() as most:
                for _ in Collection(tasks, Limits(AT_ONCE, 120), now, heard).run():
                    pass
            if len(answered) != len(place.ports):
                raise SystemExit(f"error: {len(answered)} of {len(place.ports)} reachable hosts answered")
            which = "with others" if others else "alone"
            found[f"{which}: seconds until the last reachable host"] = round(max(answered) - begun, 2)
            found[f"{which}: seconds in all"] = round(time.perf_counter() - begun, 2)
            found |= {f"{which}: {name}": value for name, value in most.items()}
    found["megabytes"] = _peak()
    return found


PARTS: dict[str, Callable[[Servers], dict[str, float]]] = {
    "ours, empty": _ours_empty,
    "OpenSSH, empty": lambda place: _openssh(place, EMPTY // 2, NOTHING),
    "ours, full": _ours,
    "ours, full, alike": lambda place: _ours(place, alike=True),
    "OpenSSH, full": _openssh_full,
    "among others": _among_others,
}


def _facts() -> list[Any]:
    from collectors.host.permissions import named  # noqa: PLC0415
    from runs.plugins import collectors_of  # noqa: PLC0415

    return named(fact for each in collectors_of("host").values() for fact in each.permissions)


def _members(place: Servers, hosts: int) -> list[dict[str, Any]]:
    return [{"name": f"host-{n}", "port": place.ports[n % len(place.ports)]} for n in range(hosts)]


def _ways(
    members: Sequence[dict[str, Any]], place: Servers, *, facts: Sequence[Any]
) -> tuple[Any, list[Any], list[Any]]:
    """The collector that reaches hosts, the way to each of these, and its bare transport."""
    from collectors.host.settings import Settings  # noqa: PLC0415 - as above
    from collectors.host.source import Host  # noqa: PLC0415
    from collectors.host.ssh.opening import Networks, open_hosts  # noqa: PLC0415
    from collectors.host.ssh.source import connection  # noqa: PLC0415
    from runs.clock import now  # noqa: PLC0415

    transports: list[Any] = []

    def make(member: Any, transport: Any) -> Host:
        transports.append(transport)
        return Host(member.name, transport, facts, clock=now)

    common = {
        "transport": "ssh",
        "address": "127.0.0.1",
        "user": user(),
        "key": str(place.key),
        "known_hosts": [str(place.known_hosts)],
    }
    networks = Networks(now)
    reaches = [way for member in members for way in open_hosts(Settings(**{**common, **member}), networks, make, now)]
    return connection, reaches, transports


def _at_once(work: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, items))


def _timed(work: Callable[[], list[Any]]) -> dict[str, Any]:
    """How long it took, and what processor time for each item in this process and its children."""
    before = _processor()
    begun = time.perf_counter()
    results = work()
    seconds = time.perf_counter() - begun
    return {
        "results": results,
        "a minute": round(len(results) / seconds * 60),
        "cpu_ms": round((_processor() - before) / len(results) * 1000, 1),
        "megabytes": _peak(),
    }


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGA, 1)


@contextmanager
def _watching() -> Iterator[dict[str, float]]:
    """The most threads and open files that this process has meanwhile."""
    most = {"threads": 0.0, "files": 0.0}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            most["threads"] = max(most["threads"], threading.active_count())
            most["files"] = max(most["files"], len(list(Path("/proc/self/fd").iterdir())))

    watcher = threading.Thread(target=watch)
    with ExitStack() as stack:
        stack.callback(watcher.join)
        stack.callback(over.set)
        watcher.start()
        yield most


def _report(found: dict[str, dict[str, float]], *, as_json: bool) -> None:
    ours, whole, others = found["ours, empty"], found["ours, full"], found["among others"]
    aims = [
        (
            "our processor time for a host, full batch, but for masking",
            whole["cpu_ms"] - whole["of_which_masking_cpu_ms"],
            "ms",
            "at most 30",
        ),
        ("the same with masking", whole["cpu_ms"], "ms", "at most 30"),
        ("the same where hosts are alike", found["ours, full, alike"]["cpu_ms"], "ms", ""),
        (
            "hosts a minute with an empty batch",
            ours["a minute"] / found["OpenSSH, empty"]["a minute"],
            "times OpenSSH's client",
            "at least 3",
        ),
        ("memory with 32 hosts at once, full batch", whole["megabytes"], "MB", "at most 150"),
        (
            "until the last reachable host among 5,000 others",
            others["with others: seconds until the last reachable host"],
            "s",
            "",
        ),
        ("threads at most meanwhile", others["with others: threads"], "", ""),
        ("open files at most meanwhile", others["with others: files"], "", ""),
        ("memory at most meanwhile", others["megabytes"], "MB", ""),
    ]
    if as_json:
        listed = [{"name": n, "value": round(v, 2), "unit": u, "aim": a} for n, v, u, a in aims]
        print(json.dumps({"benchmark": "ssh fleet", "machine": machine(), "figures": listed, "parts": found}, indent=2))
        return
    print("Hosts over SSH")
    for name, said in machine().items():
        print(f"  {name}: {said}")
    for name, value, unit, aim in aims:
        print(f"{name}: {value:,.1f} {unit}{f'  (aim: {aim})' if aim else ''}".rstrip())


if __name__ == "__main__":
    main()
