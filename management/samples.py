"""Drawing samples: sealed as they are drawn, and drawn again by whoever doubts them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from core.codec import timestamp
from core.errors import AnnexaError
from core.management.sample import Drawn, Sample, StratumDrawn
from core.model import Status
from core.sampling import Method, Stratum, draw, in_proportion
from evidence_store import records
from evidence_store.people.keyring import Keyring
from evidence_store.questions.events import samples
from evidence_store.questions.populations import Population, Populations
from management.drawing_from import Asked, Item, Members, members, resource_item
from management.sealing import By, Desk
from runs.as_of import as_of as place
from runs.completeness import Completeness, completeness
from runs.report import Report
from runs.selection import wanted
from runs.state import report

FAILING, OTHERS = "failing", "others"
STRATA = ("source", "scope", "check", "status")
"""What parts can be made by. Resources know only the first two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants: `size` items of what is `asked` about; with all failures, so many besides.

    Without a `seed` it is the root of the checkpoint that stands over the population, in hexadecimal.
    """

    asked: Asked
    size: int
    method: Method = Method.RANDOM
    strata: str = "source"
    seed: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSample:
    """A sample with the population it was drawn from, each drawn item with its evidence, in the order of its parts and
    ranks, and how the populations behind it were made whole."""

    sample: Sample
    strata: tuple[Stratum, ...]
    items: tuple[Item, ...]
    completeness: tuple[Completeness, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing was out of sight, and nobody else counted otherwise."""
        return not self.sample.said.unseen and all(each.confirmed for each in self.completeness)


def draw_sample(desk: Desk, wanted_: Wanted, by: By) -> DrawnSample:
    """Draw, seal that it was drawn, and give it with its evidence. Raises `AnnexaError` for what cannot be drawn."""
    now = desk.clock()
    then = place(desk.store, wanted_.as_of or timestamp(now), now)
    if then is None:  # only for no text at all
        raise AnnexaError("no moment is asked about")
    past = then.past
    stood = report(desk.configuration, desk.store, now, then=then)
    with desk.store.reading() as connection:
        populations = Populations(desk.store, connection, Keyring(desk.store, connection).reveal, past)
        there = members(wanted_.asked, stood, populations)
        seed = wanted_.seed or (stood.seal.root if stood.seal else "")
        strata = _strata(there, wanted_, seed)
        said = Drawn(
            of="resources" if wanted_.asked.kind else "verdicts",
            drawn_from=there.names,
            in_sources=wanted_.asked.sources,
            size=past.size,
            moment=past.moment,
            method=wanted_.method,
            strata=wanted_.strata if wanted_.method is Method.STRATIFIED else "",
            seed=seed,
            wanted=wanted_.size,
            parts=tuple(_part_drawn(each) for each in strata),
            unseen=tuple(there.unseen),
        )
    (name,) = desk.begin(records.SAMPLE, [[said]], by)
    with desk.store.reading() as connection:
        populations = Populations(desk.store, connection, Keyring(desk.store, connection).reveal, past)
        return _with_evidence(samples(desk.store, connection)[name], strata, there, stood, populations)


def drawn_again(sample: Sample, stood: Report, populations: Populations) -> DrawnSample:
    """A sealed sample with its evidence, drawn again from what stood at its place in the log.

    Raises `AnnexaError` where it comes out otherwise, and `BrokenSealError`.
    """
    said = sample.said
    resources = said.of == "resources"
    there = members(
        Asked(
            checks=() if resources else said.drawn_from,
            kind=said.drawn_from[0] if resources else "",
            sources=said.in_sources,
        ),
        stood,
        populations,
    )
    again = Wanted(asked=Asked(), size=said.wanted, method=said.method, strata=said.strata or STRATA[0], seed=said.seed)
    strata = _strata(there, again, said.seed)
    if tuple(map(_part_drawn, strata)) != said.parts:
        raise AnnexaError(f"{sample.id}: what it was drawn from is not what it was", "see why: annexa verify")
    return _with_evidence(sample, strata, there, stood, populations)


def listing(items: Iterable[str]) -> bytes:
    """A part of a population as the file that a stranger draws from: a line for each item, in the order of bytes."""
    return b"".join(f"{item}\n".encode() for item in items)


