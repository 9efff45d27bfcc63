from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

import checks.active_directory
import checks.idp
import checks.ldap
import collectors.active_directory
from collectors.active_directory import Settings, open_sources, replay
from collectors.active_directory.source import Domain
from core.engine import Collected, assess, collect
from core.model import Evidence, Finding, Status
from core.plugins import Check, Collector, discover
from core.resource import Resource, missing_fields
from core.source import Source
from tests.samba import BASE, PASSWORD, PROGRAM, READER, Samba, samba

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COLLECTORS = {each.id.rpartition(".")[2]: each for each in discover([collectors.active_directory], Collector).values()}
CHECKS = {
    **discover([checks.active_directory, checks.ldap], Check),
    "idp.users.account_is_used": discover([checks.idp], Check)["idp.users.account_is_used"],
}
"""Those of Active Directory, and of the common ones what the planted domain was made for."""
Key = tuple[str, str]
"""Check and resource."""


def collected(source: Source, name: str) -> Collected:
    return collect(COLLECTORS[name], source, version="", clock=lambda: NOW)


def again(seen: Collected, name: str) -> Collected:
    """The same collector over what it recorded."""
    place = replay(seen.unit, seen.unit.exchanges, seen.bodies, lambda: NOW)
    return collected(place, name)


def judged(evidence: Sequence[Evidence], kinds: Collection[str] = ()) -> dict[Key, Status]:
    """What all checks conclude, or those that read one of these kinds."""
    findings: list[Finding] = []
    there = {each.kind for each in evidence}
    for check in CHECKS.values():
        if check.subject.kind in there and (not kinds or check.kinds & set(kinds)):
            findings += assess(check, evidence, as_of=NOW, digest="").findings
    return {(each.check, each.resource): each.verdict.status for each in findings}


def named(seen: Collected, kind: str) -> dict[str, dict[str, Any]]:
    """Resources of a kind by what people call them; the reason behind a question mark where one was not observed."""
    (found,) = (each.resources for each in seen.evidence if each.kind == kind)
    return {str(said.get("login") or said.get("name") or said["id"]): said for said in map(told, found)}


def told(resource: Resource) -> dict[str, Any]:
    missing = missing_fields(resource)
    return {
        name: f"? {missing[name]}" if name in missing else getattr(resource, name)
        for name in resource.__dataclass_fields__  # type: ignore[attr-defined]
    }


@dataclass
class Corp:
    """A domain that runs, and how to look at it."""

    server: Samba

    def source(self, address: str = "", **settings: Any) -> Domain:
        entry = Settings(**{
            "name": "corp", "url": address or self.server.secure, "bind_dn": READER,
            "password": {"env": "ANNEXA_TEST_DOMAIN"}, "authority": str(self.server.authority),
            "services": [f"OU=Services,{BASE}"], **settings,
        })  # fmt: skip
        (found,) = open_sources([entry], [], lambda: NOW)
        assert isinstance(found, Domain)
        return found

    def look(self, name: str, address: str = "", **settings: Any) -> Collected:
        """What a collector sees, having seen that a replay sees the same."""
        source = self.source(address, **settings)
        seen = collected(source, name)
        source.close()
        replayed = again(seen, name)
        assert [each.encoded for each in replayed.evidence] == [each.encoded for each in seen.evidence]
        assert replayed.unit.gaps == seen.unit.gaps
        assert PASSWORD.encode() not in b"".join(seen.bodies.values())
        return seen


World = Mapping[str, Collected]


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNEXA_TEST_DOMAIN", PASSWORD)


@pytest.fixture(scope="session")
def corp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corp]:
    """The domain of this run."""
    if os.geteuid() or not PROGRAM.exists():
        pytest.skip("a domain controller needs root and Samba")
    root = tmp_path_factory.getbasetemp()
    with samba((root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "samba") as running:
        yield Corp(running)


@pytest.fixture(scope="session")
def world(corp: Corp) -> World:
    """What every collector sees of the domain with the rights that we ask for."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ANNEXA_TEST_DOMAIN", PASSWORD)
        return {name: corp.look(name) for name in COLLECTORS}
