"""annexa hosts trust"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import Config, Json, configuration
from commands.output import plain, say, write_json

if TYPE_CHECKING:
    from runs.hosts import Shown

Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", help="Hosts as `annexa hosts list` names them, or hosts on the way.")
]
Fingerprint = Annotated[
    str,
    typer.Option("--fingerprint", metavar="SHA256:…", help="Trust the host if its key has this one, without asking."),
]


def trust(names: Names, fingerprint: Fingerprint = "", config: Config = None, json: Json = False) -> None:
    """Trust the keys that hosts show, from now on.

    Each is shown with its fingerprint, to be compared with what the host itself says (ssh-keygen -l -f
    /etc/ssh/ssh_host_ed25519_key.pub there). A key that differs from a known one is refused.
    """
    from core.errors import AnnexaError
    from runs.clock import now
    from runs.hosts import remember, shown_by

    settings = configuration(config)
    if fingerprint and len(names) > 1:
        raise AnnexaError("a fingerprint is that of one host", "trust one after the other")
    if not fingerprint and not (sys.stdin.isatty() and not json):
        raise AnnexaError(
            "nobody is there to compare fingerprints", "run it in a terminal, or name the right one: --fingerprint"
        )
    done = []
    for name in names:
        shown = shown_by(settings, name, now)
        if not json:
            say(f"{name} ({shown.way.removeprefix('ssh://')}) shows {shown.type} {shown.fingerprint}")
        if fingerprint and shown.fingerprint != fingerprint:
            raise AnnexaError(
                f"{name} shows {shown.fingerprint}, not {fingerprint}", "find out which is right; nothing was written"
            )
        if not shown.known and not (fingerprint or _agreed()):
            say("  not trusted")
            continue
        if not shown.known:
            remember(shown, now)
        done.append(shown)
        if not json:
            say(f"  known already by {shown.known}" if shown.known else f"  trusted: written to {shown.file}")
    if json:
        write_json([_entry(each) for each in done])


def _agreed() -> bool:
    return typer.confirm("  Is this what the host itself says?", default=False)


def _entry(shown: Shown) -> dict[str, object]:
    return {
        "name": shown.name,
        "host": shown.host,
        "type": shown.type,
        "fingerprint": shown.fingerprint,
        "file": shown.file,
        "known": shown.known,
        "way": plain(shown.way),
    }
