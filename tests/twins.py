"""Recorded twins: sources with a memory instead of a network, one for each real `Source`.

A collector test then reads: given these answers, the collector sees these resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from collectors.host.batch import Answers
from collectors.host.facts import Answer, Fact
from collectors.host.source import Host
from core.model import CollectionGap, Evidence
from core.population import Population
from core.resource import Resource

K = TypeVar("K", bound=Resource)

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class SilentTransport:
    """A transport that must not be used."""

    endpoint = "nowhere"
    waited = 0.0

    def run(self, program: bytes, *, seconds: int, limit: int) -> bytes:
        raise AssertionError("a recorded host was asked for real")


class RecordedHost(Host):
    """A host that answers from memory: `RecordedHost({SSHD: "port 22\\n", AUDIT: Answer(b"", "…", 127)})`.

    A fact that is not recorded was not answered in time, which is a failure to look.
    """

    def __init__(self, answers: Mapping[Fact, str | bytes | Answer], name: str = "web-1") -> None:
        super().__init__(name, SilentTransport(), tuple(answers), clock=lambda: NOW)
        self._answers = Answers("root", {fact.name: _answer(said) for fact, said in answers.items()})


NEEDS_ROOT = Answer(b"", "sh: 1: needs-root: not found", 127)
MISSING = Answer(b"", "sh: 1: some-program: not found", 127)


def _answer(said: str | bytes | Answer) -> Answer:
    if isinstance(said, Answer):
        return said
    return Answer(said if isinstance(said, bytes) else said.encode())


def evidence(*resources: Resource, kind: str = "", missing: str = "", source: str = "host/web-1") -> Evidence:
    """A population for checks: these resources, and, with `missing`, a reason why there may be more."""
    return Evidence(
        kind=kind or resources[0].kind,
        source=source,
        scope="",
        collected_at=NOW,
        resources=resources,
        gaps=(CollectionGap(missing),) if missing else (),
    )


def population(*resources: K, kind: str = "", missing: str = "") -> Population[K]:
    """A join for checks, seen from the source of the judged resource."""
    return Population(kind or resources[0].kind, (evidence(*resources, kind=kind, missing=missing),), "host/web-1")
