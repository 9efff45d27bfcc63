from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.ldap import Settings, open_sources, replay
from collectors.ldap.groups import groups
from collectors.ldap.policies import policies
from collectors.ldap.server import server
from collectors.ldap.users import users
from core.model import CollectionGap, Unit
from core.recording import Recorder, recording
from core.resource import Resource, missing_fields
from core.resources.ldap import LdapPolicyChoice
from core.source import Source
from tests.slapd import BASE, PASSWORD, READER, Layout, Slapd, person, slapd

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = f"""\
dn: cn=default,ou=policies,{BASE}
objectClass: applicationProcess
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdMinLength: 14
pwdCheckQuality: 2
pwdInHistory: 6
pwdLockout: TRUE
pwdMaxFailure: 5
pwdLockoutDuration: 900
"""
ADMINS = f"""\
dn: cn=admins,ou=groups,{BASE}
objectClass: groupOfNames
cn: admins
member: uid=ada,ou=people,{BASE}
"""
PEOPLE = (
    person("ada", pwdLastSuccess="20261101080000Z"),
    person("bob", pwdLastSuccess="20250102030405.123456Z", pwdChangedTime="20240102030405Z"),
    person("eve", pwdAccountLockedTime="000001010000Z"),
    person("new"),
)
ORDINARY = Layout(entries=[*PEOPLE, POLICY, ADMINS], config_access="to * by * read")
COLLECTORS = {each.id.rpartition(".")[2]: each for each in (users, groups, policies, server)}


@dataclass
class Seen:
    """What a collector saw, by name, and why it ended early."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    choice: object = None
    """Of policies, by accounts: it comes with them."""
    gap: CollectionGap | None = None
    recorder: Recorder = field(default_factory=Recorder)
    principal: str = ""


def told(resource: Resource) -> dict[str, Any]:
    """Its fields; of those that were not observed, the reason behind a question mark."""
    missing = missing_fields(resource)
    return {
        name: f"? {missing[name]}" if name in missing else getattr(resource, name)
        for name in resource.__dataclass_fields__  # type: ignore[attr-defined]
    }


def collected(source: Source, name: str) -> Seen:
    seen = Seen()
    with recording() as seen.recorder:
        try:
            for resource in COLLECTORS[name](source):
                said = told(resource)
                if isinstance(resource, LdapPolicyChoice):
                    seen.choice = said["policies"]
                    continue
                seen.found[str(said.get("login") or said.get("name") or said["id"])] = said
        except Exception as error:
            seen.gap = source.explain(error)
            if seen.gap is None:
                raise
    seen.principal = source.principal
    return seen


def replayed(seen: Seen, name: str) -> Seen:
    """The same collector over what it recorded."""
    unit = Unit(
        collector=COLLECTORS[name].id, version="", source="ldap/corp", scope="", principal=seen.principal,
        started=NOW, finished=NOW, exchanges=tuple(seen.recorder.exchanges), gaps=(),
    )  # fmt: skip
    return collected(replay(unit, seen.recorder.exchanges, seen.recorder.bodies, lambda: NOW), name)


Look = Callable[..., Seen]


@dataclass
class Corp:
    """A directory that runs, and how to look at it."""

    server: Slapd

    def source(self, address: str = "", **settings: Any) -> Source:
        entry = Settings(**{
            "name": "corp", "url": address or self.server.secure, "bind_dn": READER,
            "password": {"env": "ANNEXA_TEST_LDAP"}, "authority": str(self.server.authority),
            "services": [f"ou=services,{BASE}"], **settings,
        })  # fmt: skip
        (found,) = open_sources([entry], [], lambda: NOW)
        return found

    def look(self, name: str, address: str = "", **settings: Any) -> Seen:
        """What a collector sees, having seen that a replay sees the same."""
        source = self.source(address, **settings)
        seen = collected(source, name)
        source.close()
        again = replayed(seen, name)
        assert (again.found, again.choice, again.gap) == (seen.found, seen.choice, seen.gap)
        assert PASSWORD.encode() not in b"".join(seen.recorder.bodies.values())
        return seen


Plant = Callable[..., Corp]


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNEXA_TEST_LDAP", PASSWORD)


@pytest.fixture(scope="module")
def corp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corp]:
    """The ordinary directory."""
    with slapd(tmp_path_factory.mktemp("corp"), ORDINARY) as running:
        yield Corp(running)


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """Starts a directory that differs from the ordinary one."""
    with ExitStack() as stack:
        yield lambda **differs: Corp(stack.enter_context(slapd(tmp_path / "slapd", replace(ORDINARY, **differs))))
