"""annexa reperform"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from commands.options import Config, Json, complete_check, configuration, moment, open_store, store_in
from commands.output import count, plain, say, when, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.model import Verdict
    from runs.reperformance import CheckAgain, Reperformance, UnitAgain

    Done = TypeVar("Done", CheckAgain, UnitAgain)

Bundle = Annotated[
    str,
    typer.Argument(
        metavar="[BUNDLE]",
        help="A bundle, or the folder of somebody else's store or of a backup. Default: the configured store.",
    ),
]
Scan = Annotated[str, typer.Option("--scan", metavar="ID", help="This scan. Default: the newest that finished.")]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of", metavar="MOMENT", help="The newest scan that had finished by then: 2026-01-31, 2026-01-31T12:00:00Z."
    ),
]
Checks = Annotated[
    list[str] | None,
    typer.Option(
        "--check",
        metavar="CHECK",
        help="Only this check, or those below it (host.sshd), and what they rest on. Repeatable.",
        autocompletion=complete_check,
    ),
]

ANSWERS = {
    "reproduced": ("✓", "green", "reproduced"),
    "changed": ("~", "yellow", "the code has changed since"),
    "cannot_replay": ("?", "yellow", "cannot replay"),
    "differs": ("✗", "red", "the result differs, although the code is the same"),
    "broken_seal": ("!", "red", "broken seal"),
}
"""A sign, a style and words for each answer, in the order of the summary."""

MOST_DIFFERENCES = 20


def reperform(
    bundle: Bundle = "",
    config: Config = None,
    scan: Scan = "",
    as_of: AsOf = "",
    check: Checks = None,
    json: Json = False,
) -> None:
    """Do a sealed scan again, offline, and compare the results.

    The checks run over its resources, the collectors over its recorded exchanges. Needs the store alone: no
    credentials, no network, no place to look at. Exit status: 0 everything came to the same, 1 something came to
    something else, 3 something could not be done again, 4 a seal is broken, 2 wrong usage.
    """
    from core.errors import AnnexaError
    from runs.reperform import Asked
    from runs.reperform import reperform as run

    if scan and as_of:
        raise AnnexaError("--scan and --as-of both name a scan", "give one of them")
    asked = Asked(scan, moment(as_of) if as_of else None, tuple(check or ()))
    progress = _progress if sys.stderr.isatty() and not json else lambda _done, _all: None
    if bundle and _is_bundle(bundle):
        from exports.bundle.reading import reperform as run_bundle

        found = run_bundle(Path(bundle), asked, progress)
    else:
        with store_in(bundle) if bundle else open_store(configuration(config)) as store:
            found = run(store, asked, progress)
    if json:
        write_json({"reproduced": found.exit_status == 0, **plain(found)})
    else:
        _show(found)
    raise typer.Exit(found.exit_status)


def _is_bundle(name: str) -> bool:
    from exports.bundle.reading import is_bundle

    return is_bundle(Path(name))


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\rdoing again: {done} of {total}")
    sys.stderr.write("\r\x1b[K" if done >= total else "")


def _show(found: Reperformance) -> None:
    finished = f"finished {when(found.scan.finished)}" if found.scan.finished else found.scan.status
    say(f"Scan {found.scan.id}, {finished}", style="bold")
    if found.pending:
        say(f"  {len(found.pending)} of its leaves are not covered by a checkpoint yet", style="yellow")
    elif not found.broken:
        say(f"  all its leaves lead to the signed checkpoint at size {found.checkpoint_size}")
    for problem in found.broken:
        say(f"! broken seal: {problem}", style="red")
    _show_level("check", "over the sealed resources", found.checks, _verdicts)
    _show_level("unit", "over the sealed exchanges", found.units, _resources)
    if found.rechecks:
        _show_level("check", "over what the units came to now", found.rechecks, _verdicts)
    elif any(unit.same is not None for unit in found.units) and not any(unit.same is False for unit in found.units):
        say("  the units came to the sealed resources, so the checks come to the same over them")


def _show_level(what: str, over: str, done: Sequence[Done], differences: Callable[[Done], Iterator[str]]) -> None:
    say(f"{count(len(done), what)}, {over}", style="bold")
    for answer, (sign, style, words) in ANSWERS.items():
        some = [each for each in done if each.answer.value == answer]
        if not some:
            continue
        how_many = f", {sum(each.same is True for each in some)} to the same result" if answer == "changed" else ""
        say(f"{sign} {len(some)} {words}{how_many}", style=style)
        for each in some:
            if answer == "reproduced" or (answer == "changed" and each.same):
                continue
            say(f"    {each.name} (leaf {each.leaf}): {each.reason}")
            lines = list(differences(each))
            say(*(f"      {line}" for line in lines[:MOST_DIFFERENCES]))
            if len(lines) > MOST_DIFFERENCES:
                say(f"      … {len(lines) - MOST_DIFFERENCES} more: --json", style="dim")


def _verdicts(one: CheckAgain) -> Iterator[str]:
    for each in one.differences:
        place = f"{each.resource} in {each.source} {each.scope}".rstrip()
        yield f"{place}: sealed {_verdict(each.sealed)}, now {_verdict(each.now)}"


def _verdict(verdict: Verdict | None) -> str:
    return f"{verdict.status.value}: {verdict.reason}" if verdict else "nothing"


def _resources(one: UnitAgain) -> Iterator[str]:
    for each in one.resources:
        yield f"{each.kind} {each.resource}: {each.what}"
    for gap in one.gaps:
        yield f"{'sealed' if gap.sealed else 'now'} only: could not look: {gap.gap.reason}"
