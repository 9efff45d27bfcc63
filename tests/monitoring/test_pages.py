"""The pages of a service, asked over HTTP as Prometheus and probes do."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml

from core.errors import AnnexaError
from evidence_store.errors import StoreError
from evidence_store.store import Store
from monitoring import pages
from monitoring.metrics import Metrics
from monitoring.pages import STUCK, serving
from tests.monitoring.test_service import NORTH, SCHEDULE, SOUTH, Driven, begin
from tests.runs.farm import Farm

DEPLOY = Path(__file__).parents[2] / "deploy"
NAMES = re.compile(r"\bannexa_[a-z_]+\b")
LOOPBACK = ("127.0.0.1", 0)
WITHOUT_AN_AUTHORITY = {"time() - annexa_stamp_timestamp_seconds"}
"""What shows nothing as long as nobody vouches for the time of a checkpoint."""


@pytest.fixture
def driven(farm: Farm) -> Iterator[Driven]:
    farm.text += SCHEDULE
    found = begin(farm)
    yield found
    found.service.close()


@pytest.fixture
def root(driven: Driven) -> Iterator[str]:
    with serving(LOOPBACK, driven.service, Metrics(driven.service)) as where:
        assert where is not None
        yield f"http://127.0.0.1:{where[1]}"


def asked(url: str) -> tuple[int, Any]:
    try:
        with urlopen(url, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, error.read()


def samples(text: str) -> dict[str, float]:
    """The numbers, by name and labels."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def scraped(root: str) -> str:
    with urlopen(f"{root}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text: str = answer.read().decode()
        return text


def test_alive_and_ready(driven: Driven, root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    driven.go()
    assert asked(f"{root}/healthz") == (200, {"ok": True, "ticks": True})
    assert asked(f"{root}/readyz") == (200, {"ok": True, "lease": True, "store": True, "stays": True})
    assert asked(f"{root}/")[0] == asked(f"{root}/metrics/../etc")[0] == 404
    driven.service.ticked -= STUCK
    assert asked(f"{root}/healthz")[0] == 503

    def closed(*_: object) -> None:
        raise StoreError("locked")

    monkeypatch.setattr(Store, "open", closed)
    driven.service.ask_to_stop()
    status, body = asked(f"{root}/readyz")
    assert (status, json.loads(body)) == (503, {"ok": False, "lease": True, "store": False, "stays": False})


def test_metrics_say_what_the_store_says(driven: Driven, root: str, meadow: Any) -> None:
    farm = driven.farm
    assert "annexa_findings" not in scraped(root)  # nobody has looked: no numbers rather than zeros
    farm.world.wrong["south"] = meadow.FogError("fog")
    driven.go()
    found = samples(scraped(root))
    report = farm.report()
    failing = sum(each.status.value == "fail" for each in report.findings)
    assert failing > 0
    assert sum(v for k, v in found.items() if k.startswith("annexa_findings{") and 'status="fail"' in k) == failing
    assert found[f'annexa_gaps{{retryable="true",source="{SOUTH}"}}'] == 1
    assert found["annexa_lease_held"] == found["annexa_store_readable"] == 1
    assert found['annexa_runs_total{outcome="gaps"}'] == 1
    assert found[f'annexa_source_due_timestamp_seconds{{source="{SOUTH}"}}'] == farm.now.timestamp() + 60
    assert found[f'annexa_source_scan_failed{{source="{NORTH}"}}'] == 0
    assert found["annexa_checkpoint_timestamp_seconds"] == farm.now.timestamp()
    assert found["annexa_pending_leaves"] == found["annexa_alerts_waiting"] == 0
    assert found[f'annexa_evidence_stale_places{{source="{NORTH}"}}'] == 0
    assert found['annexa_nonconformities_open{grade="minor"}'] == 0
    assert found['annexa_api_calls_total{operation="",provider="meadow",service=""}'] == 2
    contradicted = found['annexa_controls{conclusion="contradicted",framework="iso27001_2022"}']
    assert contradicted == sum(each.conclusion.value == "contradicted" for each in report.frameworks[0].controls)
    assert any(k.startswith("annexa_control_findings{") and v for k, v in found.items())


def test_what_the_store_said_is_said_again_for_a_while_but_not_after_a_run(driven: Driven, monkeypatch: Any) -> None:
    metrics = Metrics(driven.service)
    driven.go()
    first = samples(metrics.text().decode())["annexa_store_read_timestamp_seconds"]
    driven.farm.now += timedelta(seconds=30)
    assert samples(metrics.text().decode())["annexa_store_read_timestamp_seconds"] == first
    driven.go(timedelta(hours=1))
    assert samples(metrics.text().decode())["annexa_store_read_timestamp_seconds"] == driven.farm.now.timestamp()

    def closed(*_: object) -> None:
        raise StoreError("locked")

    monkeypatch.setattr(Store, "open", closed)
    driven.go(timedelta(hours=1))
    found = samples(metrics.text().decode())
    assert found["annexa_store_readable"] == 0
    assert "annexa_pending_leaves" not in found


def host_asked(port: int, lines: str) -> int:
    """The status of a request with these headers, sent byte for byte."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET /healthz HTTP/1.1\r\n{lines}\r\n".encode())
        return int(connection.recv(64).split()[1])


def test_on_loopback_nobody_is_answered_who_asks_for_another_machine(root: str) -> None:
    port = int(root.rpartition(":")[2])
    expected = {
        f"Host: 127.0.0.1:{port}\r\n": 200,
        "Host: LOCALHOST\r\n": 200,
        f"Host: [::1]:{port}\r\n": 200,
        "": 200,  # as probes ask that speak HTTP/1.0, and no browser does
        f"Host: rebound.example:{port}\r\n": 421,
        "Host: 127.0.0.1.rebound.example\r\n": 421,
        "Host: localhost@rebound.example\r\n": 421,
        "Host: localhost\r\nHost: rebound.example\r\n": 421,
        "Host: 192.0.2.1\r\n": 421,
        "Host: [::1\r\n": 421,
        "Host:\r\n": 421,
    }
    assert {headers: host_asked(port, headers) for headers in expected} == expected


def test_who_listens_to_others_answers_to_any_name(driven: Driven) -> None:
    with serving(("0.0.0.0", 0), driven.service, Metrics(driven.service)) as where:
        assert where is not None
        assert host_asked(where[1], "Host: annexa.example\r\n") == 200


def test_stale_evidence_shows(driven: Driven, root: str) -> None:
    driven.go()
    driven.farm.now += timedelta(days=3)
    assert samples(scraped(root))[f'annexa_evidence_stale_places{{source="{NORTH}"}}'] == 1


def test_nobody_who_says_nothing_keeps_others_out(driven: Driven, root: str) -> None:
    port = int(root.rpartition(":")[2])
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(pages.MOST_CALLERS)]
    time.sleep(0.3)
    with pytest.raises(OSError, match=r".*"):
        asked(f"{root}/healthz")
    for each in silent:
        each.close()
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            assert asked(f"{root}/healthz")[0] == 200
            break
        except OSError:
            time.sleep(0.05)


def test_a_port_that_is_taken_is_an_error_and_none_is_nowhere(driven: Driven, root: str) -> None:
    port = int(root.rpartition(":")[2])
    taken = f"service.listen: 127.0.0.1 port {port} cannot be used"
    with pytest.raises(AnnexaError, match=taken), serving(("127.0.0.1", port), driven.service, Metrics(driven.service)):
        pass
    with serving(None, driven.service, Metrics(driven.service)) as where:
        assert where is None


@contextmanager
def prometheus(folder: Path, root: str) -> Iterator[str]:
    """A real one that looks at a service five times a second, with our rules."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = {
        "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"},
        "rule_files": [str(DEPLOY / "prometheus-rules.yml")],
        "scrape_configs": [{"job_name": "annexa", "static_configs": [{"targets": [root.removeprefix("http://")]}]}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    command = [
        *("prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"),
        *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def series(server: str, expression: str) -> list[Any]:
    """What a query finds now; nothing while the server is not up."""
    try:
        with urlopen(f"{server}/api/v1/query?{urlencode({'query': expression})}", timeout=10) as answer:
            found: list[Any] = json.loads(answer.read())["data"]["result"]
            return found
    except OSError:
        return []


@pytest.mark.skipif(not shutil.which("prometheus"), reason="needs the Debian package prometheus")
def test_every_panel_of_the_dashboard_shows_something_in_a_real_prometheus(
    driven: Driven, root: str, meadow: Any, tmp_path: Path
) -> None:
    driven.farm.world.wrong["south"] = meadow.FogError("fog")
    driven.go()
    driven.service.telling.so_far.heartbeat = driven.farm.now
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    panels = {target["expr"] for panel in dashboard["panels"] for target in panel["targets"]}
    with prometheus(tmp_path, root) as server:
        until, empty = time.monotonic() + 20, panels
        while (empty := {each for each in empty if not series(server, each)}) and time.monotonic() < until:
            if empty == WITHOUT_AN_AUTHORITY:
                break
            time.sleep(0.1)
        assert empty == WITHOUT_AN_AUTHORITY
        rules = asked(f"{server}/api/v1/rules")[1]["data"]["groups"]
    unwell = [rule["lastError"] for group in rules for rule in group["rules"] if rule["health"] == "err"]
    assert (unwell, sum(len(group["rules"]) for group in rules) > 10) == ([], True)


@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool, of the Debian package prometheus")
def test_rules_and_dashboard_are_about_metrics_that_there_are(farm: Farm, meadow: Any) -> None:
    """Names are held against a service that has everything: stamps, publications and a heartbeat are named by hand."""
    farm.text += SCHEDULE
    farm.world.wrong["south"] = meadow.FogError("fog")
    driven = begin(farm)
    metrics = Metrics(driven.service)
    driven.go()
    driven.service.telling.so_far.heartbeat = farm.now
    text = metrics.text().decode()
    driven.service.close()
    promtool = ["promtool", "check", "metrics"]
    linted = subprocess.run(promtool, input=text, capture_output=True, text=True, timeout=30, check=False)
    assert (linted.returncode, linted.stderr) == (0, "")
    there = set(NAMES.findall(text)) | {"annexa_stamp_timestamp_seconds", "annexa_publication_works"}
    rules = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8"))
    asked_by_rules = {name for g in rules["groups"] for r in g["rules"] for name in NAMES.findall(r["expr"])}
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8"))
    exprs = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked_by_dashboard = {name for expr in exprs for name in NAMES.findall(expr)}
    assert (asked_by_rules | asked_by_dashboard) - there == set()
    assert len(asked_by_rules) > 10 < len(asked_by_dashboard)
