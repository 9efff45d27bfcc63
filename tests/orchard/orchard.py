"""A third party's plug-in, as one would be installed: trees and gates that behave as the configuration says.

It comes in through the entry-point group, so tests of the command line need no host and no network.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from core.model import CollectionGap, Exchange, Severity, Unit, Verdict, failed, not_applicable, passed
from core.plugins import Collector, check, collector
from core.population import Population
from core.recording import record
from core.redaction import redact
from core.resource import Resource, resource, unobserved
from core.settings import Secret, StrictModel
from core.source import Source


@resource("orchard.tree")
class Tree(Resource):
    """A tree."""

    id: str
    height_cm: int
    fenced: bool


@resource("orchard.gate")
class Gate(Resource):
    """A gate, and who keeps its key."""

    id: str
    locked: bool
    keeper: str

    def persons(self) -> Iterator[str]:
        yield from [self.keeper] if self.keeper else []


class TreeSettings(StrictModel):
    """A tree, as a test wants it."""

    id: str
    height_cm: int = 300
    fenced: bool | None = True


class Settings(StrictModel):
    """One orchard."""

    name: str
    trees: list[TreeSettings] = Field(default_factory=lambda: [TreeSettings(id="apple"), TreeSettings(id="pear")])
    locked: bool = True
    keeper: str = ""
    behaviour: Literal["well", "slow", "waits", "hangs", "crashes", "garbage", "float", "twins", "denied"] = "well"
    says: str = ""
    """What the gate's lock answers, recorded as an exchange."""
    sign: str = ""
    """A file that is made when the collector of trees has begun."""
    password: Secret | None = None


class DeniedError(Exception):
    """The orchard's owner said no."""


class Orchard(Source):
    """An orchard that behaves as configured."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock

    @property
    def id(self) -> str:
        return f"orchard/{self.settings.name}"

    @property
    def principal(self) -> str:
        return "gardener"

    def explain(self, error: Exception) -> CollectionGap | None:
        return CollectionGap(str(error), "ask the owner") if isinstance(error, DeniedError) else None

    def ask(self, question: str, answer: str) -> bytes:
        """Record an exchange, as a transport does: redacted first."""
        said, redactions = redact(answer.encode(errors="surrogateescape"))
        record("ask", {"command": question}, said, status="0", at=self.clock(), duration_ms=1, redactions=redactions)
        return said


@collector(permissions=("look at trees",))
def trees(orchard: Orchard) -> Iterator[Tree]:
    """Every tree, or whatever the configuration wants to go wrong."""
    settings = orchard.settings
    if settings.sign:
        Path(settings.sign).touch()
    orchard.ask("count the trees", f"{len(settings.trees)} trees\n")
    for each in settings.trees:
        fenced: Any = unobserved("fog") if each.fenced is None else each.fenced
        yield Tree(id=each.id, height_cm=each.height_cm, fenced=fenced)
    yield from _misbehave(settings)


def _misbehave(settings: Settings) -> Iterator[Tree]:
    match settings.behaviour:
        case "slow":
            time.sleep(0.3)
        case "waits":
            time.sleep(20)
        case "hangs":
            threading.Event().wait()
        case "crashes":
            raise RuntimeError(f"the ladder broke; {settings.says}")
        case "garbage":
            yield object()  # type: ignore[misc] # what a careless author may yield
        case "float":
            yield Tree(id="bonsai", height_cm=30.5, fenced=True)  # type: ignore[arg-type] # ditto
        case "twins":
            yield Tree(id=settings.trees[0].id, height_cm=1, fenced=False)
        case "denied":
            raise DeniedError("the owner does not let us in")


@collector(permissions=("look at gates",))
def gates(orchard: Orchard) -> Iterator[Gate]:
    """Every gate. Nothing ever goes wrong here."""
    if orchard.settings.password:
        orchard.ask("log in", f"password: {orchard.settings.password.reveal(os.environ)}")
    orchard.ask("try the lock", orchard.settings.says)
    yield Gate(id="gate", locked=orchard.settings.locked, keeper=orchard.settings.keeper)


@check(objective="deletions-can-be-undone", severity=Severity.HIGH)
def tree_is_fenced(tree: Tree) -> Verdict:
    """Every tree is fenced.

    Deer eat the bark of young trees.

    Remediation: Build a fence.
    """
    if tree.height_cm < 10:
        return not_applicable(f"{tree.id} is a seedling of {tree.height_cm} cm")
    return passed(f"{tree.id} is fenced") if tree.fenced else failed(f"{tree.id} is not fenced")


@check(objective="deletions-can-be-undone", severity=Severity.LOW)
def tree_is_low(tree: Tree, *, most_cm: int = 500) -> Verdict:
    """Every tree can be reached.

    Fruit that nobody reaches rots.

    Remediation: Prune it.
    """
    if tree.height_cm > most_cm:
        return failed(f"{tree.id} is {tree.height_cm} cm high, more than {most_cm}")
    return passed(f"{tree.id} is {tree.height_cm} cm high")


@check(objective="logs-are-protected", severity=Severity.CRITICAL)
def gate_is_locked(gate: Gate, trees: Population[Tree]) -> Verdict:
    """Every gate of an orchard with trees is locked.

    An open gate invites deer.

    Remediation: Lock it.
    """
    if not len(trees.here):
        return not_applicable("there is no tree to protect")
    return (
        passed(f"{gate.id} is locked")
        if gate.locked
        else failed(f"{gate.id} is open{gate.keeper and f', and {gate.keeper} has the key'}")
    )


def open_sources(
    settings: Sequence[Settings], collectors: Sequence[Collector], clock: Callable[[], datetime]
) -> Iterator[Orchard]:
    """The configured orchards."""
    for each in settings:
        yield Orchard(each, clock)


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """How to ask the same: aloud."""
    return exchange.parameters["command"]


def least_privilege(permissions: Iterable[str]) -> str:
    """What to ask the owner for."""
    return "".join(f"may {permission}\n" for permission in sorted(permissions))
