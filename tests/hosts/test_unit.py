"""The unit of systemd under a real systemd: ready, watched, reloaded, stopped, in its sandbox and as nobody in particular.

`make test-hosts` runs this. The host that it runs on is shown this checkout and the packages of the running Python, which
must be of the version that Debian has.
"""

from __future__ import annotations

import json
import shutil
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts import materials
from tests.hosts.machines import Machine
from tests.hosts.trees import with_python

pytestmark = pytest.mark.hosts

CHECKOUT = Path(__file__).parents[2]
UNIT = CHECKOUT / "deploy" / "annexa.service"
PATIENCE = 60.0
AS_SERVICE = "setpriv --reuid annexa --regid annexa --clear-groups --inh-caps=-all"
SETTINGS = "/etc/annexa/config.yaml"

WITH_ELM = "sed -i 's/pier: .*/pier: [{name: ash}, {name: elm}]/' " + SETTINGS
"""A source that nobody has looked at, which is due at once."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which the service has been started, and has looked at everything once."""
    workspace = tmp_path_factory.mktemp("unit")
    (workspace / "materials").mkdir()
    made = materials.make(workspace / "materials")
    shutil.copy(UNIT, made)
    shown = {"/opt/shown/checkout": CHECKOUT, "/opt/shown/packages": Path(sysconfig.get_path("purelib"))}
    with Machine("watcher", with_python(), workspace, made, shown) as running:
        running.run("systemctl start annexa || { journalctl --no-pager --unit annexa >&2; false; }", seconds=90)
        until(lambda: "no gap" in journal(running) or "gap(s)" in journal(running), running)
        yield running


def until(happened: Callable[[], bool], host: Machine) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, journal(host)
        time.sleep(0.3)


def journal(host: Machine) -> str:
    return host.run("journalctl --no-pager --output cat --unit annexa")


def shown(host: Machine, *properties: str) -> dict[str, str]:
    said = host.run(f"systemctl show annexa --property {','.join(properties)}")
    return dict(line.split("=", 1) for line in said.splitlines())


def annexa(host: Machine, *words: str) -> Any:
    """What a command says as the service's user, in JSON; its exit status is part of no question here."""
    command = f"cd /var/lib/annexa; {AS_SERVICE} /opt/annexa/bin/annexa {' '.join(words)} --config {SETTINGS} --json"
    return json.loads(host.run(f"{command} || true"))


def test_it_says_that_it_is_ready_and_what_it_does(host: Machine) -> None:
    found = shown(host, "ActiveState", "SubState", "Type", "StatusText", "NRestarts", "Result")
    assert found["Type"] == "notify"
    assert (found["ActiveState"], found["SubState"], found["Result"]) == ("active", "running", "success")
    assert "the next is due at" in found["StatusText"]
    assert found["NRestarts"] == "0"


def test_it_is_nobody_in_particular_and_its_sandbox_holds(host: Machine) -> None:
    process = shown(host, "MainPID")["MainPID"]
    status = dict(line.split(":", 1) for line in host.run(f"cat /proc/{process}/status").splitlines())
    assert status["Uid"].split() == [host.run("id -u annexa").strip()] * 4
    assert {status[each].strip() for each in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"].strip(), status["Seccomp"].strip()) == ("1", "2")
    for space in ("user", "mnt", "ipc", "uts"):
        assert host.run(f"readlink /proc/{process}/ns/{space}") != host.run(f"readlink /proc/1/ns/{space}"), space
    inside = f"nsenter --target {process} --mount"
    view = host.run(
        f"""
        for place in /etc /usr /opt/annexa /var/log /var/lib; do
          {inside} {AS_SERVICE} touch $place/x 2>/dev/null && echo "wrote $place"
          {inside} touch $place/x 2>/dev/null && echo "root wrote $place"
        done
        {inside} {AS_SERVICE} touch /var/lib/annexa/x && rm /var/lib/annexa/x && echo may-write-its-own
        {inside} ls /home /root | grep -v : | grep . && echo sees-homes
        {inside} {AS_SERVICE} cat /etc/annexa/secrets/key && echo reads-secrets
        {inside} ls /tmp
        {inside} ls /dev | tr '\\n' ' '
        """
    )
    assert "may-write-its-own" in view
    assert "wrote" not in view
    assert "sees-homes" not in view
    assert "reads-secrets" not in view
    assert "mem" not in view.split()


def test_it_looked_over_the_network_and_sealed_what_it_saw(host: Machine) -> None:
    status = annexa(host, "status")
    assert status["scan"]["trigger"] == "schedule"
    assert status["scan"]["status"] == "finished"
    sources = {each["source"] for each in status["findings"]}
    assert {"host/itself", "pier/ash"} <= sources
    passes = [each for each in status["findings"] if (each["source"], each["status"]) == ("host/itself", "pass")]
    assert len(passes) > 10
    assert "OPENSSH PRIVATE KEY" not in journal(host)
    assert annexa(host, "verify")["problems"] == []


def test_systemd_hears_that_it_lives_and_ends_it_when_it_hangs(host: Machine) -> None:
    process, heard = shown(host, "MainPID")["MainPID"], shown(host, "WatchdogTimestampMonotonic")
    until(lambda: shown(host, "WatchdogTimestampMonotonic") != heard, host)
    host.run(f"kill -STOP {process}")
    until(lambda: shown(host, "NRestarts", "SubState") == {"NRestarts": "1", "SubState": "running"}, host)
    assert "Watchdog timeout" in journal(host)
    assert shown(host, "MainPID")["MainPID"] != process


def test_a_configuration_that_is_not_valid_changes_nothing(host: Machine) -> None:
    host.run(f"cp {SETTINGS} /run/config.yaml; echo 'sourcs: {{}}' >>{SETTINGS}; systemctl reload annexa")
    until(lambda: "the configuration is not taken, that of before stands" in journal(host), host)
    host.run(f"cp /run/config.yaml {SETTINGS}; systemctl reload annexa")
    until(lambda: f"the configuration was read anew: {SETTINGS}" in journal(host), host)
    assert shown(host, "SubState")["SubState"] == "running"


def test_what_hangs_when_it_is_stopped_is_a_gap_of_a_scan_that_is_sealed(host: Machine) -> None:
    host.run(f"cd /var/lib/annexa; rm estate.json; mkfifo --mode 644 estate.json; {WITH_ELM}; systemctl reload annexa")
    until(lambda: "pier/elm: looking" in journal(host), host)
    time.sleep(1)
    began = time.monotonic()
    host.run("systemctl stop annexa")
    assert time.monotonic() - began < 30
    assert shown(host, "ActiveState", "Result") == {"ActiveState": "inactive", "Result": "success"}
    status = annexa(host, "status")
    assert status["scan"]["status"] == "finished"
    assert "pier/elm" in {each["source"] for each in status["gaps"]}
    assert annexa(host, "verify")["problems"] == []
