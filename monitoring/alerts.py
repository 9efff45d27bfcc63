"""Alerts: who is told what changed. Chosen by rules, told once, tried again, and given up in writing.

First what is to be told is written down, together with up to where the log was looked at; then it is delivered. So
whatever dies in between is told by whoever looks next: at least once, and twice only where a message was taken and
nobody lived to write that down. Its id is the same then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.errors import AnnexaError
from core.management.organization import Organization
from evidence_store.errors import BrokenSealError, StoreError
from evidence_store.questions.events import acceptances, organization
from evidence_store.questions.past import Past
from evidence_store.questions.queries import seal as newest_seal
from evidence_store.questions.states import Seal
from evidence_store.questions.window import Window, end_of_log
from evidence_store.store import Store
from monitoring.alert_state import WAITS, AlertState, Looked, Message, StateFile
from monitoring.channels import ChannelError, beat, send
from monitoring.drift import verdict_drift
from monitoring.events import Event, alarm, alarms, ending, events, expired
from monitoring.messages import checkpoint, greetings, messages_about
from monitoring.resource_events import asked_for, resource_events
from runs.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it: messages that were taken, those that wait and those given up now, and why the heartbeat failed.
    `problem` says why nobody could even look for what to tell.

    When nothing is sent (`dry`), `messages` are what would be.
    """

    messages: tuple[Message, ...] = ()
    waiting: tuple[Message, ...] = ()
    given_up: tuple[Message, ...] = ()
    began: bool = False
    heartbeat: str = ""
    problem: str = ""


def tell(
    configuration: Configuration,
    store: Store,
    now: datetime,
    environment: Mapping[str, str],
    *,
    also: Iterable[Event] = (),
    dry: bool = False,
) -> Told:
    """Look for what is new since the last time, and deliver it and whatever is due. Then the heartbeat.

    `also` are events that others found. The first time nothing is told but how things stand. Dry, nothing is sent, and
    nothing remembered. Raises `StoreError`, and whoever looks next looks from the same place; that a channel fails is
    no error but told, and so is a broken seal.
    """
    if not configuration.alerts.channels and configuration.alerts.heartbeat is None:
        return Told()
    file = StateFile(configuration.folder)
    if dry:
        state = file.read()
        began = state.looked is None
        return Told(messages=tuple(_look(configuration, store, now, state, also)), began=began)
    with file.alone():
        state = file.read()
        began = state.looked is None
        state.waiting += _look(configuration, store, now, state, also)
        file.write(state)
        told = _deliver(configuration, environment, file, state, now)
    return Told(
        messages=told[0],
        waiting=tuple(state.waiting),
        given_up=told[1],
        began=began,
        heartbeat=_heartbeat(configuration, store, environment),
    )


def tell_anyhow(configuration: Configuration, store: Store, now: datetime, environment: Mapping[str, str]) -> Told:
    """The same for whoever has done something else, which stands whatever becomes of telling it. Raises nothing of
    ours: what is wrong is the `problem`."""
    try:
        return tell(configuration, store, now, environment)
    except AnnexaError as error:
        return Told(problem=f"alerts: {error}")


def try_channels(configuration: Configuration, environment: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Send a message to every channel; by name, why it did not get there, or nothing."""
    found = {}
    for name, address in configuration.alerts.channels.items():
        try:
            send(address, environment, "Annexa: a test", f"Alerts of Annexa reach this channel ({name}), {now:%c} UTC.")
            found[name] = ""
        except ChannelError as error:
            found[name] = str(error)
    return found


def _look(
    configuration: Configuration, store: Store, now: datetime, state: AlertState, also: Iterable[Event]
) -> list[Message]:
    """The messages about what is new since the state was written; the state looks further from then on."""
    with store.reading() as connection:
        end = end_of_log(connection, now)
    broken, seal = _seal(store)
    looked, state.looked = state.looked, Looked(end.size, now)
    found = [*also, *broken, *(_since(configuration, store, looked, end, seal) if looked else alarms(seal))]
    messages = list(messages_about(configuration.alerts.in_force, found, seal, state, now, _owners(store)))
    if looked is None:
        messages += greetings(configuration.alerts.in_force, seal, now)
    return messages


def _owners(store: Store) -> Organization | None:
    """Who answers for what, as the organization says of itself; nobody, where what it said cannot be trusted."""
    try:
        with store.reading() as connection:
            said = organization(store, connection)
    except BrokenSealError:  # which is told, and must not keep that from being told
        return None
    return said.said if said else None


def _seal(store: Store) -> tuple[list[Event], Seal | None]:
    """The newest checkpoint; or that it does not hold, which is the first thing to tell somebody."""
    try:
        with store.reading() as connection:
            return [], newest_seal(store, connection)
    except BrokenSealError as error:
        return [alarm(f"a seal is broken: {error}")], None


def _since(configuration: Configuration, store: Store, looked: Looked, end: Past, seal: Seal | None) -> Iterable[Event]:
    if looked.size > end.size:
        yield from alarms(seal)
        yield alarm(
            f"the log had {looked.size} leaves, and has {end.size} now: the store was put back to an older copy"
        )
        return
    start = Past(size=looked.size, moment=min(looked.moment, end.moment))
    try:
        window = Window(start, end)
        found = verdict_drift(configuration, store, window)
        yield from events(found, seal)
        if any(asked_for(rule.changes) for rule in configuration.alerts.in_force):
            yield from resource_events(store, window, found.rules)
        with store.reading() as connection:
            accepted = acceptances(store, connection)
        yield from expired(accepted.values(), looked.moment, end.moment, found.rules)
        remind = configuration.management.remind
        yield from ending(found.rules.attestations, remind, looked.moment, end.moment)
    except BrokenSealError as error:
        yield alarm(f"a seal is broken: {error}")
    except StoreError:
        raise  # a database that does not answer now: nothing is lost, if the next look begins where this one did
    except AnnexaError as error:
        yield alarm(f"what changed since leaf {looked.size} cannot be told: {error}")


def _deliver(
    configuration: Configuration, environment: Mapping[str, str], file: StateFile, state: AlertState, now: datetime
) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Send what is due. What was taken is written down at once; what was not waits, or is given up."""
    taken: list[Message] = []
    given_up: list[Message] = []
    failing: dict[str, str] = {}
    for message in [each for each in state.waiting if not now < each.due <= now + WAITS[-1]]:  # or a clock was ahead
        try:
            _send(configuration, environment, message, failing)
        except ChannelError as error:
            failing[message.channel] = str(error)
            state.failed(message, str(error), now)
            given_up += [] if message in state.waiting else [message]
        else:
            state.waiting.remove(message)
            taken.append(message)
        file.write(state)
    return tuple(taken), tuple(given_up)


def _send(
    configuration: Configuration, environment: Mapping[str, str], message: Message, failing: Mapping[str, str]
) -> None:
    address = configuration.alerts.channels.get(message.channel)
    if address is None:
        raise ChannelError("the configuration has no such channel any more")
    if message.channel in failing:
        raise ChannelError(failing[message.channel])  # it has just failed: others wait with it, and nobody hammers it
    send(address, environment, message.title, f"{message.body}\n\nMessage {message.id}")


def _heartbeat(configuration: Configuration, store: Store, environment: Mapping[str, str]) -> str:
    """Why the heartbeat did not get there, or nothing."""
    if configuration.alerts.heartbeat is None:
        return ""
    _, seal = _seal(store)
    try:
        beat(configuration.alerts.heartbeat, environment, "\n".join(checkpoint(seal)[1:]) + "\n")
    except ChannelError as error:
        return str(error)
    return ""
