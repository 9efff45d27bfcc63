"""A scan of 100,000 assets of Google Cloud: time, memory and calls, beside a bare loop that turns the same pages.

Run as `python -m benchmarks.gcp [--delay SECONDS] [--json]`. The inventory is the server of the tests in a process of
its own, which has every page ready as bytes; each way of looking is a process of its own as well, whose processor time
and peak memory are what the system says of it. The bare loop asks the same listings by the client library and throws
the pages away; `wrapped` is the library's own loop, which hands out each asset as the library wraps it. `collected`
looks and encodes; `scanned` also judges, seals and reports.

The server takes 0.3 s for each page, half of what the quota of a project leaves (100 listings a minute); with
`--delay 0` it answers at once, which no inventory does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import machine

ASSETS = 100_000
DELAY = 0.3
AIMS = {"times_bare": 1.5, "megabytes": 400.0}
MEGA = 1_000_000
WAYS = ("bare", "wrapped", "collected", "scanned")
SCOPE = "organizations/900"
PROJECTS = 500
PATTERNS = {
    "compute.googleapis.com/Instance": 2, "compute.googleapis.com/Disk": 2, "compute.googleapis.com/Firewall": 2,
    "storage.googleapis.com/Bucket": 2, "sqladmin.googleapis.com/Instance": 2, "secretmanager.googleapis.com/Secret": 2,
    "iam.googleapis.com/ServiceAccountKey": 4,
}  # fmt: skip
"""How many assets of the tests' estate stand for each type. It is said here, so that figures can be compared when the
estate grows."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took. `megabytes` is the most it held at once."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    calls: int


def main() -> None:
    """Measure each way of looking, against one server."""
    options = argparse.ArgumentParser(description="Measure a scan of Google Cloud.")
    options.add_argument("--json", action="store_true")
    options.add_argument("--delay", type=float, default=DELAY)
    options.add_argument("--assets", type=int, default=ASSETS)
    options.add_argument("--serve", action="store_true")
    options.add_argument("--way", choices=WAYS)
    options.add_argument("--address", default="")
    chosen = options.parse_args()
    if chosen.serve:
        _serve(chosen.assets, chosen.delay)
    elif chosen.way:
        _look(chosen.way, chosen.address)
    else:
        _report(_measure(chosen.assets, chosen.delay), as_json=chosen.json)


def _measure(assets: int, delay: float) -> dict[str, Cost]:
    command = [sys.executable, "-m", "benchmarks.gcp", "--serve", "--assets", str(assets), "--delay", str(delay)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip() if server.stdout else ""
        _run("bare", address)  # the server encodes each page when it is first asked for
        return {way: _run(way, address) for way in WAYS}
    finally:
        server.terminate()
        server.wait()


def _run(way: str, address: str) -> Cost:
    root = str(Path(__file__).parent.parent)
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder:
        environment = {**os.environ, "HOME": folder, "PYTHONPATH": root, "GRPC_VERBOSITY": "NONE"}
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.gcp", "--way", way, "--address", address], cwd=folder, env=environment
        )
        _, _, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = 0  # it was waited for above
        told = json.loads((Path(folder) / "told.json").read_text(encoding="utf-8"))
    cpu = used.ru_utime + used.ru_stime
    return Cost(round(seconds, 2), round(cpu, 2), round(told["bytes"] / MEGA, 1), told["calls"])


def _look(way: str, address: str) -> None:
    from tests.gcp_server import client_of  # noqa: PLC0415 - the server must not pay for the client

    calls = 0
    if way in ("bare", "wrapped"):
        calls = _turn_pages(client_of(address), each=way == "wrapped")
    else:
        calls = _scan(address, whole=way == "scanned")
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    most = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    Path("told.json").write_text(json.dumps({"bytes": most * 1024, "calls": calls}), encoding="utf-8")


def _turn_pages(client: Any, *, each: bool) -> int:
    from google.cloud.asset_v1 import ContentType, ListAssetsRequest  # noqa: PLC0415 - the server must not pay for it

    import collectors.gcp  # noqa: PLC0415 - the same
    from collectors.gcp.asking import Listing  # noqa: PLC0415 - the same
    from core.plugins import Collector, discover  # noqa: PLC0415 - the same

    calls = 0
    contents = {"RESOURCE": ContentType.RESOURCE, "IAM_POLICY": ContentType.IAM_POLICY}
    for collector in discover([collectors.gcp], Collector).values():
        for listing in (each for each in collector.permissions if isinstance(each, Listing)):
            request = ListAssetsRequest(
                parent=SCOPE, asset_types=listing.types, content_type=contents[listing.content], page_size=1000
            )
            for page in client.list_assets(request=request).pages:
                calls += 1
                if each:
                    for _ in page.assets:
                        pass
    return calls


def _scan(address: str, *, whole: bool) -> int:
    """Look at everything, one listing after the other as the bare loop does, or by a scan as it is."""
    from collectors.gcp import _client  # noqa: PLC0415 - the server must not pay for it
    from tests.gcp_server import client_of  # noqa: PLC0415 - the same

    _client.LiveLine._connected = lambda *_: client_of(address)  # type: ignore[method-assign] # noqa: SLF001 - no TLS here
    return _scanned() if whole else _collected()


