"""A scan of 100,000 resources of Azure: time, memory and calls, beside a bare loop that only pages and throws away.

Run as `python -m benchmarks.azure [--json]`. Azure is a server of our own in a process of its own, which has all pages
ready and keeps the documented quota of Resource Graph, 15 queries in 5 seconds: it is what a large tenant waits for.
With `--no-quota` it answers as fast as it can, which shows what we add. Scan and loop are processes of their own;
imports, judging, sealing and the report are part of a scan.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.measuring import machine

AIMS = {"times_bare": 1.5, "megabytes": 400.0, "calls_beyond_pages": 60.0}
SUBSCRIPTIONS = 20
PAGE, QUOTA, WINDOW_SECONDS = 1000, 15, 5.0
TYPES = {
    "microsoft.network/networkinterfaces": 50_000,
    "microsoft.network/publicipaddresses": 30_000,
    "microsoft.compute/disks": 10_000,
    "microsoft.compute/virtualmachines": 5_000,
    "microsoft.network/networksecuritygroups": 5_000,
}
"""How many there are of each type: 100,000, of which the last three are judged one by one."""
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
TENANT, US = "11111111-2222-3333-4444-555555555555", "99999999-aaaa-bbbb-cccc-dddddddddddd"
CLAIMS = base64.urlsafe_b64encode(json.dumps({"oid": US, "tid": TENANT}).encode()).rstrip(b"=").decode()
TOKEN = f"e30.{CLAIMS}.c2ln"
"""What a token looks like that says who looks."""
MEGA, TOO_MANY = 1_000_000, 429


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took. `megabytes` is the most it held at once, `calls` what the server counted."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    calls: int


def main() -> None:
    """Measure a scan and the bare loop."""
    arguments = sys.argv[1:]
    if "--serve" in arguments:
        _serve(quota="--no-quota" not in arguments)
    elif "--scan" in arguments:
        _scan()
        _tell_peak()
    elif "--bare" in arguments:
        _page_through()
        _tell_peak()
    else:
        _report(_measure("--no-quota" in arguments), as_json="--json" in arguments)


def _measure(no_quota: bool) -> tuple[Cost, Cost, int]:
    with tempfile.TemporaryDirectory(prefix="annexa-benchmark-") as folder, _serving(no_quota) as address:
        scan, bare = (_run(address, Path(folder), mode) for mode in ("--scan", "--bare"))
        queries = json.loads((Path(folder) / "queries.json").read_text(encoding="utf-8"))
        return scan, bare, sum(pages for _, pages in queries)


def _run(address: str, folder: Path, mode: str) -> Cost:
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "AZURE_RESOURCE_MANAGER_ENDPOINT": address, "HOME": str(folder), "PYTHONPATH": root}
    before = _asked(address)
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.azure", mode], cwd=folder, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = status
    return Cost(
        round(seconds, 1),
        round(used.ru_utime + used.ru_stime, 1),
        round(int((folder / "peak").read_text(encoding="utf-8")) / MEGA, 1),
        _asked(address) - before,
    )


def _scan() -> None:
    """Do what `annexa scan` does, and write down which queries took how many pages."""
    from azure.core.credentials import AccessToken  # noqa: PLC0415 - the bare loop must not pay for it

    from collectors.azure import _connection  # noqa: PLC0415
    from core.engine import Collected  # noqa: PLC0415
    from core.settings import read_document  # noqa: PLC0415
    from evidence_store.store import Store  # noqa: PLC0415
    from runs.clock import now  # noqa: PLC0415
    from runs.configuration import read  # noqa: PLC0415
    from runs.scan import Progress, scan  # noqa: PLC0415
    from runs.selection import Wish  # noqa: PLC0415
    from runs.state import report  # noqa: PLC0415

    class Somebody:
        def get_token(self, *_: str, **__: Any) -> AccessToken:
            return AccessToken(TOKEN, 4_102_444_800)

    vars(_connection)["credential"] = lambda _settings: Somebody()  # there is no authority to ask
    pages: Counter[str] = Counter()

    def unit(collected: Collected) -> None:
        for each in collected.unit.exchanges:
            if "query" in each.parameters:
                pages[json.dumps(dict(each.parameters))] += 1

    configuration = read(read_document("config.yaml", "sources: {azure: [{}]}\n"), dict(os.environ), Path.cwd())
    done = scan(configuration, Wish(), now, trigger="benchmark", progress=Progress(unit=unit))
    with Store.open(configuration.location) as store:
        shown = report(configuration, store, now(), done=done)
    if shown.gaps:
        raise SystemExit(f"the scan has gaps: {shown.gaps[0]}")
    Path("queries.json").write_text(json.dumps(list(pages.items())), encoding="utf-8")


def _page_through() -> None:
    """Ask the queries that the scan asked, page by page, and throw the rows away."""
    import requests  # noqa: PLC0415 - what azure-core sends with

    address = os.environ["AZURE_RESOURCE_MANAGER_ENDPOINT"]
    session = requests.Session()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for asked, _ in json.loads(Path("queries.json").read_text(encoding="utf-8")):
        token = ""
        while True:
            options = {"$top": PAGE} | ({"$skipToken": token} if token else {})
            body = {**json.loads(asked), "options": options}
            said = session.post(f"{address}{GRAPH}", json=body, headers=headers, timeout=60)
            if said.status_code == TOO_MANY:
                time.sleep(float(said.headers["Retry-After"]))
                continue
            token = said.json().get("$skipToken", "")
            if said.headers["x-ms-user-quota-remaining"] == "0":
                time.sleep(float(said.headers["x-ms-user-quota-resets-after"].rpartition(":")[2]))
            if not token:
                break


def _tell_peak() -> None:
    """Write down how many bytes this process held at once."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    most = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    Path("peak").write_text(str(most * 1024), encoding="utf-8")


