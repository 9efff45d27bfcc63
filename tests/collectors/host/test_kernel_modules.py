"""Questions that would make the kernel load a module are not asked where the answer is known without."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import pytest

from collectors.host.batch import program, read
from collectors.host.facts import Fact
from collectors.host.kernel_modules import only_if_loaded, only_if_tables
from collectors.host.network import IP6TABLES_RULES, IPTABLES_RULES, NFT_RULES, SOCKET_OWNERS
from collectors.host.transport import LocalTransport

LOADED = "nf_tables 331776 42 - Live 0x0000000000000000\n"
OTHER = "nft_compat 20480 0 - Live 0x0000000000000000\nnf_tables_set 1 0\n"
BUILT_IN = "kernel/net/netfilter/nf_tables.ko\n"
NONCE = "0" * 32


def run(folder: Path, command: str, files: dict[str, str]) -> tuple[str, int]:
    """What the command says in a world where these files are what /proc and /lib have."""
    for name, text in files.items():
        file = folder / name.format(release=platform.release())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    command = command.replace("/proc/", f"{folder}/proc/").replace("/lib/modules/", f"{folder}/modules/")
    done = subprocess.run(["sh", "-c", f"{command}echo asked"], capture_output=True, text=True, check=False, timeout=10)
    return done.stdout, done.returncode


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, ("asked\n", 0)),  # a kernel that cannot load any
        ({"proc/modules": LOADED}, ("asked\n", 0)),
        ({"proc/modules": OTHER, "modules/{release}/modules.builtin": BUILT_IN}, ("asked\n", 0)),
        ({"proc/modules": OTHER, "modules/{release}/modules.builtin": "kernel/net/ipv6/ipv6.ko\n"}, ("", 0)),
        ({"proc/modules": OTHER}, ("", 1)),  # nobody can tell whether it is built in
    ],
)
def test_what_is_not_loaded_is_not_asked(tmp_path: Path, files: dict[str, str], said: tuple[str, int]) -> None:
    assert run(tmp_path, only_if_loaded("nf_tables"), files) == said


@pytest.mark.parametrize(
    ("program_name", "files", "said"),
    [
        ("xtables-nft-multi", {"proc/modules": LOADED}, ("asked\n", 0)),
        ("xtables-nft-multi", {"proc/modules": OTHER, "modules/{release}/modules.builtin": ""}, ("", 0)),
        ("xtables-legacy-multi", {"proc/modules": OTHER}, ("", 0)),
        ("xtables-legacy-multi", {"proc/modules": OTHER, "proc/net/ip_tables_names": "filter\n"}, ("asked\n", 0)),
    ],
)
def test_both_kinds_of_iptables_are_known(
    tmp_path: Path, program_name: str, files: dict[str, str], said: tuple[str, int]
) -> None:
    (tmp_path / program_name).touch()
    (tmp_path / "iptables-save").symlink_to(tmp_path / program_name)
    assert run(tmp_path, only_if_tables(str(tmp_path / "iptables-save"), "ip_tables_names"), files) == said


def test_those_facts_ask_that_way() -> None:
    for fact in (NFT_RULES, IPTABLES_RULES, IP6TABLES_RULES):
        assert only_if_loaded("nf_tables") in fact.command
    assert all(" PROC_ROOT=/proc " in command for command in SOCKET_OWNERS.privileged)


def test_what_writes_where_it_may_has_no_rights() -> None:
    fact = Fact("who", "$AS_NOBODY id -u; id -u")
    output = LocalTransport().run(program((fact,), NONCE, sudo=False), seconds=10, limit=10_000)
    writer, reader = read(output, NONCE, (fact,)).by_fact["who"].output.split()
    assert int(reader) == os.geteuid()
    assert int(writer) == (65_534 if os.geteuid() == 0 else os.geteuid())
