"""A scan of AWS: time, memory and calls, beside a bare loop that makes the same calls with the same concurrency.

Run as `python -m benchmarks.aws_scan [--json]`. AWS is moto's server in a process of its own, with the estate of
`aws_population.py`; each scan and each loop is a process of its own as well, and its processor time and peak memory are
what the system says of it. Imports, judging, sealing and the report are part of a scan.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.aws_population import HOME, REGIONS, populate
from benchmarks.aws_server import asked, forget, serving
from benchmarks.measuring import machine

AIMS = {"cpu_seconds": 10.0, "megabytes": 200.0, "calls": 3000.0, "times_bare": 1.5, "one_check_beyond": 2.0}
ONE_CHECK = "aws.kms.key_rotates"
CALLS, PEAK = "calls.json", "peak"
MEGA = 1_000_000
TOGETHER = 16
"""How many calls the bare loop makes at once: as many as units of one account run at once."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took. `megabytes` is the most it held at once, `calls` what the server counted."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    calls: int


def main() -> None:
    """Measure a scan with every check and one with a single check, each beside its bare loop."""
    match sys.argv[1:]:
        case ["--scan", *checks]:
            _scan(checks)
            _tell_peak()
        case ["--bare"]:
            _ask_all()
            _tell_peak()
        case arguments:
            _report(_measure(), as_json="--json" in arguments)


def _measure() -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    with serving() as address:
        populate(address)
        for name, checks in (("every check", ()), ("one check", (ONE_CHECK,))):
            with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
                found[name] = _run(address, Path(folder), "--scan", *checks)
                found[f"{name}, bare"] = _run(address, Path(folder), "--bare")
    return found


def _run(address: str, folder: Path, *arguments: str) -> Cost:
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, **pretended(address), "HOME": str(folder), "PYTHONPATH": root}
    forget(address)
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.aws_scan", *arguments], cwd=folder, env=environment)
    _, _, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = 0  # it was waited for above
    return Cost(
        round(seconds, 2),
        round(used.ru_utime + used.ru_stime, 2),
        round(int((folder / PEAK).read_text(encoding="utf-8")) / MEGA, 1),
        asked(address).total(),
    )


def pretended(address: str) -> dict[str, str]:
    """The environment in which a server is AWS. It is its own proxy, too: some operations put a name before the host's,
    which nobody could resolve."""
    return {
        "AWS_ENDPOINT_URL": address,
        "HTTP_PROXY": address,
        "http_proxy": address,
        "NO_PROXY": "",
        "no_proxy": "",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": HOME,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _scan(checks: list[str]) -> None:
    """Do what `annexa scan` does, and write down what was asked."""
    from core.engine import Collected  # noqa: PLC0415 - the bare loop must not pay for it
    from core.settings import read_document  # noqa: PLC0415
    from evidence_store.store import Store  # noqa: PLC0415
    from runs.clock import now  # noqa: PLC0415
    from runs.configuration import read  # noqa: PLC0415
    from runs.scan import Progress, scan  # noqa: PLC0415
    from runs.selection import Wish  # noqa: PLC0415
    from runs.state import report  # noqa: PLC0415

    calls: list[tuple[str, str, dict[str, str]]] = []
    seen: set[tuple[object, ...]] = set()

    def unit(collected: Collected) -> None:
        scope = collected.unit.scope if collected.unit.scope in REGIONS else HOME
        for each in collected.unit.exchanges:
            region = each.parameters.get("region", scope)
            one = (each.operation, region, frozenset(each.parameters.items()) - {("region", region)}, each.at)
            if ":" in each.operation and one not in seen:  # what units share is on record in each, and was sent once
                seen.add(one)
                calls.append((each.operation, region, dict(each.parameters)))

    document = read_document("config.yaml", f"sources: {{aws: [{{regions: [{', '.join(REGIONS)}]}}]}}\n")
    configuration = read(document, dict(os.environ), Path.cwd())
    done = scan(configuration, Wish(checks=tuple(checks)), now, trigger="benchmark", progress=Progress(unit=unit))
    with Store.open(configuration.location) as store:
        report(configuration, store, now(), done=done)
    Path(CALLS).write_text(json.dumps(calls), encoding="utf-8")


def _ask_all() -> None:
    """Ask what the scan asked, with clients as the SDK makes them, and throw the answers away."""
    import boto3  # noqa: PLC0415 - the scan must not pay for it
    from botocore import xform_name  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    calls = json.loads(Path(CALLS).read_text(encoding="utf-8"))
    session = boto3.Session()
    clients: dict[tuple[str, str], Any] = {}
    for operation, region, _ in calls:
        service: Any = operation.partition(":")[0]  # the stubs have a type for each
        if (service, region) not in clients:
            clients[service, region] = session.client(service, region_name=region)

    def ask(call: tuple[str, str, dict[str, str]]) -> None:
        service, _, operation = call[0].partition(":")
        client = clients[service, call[1]]
        members = client.meta.service_model.operation_model(operation).input_shape
        given = {
            name: value if members.members[name].type_name == "string" else json.loads(value)
            for name, value in call[2].items()
            if members is not None and name in members.members
        }
        with suppress(ClientError, BotoCoreError):
            getattr(client, xform_name(operation))(**given)

    with ThreadPoolExecutor(TOGETHER) as pool:
        list(pool.map(ask, calls))


def _tell_peak() -> None:
    """Write down how many bytes this process held at once. What its parent is told includes what the parent held."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    most = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    Path(PEAK).write_text(str(most * 1024), encoding="utf-8")


def _report(costs: dict[str, Cost], *, as_json: bool) -> None:
    whole, bare, one, one_bare = costs.values()
    against = {
        "cpu_seconds": whole.cpu_seconds,
        "megabytes": whole.megabytes,
        "calls": whole.calls,
        "times_bare": round(whole.seconds / bare.seconds, 2),
        "one_check_beyond": round(one.seconds - one_bare.seconds, 2),
    }
    if as_json:
        costs_as_json = {name: asdict(cost) for name, cost in costs.items()}
        print(json.dumps({"machine": machine(), "costs": costs_as_json, "figures": against, "aims": AIMS}, indent=2))
        return
    for name, value in machine().items():
        print(f"  {name}: {value}")
    for name, cost in costs.items():
        print(f"{name}: {cost.seconds} s, {cost.cpu_seconds} s CPU, {cost.megabytes} MB, {cost.calls:,} calls")
    for name, figure in against.items():
        print(f"{name}: {figure:,} (aim: at most {AIMS[name]:,})")


if __name__ == "__main__":
    main()
