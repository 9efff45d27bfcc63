"""What commands about statements have in common: adopting one, and saying which version counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.desk import at_desk, by
from commands.output import plain, say, when, write_json

if TYPE_CHECKING:
    from core.management.statements import Version


def adopt(kind: str, reason: str, claimed: str, sign: Path | None, config: Path | None, *, json: bool) -> None:
    """Seal what the file says as the next version."""
    from management.stating import KINDS
    from management.stating import adopt as seal

    with at_desk(config) as desk:
        found = seal(desk, kind, by(reason, claimed, sign))
    if json:
        write_json(version_as_json(found))
        return
    say(f"{KINDS[kind].words}: version {found.events} of {when(found.at)}, adopted by {found.author}")
    say(f"  sealed in leaf {found.leaf}", style="dim")


def version_as_json(found: Version[Any] | None) -> Any:
    """A version, flat; nothing where there is none."""
    if found is None:
        return None
    return {
        "version": found.events,
        "at": plain(found.at),
        "author": found.author,
        "login": found.login,
        "reason": found.reason,
        "signed": found.signed,
        "leaf": found.leaf,
        **plain(found.said),
    }


def say_version(found: Version[Any], *, differs: bool) -> None:
    """Say which version counts, and that the file says something else by now."""
    signed = ", signed" if found.signed else ""
    say(f"Version {found.events} of {when(found.at)}, by {found.author}{signed}, leaf {found.leaf}", style="dim")
    if differs:
        say("  The file says something else by now: what is sealed counts.", style="yellow")
