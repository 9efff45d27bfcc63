"""What samples are drawn from: verdicts of checks, or resources of a kind, as they stood at a place in the log.

An item is a line of canonical JSON that names nobody: a verdict by its id, a resource by the SHA-256 of its sealed
line. So a sample can be drawn again by strangers, and after people were erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from core.codec import canonical, parse
from core.errors import AnnexaError
from core.model import REST_OF_POPULATION
from evidence_store.questions.populations import Population, Populations
from evidence_store.questions.states import FindingState
from runs.report import Report
from runs.selection import DEFAULT_FRAMEWORK, matches, wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a sample is to be drawn from: verdicts of `checks` or of what serves `controls`, or resources of a `kind`;
    in these sources, or in all."""

    checks: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    kind: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One of a population. `line` is what its rank is made of.

    A verdict is about a resource, and a resource may have verdicts: `sealed` is the resource as the store holds it,
    `readable` the same with names; both are empty where nobody has looked it up.
    """

    line: str
    source: str
    scope: str
    resource: str
    verdicts: tuple[FindingState, ...] = ()
    population: Population | None = None
    sealed: bytes = b""
    readable: bytes = b""


@dataclass(kw_only=True)
class Members:
    """All there is to draw from, by item, and sentences about what was out of sight. `names` are checks or the kind,
    `kinds` what they are about."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    items: dict[str, Item] = field(default_factory=dict[str, Item])
    unseen: list[str] = field(default_factory=list[str])


def members(asked: Asked, stood: Report, populations: Populations) -> Members:
    """What there is to draw from. Raises `AnnexaError` for a name that means nothing, and `BrokenSealError`."""
    if bool(asked.kind) == bool(asked.checks or asked.controls):
        raise AnnexaError(
            "a sample is drawn from verdicts or from resources", "name what from: --check, --control, or --kind"
        )
    return _resources(asked, populations) if asked.kind else _verdicts(asked, stood)


def _verdicts(asked: Asked, stood: Report) -> Members:
    checks = sorted(_checks(asked, stood))
    found = Members(names=tuple(checks), kinds=tuple(sorted({stood.checks[each].kind for each in checks})))
    for each in stood.findings:
        if each.check not in checks or not wanted(each.source, asked.sources):
            continue
        if each.resource == REST_OF_POPULATION:
            found.unseen.append(f"{each.check} in {_place(each.source, each.scope)}: {each.reason}")
            continue
        line = canonical([each.check, each.source, each.scope, each.id]).decode()
        found.items[line] = Item(
            line=line, source=each.source, scope=each.scope, resource=each.resource, verdicts=(each,)
        )
    return found


def _checks(asked: Asked, stood: Report) -> set[str]:
    """The checks that are meant, of those that were in force."""
    found: set[str] = set()
    for pattern in asked.checks:
        meant = {each for each in stood.checks if matches(each, pattern)}
        if not meant:
            raise AnnexaError(f"no check {pattern} was in force then", "list those there are: annexa checks")
        found |= meant
    serving = _serving(stood)
    for control in asked.controls:
        name = control if ":" in control else f"{DEFAULT_FRAMEWORK}:{control}"
        if not serving.get(name):
            raise AnnexaError(f"no check served {control} then", "see what does, and what could: annexa controls")
        found |= serving[name]
    return found


def _serving(stood: Report) -> Mapping[str, set[str]]:
    """The checks that speak to each control, by edition and number."""
    return {
        f"{edition.id}:{result.control.id}": {
            check for objective in result.objectives for check in objective.checks if check in stood.checks
        }
        for edition in stood.frameworks
        for result in edition.controls
    }


def _resources(asked: Asked, populations: Populations) -> Members:
    found = Members(names=(asked.kind,), kinds=(asked.kind,))
    there = [each for each in populations.all((asked.kind,)) if wanted(each.source, asked.sources)]
    if not there:
        raise AnnexaError(f"nobody had looked for {asked.kind} there", "kinds are the last column of: annexa checks")
    for each in there:
        if not each.complete:
            gaps = "; ".join(dict.fromkeys(gap.reason for gap in populations.unit(each).gaps))
            found.unseen.append(f"{each.kind} in {_place(each.source, each.scope)}: {gaps}")
        for sealed in populations.sealed_lines(each):
            item = resource_item(each, sealed, populations)
            found.items[item.line] = item
    return found


def resource_item(population: Population, sealed: bytes, populations: Populations) -> Item:
    """A sealed line of a population as an item."""
    digest = sha256(sealed).hexdigest()
    readable = populations.revealed(sealed)
    return Item(
        line=canonical([population.kind, population.source, population.scope, digest]).decode(),
        source=population.source,
        scope=population.scope,
        resource=str(parse(readable).get("id", "")),
        population=population,
        sealed=sealed,
        readable=readable,
    )


def _place(source: str, scope: str) -> str:
    return f"{source} {scope}".strip()