def _report(measured: tuple[Cost, Cost, int], *, as_json: bool) -> None:
    scan, bare, pages = measured
    figures = {
        "times_bare": round(scan.seconds / bare.seconds, 2),
        "megabytes": scan.megabytes,
        "calls_beyond_pages": scan.calls - pages - SUBSCRIPTIONS * _calls_of_a_subscription(),
    }
    if as_json:
        costs = {"scan": asdict(scan), "bare": asdict(bare)}
        print(json.dumps({"machine": machine(), "costs": costs, "figures": figures, "aims": AIMS}, indent=2))
        return
    for name, value in machine().items():
        print(f"  {name}: {value}")
    for title, cost in (("scan", scan), ("bare", bare)):
        print(f"{title}: {cost.seconds} s, {cost.cpu_seconds} s CPU, {cost.megabytes} MB, {cost.calls:,} calls")
    for name, figure in figures.items():
        print(f"{name}: {figure:,} (aim: at most {AIMS[name]:,})")


def _calls_of_a_subscription() -> int:
    """What each subscription is asked by itself: two of our rights, and one listing for each that a collector has."""
    from collectors.azure.logging import SETTINGS  # noqa: PLC0415 - only the report needs it
    from collectors.azure.operations import Read  # noqa: PLC0415
    from collectors.azure.source import AzureSubscription  # noqa: PLC0415
    from runs.plugins import collectors_of  # noqa: PLC0415

    found = collectors_of("azure").values()
    listings = [
        read
        for each in found
        if each.source is AzureSubscription
        for read in each.permissions
        if isinstance(read, Read) and read.path.startswith("{scope}/providers/")
    ]
    needless = listings.count(SETTINGS) - 1  # those of servers, clusters and the like, of which there are none
    return 2 + len(listings) - needless


@contextmanager
def _serving(no_quota: bool) -> Iterator[str]:
    words = [sys.executable, "-m", "benchmarks.azure", "--serve", *(["--no-quota"] if no_quota else [])]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin, process.stdout
    try:
        yield process.stdout.readline().strip()  # type: ignore[union-attr] # it is a pipe
    finally:
        process.stdin.close()
        process.wait()


def _asked(address: str) -> int:
    with urlopen(Request(f"{address}/_asked"), timeout=10) as said:
        return int(said.read())


