"""annexa alerts"""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.options import Config, Json, configuration, open_store
from commands.output import count, plain, say, table, when, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.alert_state import AlertState, Message
    from monitoring.alerts import Told
    from runs.configuration import Configuration


class Action(Enum):
    """What to do about alerts."""

    SHOW = "show"
    SEND = "send"
    TEST = "test"


What = Annotated[
    Action,
    typer.Argument(
        metavar="[show|send|test]",
        help="Show what waits, tell what is new and send what is due, or send a test to every channel.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="With send: print the messages; send and remember nothing.")]


def alerts(action: What = Action.SHOW, dry_run: DryRun = False, config: Config = None, json: Json = False) -> None:
    """Tell people what changed, through channels and by rules.

    A scan does so by itself. Run `send` between scans (by cron, say) to try again what did not get there, and to hear
    of evidence that grew too old. Exit status 1 when something did not get there.
    """
    from runs.clock import now

    settings = configuration(config)
    if action is Action.TEST:
        _test(settings, json=json)
    elif action is Action.SEND:
        from monitoring.alerts import tell

        with open_store(settings) as store:
            told = tell(settings, store, now(), os.environ, dry=dry_run)
        if json:
            write_json(plain(_told_as_json(told)))
        elif dry_run:
            _print_messages(told)
        else:
            say_told(told)
        raise typer.Exit(0 if dry_run else exit_status(told))
    else:
        from monitoring.alert_state import StateFile

        _show(settings, StateFile(settings.folder).read(), json=json)


def exit_status(told: Told) -> int:
    """1 when something did not get where it should, else 0."""
    return 1 if told.given_up or told.heartbeat or any(each.problem for each in told.waiting) else 0


def say_told(told: Told) -> None:
    """Say what was told, and above all what could not be."""
    if told.messages:
        say(f"Alerts: {count(len(told.messages), 'message')} delivered")
    for each in told.waiting:
        if each.problem:
            say(f"  ! {each.channel} did not take a message: {each.problem}; next try {when(each.due)}", style="yellow")
    for each in told.given_up:
        say(f"  ! given up: {each.title} to {each.channel}: {each.problem}", style="red")
    if told.problem:
        say(f"  ! {told.problem}", style="red")
    if told.heartbeat:
        say(f"  ! {told.heartbeat}", style="yellow")


def _told_as_json(told: Told) -> dict[str, Any]:
    return {
        "messages": [_message(each) for each in told.messages],
        "waiting": [_message(each) for each in told.waiting],
        "given_up": [_message(each) for each in told.given_up],
        "began": told.began,
        "heartbeat": told.heartbeat,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "channel": message.channel,
        "title": message.title,
        "body": message.body,
        "made": message.made,
        "due": message.due,
        "attempts": message.attempts,
        "problem": message.problem,
    }


def _print_messages(told: Told) -> None:
    say(f"{count(len(told.messages), 'message')} would be sent")
    for each in told.messages:
        say("", f"To {each.channel}: {each.title}", style="bold")
        say(*(f"  {line}" for line in each.body.splitlines()))


def _test(settings: Configuration, *, json: bool) -> None:
    from monitoring.alerts import try_channels
    from runs.clock import now

    found = try_channels(settings, os.environ, now())
    if json:
        write_json({"channels": [{"channel": name, "problem": problem} for name, problem in found.items()]})
    elif not found:
        say("No channel is configured: name one in alerts.channels.")
    else:
        for name, problem in found.items():
            say(f"✗ {name}: {problem}" if problem else f"✓ {name} took a message", style="red" if problem else "green")
    raise typer.Exit(1 if any(found.values()) else 0)


def _show(settings: Configuration, state: AlertState, *, json: bool) -> None:
    if json:
        write_json(
            {
                "channels": sorted(settings.alerts.channels),
                "looked": None if state.looked is None else {"size": state.looked.size, "moment": state.looked.moment},
                "waiting": [_message(each) for each in state.waiting],
                "given_up": [_message(each) for each in state.given_up],
            }
        )
        return
    say(f"Channels: {', '.join(sorted(settings.alerts.channels)) or 'none is configured'}")
    if state.looked:
        say(f"Told: everything up to {when(state.looked.moment)}, the first {count(state.looked.size, 'leaf')}")
    _list("Waiting", state.waiting)
    _list("Given up", state.given_up)


def _list(head: str, messages: Sequence[Message]) -> None:
    if messages:
        say("", head, style="bold")
    table(
        ["Made", "Channel", "Attempts", "What, and why not"],
        [[when(each.made), each.channel, str(each.attempts), [each.title, each.problem]] for each in messages],
    )
