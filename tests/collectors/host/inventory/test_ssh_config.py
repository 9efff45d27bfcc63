"""OpenSSH's configuration of clients: what we make of it is what `ssh -G` makes of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.host.inventory.listing import InventoryError, Listing
from collectors.host.inventory.ssh_config import read_ssh_config

CONFIG = """
User everybody
Include conf.d/*.conf
Host web-1 web-2
  HostName %h.example.org
  Port=2222
  IdentityFile ~/.ssh/web
  IdentityFile "%d/.ssh/a b"
Host web-* !web-9
  HostKeyAlias webs
  ProxyJump ops@bastion:2200,inner
  IdentityFile ~/.ssh/%r@%h
Host bastion
  HostName 192.0.2.1
  User nobody
Host *
  Port 22
  UserKnownHostsFile ~/.ssh/ours /etc/ours
  IdentitiesOnly yes
"""
INCLUDED = """
Host db-1
  User dba
  CertificateFile ~/.ssh/dba-cert.pub
  ProxyJump none
Host circle
  ProxyJump round
Host round
  ProxyJump circle
Host through
  ProxyCommand nc %h %p
Host strange
  IdentityFile %q
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".ssh" / "conf.d").mkdir(parents=True)
    (tmp_path / ".ssh" / "config").write_text(CONFIG)
    (tmp_path / ".ssh" / "conf.d" / "a.conf").write_text(INCLUDED)
    return tmp_path


def listed(home: Path, wanted: list[str] | None = None) -> dict[str, Listing]:
    config = str(home / ".ssh" / "config")
    return {each.name: each for each in read_ssh_config(config, wanted or [], {"USER": "me"}, home)}


def test_hosts_are_those_that_stand_by_name_and_those_that_are_asked_for(home: Path) -> None:
    names = {"web-1", "web-2", "bastion", "db-1", "circle", "round", "through", "strange"}
    assert set(listed(home)) == names
    assert set(listed(home, ["web-7", "web-*"])) == {*names, "web-7"}


def test_options_are_the_first_that_stand_there(home: Path) -> None:
    found = listed(home, ["web-7", "web-9"])
    ours = {"known_hosts": [f"{home}/.ssh/ours", "/etc/ours"]}
    jump = [
        {"address": "192.0.2.1", "user": "ops", "port": 2200},
        {"address": "inner", "user": "everybody", "port": 22},
    ]
    assert found["web-1"].settings == {
        "address": "web-1.example.org",
        "user": "everybody",
        "port": 2222,
        "known_as": "webs",
        "key": [f"{home}/.ssh/web", f"{home}/.ssh/a b", f"{home}/.ssh/everybody@web-1.example.org"],
        "jump": jump,
        **ours,
    }
    assert found["web-7"].settings["jump"] == jump
    assert found["web-9"].settings == {"address": "web-9", "user": "everybody", "port": 22, **ours}
    assert found["db-1"].settings["certificate"] == f"{home}/.ssh/dba-cert.pub"
    assert "jump" not in found["db-1"].settings


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("circle", "leads over circle in a circle"),
        ("through", "a ProxyCommand, and nothing is run"),
        ("strange", "the sign %q"),
    ],
)
def test_a_host_that_cannot_be_asked_says_why(name: str, problem: str, home: Path) -> None:
    assert problem in listed(home)[name].problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Match user x\n  Port 1", "line 1 of .*: Match is not supported"),
        ("Host 'open", "line 1 of .* cannot be read"),
        ("Include config", "included too deeply"),
    ],
)
def test_what_cannot_be_read_is_an_error(text: str, reason: str, home: Path) -> None:
    (home / ".ssh" / "config").write_text(text)
    with pytest.raises(InventoryError, match=reason):
        listed(home)


def test_match_all_is_every_host(home: Path) -> None:
    (home / ".ssh" / "config").write_text("Host a\nMatch all\n  User later\n")
    assert listed(home)["a"].settings["user"] == "later"


@pytest.mark.skipif(shutil.which("ssh") is None, reason="OpenSSH's client is not installed")
@pytest.mark.parametrize("name", ["web-1", "web-7", "web-9", "db-1", "bastion"])
def test_openssh_reads_the_same(name: str, home: Path) -> None:
    said = subprocess.run(
        ["ssh", "-G", "-F", str(home / ".ssh" / "config"), name],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    options = dict(line.split(" ", 1) for line in reversed(said.splitlines()) if " " in line)
    found = listed(home, [name])[name].settings
    assert (options["hostname"], options["user"], int(options["port"])) == (
        found["address"],
        found["user"],
        found["port"],
    )
    assert options.get("hostkeyalias", "") == found.get("known_as", "")
    assert ("proxyjump" in options) == ("jump" in found)
