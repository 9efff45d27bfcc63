"""What the configuration may say about hosts, and which hosts and ways come of it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from collectors.host.settings import Settings
from collectors.host.ssh.ways import hops

SSH = {"transport": "ssh", "key": "/keys/a"}


def entry(**given: Any) -> Settings:
    return Settings.model_validate({**SSH, **given})


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"transport": "local", "user": "ada"}, "is about hosts over SSH: set transport to ssh"),
        ({}, "a host over SSH needs a name, or there must be a list of hosts"),
        ({"hosts": ["web 1"]}, "String should match pattern"),
        ({"name": "a", "address": "b c"}, "a name or an address has no spaces"),
        ({"name": "a", "port": 0}, "greater than or equal to 1"),
        ({"name": "a", "inventory": {}}, "exactly one of file, ansible, ssh_config and instances"),
        ({"name": "a", "inventory": {"file": "x", "ansible": "y"}}, "exactly one of file"),
        ({"name": "a", "inventory": {"file": "x"}, "hosts": ["b"]}, "an inventory names the hosts itself"),
        ({"name": "a", "passphrase": "secret"}, "valid dictionary"),
    ],
)
def test_mistakes_are_told(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(given if given.get("transport") == "local" else {**SSH, **given})
    assert problem in str(refused.value)


def test_what_a_host_says_goes_before_what_holds_for_all() -> None:
    found = entry(
        user="ada", port=2222, hosts=["web-1", {"name": "db-1", "user": "dba", "key": ["/keys/b", "/keys/c"]}]
    )
    one, other = found.members
    assert (one.name, one.user, one.port, one.key) == ("web-1", "ada", 2222, "/keys/a")
    assert (other.user, other.port, other.key) == ("dba", 2222, ["/keys/b", "/keys/c"])


def test_a_way_leads_over_its_jumps_as_whom_they_say() -> None:
    jumps = ["[2001:db8::1]:2200", {"address": "inner", "user": "ops", "key": "/keys/ops", "algorithms": "legacy"}]
    (member,) = entry(name="web-1", address="10.0.0.7", user="ada", known_hosts=["/known"], jump=jumps).members
    first, second, last = hops(member, {"XDG_CONFIG_HOME": "/config"})
    assert [str(each) for each in (first, second, last)] == [
        "ada@[2001:db8::1]:2200",
        "ops@inner:22",
        "ada@10.0.0.7:22",
    ]
    assert (first.login.keys, second.login.keys, second.legacy) == (("/keys/a",), ("/keys/ops",), True)
    assert {each.known_hosts for each in (first, second, last)} == {("/config/annexa/known_hosts", "/known")}


def test_an_agent_is_the_one_of_the_environment() -> None:
    (member,) = entry(name="web-1", agent=True, jump=[{"address": "a", "agent": False, "key": "/keys/b"}]).members
    jump, last = hops(member, {"SSH_AUTH_SOCK": "/run/agent"})
    assert (jump.login.agent, last.login.agent) == ("", "/run/agent")


@pytest.mark.parametrize("text", ["", "a b", "ops@", ":22", "a:b:c"])
def test_a_jump_that_is_none_is_refused(text: str) -> None:
    (member,) = entry(name="web-1", jump=[text]).members
    with pytest.raises(ValueError, match="is no host to jump over"):
        hops(member, {})