def _part_drawn(stratum: Stratum) -> StratumDrawn:
    return StratumDrawn(
        part=stratum.name,
        size=len(stratum.items),
        population=sha256(listing(stratum.items)).hexdigest(),
        lines=tuple(drawn.item for drawn in stratum.drawn),
    )


def _strata(there: Members, asked: Wanted, seed: str) -> tuple[Stratum, ...]:
    if asked.size < 1:
        raise AnnexaError("a sample has one item at least", "say how many: --size 25")
    if not there.items:
        hidden = f"; out of sight: {'; '.join(there.unseen)}" if there.unseen else ""
        raise AnnexaError(f"there is nothing to draw from{hidden}", "see what there is: annexa status --all")
    parts = _parts(there.items, asked)
    sizes = {name: len(items) for name, items in parts.items()}
    if asked.method is Method.STRATIFIED:
        return draw(parts, in_proportion(sizes, asked.size), seed)
    return draw(parts, {name: sizes[name] if name == FAILING else asked.size for name in parts}, seed)


def _parts(items: Mapping[str, Item], asked: Wanted) -> Mapping[str, Sequence[str]]:
    """The items by the part they are in."""
    if asked.method is Method.RANDOM:
        return {"": tuple(items)}
    resources = any(item.population for item in items.values())
    if resources and (asked.method is Method.FAILURES or asked.strata not in STRATA[:2]):
        raise AnnexaError("a resource neither passes nor fails by itself", "draw from the verdicts of a check: --check")
    if asked.strata not in STRATA:
        raise AnnexaError(f"parts cannot be made by {asked.strata}", f"they are made by {', '.join(STRATA)}")
    found: dict[str, list[str]] = defaultdict(list)
    for line, item in items.items():
        found[_part(item, asked)].append(line)
    return found


def _part(item: Item, asked: Wanted) -> str:
    if asked.method is Method.FAILURES:
        return FAILING if item.verdicts[0].status is Status.FAIL else OTHERS
    return str(getattr(item if asked.strata in STRATA[:2] else item.verdicts[0], asked.strata))


def _with_evidence(
    sample: Sample, strata: tuple[Stratum, ...], there: Members, stood: Report, populations: Populations
) -> DrawnSample:
    drawn = [there.items[each.item] for part in strata for each in part.drawn]
    behind = [each for each in populations.all(there.kinds) if wanted(each.source, sample.said.in_sources)]
    if sample.said.of == "resources":
        items = _with_verdicts(drawn, stood)
    else:
        items = _with_resources(drawn, behind, stood, populations)
    return DrawnSample(
        sample=sample,
        strata=strata,
        items=tuple(items),
        completeness=tuple(completeness(populations, behind)),
    )


def _with_verdicts(drawn: Sequence[Item], stood: Report) -> Iterator[Item]:
    """Resources with the verdicts about them, by checks of their kind."""
    kinds = {name: check.kind for name, check in stood.checks.items()}
    found = defaultdict(list)
    for each in stood.findings:
        found[kinds.get(each.check), each.source, each.scope, each.resource].append(each)
    for item in drawn:
        kind = item.population.kind if item.population else None
        yield replace(item, verdicts=tuple(found[kind, item.source, item.scope, item.resource]))


def _with_resources(
    drawn: Sequence[Item], behind: Sequence[Population], stood: Report, populations: Populations
) -> Iterator[Item]:
    """Verdicts with the resource that each is about; those about a whole source are about none."""
    asked: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for item in drawn:
        asked[stood.checks[item.verdicts[0].check].kind, item.source, item.scope].add(item.resource)
    found: dict[tuple[str, str, str, str], Item] = {}
    for each in behind:
        place_ = (each.kind, each.source, each.scope)
        for sealed in populations.sealed_lines(each) if place_ in asked else ():
            resource = resource_item(each, sealed, populations)
            if resource.resource in asked[place_]:
                found[*place_, resource.resource] = resource
    for item in drawn:
        kind = stood.checks[item.verdicts[0].check].kind
        about = found.get((kind, item.source, item.scope, item.resource))
        yield (
            replace(item, population=about.population, sealed=about.sealed, readable=about.readable) if about else item
        )
