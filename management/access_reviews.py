"""Access reviews: owners are asked about what evidence shows, decide, and are held to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from checks.people.persons import observed_words
from checks.people.rights import Edge, Right
from core.codec import decode
from core.errors import AnnexaError, did_you_mean
from core.management.access_review import AccessReview, Decided, Decision, HeldAccess, Opened, Withdrawn, may_not_decide
from core.management.events import same_person
from core.mistakes import MistakesError
from core.population import Population
from core.resource import Resource, missing_fields
from core.resources.people import Person
from evidence_store import records
from evidence_store.people.keyring import Keyring
from evidence_store.questions.earlier import Look, looks
from evidence_store.questions.events import access_reviews, organization
from evidence_store.questions.past import Past
from evidence_store.questions.queries import latest_evidence
from management.access_sheets import Filled
from management.held_access import SIGN_IN, Row, Shown, shown
from management.held_accounts import MODELS, World
from management.held_since import given_days, since_when
from management.looking import Step, steps
from management.sealing import By, Desk, Draft
from runs.as_of import as_of as place

BY_KIND = {model.kind: model for model in MODELS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who holds what now, and who answers for it: by row and by place, empty for nobody. `people` are in the lists."""

    shown: Shown
    owners: dict[str, str]
    places: dict[str, str]
    people: Population[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReview:
    """A review with everything that was done."""

    review: AccessReview
    events: tuple[Step, ...]


def known(desk: Desk, past: Past | None = None) -> dict[str, AccessReview]:
    """All reviews by id."""
    with desk.store.reading() as connection:
        return access_reviews(desk.store, connection, past)


def chosen(found: dict[str, AccessReview], name: str) -> AccessReview:
    """The review of this id. Raises `AnnexaError` where there is none."""
    if name.upper() not in found:
        near = did_you_mean(name.upper(), found)
        raise AnnexaError(f"there is no access review {name}{near}", "annexa access-review list --all")
    return found[name.upper()]


def listed(desk: Desk, as_of: str = "", *, all_of_them: bool = False) -> tuple[list[AccessReview], Past | None]:
    """Reviews that count or are asked for or, with `all_of_them`, withdrawn ones too. Raises `AnnexaError`."""
    then = place(desk.store, as_of, desk.clock())
    past = then.past if then else None
    return [each for each in known(desk, past).values() if all_of_them or not each.withdrawn], past


def look(desk: Desk, name: str) -> ToldReview:
    """One review. Raises `AnnexaError`."""
    review = chosen(known(desk), name)
    return ToldReview(review=review, events=steps(desk, records.ACCESS_REVIEW, review.id))


def access(desk: Desk) -> Access:
    """Who holds what by the newest evidence, and who answers for it. Raises `BrokenSealError`."""
    settings, at = desk.configuration.management.access_reviews, desk.clock()
    with desk.store.reading() as connection:
        evidence = [each.evidence for each in latest_evidence(desk.store, connection, BY_KIND)]
        stated = organization(desk.store, connection)
        names = Keyring(desk.store, connection)
        given: dict[str, dict[Edge, date]] = defaultdict(dict)
        for each in evidence:
            given[each.source] |= given_days(each.resources)
        scopes = {(each.source, each.kind, each.scope) for each in evidence}

        def back(source: str, kind: str) -> Iterator[Iterator[Look]]:
            for of, its_kind, scope in sorted(scopes):
                if (of, its_kind) == (source, kind):
                    yield looks(desk.store, connection, source, scope, kind)

        def read(kind: str, line: bytes) -> Resource:
            found: Resource = decode(BY_KIND[kind], names.reveal(line))
            return found

        def since(source: str, edges: Collection[Edge]) -> dict[Edge, tuple[date, bool]]:
            return since_when(source, edges, back, read, given[source])

        world = World(evidence, at, desk.configuration.stale_after, settings.unused_after)
        found = shown(world, since, lambda right: right.privileged or _is_meant(right, settings.privileged))
    owned = {row.access.id: "" for row in found.rows}
    places: dict[str, str] = {}
    for row in found.rows:
        by_rule = (rule.owner for rule in settings.owners if _row_is_meant(row, rule.rights))
        owner = next(by_rule, "") or (stated.said.owner_of_source(row.access.source) if stated else "")
        owned[row.access.id] = owner
        if row.access.right == f"{row.access.source}:{SIGN_IN}":
            places[row.access.source] = owner
        elif row.access.privileged:
            places[row.access.right] = owner
    return Access(shown=found, owners=owned, places=places, people=world.people)


def ask(desk: Desk, by: By, due: date | None = None, owners: Collection[str] = ()) -> list[AccessReview]:
    """Ask owners, or these alone, to decide about all that they answer for. Raises `AnnexaError`."""
    now = access(desk)
    at = desk.clock()
    wanted = sorted(set(now.owners.values()) - {""}) if not owners else [_owner_named(each, now) for each in owners]
    if not wanted:
        raise AnnexaError(
            "nobody answers for any access that was seen", "say who does: management.access_reviews.owners"
        )
    for each in known(desk).values():
        if each.is_asked_for and any(same_person(each.asked.owner, owner) for owner in wanted):
            raise AnnexaError(
                f"{each.id}: {each.asked.owner} has not decided yet",
                f"import that sheet, or: annexa access-review withdraw {each.id}",
            )
    last = due or (at + desk.configuration.management.access_reviews.answered_within).date()
    acts = [[_opened(owner, last, now)] for owner in wanted]
    names = desk.begin(records.ACCESS_REVIEW, acts, by)
    found = known(desk)
    return [found[name] for name in names]


def decide(desk: Desk, name: str, answers: Sequence[Filled], digest: str, file: str, by: By) -> AccessReview:
    """Seal what an owner decided. Raises `MistakesError` with each line by somebody who may not decide on it."""
    found = known(desk)
    review = chosen(found, name)
    people, at = access(desk).people, desk.clock()
    names = {each.reviewer: _names_of(each.reviewer, people) for each in answers}
    mistakes: list[AnnexaError] = []
    decisions: list[Decision] = []
    for each in answers:
        try:
            decisions.append(_decision(each, review, names[each.reviewer], at.date()))
        except AnnexaError as error:
            mistakes.append(AnnexaError(f"{file}: line {each.line}: {error}", error.hint))
    if mistakes:
        raise MistakesError(mistakes)
    valid = (review.opened + desk.configuration.management.access_reviews.every).date()
    act = Decided(digest=digest, valid_until=max(valid, at.date()), decisions=tuple(decisions))
    desk.submit(records.ACCESS_REVIEW, [Draft(record=review.id, events=review.events, act=act)], by, found)
    return chosen(known(desk), review.id)


def withdraw(desk: Desk, name: str, by: By) -> AccessReview:
    """Let a review count no longer, or ask for it no more. Raises `AnnexaError`."""
    found = known(desk)
    review = chosen(found, name)
    draft = Draft(record=review.id, events=review.events, act=Withdrawn())
    desk.submit(records.ACCESS_REVIEW, [draft], by, found)
    return chosen(known(desk), review.id)


def _opened(owner: str, due: date, now: Access) -> Opened:
    mine = [_for(owner, row.access) for row in now.shown.rows if now.owners[row.access.id] == owner]
    sources = {row.source for row in mine} | now.people.sources
    blind = {source: why for source, why in now.shown.blind.items() if source in sources}
    whole = (place for place, of in now.places.items() if of == owner and place.partition(":")[0] not in blind)
    return Opened(
        owner=owner,
        due=due,
        places=tuple(sorted(whole)),
        gaps=tuple(
            f"{source}: {why}" for source, why in sorted({**now.shown.elsewhere, **blind}.items()) if source in sources
        ),
        rows=tuple(mine),
    )


def _for(owner: str, row: HeldAccess) -> HeldAccess:
    """A row as its owner is shown it: access of their own is for somebody else to decide on."""
    if not any(same_person(owner, name) for name in row.names):
        return row
    return replace(row, because=f"{row.because}; it is the owner's own: somebody else decides")


def _owner_named(name: str, now: Access) -> str:
    owners = sorted(set(now.owners.values()) - {""})
    found = next((owner for owner in owners if same_person(owner, name)), "")
    if not found:
        raise AnnexaError(
            f"{name} answers for no access that was seen{did_you_mean(name, owners)}",
            f"those who do: {', '.join(owners) or 'nobody: management.access_reviews.owners'}",
        )
    return found


def _decision(each: Filled, review: AccessReview, names: Collection[str], today: date) -> Decision:
    """What is sealed of an answer; the reviewer as the review calls the owner, where that is who decided.

    Raises `AnnexaError`.
    """
    if not names:
        raise AnnexaError(
            f"{each.reviewer} is in no list of people", "write below decided by a login or an e-mail address"
        )
    owner = review.asked.owner
    reviewer = owner if any(same_person(name, owner) for name in names) else each.reviewer
    own = (name for name in names if any(same_person(name, mine) for mine in each.row.names))
    if why := may_not_decide(each.row, owner, next(own, reviewer)):
        raise AnnexaError(why, "let whoever may decide do so, and write their name below decided by")
    if not review.opened.date() <= each.decided <= today:
        raise AnnexaError(
            f"was decided on {each.decided}, and asked on {review.opened.date()}",
            "write the day on which it was decided",
        )
    return Decision(
        id=each.row.id,
        choice=each.choice,
        change=each.change,
        reviewer=reviewer,
        decided=each.decided,
        comment=each.comment,
    )


def _names_of(reviewer: str, people: Population[Person]) -> tuple[str, ...]:
    """All that somebody is called; nothing when no list of people has them, where there is one: then nobody could tell
    whether they decide on access of their own."""
    if not people.sources:
        return (reviewer,)
    everybody = (_names(one) for one in people.observed)
    called_so = (names for names in everybody if any(same_person(reviewer, each) for each in names))
    return tuple(dict.fromkeys(name for names in called_so for name in names))


def _names(person: Person) -> list[str]:
    own = [] if "name" in missing_fields(person) or not person.name else [person.name]
    return [*own, *observed_words(person)]


def _row_is_meant(row: Row, patterns: Sequence[str]) -> bool:
    """A pattern without a scope means the right in all of them."""
    right = row.access.right.casefold()
    return any(fnmatchcase(right, form) for each in patterns for form in (each.casefold(), f"{each.casefold()}@*"))


def _is_meant(right: Right, patterns: Sequence[str]) -> bool:
    return any(right.is_meant(pattern) for pattern in patterns)
