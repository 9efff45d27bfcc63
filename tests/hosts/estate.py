"""The estate of a run: a weak and a hardened host, and a configuration that scans both over SSH."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.command_line import Folder
from tests.hosts import materials
from tests.hosts.machines import Machine
from tests.hosts.trees import CannotBuildError, missing

HOSTS = ("weak", "hardened")
CLONE = "clone"
"""The weak host under a second name, asked by somebody who is not root: to a fleet it is an image that was copied with
its keys, and what it says may be no better than what root hears."""

SETTINGS = {
    "host.accounts.administrators_are_approved": {"approved": ["alice"]},
    "host.accounts.log_readers_are_approved": {"approved": ["alice"]},
    "host.authorized_keys.keys_are_registered": {"registered": ["SHA256:of-another-key alice"]},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the scan says about one resource of one host."""

    host: str
    check: str
    resource: str
    status: str
    reason: str


@contextmanager
def running(layers: tuple[Path, ...], workspace: Path) -> Iterator[Mapping[str, Machine]]:
    """Both hosts, up. Raises `CannotBuildError`."""
    if wanting := missing():
        raise CannotBuildError(f"real hosts need {', '.join(wanting)}")
    (workspace / "materials").mkdir()
    made = materials.make(workspace / "materials")
    with ExitStack() as stack:
        yield {name: stack.enter_context(Machine(name, layers, workspace, made)) for name in HOSTS}


def configure(folder: Folder, machines: Mapping[str, Machine], made: Path) -> Folder:
    """Write the configuration, with the host keys as somebody who went to each machine would know them."""
    known = folder.path / "known_hosts"
    keys = {name: each.run("cat /etc/ssh/ssh_host_ed25519_key.pub").split()[:2] for name, each in machines.items()}
    known.write_text("".join(f"{name} {' '.join(key)}\n" for name, key in keys.items()))

    def host(name: str, machine: str, user: str, key: str) -> dict[str, object]:
        return {
            "name": name,
            "transport": "ssh",
            "address": "127.0.0.1",
            "port": machines[machine].port,
            "known_as": machine,
            "known_hosts": [str(known)],
            "user": user,
            "key": str(made / key),
            "privilege": "none" if user == "root" else "sudo",
        }

    hosts = [
        host("weak", "weak", "root", "annexa"),
        host(CLONE, "weak", "annexa", "annexa"),
        host("hardened", "hardened", "annexa", "certified"),
    ]
    (folder.path / "config.yaml").write_text(
        yaml.safe_dump({"sources": {"host": hosts}, "checks": {"settings": SETTINGS}})
    )
    return folder


def scan(folder: Folder) -> list[Finding]:
    """Everything that a scan says."""
    said = folder.annexa("scan", "--json")
    assert said.status in (1, 3), said
    return [
        Finding(each["source"].removeprefix("host/"), each["check"], each["resource"], each["status"], each["reason"])
        for each in said.json["findings"]
    ]
