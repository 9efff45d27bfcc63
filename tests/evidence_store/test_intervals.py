"""Intervals: what is unchanged costs no row, and only what was really looked at ends one."""

from __future__ import annotations

from tests.evidence_store.worlds import CHECK, WHOLE, Look, World

A, B = "house/a", "house/b"
SAME = {"front": 90, "back": 120}


def resources(world: World) -> list[tuple[object, ...]]:
    return world.rows("SELECT source, scope, id, ended FROM resource ORDER BY source, scope, id, first")


def findings(world: World) -> list[tuple[object, ...]]:
    return world.rows(
        "SELECT source, scope, resource, status, ended FROM finding ORDER BY source, scope, resource, first"
    )


def standing(world: World) -> list[object]:
    return [row[0] for row in world.rows('SELECT resource FROM finding WHERE "end" IS NULL ORDER BY resource')]


def test_what_is_unchanged_costs_no_row(world: World) -> None:
    world.scan(Look(doors=SAME))
    before = world.rows("SELECT * FROM resource"), world.rows("SELECT * FROM finding")
    for _ in range(3):
        world.scan(Look(doors=SAME))
    assert (world.rows("SELECT * FROM resource"), world.rows("SELECT * FROM finding")) == before
    assert world.rows("SELECT count(*) FROM coverage") == [(4,)]


def test_what_is_unchanged_costs_no_bytes_for_populations_and_answers(world: World) -> None:
    world.scan(Look(doors={f"door-{n:04}": n for n in range(500)}))
    first = world.packs()[0].stat().st_size
    world.scan(Look(doors={f"door-{n:04}": n for n in range(500)}))
    # What each scan says anew: its own record, one unit, one assessment, its end.
    assert world.rows("SELECT pack, count(*) FROM blob GROUP BY pack ORDER BY pack")[1] == ("scan-002.zst", 5)
    assert world.packs()[1].stat().st_size < first


def test_a_changed_resource_and_its_verdict_begin_anew(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 120}))
    assert resources(world) == [(A, "", "front", "changed"), (A, "", "front", "")]
    assert findings(world) == [(A, "", "front", "pass", "changed"), (A, "", "front", "fail", "")]


def test_what_is_gone_from_a_whole_population_vanished(world: World) -> None:
    world.scan(Look(doors=SAME))
    world.scan(Look(doors={"front": 90}))
    assert resources(world) == [(A, "", "back", "vanished"), (A, "", "front", "")]
    assert findings(world) == [(A, "", "back", "fail", "vanished"), (A, "", "front", "pass", "")]


def test_what_comes_back_begins_a_new_interval(world: World) -> None:
    world.scan(Look(doors=SAME))
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors=SAME))
    assert resources(world)[:2] == [(A, "", "back", "vanished"), (A, "", "back", "")]
    assert findings(world)[:2] == [(A, "", "back", "fail", "vanished"), (A, "", "back", "fail", "")]


def test_where_we_could_not_look_nothing_ends(world: World) -> None:
    world.scan(Look(doors=SAME))
    world.scan(Look(doors={"front": 90}, gap="the lamp broke"))
    assert [row[3] for row in resources(world)] == ["", ""]
    assert standing(world) == ["*", "back", "front"]


def test_the_rest_of_a_population_is_unknown_until_it_is_seen(world: World) -> None:
    world.scan(Look(doors={"front": 90}, gap="the lamp broke"))
    assert findings(world)[0] == (A, "", "*", "unknown", "")
    world.scan(Look(doors={"front": 90}))
    assert findings(world)[0] == (A, "", "*", "unknown", "vanished")
    assert standing(world) == ["front"]


def test_the_reason_of_a_gap_that_stays_costs_no_row(world: World) -> None:
    for _ in range(3):
        world.scan(Look(gap="the lamp broke"))
    assert findings(world) == [(A, "", "*", "unknown", "")]


def test_what_was_partly_seen_and_then_wholly_ends_what_is_not_there(world: World) -> None:
    world.scan(Look(doors=SAME))
    world.scan(Look(doors={"front": 90}, gap="the lamp broke"))
    world.scan(Look(doors={"front": 90}))
    assert resources(world) == [(A, "", "back", "vanished"), (A, "", "front", "")]


