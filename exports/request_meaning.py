"""What a request for evidence means: the controls of one edition that it names, or the checks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import AnnexaError
from exports.request_list import Request
from mappings.loader import framework, frameworks
from runs.plugins import all_checks
from runs.selection import matches

CONTROL = re.compile(r"(?:([a-z][a-z0-9_]*):)?(A\.\d+(?:\.\d+)*)(?![\d.]*\d)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{5,}")
LIKELY = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """What a request names: controls of one edition, or checks."""

    framework: str
    controls: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


def meaning(request: Request, edition: str) -> Meant:
    """What a request names. Raises `AnnexaError` where nobody can tell."""
    if request.problem:
        raise AnnexaError(request.problem)
    named = CONTROL.findall(request.asked)
    editions = {name.casefold() or edition for name, _ in named}
    if len(editions) > 1:
        raise AnnexaError(
            f"it names controls of several editions: {', '.join(sorted(editions))}", "make it two requests"
        )
    if named:
        (mine,) = editions
        if mine not in frameworks():
            raise AnnexaError(f"there is no framework {mine}", f"there are {', '.join(frameworks())}")
        return Meant(mine, controls=tuple(dict.fromkeys(number.upper() for _, number in named)))
    checks = [name for name in all_checks() if any(matches(name, each) for each in request.asked.split())]
    if checks:
        return Meant(edition, checks=tuple(checks))
    raise AnnexaError(
        "it names no control and no check, so what would answer it is for a person to say", _likely(request, edition)
    )


def _likely(request: Request, edition: str) -> str:
    """Controls whose titles share words with a question in free text."""
    mine = {word.casefold() for word in WORD.findall(request.asked)}
    scored = [
        (-len(mine & {word.casefold() for word in WORD.findall(control.title)}), number, control)
        for number, control in enumerate(framework(edition).controls)
    ]
    likely = [
        f"{control.id} {control.title}" for score, _, control in sorted(scored, key=lambda s: s[:2])[:LIKELY] if score
    ]
    return f"perhaps one of these is meant: {', '.join(likely)}" if likely else "name a control, such as A.8.5"
