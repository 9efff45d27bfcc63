"""annexa key"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from commands.options import Config, Json, configuration
from commands.output import plain, say, write_json


class Action(Enum):
    """What to do about the key."""

    SHOW = "show"
    ROTATE = "rotate"


What = Annotated[Action, typer.Argument(metavar="[show|rotate]", help="Show the keys, or change to a new one.")]


def key(action: What = Action.SHOW, config: Config = None, json: Json = False) -> None:
    """Show the log's public keys, or change the signing key.

    `rotate` makes a new key, has the old one hand over to it inside the log, and keeps the old one beside it. Run it
    again when it was interrupted: it finishes what was begun.
    """
    from runs.clock import now
    from runs.key_rotation import key_state, rotate

    settings = configuration(config)
    done = rotate(settings, now) if action is Action.ROTATE else None
    state = key_state(settings)
    if json:
        write_json(plain(state))
        return
    if done:
        say("Finished the change of the key that was begun before." if done.finished else "The key was changed.")
        if done.kept:
            say(f"  the old key is kept in {done.kept}")
            say("  another store that was signed with it still needs it, see docs/keys.md")
        say("  publish the new public key where you published the old one, and back up the new key file", "")
    say(f"Public key: {state.key}")
    say(f"  signed with {state.file}")
    for each in state.retired:
        say(f"  retired by leaf {each.leaf}: {each.key}")
    if state.unfinished:
        say("  ! a change of the key was begun and not finished: annexa key rotate", style="yellow")
    if state.problem:
        say(f"  ! {state.problem}", style="yellow")