def test_a_change_is_seen_even_where_we_could_not_see_all(world: World) -> None:
    world.scan(Look(doors=SAME))
    world.scan(Look(doors={"front": 130}, gap="the lamp broke"))
    assert (A, "", "front", "changed") in resources(world)
    assert (A, "", "front", "fail", "") in findings(world)


def test_one_blind_scope_protects_only_itself(world: World) -> None:
    world.scan(Look(scope="east", doors=SAME), Look(scope="west", doors=SAME))
    world.scan(Look(scope="east", doors={"front": 90}), Look(scope="west", gap="the lamp broke"))
    assert [(row[1], row[3]) for row in resources(world) if row[2] == "back"] == [("east", "vanished"), ("west", "")]


def test_other_settings_are_not_a_change_of_the_resource(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.scan(Look(doors={"front": 90}), limit=80)
    assert findings(world) == [(A, "", "front", "pass", "settings_changed"), (A, "", "front", "fail", "")]
    assert resources(world) == [(A, "", "front", "")]


def test_a_check_that_was_switched_off_is_retired(world: World) -> None:
    world.scan(Look(doors={"front": 90}), checks=(CHECK, "doors.other"))
    world.scan(Look(doors={"front": 90}), checks=(CHECK,))
    assert world.rows('SELECT "check", ended FROM finding ORDER BY "check"') == [
        (CHECK, ""),
        ("doors.other", "check_retired"),
    ]
    world.scan(Look(doors={"front": 90}), checks=(CHECK, "doors.other"))
    assert len(world.rows("SELECT * FROM finding WHERE \"check\" = 'doors.other'")) == 2


def test_a_check_that_had_nothing_to_judge_is_not_retired(world: World) -> None:
    world.scan(Look(doors={"front": 90}))
    world.scan(configured=[A], checks=(), enabled=(CHECK,))
    assert findings(world) == [(A, "", "front", "pass", "")]


def test_a_source_that_is_no_longer_configured_is_out_of_scope(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 90}), Look(source=B, doors={"gate": 300}))
    world.scan(Look(source=A, doors={"front": 90}))
    assert resources(world) == [(A, "", "front", ""), (B, "", "gate", "out_of_scope")]
    assert findings(world) == [(A, "", "front", "pass", ""), (B, "", "gate", "fail", "out_of_scope")]
    assert world.rows("SELECT count(*) FROM coverage WHERE \"end\" IS NULL AND source = 'house/b'") == [(0,)]
    assert world.rows("SELECT count(*) FROM unit WHERE \"end\" IS NULL AND source = 'house/b'") == [(0,)]


def test_a_source_that_returns_unchanged_is_there_again(world: World) -> None:
    for looks in ([A, B], [A], [A, B]):
        world.scan(*(Look(source=source, doors={"front": 90}) for source in looks))
    assert resources(world)[1:] == [(B, "", "front", "out_of_scope"), (B, "", "front", "")]
    assert findings(world)[1:] == [(B, "", "front", "pass", "out_of_scope"), (B, "", "front", "pass", "")]


def test_a_configured_source_that_was_not_reached_stays(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 90}), Look(source=B, doors={"gate": 300}))
    world.scan(Look(source=A, doors={"front": 90}), configured=[A, B])
    assert [row[3] for row in resources(world)] == ["", ""]


def test_a_scope_that_its_source_no_longer_has_is_out_of_scope(world: World) -> None:
    world.scan(Look(scope="east", doors=SAME), Look(scope="west", doors=SAME))
    world.scan(Look(scope="east", doors=SAME))
    assert {(row[1], row[3]) for row in resources(world)} == {("east", ""), ("west", "out_of_scope")}


