"""What came back from a batch: its framed output taken apart, and redacted before anything else sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from collectors.host.facts import Answer, Fact
from core.redaction import redact

LONGEST_SAID = 200
"""Bytes that are shown of what a host said instead of answering."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a host said: who we were there, and the answer to each fact that was asked to its end, by name.

    `principal` is empty when something else than our questions ran; `said` is then what it printed. `lacks` names the
    programs without which nothing was asked. `outdated` are facts that a pinned program asked in other words than ours,
    and `done` tells that it asked all it knew of what was wanted. `clocks` is what the host's clock said before the
    first question and after the last one.
    """

    principal: str
    by_fact: dict[str, Answer]
    said: str = ""
    lacks: str = ""
    outdated: frozenset[str] = frozenset()
    done: bool = False
    clocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Section:
    """One fact as it was framed: the digest of its question, its output, its errors with the status among them."""

    name: str
    digest: str
    output: bytes
    centiseconds: bytes
    errors: bytes
    status: int


def read(output: bytes, nonce: str, facts: Sequence[Fact]) -> Answers:
    """Take the output apart. A section that was cut off (the host died, the time was up) is not among the answers."""
    before, *parts = output.split(b"\n%b " % nonce.encode())
    if not parts or not (principal := re.fullmatch(rb"PRINCIPAL ([^\n]{1,200})\n?", parts[0])):
        return Answers("", {}, said=_text(redact(before[:LONGEST_SAID])[0]).strip())
    wanted = {fact.name: fact for fact in facts}
    answers: dict[str, Answer] = {}
    outdated: set[str] = set()
    for section in _sections(parts):
        fact = wanted.get(section.name)
        if fact is None or section.name in answers:
            continue
        if section.digest == fact.digest:
            answers[fact.name] = _answer(section, fact)
        else:
            outdated.add(fact.name)
    lacks = next((part for part in parts if part.startswith(b"LACKS ")), b"")
    return Answers(
        _text(redact(principal[1])[0]),
        answers,
        lacks=_text(lacks.removeprefix(b"LACKS ")[:LONGEST_SAID]).strip(),
        outdated=frozenset(outdated),
        done=any(part.rstrip() == b"DONE" for part in parts),
        clocks=tuple(_text(part[len(b"CLOCK ") :][:40]).strip() for part in parts if part.startswith(b"CLOCK ")),
    )


def _sections(parts: Iterable[bytes]) -> Iterator[_Section]:
    """The sections that are whole: BEGIN with the output, ERROR with the errors, perhaps STATUS with more, and END."""
    name = digest = ""
    output = centiseconds = errors = b""
    status = -1
    for part in parts:
        line, _, rest = part.partition(b"\n")
        word, _, told = line.partition(b" ")
        if word == b"BEGIN":
            name, _, digest = _text(told).partition(" ")
            output, centiseconds, errors, status = rest, b"", b"", -1
        elif word == b"ERROR":
            centiseconds, errors = told, rest
        elif word == b"STATUS" and told.isdigit():
            status = int(told[:9]) if status < 0 else status
            errors += b"\n" + rest
        elif word == b"END" and name and _text(told) == name:
            yield _Section(name, digest, output, centiseconds, errors, status)
            name = ""


def _answer(section: _Section, fact: Fact) -> Answer:
    output, redactions = redact(section.output[: fact.limit])
    measured = re.fullmatch(rb"\d{1,9}", section.centiseconds)
    return Answer(
        output=output,
        error=_text(redact(section.errors.strip())[0]).strip(),
        status=section.status,
        truncated=len(section.output) > fact.limit,
        duration_ms=int(measured[0]) * 10 if measured else 0,
        redactions=redactions,
    )


def _text(data: bytes) -> str:
    return data.decode(errors="backslashreplace").replace("\0", "\\x00")
