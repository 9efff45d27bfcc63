"""One place that is asked by REST, all that collectors see of it, and worlds in which some of it is refused.

What was recorded is replayed with refusals and spoilt answers in the place of real ones: compared with the allowed
world verdicts may only move to unknown, and no finding may vanish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors.rest import PAGE
from core.engine import Collected, assess, collect
from core.model import Evidence, Exchange, Finding, Status
from core.plugins import Check, Collector, discover
from core.replay import NotRecordedError, Recording
from core.resource import missing_fields
from core.source import Source
from tests.https_server import Said, Server, https_server
from tests.shapes.watching import unknown_fields

AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)
REFUSED = {
    "401": b'{"detail":"expired"}', "403": b'{"detail":"not for you"}', "404": b"", "429": b"", "500": b"{}", "302": b"",
}  # fmt: skip
"""Statuses, and what is said with them."""
SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "a page for people": lambda _: b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>",
    "another shape": lambda _: b"[[]]",
    "nothing in it": lambda _: b"{}",
}
SILENT = "unreachable"
WAYS = (*REFUSED, *SPOILT, SILENT)
Replay = Callable[..., Source]
Key = tuple[str, str, str]


def clock() -> datetime:
    return AS_OF


class Refusing(Recording):
    """A recording in which some operations were refused, from a page on."""

    def __init__(
        self, exchanges: Iterable[Exchange], bodies: Mapping[str, bytes], refused: Mapping[str, str], page: int
    ) -> None:
        super().__init__(exchanges, bodies)
        self._refused = refused
        self._page = page

    def answer(self, operation: str, parameters: Mapping[str, str]) -> tuple[Exchange, bytes]:
        way = self._refused.get(operation, "") if int(parameters.get(PAGE, "1")) >= self._page else ""
        try:
            exchange, body = super().answer(operation, parameters)
        except NotRecordedError:  # asked only because something else was refused: nobody knows what would be said
            exchange, body, way = nothing(operation), b"", way or "403"
        if way in REFUSED:
            return replace(exchange, status=way, headers={}), REFUSED[way]
        if way in SPOILT:
            return exchange, SPOILT[way](body)
        return (replace(exchange, status=way, error="nobody answers", headers={}), b"") if way else (exchange, body)


@dataclass
class World:
    """What was seen of one source, unit by unit, and who judges it."""

    collectors: Mapping[str, Collector]
    checks: Mapping[str, Check[...]]
    replay: Replay
    units: Mapping[str, Collected]
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])

    @property
    def operations(self) -> list[str]:
        return sorted({str(read) for each in self.collectors.values() for read in each.permissions})

    @property
    def asked(self) -> set[str]:
        return {each.operation for unit in self.units.values() for each in unit.unit.exchanges if "/" in each.operation}

    def statuses(self, evidence: Sequence[Evidence]) -> dict[Key, Status]:
        return {(each.check, each.source, each.resource): each.verdict.status for each in self.judge(evidence)}

    def judge(self, evidence: Sequence[Evidence]) -> list[Finding]:
        return [
            finding
            for check in self.checks.values()
            for finding in assess(
                check, evidence, as_of=AS_OF, digest="", settings=self.settings.get(check.id)
            ).findings
        ]

    @property
    def evidence(self) -> list[Evidence]:
        return [each for unit in self.units.values() for each in unit.evidence]

    def replayed(self, name: str, refused: Mapping[str, str] | None = None, page: int = 1) -> Collected:
        """A unit again, over what it recorded."""
        before = self.units[name]
        source = self.replay(before.unit, before.unit.exchanges, before.bodies, clock)
        source.line._recording = Refusing(before.unit.exchanges, before.bodies, refused or {}, page)  # type: ignore[attr-defined]
        return collect(self.collectors[name], source, version="0", clock=clock)

    def complaints(self, operation: str, way: str, page: int = 1) -> list[str]:
        """What is wrong with the verdicts where an operation is refused in this way."""
        evidence: list[Evidence] = []
        wrong: list[str] = []
        for name, unit in self.units.items():
            uses = operation in {str(read) for read in self.collectors[name].permissions}
            now = self.replayed(name, {operation: way}, page) if uses else unit
            wrong += [each.reason for each in now.unit.gaps if " failed with " in each.reason]
            evidence += now.evidence
        before, after = self.statuses(self.evidence), self.statuses(evidence)
        return [f"{operation}: {way}: {each}" for each in wrong] + [
            f"{operation}: {way}: {key} was {before.get(key)} and is {after.get(key)}"
            for key in sorted(before.keys() | after.keys())
            if not _is_honest(key, before, after)
        ]


def _is_honest(key: Key, before: Mapping[Key, Status], after: Mapping[Key, Status]) -> bool:
    check, source, _ = key
    now = after.get(key)
    if now is None:  # the rest of the population speaks for it
        return after.get((check, source, "*")) is Status.UNKNOWN
    return now in (before.get(key), Status.UNKNOWN)


@dataclass
class Place:
    """A server that runs, and how a provider looks at it. `shows` is what the server answers from."""

    server: Server
    provider: Any
    settings: Mapping[str, Any]
    token: str
    shows: Any = None

    @property
    def collectors(self) -> dict[str, Collector]:
        return discover([self.provider], Collector)

    def source(self, **settings: Any) -> Source:
        entry = self.provider.Settings(**{
            "url": self.server.url, "authority": str(self.server.authority),
            "token": {"file": str(self.server.authority.parent / "token")}, **self.settings, **settings,
        })  # fmt: skip
        found: list[Source] = list(self.provider.open_sources([entry], list(self.collectors.values()), clock))
        return found[0]

    def world(self, checks: Mapping[str, Check[...]] | None = None, only: str = "", **settings: Any) -> World:
        """What is seen, having made sure that a replay sees the same and that nothing secret is kept."""
        chosen = {name: each for name, each in self.collectors.items() if only in ("", name)}
        source = self.source(**settings)
        units = look(source, chosen)
        source.close()
        package = self.provider.__name__.rpartition(".")[2]
        strange = unknown_fields(package, units.values())
        assert not strange, f"a slip in a fixture? {strange}: see tests/shapes/derive_{package}.py"
        world = World(chosen, checks or {}, self.provider.replay, units)
        for name, unit in units.items():
            assert same(world.replayed(name), unit)
            kept = everything_kept(unit)
            assert self.token.encode() not in kept
            assert b"never-to-be-seen" not in kept
        return world

    def unit(self, name: str, **settings: Any) -> Collected:
        whole = f"{self.provider.__name__.rpartition('.')[2]}.{name}"
        return self.world(only=whole, **settings).units[whole]


@contextmanager
def rest_server(folder: Path, token: str) -> Iterator[Server]:
    """A server that answers nothing yet, beside a file with the token that it is asked with."""
    (folder / "token").write_text(token, encoding="utf-8")
    with https_server(folder, lambda _: Said()) as server:
        yield server


def look(source: Source, collectors: Mapping[str, Collector]) -> dict[str, Collected]:
    """Everything that collectors see of a source."""
    return {name: collect(each, source, version="0", clock=clock) for name, each in collectors.items()}


def told(unit: Collected) -> dict[str, dict[str, dict[str, Any]]]:
    """Kind, then id, then fields; of those that were not observed, the reason behind a question mark."""
    return {
        each.kind: {
            resource.id: {
                name: f"? {missing_fields(resource)[name]}"
                if name in missing_fields(resource)
                else getattr(resource, name)
                for name in resource.__dataclass_fields__  # type: ignore[attr-defined]
            }
            for resource in each.resources
        }
        for each in unit.evidence
    }


def same(one: Collected, other: Collected) -> bool:
    """Whether two units saw the same, gaps included."""
    return [
        (each.kind, each.encoded, each.gaps) for each in one.evidence
    ] == [(each.kind, each.encoded, each.gaps) for each in other.evidence]  # fmt: skip


def everything_kept(unit: Collected) -> bytes:
    """All bytes that a store would be given."""
    kept = b"".join(each for evidence in unit.evidence for each in evidence.encoded)
    return kept + b"".join(unit.bodies.values()) + repr(unit.unit).encode()


def nothing(operation: str) -> Exchange:
    return Exchange(operation=operation, parameters={}, response="", size=0, status="200", at=AS_OF, duration_ms=0)