def _collected() -> int:
    import collectors.gcp  # noqa: PLC0415 - the same
    from collectors.gcp.settings import Settings  # noqa: PLC0415 - the same
    from core.engine import collect  # noqa: PLC0415 - the same
    from core.plugins import Collector, discover  # noqa: PLC0415 - the same
    from core.source import Survey  # noqa: PLC0415 - the same
    from runs.clock import now  # noqa: PLC0415 - the same

    found = discover([collectors.gcp], Collector)
    (survey,) = collectors.gcp.open_sources([Settings(scope=SCOPE)], list(found.values()), now)
    if not isinstance(survey, Survey):
        raise TypeError("Google Cloud is surveyed first")
    first = collect(found["gcp.hierarchy.containers"], survey, version="0", clock=now)
    (place,) = survey.unfold(first.evidence, ())
    calls = len(first.unit.exchanges) - 1  # what the configuration says is no call
    for name, collector in found.items():
        if name != "gcp.hierarchy.containers":
            calls += len(collect(collector, place, version="0", clock=now).unit.exchanges)
    return calls


def _scanned() -> int:
    from core.engine import Collected  # noqa: PLC0415 - the same
    from core.settings import read_document  # noqa: PLC0415 - the same
    from evidence_store.store import Store  # noqa: PLC0415 - the same
    from runs.clock import now  # noqa: PLC0415 - the same
    from runs.configuration import read  # noqa: PLC0415 - the same
    from runs.scan import Progress, scan  # noqa: PLC0415 - the same
    from runs.selection import Wish  # noqa: PLC0415 - the same
    from runs.state import report  # noqa: PLC0415 - the same

    calls = 0

    def unit(collected: Collected) -> None:
        nonlocal calls
        calls += sum(each.operation != "configuration" for each in collected.unit.exchanges)

    document = read_document("config.yaml", f"sources: {{gcp: [{{scope: {SCOPE}}}]}}\n")
    configuration = read(document, dict(os.environ), Path.cwd())
    done = scan(configuration, Wish(), now, trigger="benchmark", progress=Progress(unit=unit))
    with Store.open(configuration.location) as store:
        report(configuration, store, now(), done=done)
    return calls


def _serve(assets: int, delay: float) -> None:
    from tests.gcp_server import Inventory, served  # noqa: PLC0415 - who looks must not pay for it

    class Ready(Inventory):
        """Every answer is kept as bytes once it was made."""

        def __init__(self) -> None:
            super().__init__(list(_population(assets)))
            self._pages: dict[bytes, bytes] = {}

        def list_assets(self, request: Any, context: Any) -> bytes:
            question = request.SerializeToString(deterministic=True)
            if question not in self._pages:
                self._pages[question] = super().list_assets(request, context)
            time.sleep(delay)
            return self._pages[question]

    shown = Ready()
    from tests.collectors.gcp import estate  # noqa: PLC0415 - the same

    shown.supported |= {each["assetType"] for each in estate.EVERYTHING}
    with served(shown) as address:
        print(address, flush=True)
        sys.stdin.read()


def _population(assets: int) -> Iterator[dict[str, Any]]:
    """Assets of the tests' estate, many times over: machines, disks, buckets, keys and policies in 500 projects."""
    from tests.collectors.gcp import estate  # noqa: PLC0415 - who looks must not pay for it

    patterns = [
        each
        for kind, most in PATTERNS.items()
        for each in [one for one in estate.EVERYTHING if "resource" in one and one["assetType"] == kind][:most]
    ]
    patterns += [each for each in estate.POLICIES if each["assetType"].endswith("/Bucket")]
    yield from (each for each in estate.HIERARCHY if "/projects/" not in each["name"])
    for number in range(PROJECTS):
        data = {"projectId": f"example-{number}", "lifecycleState": "ACTIVE"}
        yield estate.asset(
            f"{estate.MANAGER}/Project", f"projects/{number + 1000}", data, of=f"projects/{number + 1000}"
        )
    for number in range(assets - PROJECTS - 2):
        pattern = patterns[number % len(patterns)]
        ancestors = [f"projects/{1000 + number % PROJECTS}", *estate.ABOVE]
        yield {**pattern, "name": f"{pattern['name']}-{number}", "ancestors": ancestors}


def _report(costs: dict[str, Cost], *, as_json: bool) -> None:
    bare = costs["bare"]
    figures = {
        "times_bare": round(costs["collected"].seconds / bare.seconds, 2),
        "times_bare_scanned": round(costs["scanned"].seconds / bare.seconds, 2),
        "megabytes": costs["scanned"].megabytes,
        "calls_beyond_pages": costs["scanned"].calls - bare.calls,
    }
    if as_json:
        told = {name: asdict(cost) for name, cost in costs.items()}
        print(json.dumps({"machine": machine(), "costs": told, "figures": figures, "aims": AIMS}, indent=2))
        return
    for name, value in machine().items():
        print(f"  {name}: {value}")
    for name, cost in costs.items():
        print(f"{name}: {cost.seconds} s, {cost.cpu_seconds} s CPU, {cost.megabytes} MB, {cost.calls:,} calls")
    for name, figure in figures.items():
        print(f"{name}: {figure:,}{f' (aim: at most {AIMS[name]:,})' if name in AIMS else ''}")


if __name__ == "__main__":
    main()
