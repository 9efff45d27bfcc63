"""Alerts, told to real servers: what, to whom, once, again when nobody took it, and never anybody's name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from core.errors import AnnexaError
from core.management.organization import Organization, Owned
from core.model import Severity
from evidence_store.errors import StoreError
from evidence_store.people.keyring import admit
from monitoring.alert_state import WAITS, AlertState, StateFile
from monitoring.alerts import Told, tell, tell_anyhow, try_channels
from monitoring.changes import Change
from monitoring.events import Event
from monitoring.messages import MOST_AT_ONCE, MOST_IN_ONE, chosen, messages_about, owner_of
from runs.alert_settings import AlertRule, ChangeName
from tests.monitoring.receivers import Mail, Web, mail, web
from tests.runs.farm import LOW, MEADOWS, SOIL, Farm

CHANNEL = "channels: {operations: {env: HOOK}}"
SECRET = "hunter2-of-the-hook"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
EVENT = Event(
    name="one",
    change="new_failure",
    severity=Severity.HIGH,
    subject="something (of another)",
    sentence="a thing: it is so",
    detail="",
    command="annexa show 1234",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def hook(server: Web) -> Web:
    """The server, as if nothing had ever arrived."""
    server.posts.clear()
    server.status = 200
    return server


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mail]:
    with mail() as running:
        yield running


def environment(hook: Web) -> dict[str, str]:
    return {
        "HOOK": f"json://user:{SECRET}@127.0.0.1:{hook.port}/hook",
        "BEAT": f"http://127.0.0.1:{hook.port}/beat",
    }


def by_mail(mailbox: Mail) -> dict[str, str]:
    return {"MAIL": f"mailto://127.0.0.1:{mailbox.port}?from=annexa@example.org&to=ciso@example.org&mode=insecure"}


def configured(farm: Farm, alerts: str = CHANNEL) -> None:
    farm.text = f"{MEADOWS}alerts: {{{alerts}}}\n"


def told(farm: Farm, known: Mapping[str, str], **more: Any) -> Told:
    with farm.store() as store:
        return tell(farm.configuration, store, farm.now, known, **more)


def begun(farm: Farm, hook: Web, alerts: str = CHANNEL) -> None:
    """One scan, and a channel that has said so."""
    configured(farm, alerts)
    farm.scan()
    assert told(farm, environment(hook)).began
    hook.posts.clear()


def test_a_channel_hears_first_that_it_will_hear(farm: Farm, hook: Web) -> None:
    configured(farm)
    farm.scan()
    found = told(farm, environment(hook))
    (message,) = hook.messages
    assert message["title"] == "Annexa: alerts begin"
    assert found.began
    assert "annexa.log/" in message["message"]
    assert not told(farm, environment(hook)).messages


def test_a_failure_is_told_once_with_all_that_one_needs(farm: Farm, hook: Web) -> None:
    begun(farm, hook, f"{CHANNEL}, rules: [{{channels: [operations], owner: the gardeners}}]")
    farm.world.flowers["north"] |= {"rose": 30, "thistle": 99}
    farm.scan()
    told(farm, environment(hook))
    (message,) = hook.messages
    assert message["title"].startswith(f"[high] new failure: {LOW} (Every flower is low)")
    assert message["title"].endswith("and 1 more")
    body = message["message"]
    for part in (
        "rose in meadow/north: fail: rose is 30 high",
        "was pass: rose is 5 high",
        "thistle in meadow/north: fail: thistle is 99 high",
        "See: annexa show ",
        "A.8.17",
        "Owner: the gardeners.",
        "annexa.log/",
        "Message ",
    ):
        assert part in body, part
    assert not told(farm, environment(hook)).messages
    farm.scan()
    assert not told(farm, environment(hook)).messages


def test_nobody_is_told_the_same_twice_even_by_a_state_that_was_put_back(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    file = StateFile(farm.configuration.folder)
    before = file.read()
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    told(farm, environment(hook))
    after = file.read()
    after.looked = before.looked
    file.write(after)
    told(farm, environment(hook))
    assert len(hook.messages) == 1
    file.write(before)  # whoever died before anything was written down is told again, under the same id
    told(farm, environment(hook))
    assert [each["message"].splitlines()[-1] for each in hook.messages] == [
        hook.messages[0]["message"].splitlines()[-1]
    ] * 2


def test_what_becomes_unknown_is_told_and_so_is_what_grew_too_old(farm: Farm, hook: Web, meadow: Any) -> None:
    begun(farm, hook)
    farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    farm.scan()
    told(farm, environment(hook))
    titles = [each["title"] for each in hook.messages]
    assert any(each.startswith("[high] became unknown: not everything can be looked at any more") for each in titles)
    assert "the gate is shut" in hook.messages[0]["message"]
    hook.posts.clear()
    farm.now += 3 * DAY
    told(farm, environment(hook))
    (message,) = hook.messages
    assert message["title"].startswith("[high] became unknown: evidence is past its freshness target: meadow/north")
    assert "verdicts are unknown by now" in message["message"]
    assert "A.8.17" in message["message"]
    told(farm, environment(hook))
    assert len(hook.messages) == 1


def test_a_failure_that_grew_too_old_before_anybody_was_told_is_told(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    farm.now += 9 * DAY
    told(farm, environment(hook))
    assert "new failure" in next(each["title"] for each in hook.messages if LOW in each["title"])
    assert "rose in meadow/north: fail: rose is 30 high" in str(hook.messages)


def test_what_a_database_keeps_from_us_is_told_by_the_next_look(
    farm: Farm, hook: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(farm, hook)
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()

    def restarting(*_: object) -> None:
        raise StoreError("the server closed the connection", "see that it runs")

    with monkeypatch.context() as patch:
        patch.setattr("monitoring.alerts.verdict_drift", restarting)
        with pytest.raises(StoreError):
            told(farm, environment(hook))
    assert not hook.posts
    told(farm, environment(hook))
    assert "rose is 30 high" in str(hook.messages)


def test_a_clock_that_was_ahead_keeps_no_message_waiting(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    hook.status = 503
    farm.now += 900 * DAY
    assert told(farm, environment(hook), also=[EVENT]).waiting
    hook.status = 200
    farm.now -= 900 * DAY
    assert told(farm, environment(hook)).messages
    assert "a thing: it is so" in str(hook.messages)


def test_the_owner_is_whom_the_rule_names_else_whom_the_organization_does() -> None:
    organization = Organization(
        name="us",
        scope_statement="all",
        control_owners=(
            Owned(name="A.8", owner="Ada"),
            Owned(name="A.8.17", owner="Grace"),
            Owned(name="A.5", owner="Ada"),
        ),
        source_owners=(Owned(name="meadow", owner="Linus"),),
    )
    assert owner_of(replace(EVENT, source="meadow/north", controls=("A.5.7",)), organization) == "Linus"
    assert owner_of(replace(EVENT, controls=("A.8.17", "A.5.7", "A.8.1")), organization) == "Grace, Ada"
    assert owner_of(replace(EVENT, controls=("A.6.1",)), organization) == owner_of(EVENT, None) == ""
    for rule, said in (("", "Linus"), ("the gardeners", "the gardeners")):
        rules = [AlertRule(channels=["operations"], owner=rule)]
        event = replace(EVENT, source="meadow/north")
        (message,) = messages_about(rules, [event], None, AlertState(), NOON, organization)
        assert f"Owner: {said}." in message.body
    (message,) = messages_about([AlertRule(channels=["operations"])], [EVENT], None, AlertState(), NOON)
    assert "Owner: nobody is named." in message.body


def test_a_channel_whose_library_breaks_is_told_as_one_that_failed(
    farm: Farm, hook: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(farm)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("apprise.Apprise.notify", broken)
    found = try_channels(farm.configuration, environment(hook), farm.now)
    assert found == {"operations": "what sends to it broke: RuntimeError"}


@pytest.mark.parametrize(
    ("rule", "heard"),
    [
        ("", True),
        ("severity: critical", False),
        ("sources: [meadow/north]", True),
        ("sources: [meadow/south]", False),
        ("checks: [meadow]", True),
        (f"checks: [{SOIL}]", False),
        ("controls: [A.8.17]", True),
        ('controls: ["iso27001_2013:A.12.4.4"]', True),
        ("controls: [A.5.7]", False),
        ("changes: [resolved]", False),
    ],
)
def test_rules_choose(farm: Farm, hook: Web, rule: str, heard: bool) -> None:
    configured(farm, f"{CHANNEL}, rules: [{{{', '.join(('channels: [operations]', *filter(None, [rule])))}}}]")
    alerts = farm.configuration.alerts
    event = replace(
        EVENT, checks=(LOW,), source="meadow/north", controls=("A.8.17",), objectives=frozenset({"clocks-agree"})
    )
    assert chosen(alerts.in_force[0], event) is heard


def test_who_asked_hears_that_the_bar_was_lowered(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    low = f"checks: {{settings: {{{LOW}: {{most: 99}}}}}}\n"
    configured(farm, f"{CHANNEL}, rules: [{{channels: [operations], changes: [rule_changed]}}]")
    farm.text += low
    farm.scan()
    told(farm, environment(hook))
    (message,) = hook.messages
    assert f"setting {LOW} most: 10 -> 99" in message["message"]
    assert "See: annexa drift" in message["message"]


def test_what_is_resolved_is_told_to_those_who_asked(farm: Farm, hook: Web) -> None:
    begun(farm, hook, f"{CHANNEL}, rules: [{{channels: [operations], changes: [resolved, gone]}}]")
    farm.world.flowers = {"north": {"rose": 5, "lily": 2}, "south": {}}
    farm.scan()
    told(farm, environment(hook))
    assert sorted(each["title"].split(":")[0] for each in hook.messages) == ["[high] gone", "[high] resolved"]
    assert "oak in meadow/south: there is no verdict any more" in str(hook.messages)


ABOUT_RESOURCES = "changes: [appeared, vanished, changed]"


def test_who_asked_hears_of_resources_alone_and_nobody_else_does(farm: Farm, hook: Web) -> None:
    known = environment(hook) | {"ELSEWHERE": f"json://127.0.0.1:{hook.port}/hook-of-others"}
    channels = "channels: {operations: {env: HOOK}, others: {env: ELSEWHERE}}"
    rules = f"rules: [{{channels: [operations], {ABOUT_RESOURCES}}}, {{channels: [others]}}]"
    begun(farm, hook, CHANNEL)
    configured(farm, f"{channels}, {rules}")
    farm.scan()
    told(farm, known)
    hook.posts.clear()
    farm.world.flowers = {"north": {"rose": 6, "fern": 2}, "south": {}}  # of which none fails
    farm.scan()
    told(farm, known)
    assert {path.rstrip("/") for path, _ in hook.posts} == {"/hook"}
    body = {each["title"].split(":")[0]: each["message"] for each in hook.messages}
    assert set(body) == {"[high] appeared", "[high] vanished", "[high] changed"}
    assert "fern in meadow/north: it is there, and was not when somebody looked before" in body["[high] appeared"]
    assert "oak in meadow/south: it was there, and is not any more" in body["[high] vanished"]
    assert "rose in meadow/north: height: 5 -> 6" in body["[high] changed"]
    for part in ("Controls: A.8.17", "See: annexa drift --from ", "--source meadow/north", "annexa.log/"):
        assert part in body["[high] changed"], part
    assert not told(farm, known).messages


def test_rules_choose_among_resources_by_what_reads_them(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    farm.world.flowers["north"]["rose"] = 6
    farm.scan()
    expected = {
        "severity: critical": False,
        "sources: [meadow/south]": False,
        "sources: [meadow/north]": True,
        f"checks: [{LOW}]": True,
        "checks: [host]": False,
        "controls: [A.8.17]": True,
        "controls: [A.5.7]": False,
    }
    heard = {}
    for rule in expected:
        configured(farm, f"{CHANNEL}, rules: [{{channels: [operations], {ABOUT_RESOURCES}, {rule}}}]")
        heard[rule] = bool(told(farm, environment(hook), dry=True).messages)
    assert heard == expected


def test_a_resource_out_of_sight_has_not_vanished_and_one_in_sight_again_not_appeared(
    farm: Farm, hook: Web, meadow: Any
) -> None:
    begun(farm, hook, f"{CHANNEL}, rules: [{{channels: [operations], {ABOUT_RESOURCES}}}]")
    farm.world.wrong["north"] = meadow.GateError("the gate is shut")
    farm.scan()
    assert not told(farm, environment(hook)).messages
    farm.world.wrong.clear()
    farm.text = farm.text.replace("{name: south}", "{name: south}, {name: west}")
    farm.world.flowers["west"] = {"moss": 1}  # somebody looks there now
    farm.scan()
    assert not told(farm, environment(hook)).messages


def test_whose_resource_changed_is_told_by_a_pseudonym(farm: Farm, hook: Web) -> None:
    begun(farm, hook, f"{CHANNEL}, rules: [{{channels: [operations], {ABOUT_RESOURCES}}}]")
    with_person = "ada.lovelace@example.org"
    with farm.store() as store:
        admit(store, [with_person])
    farm.world.flowers["north"] = {with_person: 5}
    farm.scan()
    told(farm, environment(hook))
    farm.world.flowers["north"] = {with_person: 6}
    farm.scan()
    told(farm, environment(hook))
    assert "height: 5 -> 6" in str(hook.messages)
    assert "lovelace" not in str(hook.posts)


def test_mail_about_resources_arrives(farm: Farm, mailbox: Mail) -> None:
    configured(farm, f"channels: {{post: {{env: MAIL}}}}, rules: [{{channels: [post], {ABOUT_RESOURCES}}}]")
    farm.scan()
    known = by_mail(mailbox)
    told(farm, known)
    farm.world.flowers["north"]["rose"] = 6
    farm.scan()
    told(farm, known)
    assert str(mailbox.received[-1]["Subject"]).startswith("[high] changed: meadow.flower: rose in meadow/north")


def test_every_change_of_a_drift_can_be_chosen() -> None:
    assert set(Change) < set(get_args(ChangeName))


def test_what_nobody_took_waits_and_is_tried_again_and_given_up_in_the_end(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    farm.world.flowers["north"]["rose"] = 30
    farm.world.flowers["south"]["fern"] = 30
    farm.scan()
    hook.status = 503
    found = told(farm, environment(hook))
    assert not found.messages
    (message,) = found.waiting
    assert (message.attempts, message.due) == (1, farm.now + WAITS[0])
    assert "503" in message.problem
    assert SECRET not in json.dumps(message.problem)
    assert not told(farm, environment(hook)).messages  # not due yet
    hook.status = 200
    farm.now += WAITS[0]
    assert len(told(farm, environment(hook)).messages) == 1
    assert len(hook.messages) == 1


def test_after_the_last_attempt_a_message_is_given_up_in_writing(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    for wait in (*WAITS, HOUR):
        found = told(farm, {})  # the variable with the address is gone
        farm.now += wait
    assert [each.problem for each in found.given_up] == ["the environment variable HOOK is not set"]
    remembered = StateFile(farm.configuration.folder).read()
    assert [each.title for each in remembered.given_up] == [found.given_up[0].title]
    assert found.given_up[0] not in remembered.waiting


def test_a_channel_that_fails_is_asked_once_for_all_that_waits(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    hook.status = 500
    several = [replace(EVENT, name=str(n), subject=str(n)) for n in range(3)]
    found = told(farm, environment(hook), also=several)
    assert len(found.waiting) == 3
    assert len({each.problem for each in found.waiting}) == 1


def test_a_message_tells_so_much_and_no_more(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    many = [
        replace(EVENT, name=str(n), sentence=f"thing {n}\n\x1b[31m: password=hunter{n}word {'x' * 900}")
        for n in range(25)
    ]
    told(farm, environment(hook), also=many)
    (message,) = hook.messages
    body = message["message"]
    assert "hunter3word" not in body
    assert "\\n\\x1b[31m" in body
    assert "\x1b" not in body
    assert f"{25 - MOST_IN_ONE} more. See: annexa drift" in body
    assert max(map(len, body.splitlines())) <= 600


def test_a_flood_fits_into_a_few_messages(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    flood = [replace(EVENT, name=str(n), subject=f"subject {n}") for n in range(50)]
    flood[30] = replace(flood[30], severity=Severity.CRITICAL)
    told(farm, environment(hook), also=flood)
    assert len(hook.messages) == MOST_AT_ONCE
    last = hook.messages[-1]
    assert last["title"] == f"[critical] {50 - MOST_AT_ONCE + 1} more changes"
    assert "New failure: subject 9\n" in last["message"]


def test_no_person_is_named(farm: Farm, hook: Web) -> None:
    configured(farm)
    with_person = "ada.lovelace@example.org"
    farm.world.flowers["north"] = {with_person: 5}
    farm.scan()
    with farm.store() as store:
        admit(store, [with_person])
    farm.scan()
    told(farm, environment(hook))
    hook.posts.clear()
    farm.world.flowers["north"] = {with_person: 50}
    farm.scan()
    assert with_person in str(farm.report().findings)
    told(farm, environment(hook))
    assert len(hook.messages) == 1
    assert "lovelace" not in str(hook.posts)
    assert "lovelace" not in StateFile(farm.configuration.folder)._path.read_text()


def test_a_store_that_was_put_back_or_altered_is_an_alarm(farm: Farm, hook: Web) -> None:
    begun(farm, hook, f"{CHANNEL}, rules: [{{channels: [operations], severity: critical, checks: [{SOIL}]}}]")
    file = StateFile(farm.configuration.folder)
    state = file.read()
    assert state.looked
    state.looked = type(state.looked)(state.looked.size + 9, state.looked.moment)
    file.write(state)
    told(farm, environment(hook))
    (message,) = hook.messages
    assert message["title"].startswith("[critical] alarm: the log cannot be trusted")
    assert "the store was put back to an older copy" in message["message"]


def test_dry_nothing_is_sent_and_nothing_remembered(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    found = told(farm, environment(hook), dry=True)
    assert len(found.messages) == 1
    assert not hook.posts
    assert len(told(farm, environment(hook)).messages) == 1


def test_a_heartbeat_carries_the_checkpoint(farm: Farm, hook: Web) -> None:
    configured(farm, "heartbeat: {env: BEAT}")
    farm.scan()
    known = environment(hook)
    assert told(farm, known).heartbeat == ""
    (post,) = hook.posts
    assert post[0] == "/beat"
    assert "annexa.log/" in post[1]
    hook.status = 404
    assert told(farm, known).heartbeat == "the heartbeat was answered with status 404"
    assert told(farm, {**known, "BEAT": "ftp://127.0.0.1/x"}).heartbeat.startswith("the heartbeat's address is none of")
    assert told(farm, {**known, "BEAT": "http://127.0.0.1:1/secret-path"}).heartbeat == (
        "the heartbeat did not get there: URLError"
    )
    assert told(farm, {}).heartbeat == "the environment variable BEAT is not set"


def test_mail_arrives(farm: Farm, mailbox: Mail) -> None:
    configured(farm, "channels: {post: {env: MAIL}}")
    farm.scan()
    known = by_mail(mailbox)
    told(farm, known)
    farm.world.flowers["north"]["rose"] = 30
    farm.scan()
    told(farm, known)
    found = mailbox.received[-1]
    assert "ciso@example.org" in str(found["To"])
    assert str(found["Subject"]).startswith("[high] new failure")
    assert "rose is 30 high" in found.as_string()
    mailbox.refuses = True
    assert try_channels(farm.configuration, known, farm.now)["post"]
    mailbox.refuses = False
    assert try_channels(farm.configuration, known, farm.now) == {"post": ""}


def test_without_channels_nothing_is_looked_for(farm: Farm) -> None:
    farm.scan()
    assert told(farm, {}) == Told()
    assert not (farm.configuration.folder / "alerts").exists()


def test_addresses_that_are_none_are_said_without_them(farm: Farm, hook: Web) -> None:
    configured(farm)
    found = try_channels(farm.configuration, {"HOOK": f"gopher://{SECRET}"}, farm.now)
    assert found == {"operations": "its address is none that Apprise understands"}
    assert SECRET not in str(try_channels(farm.configuration, {"HOOK": f"json://127.0.0.1:1/{SECRET}"}, farm.now))


def test_a_state_that_cannot_be_used_is_told_and_costs_no_scan(farm: Farm, hook: Web) -> None:
    begun(farm, hook)
    file = StateFile(farm.configuration.folder)
    file._path.write_text("{")
    with pytest.raises(StoreError, match="is not what alerts remember"):
        told(farm, environment(hook))
    with farm.store() as store:
        problem = tell_anyhow(farm.configuration, store, farm.now, environment(hook)).problem
    assert "is not what alerts remember" in problem
    assert file._path.stat().st_mode & 0o077 == 0


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch, farm: Farm) -> None:
    monkeypatch.setattr("monitoring.alert_state.MOST_TOLD", 2)
    state = AlertState()
    assert [state.remember("c", each, farm.now) for each in "abca"] == [True, True, True, True]


def test_a_rule_for_a_channel_that_is_not_there_is_refused(farm: Farm) -> None:
    configured(farm, f"{CHANNEL}, rules: [{{channels: [operation]}}]")
    with pytest.raises(AnnexaError, match="there is no channel named operation, did you mean operations"):
        _ = farm.configuration