def test_a_narrowed_scan_ends_nothing_outside_what_it_looked_at(world: World) -> None:
    world.scan(Look(source=A, doors=SAME), Look(source=B, doors={"gate": 300}), checks=(CHECK, "doors.other"))
    world.scan(Look(source=A, doors={"front": 90}), narrowed=True)
    assert resources(world) == [(A, "", "back", "vanished"), (A, "", "front", ""), (B, "", "gate", "")]
    assert {row[0] for row in world.rows('SELECT DISTINCT "check" FROM finding WHERE "end" IS NULL')} == {
        CHECK,
        "doors.other",
    }
    assert (B, "", "gate", "fail", "") in findings(world)


def test_a_scan_that_died_ends_nothing(world: World) -> None:
    world.scan(Look(source=A, doors=SAME), Look(source=B, doors={"gate": 300}))
    world.scan(Look(source=A, doors=SAME), dies=True)
    assert [row[3] for row in resources(world)] == ["", "", ""]


def test_two_agents_do_not_end_what_the_other_looks_at(world: World) -> None:
    for _ in range(2):
        world.scan(Look(source=A, doors={"front": 90}), agent="agent-1")
        world.scan(Look(source=B, doors={"gate": 300}), agent="agent-2", checks=("doors.other",))
    assert [row[3] for row in resources(world)] == ["", ""]
    assert [row[4] for row in findings(world)] == ["", ""]


def test_what_another_agent_took_over_is_no_longer_ours_to_end(world: World) -> None:
    world.scan(Look(source=A, doors={"front": 90}), Look(source=B, doors={"gate": 300}), agent="agent-1")
    world.scan(Look(source=B, doors={"gate": 300}), agent="agent-2")
    world.scan(Look(source=A, doors={"front": 90}), agent="agent-1")
    assert [row[3] for row in resources(world)] == ["", ""]


def test_a_scan_of_nothing_is_sealed_too(world: World) -> None:
    assert world.scan(checks=())
    assert world.rows("SELECT status FROM scan") == [("finished",)]


def test_a_verdict_about_a_whole_source_stays_while_one_of_its_scopes_is_dark(world: World) -> None:
    world.scan(Look(scope="east", doors=SAME), Look(scope="west", doors=SAME), checks=(WHOLE,))
    world.scan(Look(scope="east", doors=SAME), Look(scope="west", gap="the lamp broke"), checks=(WHOLE,))
    assert findings(world) == [(A, "", A, "pass", ""), (A, "west", "*", "unknown", "")]


def test_a_verdict_about_a_whole_source_ends_with_its_last_scope(world: World) -> None:
    world.scan(Look(source=A, scope="east"), Look(source=B, scope="east"), checks=(WHOLE,))
    world.scan(Look(source=A, scope="east"), checks=(WHOLE,))
    assert findings(world) == [(A, "", A, "pass", ""), (B, "", B, "pass", "out_of_scope")]


def test_a_verdict_about_a_whole_source_stays_while_another_agent_looks_at_it(world: World) -> None:
    world.scan(Look(source=A, scope="east"), Look(source=B, scope="east"), agent="agent-1", checks=(WHOLE,))
    world.scan(Look(source=B, scope="west"), agent="agent-2", checks=(WHOLE,))
    world.scan(Look(source=A, scope="east"), agent="agent-1", checks=(WHOLE,))
    assert (B, "", B, "pass", "") in findings(world)


def test_what_another_agent_sees_at_the_top_of_a_source_stays_when_our_scope_of_it_goes(world: World) -> None:
    world.scan(Look(source=A), Look(source=B, scope="attic", doors=SAME), agent="agent-1")
    world.scan(Look(source=B, scope="", doors={"gate": 70}), agent="agent-2")
    world.scan(Look(source=A), agent="agent-1")
    assert {(row[1], row[3]) for row in resources(world)} == {("attic", "out_of_scope"), ("", "")}
    assert (B, "", "gate", "pass", "") in findings(world)


def test_what_stands_at_the_top_of_a_source_does_not_end_because_a_scope_was_seen_whole(world: World) -> None:
    world.scan(Look(scope="", doors={"gate": 70}), Look(scope="attic", doors=SAME))
    world.scan(Look(scope="attic", doors=SAME), narrowed=False, configured=[A])
    assert (A, "", "gate", "pass", "") in findings(world)