class _Answers:
    """Pages that are made once, and how many queries are left."""

    def __init__(self, *, quota: bool) -> None:
        self.calls = 0
        self._quota = quota
        self._lock = threading.Lock()
        self._since, self._used = 0.0, 0
        self._pages: dict[str, list[bytes]] = {}
        numbers = [f"{number:08d}-0000-0000-0000-000000000000" for number in range(SUBSCRIPTIONS)]
        self._rows = [
            _row(type_, number, numbers[number % SUBSCRIPTIONS])
            for type_, most in TYPES.items()
            for number in range(most)
        ]
        self._rows.sort(key=lambda row: str(row["id"]))
        listed = [
            {"subscriptionId": each, "displayName": each, "state": "Enabled", "tenantId": TENANT} for each in numbers
        ]
        root = f"/providers/Microsoft.Management/managementGroups/{TENANT}"
        below = [{"name": each, "type": "/subscriptions", "properties": {"parent": {"id": root}}} for each in numbers]
        role = {"permissions": [{"actions": ["*/read"], "notActions": []}]}
        held = {"roleDefinitionId": "/x/reader", "scope": root, "principalId": US, "principalType": "User"}
        self._fixed = {
            "/subscriptions": {"value": listed},
            "/descendants": {"value": below},
            "/reader": {"properties": role},
            "/roleAssignments": {"value": [{"id": "/a/1", "properties": held}]},
        }

    def answer(self, path: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        with self._lock:
            self.calls += 1
            if body:
                return self._graph(json.loads(body))
        plain = path.partition("?")[0]
        said: Any = next((said for end, said in self._fixed.items() if plain.endswith(end)), {"value": []})
        return 200, json.dumps(said).encode(), {}

    def _graph(self, asked: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        headers = self._left()
        if headers is None:
            return 429, b'{"error": {"code": "RateLimiting"}}', {"Retry-After": str(int(WINDOW_SECONDS))}
        query = asked["query"]
        if query not in self._pages:
            self._pages[query] = self._made(query)
        page = int(asked["options"].get("$skipToken", "0"))
        return 200, self._pages[query][page], headers

    def _left(self) -> dict[str, str] | None:
        if not self._quota:
            return {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"}
        moment = time.monotonic()
        if moment - self._since >= WINDOW_SECONDS:
            self._since, self._used = moment, 0
        if self._used == QUOTA:
            return None
        self._used += 1
        rest = WINDOW_SECONDS - (moment - self._since)
        return {
            "x-ms-user-quota-remaining": str(QUOTA - self._used),
            "x-ms-user-quota-resets-after": f"00:00:{rest:05.2f}",
        }

    def _made(self, query: str) -> list[bytes]:
        wanted = re.search(r"type =~ '([^']+)'", query)
        columns = [each.partition("=")[::2] for each in query.partition("project ")[2].partition(" |")[0].split(", ")]
        rows = [
            {name.strip(): _dig(row, place.strip() or name.strip()) for name, place in columns}
            for row in self._rows
            if wanted is None or row["type"] == wanted[1]
        ]
        pages: list[bytes] = []
        for start in range(0, len(rows) or 1, PAGE):
            data = rows[start : start + PAGE]
            said: dict[str, Any] = {"totalRecords": len(rows), "count": len(data), "data": data}
            said["resultTruncated"] = "false"
            more = {"$skipToken": str(len(pages) + 1)} if start + PAGE < len(rows) else {}
            pages.append(json.dumps({**said, **more}).encode())
        return pages


def _row(type_: str, number: int, subscription: str) -> dict[str, Any]:
    shapes: dict[str, dict[str, Any]] = {
        "microsoft.compute/disks": {"encryption": {"type": "EncryptionAtRestWithPlatformKey"}},
        "microsoft.compute/virtualmachines": {
            "storageProfile": {"osDisk": {"osType": "Linux"}},
            "osProfile": {"computerName": "vm", "linuxConfiguration": {"disablePasswordAuthentication": True}},
        },
        "microsoft.network/networksecuritygroups": {"securityRules": []},
    }
    name = f"{type_.rpartition('/')[2]}-{number}"
    return {
        "id": f"/subscriptions/{subscription}/resourceGroups/rg-{number % 97}/providers/{type_}/{name}",
        "name": name, "type": type_, "location": "westeurope", "subscriptionId": subscription,
        "tags": {"owner": f"team-{number % 50}", "env": "prod"}, "properties": shapes.get(type_, {}),
    }  # fmt: skip


def _dig(row: dict[str, Any], place: str) -> Any:
    found: Any = row
    for name in place.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _serve(*, quota: bool) -> None:
    answers = _Answers(quota=quota)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name it has
            """Nothing."""

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/_asked":
                status, said = 200, str(answers.calls).encode()
                headers: dict[str, str] = {}
            else:
                status, said, headers = answers.answer(self.path, body)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _any  # noqa: N815 - the names that the library calls

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
