"""Inventories of Ansible: the same hosts from INI and from YAML, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collectors.host.inventory.ansible import read_ansible
from collectors.host.inventory.listing import InventoryError, Listing

INI = """
# a comment
bastion.example.org ansible_user=ops

[web]
web[01:03].example.org
web-x ansible_host=192.0.2.7 ansible_port=2222  # who is old
[web:vars]
ansible_user = deploy
ansible_password = correct-horse-battery

[db]
db-[a:b]:2200 ansible_ssh_private_key_file="~/.ssh/db key"

[production:children]
web
db
[production:vars]
ansible_user=production
ansible_ssh_common_args='-o ProxyJump=ops@bastion.example.org:22,inner -o StrictHostKeyChecking=no'
[all:vars]
ansible_user=everybody
"""
YAML = """
all:
  vars: {ansible_user: everybody}
  hosts:
    bastion.example.org: {ansible_user: ops}
  children:
    production:
      vars:
        ansible_user: production
        ansible_ssh_common_args: -J ops@bastion.example.org:22,inner
      children:
        web:
          vars: {ansible_user: deploy, ansible_password: !vault abc}
          hosts:
            web[01:03].example.org:
            web-x: {ansible_host: 192.0.2.7, ansible_port: 2222}
        db:
          hosts:
            "db-[a:b]": {ansible_port: 2200, ansible_ssh_private_key_file: ~/.ssh/db key}
"""
JUMP = ["ops@bastion.example.org:22", "inner"]
EXPECTED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "bastion.example.org": ({"user": "ops"}, ()),
    **{f"web0{n}.example.org": ({"user": "deploy", "jump": JUMP}, ("production", "web")) for n in (1, 2, 3)},
    "web-x": ({"address": "192.0.2.7", "port": 2222, "user": "deploy", "jump": JUMP}, ("production", "web")),
    **{
        f"db-{n}": ({"port": 2200, "user": "production", "key": "~/.ssh/db key", "jump": JUMP}, ("db", "production"))
        for n in "ab"
    },
}


def listed(text: str, tmp_path: Path, name: str = "hosts") -> dict[str, Listing]:
    file = tmp_path / name
    file.write_text(text)
    return {each.name: each for each in read_ansible(str(file))}


@pytest.mark.parametrize(("text", "name"), [(INI, "hosts"), (YAML, "hosts.yml")])
def test_groups_children_ranges_and_variables(text: str, name: str, tmp_path: Path) -> None:
    found = listed(text, tmp_path, name)
    assert {
        host: (dict(each.settings), tuple(g for g in each.groups if g != "ungrouped")) for host, each in found.items()
    } == EXPECTED
    assert not any(each.problem for each in found.values())
    assert "battery" not in str(found)


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ("ansible_connection=local", "it is reached by local, not over SSH"),
        ("ansible_host={{inventory_hostname}}.lan", "ansible_host is a template or encrypted"),
        ("ansible_port=many", "invalid literal"),
        ("ansible_ssh_common_args='-o ProxyCommand=\"nc %h %p\"'", "through a ProxyCommand, and nothing is run here"),
    ],
)
def test_a_host_that_cannot_be_asked_says_why(variables: str, problem: str, tmp_path: Path) -> None:
    found = listed(f"web-1 {variables}\nweb-2", tmp_path)
    assert problem in found["web-1"].problem
    assert not found["web-2"].problem


def test_what_is_encrypted_for_ansible_is_a_problem_of_its_host(tmp_path: Path) -> None:
    found = listed("all: {hosts: {web-1: {ansible_host: !vault x}}}", tmp_path, "hosts.yaml")
    assert "only Ansible can read" in found["web-1"].problem


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("#!/bin/sh\necho", "hosts", "is a program, and nothing is run"),
        ("$ANSIBLE_VAULT;1.1;AES256", "hosts", "is encrypted"),
        ("[a:children]\nb", "hosts", "the group b is nowhere"),
        ("[a:children]\nb\n[b:children]\na", "hosts", "is inside itself"),
        ("web-1 'open", "hosts", "line 1 of"),
        ("web-1 user", "hosts", "line 1 of"),
        ("web[z:1]", "hosts", r"\[z:1\] is no range"),
        ("web[1:999999999]", "hosts", "more than 100000 hosts"),
        ("- web-1", "hosts.yml", "holds no groups"),
        ("all: [web-1]", "hosts.yml", "expected names"),
        ("all: {hosts: [web-1", "hosts.yml", "not readable as YAML"),
        ('{"_meta": {}}', "hosts.json", "is what a program prints"),
    ],
)
def test_an_inventory_that_cannot_be_read_is_an_error(text: str, name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=reason):
        listed(text, tmp_path, name)


def test_a_folder_and_a_missing_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="a folder of inventories"):
        list(read_ansible(str(tmp_path)))
    with pytest.raises(InventoryError, match="No such file"):
        list(read_ansible(str(tmp_path / "none")))
