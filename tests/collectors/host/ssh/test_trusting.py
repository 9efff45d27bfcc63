"""Looking at hosts before they are known, and listing those that are; with real servers, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors.host import open_sources
from collectors.host.inventory.fleet import hosts as listed_hosts
from collectors.host.settings import Settings
from collectors.host.ssh.errors import ChangedKeyError, SshError
from collectors.host.ssh.source import connection
from collectors.host.ssh.trusting import every_host, look_at, trust
from core.engine import collect
from core.source import Survey
from runs.clock import now
from tests.sshd import USER, Sshd, make_key, needs_sshd, public

pytestmark = needs_sshd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    found = Sshd(tmp_path_factory.mktemp("sshd"))
    yield found
    found.stop()


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of known hosts that is ours."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "annexa" / "known_hosts"


def entry(server: Sshd, **more: Any) -> Settings:
    fields = {
        "transport": "ssh",
        "user": USER,
        "port": server.port,
        "key": str(server.user_key),
        "known_hosts": ["none"],
    }
    return Settings.model_validate({**fields, "name": "web-1", "address": "127.0.0.1", **more})


def test_a_host_is_trusted_once_it_was_looked_at(server: Sshd, own: Path) -> None:
    settings = [entry(server)]
    shown = look_at("web-1", settings, (), now)
    assert (shown.type, shown.known, shown.file) == ("ssh-ed25519", "", str(own))
    assert not own.exists(), "looking writes nothing"
    trust(shown, "ada", now())
    assert look_at("host/web-1", settings, (), now).known == f"line 1 of {own}"
    (found,) = every_host(settings, (), now)
    assert (found.known, found.places, found.problem) == ((shown.fingerprint,), (f"line 1 of {own}",), "")


def test_a_host_on_the_way_is_trusted_by_its_address(server: Sshd, own: Path) -> None:
    jump = f"127.0.0.1:{server.port}"
    settings = [entry(server, name="inner", known_as="inner", jump=[jump])]
    with pytest.raises(SshError, match=r"a host on the way could not be reached: its host key SHA256:.* is not known"):
        look_at("inner", settings, (), now)
    trust(look_at("127.0.0.1", settings, (), now), "ada", now())
    trust(look_at("inner", settings, (), now), "ada", now())
    assert [line.split()[0] for line in own.read_text().splitlines()] == [f"[127.0.0.1]:{server.port}", "inner"]


def test_another_key_than_the_known_one_is_refused(server: Sshd, own: Path, tmp_path: Path) -> None:
    own.parent.mkdir(parents=True)
    own.write_text(f"[127.0.0.1]:{server.port} {public(make_key(tmp_path / 'other'))}\n")
    with pytest.raises(ChangedKeyError):
        look_at("web-1", [entry(server)], (), now)


def test_nobody_is_asked_who_has_no_name_here(server: Sshd) -> None:
    with pytest.raises(SshError, match="no host over SSH is called web-2") as refused:
        look_at("web-2", [entry(server), Settings()], (), now)
    assert refused.value.hint == "there are web-1"


def test_an_inventory_is_sealed_and_replayed_like_any_evidence(server: Sshd, tmp_path: Path) -> None:
    from collectors.host import replay  # noqa: PLC0415 - beside what it undoes

    (tmp_path / "list").write_text(f"# ours\nada@127.0.0.1:{server.port}  # a comment\n[::1]\ndb-1\n")
    settings = entry(server, name="prod", address="", inventory={"file": str(tmp_path / "list"), "exclude": ["db-*"]})
    (fleet,) = open_sources([settings], [], now)
    seen = collect(listed_hosts, fleet, version="1", clock=now)
    (evidence,) = seen.evidence
    assert [(each.id, each.port) for each in evidence.resources] == [  # type: ignore[attr-defined]
        ("127.0.0.1", server.port),
        ("::1", server.port),
    ]
    again = collect(
        listed_hosts,
        replay(seen.unit, seen.unit.exchanges, seen.bodies, now),
        version="1",
        clock=lambda: seen.unit.started,
    )
    assert again.evidence[0].encoded == evidence.encoded

    assert isinstance(fleet, Survey)
    shown = {each.id for each in fleet.unfold(seen.evidence, [])}
    assert shown == {"host/prod/127.0.0.1", "host/prod/::1"}
    (tmp_path / "list").write_text("web 1\n")
    broken = collect(listed_hosts, fleet, version="1", clock=now)
    assert [gap.reason for gap in broken.unit.gaps] == [
        f"the inventory of prod cannot be used: line 1 of {tmp_path / 'list'} is no host"
    ]
    known = [("host/prod/db-9", ""), ("host/other", "")]
    (lost,) = fleet.unfold(broken.evidence, known)
    unasked = collect(connection, lost, version="1", clock=now)
    assert unasked.unit.gaps[0].reason.endswith("nobody knows how it is reached: its inventory cannot be read")
    assert lost.id == "host/prod/db-9"


def test_an_inventory_that_cannot_be_read_is_listed_as_such(server: Sshd, tmp_path: Path) -> None:
    settings = [entry(server, name="prod", address="", inventory={"file": str(tmp_path / "none")}), entry(server)]
    listed = {each.name: each.problem for each in every_host(settings, (), now)}
    assert listed["prod"].startswith("its inventory cannot be used: ")
    with pytest.raises(SshError) as refused:
        look_at("web-2", settings, (), now)
    assert refused.value.hint.startswith("there are those of prod, but its inventory cannot be used")
