"""`annexa hosts`, and scans of hosts over SSH: from first contact to a key that changed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.command_line import ROOT, Folder, explained
from tests.sshd import USER, Sshd, make_key, needs_sshd, public

pytestmark = needs_sshd
ONE = ("--source", "host/web-1", "--check", "host.connection")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sshd]:
    found = Sshd(tmp_path / "sshd")
    yield found
    found.stop()


@pytest.fixture
def folder(server: Sshd, tmp_path: Path) -> Folder:
    """A host by its name; and the same in an inventory, on the way to itself, beside one that cannot be asked."""
    common = {
        "transport": "ssh",
        "user": USER,
        "port": server.port,
        "key": str(server.user_key),
        "known_hosts": ["none"],
    }
    entries = [
        {**common, "hosts": [{"name": "web-1", "address": "127.0.0.1"}]},
        {**common, "name": "prod", "inventory": {"ansible": "inventory"}, "jump": [f"127.0.0.1:{server.port}"]},
    ]
    (tmp_path / "inventory").write_text("inner ansible_host=127.0.0.1\nelsewhere ansible_connection=local\n")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"sources": {"host": entries}}))
    return Folder(tmp_path)


def agreed(folder: Folder, *arguments: str) -> str:
    """What a command prints on a terminal to somebody who says yes."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "agent.py"), *arguments],
        cwd=folder.path, env=folder.environment(COLUMNS="400"), stdin=child, stdout=child, stderr=child,
    )  # fmt: skip
    os.close(child)
    os.write(parent, b"y\n")
    said = b""
    try:
        while chunk := os.read(parent, 65_536):
            said += chunk
    except OSError:
        pass  # Linux says so when the last process on the terminal has ended
    process.wait(60)
    os.close(parent)
    return said.decode()


def test_first_contact_trust_scan_and_a_key_that_changed(folder: Folder, server: Sshd, tmp_path: Path) -> None:
    listed = folder.annexa("hosts", "list", "--json")
    assert listed.status == 3
    assert [(each["name"], each["problem"]) for each in listed.json] == [
        ("web-1", "nobody has said yet which key it has"),
        ("prod/elsewhere", "it is reached by local, not over SSH"),
        ("prod/inner", "nobody has said yet which key it has"),
    ]
    line = subprocess.run(["ssh-keygen", "-lf", f"{server.host_key}.pub"], capture_output=True, text=True, check=True)
    fingerprint, own = line.stdout.split()[1], folder.home / ".config" / "annexa" / "known_hosts"

    error, hint = explained(folder.annexa("hosts", "trust", "web-1"))
    assert (error, "--fingerprint" in hint) == ("nobody is there to compare fingerprints", True)
    shown = agreed(folder, "hosts", "trust", "web-1")
    assert f"shows ssh-ed25519 {fingerprint}" in shown
    assert f"trusted: written to {own}" in shown
    assert own.read_text().startswith(f"[127.0.0.1]:{server.port} {public(server.host_key)} web-1 trusted by ")

    said = folder.annexa("scan", "--check", "host.connection", "--json")
    assert {each["source"] for each in said.json["gaps"]} == {"host/prod/elsewhere"}
    judged = {(each["source"], each["check"]): each["status"] for each in said.json["findings"]}
    for source in ("host/web-1", "host/prod/inner"):
        assert judged[source, "host.connection.connection_needs_no_old_algorithms"] == "pass"

    own.write_text(f"[127.0.0.1]:{server.port} {public(make_key(tmp_path / 'other'))}\n")
    said = folder.annexa("scan", *ONE)
    assert "warning: ALARM: web-1 could not be reached: its host key changed: known is SHA256:" in said.out
    assert f"shown was {fingerprint}" in said.out
    error, hint = explained(folder.annexa("hosts", "trust", "web-1", "--fingerprint", fingerprint))
    assert "ALARM: its host key changed" in error
    assert f"remove line 1 of {own}" in hint
    assert not folder.verified().problems


def test_the_doctor_names_what_is_missing_for_hosts(folder: Folder, server: Sshd) -> None:
    server.user_key.unlink()
    found = {each["subject"]: each for each in folder.annexa("doctor", "--json").json}
    assert found["host/prod"]["finding"] == "reached as inventory; what it leads to is asked by a scan"
    assert found["host/web-1"]["state"] == "bad"
    assert f"the key {server.user_key} cannot be read: No such file or directory" in found["host/web-1"]["finding"]
