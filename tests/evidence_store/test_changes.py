"""What differs between two places in the log: verdicts, resources, and what was only seen at other times."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from core.model import Status
from evidence_store.errors import BrokenSealError
from evidence_store.people.keyring import Keyring
from evidence_store.questions.past import Past
from evidence_store.questions.queries import last_start
from evidence_store.questions.resource_changes import ResourceChanges, resource_changes
from evidence_store.questions.verdict_changes import VerdictChange, VerdictChanges, verdict_changes
from evidence_store.questions.window import Window, end_of_log, scan_before_last
from evidence_store.schema import disposal
from tests.evidence_store.worlds import CHECK, WHOLE, Look, World

SQLITE = pytest.mark.parametrize("address", ["sqlite"], indirect=True)
"""What asks the database nothing that another test does not ask both."""


def ends(world: World) -> Past:
    with world.create() as store, store.reading() as connection:
        return end_of_log(connection, world.now)


def verdicts(world: World, start: Past, end: Past) -> VerdictChanges:
    with world.create() as store, store.reading() as connection:
        return verdict_changes(store, connection, Window(start, end), Keyring(store, connection))


def by_resource(found: VerdictChanges) -> dict[str, VerdictChange]:
    return {each.resource: each for each in found.changes}


def resources(world: World, start: Past, end: Past) -> ResourceChanges:
    with world.create() as store, store.reading() as connection:
        return resource_changes(store, connection, Window(start, end), Keyring(store, connection))


def forms(found: ResourceChanges) -> dict[str, tuple[bool, str, bytes, bytes]]:
    return {each.id: (each.came, each.missing, each.before, each.after) for each in found.changes}


@SQLITE
def test_before_two_scans_there_is_nothing_before_the_last(world: World) -> None:
    with world.create() as store, store.reading() as connection:
        assert scan_before_last(connection, end_of_log(connection, world.now)) is None
        assert last_start(store, connection) is None
    world.scan(Look(doors={"front": 90}))
    first = ends(world)
    world.scan(Look(doors={"front": 90}))
    with world.create() as store, store.reading() as connection:
        before = scan_before_last(connection, end_of_log(connection, world.now))
        assert before == first
        started = last_start(store, connection, before)
        assert started
        assert started.agent_version == "0.1"


def test_verdicts_that_came_went_and_changed(world: World) -> None:
    world.scan(Look(doors={"front": 90, "back": 120, "side": 80}))
    start = ends(world)
    world.scan(Look(doors={"front": 130, "back": 90, "attic": 70}))
    found = verdicts(world, start, ends(world))
    changed = by_resource(found)
    assert {name: each.missing for name, each in changed.items()} == {
        "front": "", "back": "", "side": "vanished", "attic": "vanished",
    }  # fmt: skip
    front = changed["front"]
    assert front.before
    assert front.after
    assert (front.before.status, front.after.status) == (Status.PASS, Status.FAIL)
    assert front.before.leaf < start.size <= front.after.leaf == front.after.first
    assert (changed["side"].after, changed["attic"].before) == (None, None)
    assert not found.throughout
    assert not found.judging
    assert not verdicts(world, start, start).changes


def test_a_failure_that_was_well_before_or_in_between_is_known(world: World) -> None:
    places = []
    for width in (120, 80, 120, 80, 120):
        world.scan(Look(doors={"front": width}))
        places.append(ends(world))
    back = by_resource(verdicts(world, places[1], places[2]))["front"]
    assert (back.failed_before, back.well_between) == (True, False)
    twice = by_resource(verdicts(world, places[0], places[4]))["front"]
    assert (twice.failed_before, twice.well_between) == (False, True)
    assert twice.before
    assert twice.after
    assert twice.before.reason == twice.after.reason


def test_why_there_was_nothing_before(world: World) -> None:
    world.scan(Look(scope="hall", doors={"front": 90}), Look(scope="cellar", gap="dark"), Look(source="house/b"))
    start = ends(world)
    world.scan(
        Look(scope="hall", doors={"front": 90, "new": 90}),
        Look(scope="cellar", doors={"trap": 90}),
        Look(scope="attic", doors={"hatch": 90, "flap": 90}),
        Look(source="house/c", doors={"gate": 90}),
        checks=(CHECK, WHOLE),
    )
    found = verdicts(world, start, ends(world))
    missing = {(each.check, each.source, each.resource): each.missing for each in found.changes}
    assert missing == {
        (CHECK, "house/a", "new"): "vanished",
        (CHECK, "house/a", "trap"): "blind",
        (CHECK, "house/a", "*"): "vanished",
        (CHECK, "house/a", "hatch"): "out_of_scope",
        (CHECK, "house/a", "flap"): "out_of_scope",
        (CHECK, "house/c", "gate"): "out_of_scope",
        (WHOLE, "house/a", "house/a"): "check_retired",
        (WHOLE, "house/c", "house/c"): "check_retired",
    }
    assert {each.id: each.missing for each in resources(world, start, ends(world)).changes} == {
        "new": "vanished", "trap": "blind", "hatch": "out_of_scope", "flap": "out_of_scope", "gate": "out_of_scope",
    }  # fmt: skip


@SQLITE
def test_a_verdict_about_a_whole_source_was_blind_while_any_scope_was(world: World) -> None:
    both = (CHECK, WHOLE)
    world.scan(Look(scope="hall", doors={"front": 90}), Look(scope="cellar", gap="dark"), checks=both)
    start = ends(world)
    world.scan(Look(scope="hall", doors={"front": 90}), Look(scope="cellar"), checks=both)
    middle = ends(world)
    assert by_resource(verdicts(world, start, middle))["house/a"].missing == "blind"
    world.scan(Look(scope="hall", doors={"front": 90}), Look(scope="cellar", gap="dark"), checks=both)
    kept = verdicts(world, middle, ends(world)).throughout
    # The verdict about the whole house rests on the look that could see all of it.
    (whole,) = (each for each in kept if each.check == WHOLE)
    assert whole.seen_before == whole.seen_after
    (front,) = (each for each in kept if each.check == CHECK)
    assert (front.scope, front.count) == ("hall", 1)
    assert front.seen_before < front.seen_after


@SQLITE
def test_a_check_that_was_made_elsewhere_only(world: World) -> None:
    world.scan(Look(doors={"front": 90}), checks=(CHECK, WHOLE))
    world.scan(Look(source="house/b", doors={"gate": 90}), agent="agent-2", checks=(CHECK,))
    start = ends(world)
    world.scan(Look(source="house/b", doors={"gate": 90}), agent="agent-2", checks=(CHECK, WHOLE))
    found = verdicts(world, start, ends(world))
    assert [(each.check, each.source, each.missing) for each in found.changes] == [(WHOLE, "house/b", "check_retired")]


@SQLITE
def test_places_and_checks_that_were_given_up_and_taken_up_again(world: World) -> None:
    look, other = Look(doors={"front": 120}), Look(source="house/b", doors={"gate": 90})
    world.scan(look, other, checks=(CHECK, WHOLE))
    start = ends(world)
    world.scan(look, checks=(CHECK,))
    given_up = ends(world)
    missing = {(each.check, each.resource): each.missing for each in verdicts(world, start, given_up).changes}
    assert missing == {
        (CHECK, "gate"): "out_of_scope", (WHOLE, "house/a"): "check_retired", (WHOLE, "house/b"): "out_of_scope",
    }  # fmt: skip
    assert forms(resources(world, start, given_up)) == {"gate": (False, "out_of_scope", b"", b"")}
    world.scan(look, other, checks=(CHECK, WHOLE))
    missing = {(each.check, each.resource): each.missing for each in verdicts(world, given_up, ends(world)).changes}
    assert missing == {
        (CHECK, "gate"): "out_of_scope", (WHOLE, "house/a"): "check_retired", (WHOLE, "house/b"): "out_of_scope",
    }  # fmt: skip
    assert forms(resources(world, given_up, ends(world))) == {"gate": (True, "out_of_scope", b"", b"")}


@SQLITE
def test_what_a_check_is_made_with(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    start = ends(world)
    world.scan(Look(doors={"front": 90}), limit=80)
    found = verdicts(world, start, ends(world))
    assert [(each.check, each.what, each.before, each.after) for each in found.judging] == [
        (CHECK, "settings", {"limit": 100}, {"limit": 80})
    ]
    (front,) = found.changes
    assert front.before
    assert front.after
    assert front.before.settings != front.after.settings


def test_both_forms_of_a_resource_that_changed_wherever_they_were_seen(world: World) -> None:
    world.scan(Look(doors={"front": 90, "back": 80, "side": 70}))
    start = ends(world)
    world.scan(Look(doors={"front": 95, "back": 80, "side": 71}))
    world.scan(Look(doors={"side": 70}, gap="dark"))  # the newest look saw neither of the other two
    world.scan(Look(doors={"side": 70}, gap="darker"))
    assert forms(resources(world, start, ends(world))) == {
        "front": (True, "", b'{"id":"front","width":90}', b'{"id":"front","width":95}')
    }


@SQLITE
def test_what_was_disposed_of_is_said_and_not_guessed(world: World) -> None:
    world.scan(Look(doors={"front": 90}), Look(source="house/b", doors={"gate": 90}))
    start = ends(world)
    world.scan(Look(doors={"front": 95}), Look(source="house/b", doors={"gate": 95}))
    end = ends(world)
    _lose_populations(world, before=start.size)
    with pytest.raises(BrokenSealError):
        resources(world, start, end)
    _cut(world, "house/a", before=2)  # long before the start: what it was is still known to differ
    _cut(world, "house/b", before=start.size)
    found = resources(world, start, end)
    assert forms(found) == {"front": (True, "", b"", b'{"id":"front","width":95}')}
    assert [(each.name, each.source) for each in found.disposed] == [("door", "house/b")]


def _cut(world: World, source: str, before: int) -> None:
    row: dict[str, Any] = {"what": "resources", "name": "door", "source": source, "before": before, "position": 99}
    with world.create() as store, store.writing() as connection:
        connection.execute(insert(disposal), [row | {"at": "2026-02-01T00:00:00Z"}])


def _lose_populations(world: World, before: int) -> None:
    world.alter(f"DELETE FROM blob WHERE digest IN (SELECT population FROM coverage WHERE position < {before})")
