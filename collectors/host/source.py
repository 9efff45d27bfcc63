"""One host: asks its batch once, and answers collectors from it."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from collectors.host.batch import NEEDS_ROOT, Answers, program, read
from collectors.host.facts import Answer, Fact
from collectors.host.transport import Transport, TransportError
from core.model import CollectionGap
from core.recording import Clock, record
from core.redaction import redact_text
from core.source import Source

BATCH_SECONDS = 100
"""The longest a batch may take: less than a unit may, so that the units still say what they got."""

PERMISSIONS_HINT = (
    "run as root, or give the user the lines that `annexa permissions host` prints and set privilege: sudo"
)
TIMED_OUT, NOT_FOUND = 124, 127
UNANSWERED, UNREACHABLE = "unanswered", "unreachable"
"""The recorded statuses of a fact that the batch did not reach, and of a host that the batch did not reach."""

SUDO_REFUSED = re.compile(r"^sudo: |\bsudo: (?:command )?not found$", re.MULTILINE)
"""A complaint of sudo, or its absence. It counts whatever the exit status says: a pipeline has that of its last
program."""
SUDO_CHATTER = re.compile(r"^sudo: unable to resolve host .*\n?", re.MULTILINE)
"""What sudo says where the host does not know its own name, and then goes on."""


class FactError(Exception):
    """A fact could not be learned: a failure to look."""

    def __init__(self, fact: Fact, reason: str, hint: str = "", *, retryable: bool = False) -> None:
        super().__init__(reason)
        self.fact = fact
        self.hint = hint
        self.retryable = retryable


class MissingProgramError(FactError):
    """The host does not have the program. Often an *answer* (no auditctl, so no audit): the collector's to catch."""


class NeedsRootError(FactError):
    """Only root may see this, and we are not root there."""


class Host(Source):
    """A host, whatever transport reaches it. Nothing is asked before the first collector asks."""

    def __init__(
        self, name: str, transport: Transport, facts: Sequence[Fact], *, clock: Clock, sudo: bool = False
    ) -> None:
        self.name = name
        self._transport = transport
        self._facts = tuple(facts)
        self._clock = clock
        self._sudo = sudo
        self._asking = threading.Lock()
        self._answers: Answers | None = None
        self._failure: TransportError | None = None
        self._asked_at = clock()
        self._endpoint = transport.endpoint

    @property
    def id(self) -> str:
        return f"host/{self.name}"

    @property
    def principal(self) -> str:
        return self._answers.principal if self._answers else ""

    def text(self, fact: Fact, *, accept: tuple[int, ...] = (0,)) -> str:
        """What the fact's command printed. Bytes that are not UTF-8 show as `\\xNN`, so that nothing is dropped.

        Raises `FactError` when it was cut off, ran out of time, or ended with a status that is not in `accept`;
        `MissingProgramError` when the program is not there; `NeedsRootError` when only root may ask.
        """
        answer = self.answer(fact)
        if answer.status not in accept:
            raise FactError(fact, _why(fact, answer))
        return answer.output.decode(errors="backslashreplace").replace("\0", "\\x00")

    def answer(self, fact: Fact) -> Answer:
        """Output, errors and status of a fact, for collectors to whom a status is an answer.

        Raises the same as `text`, but for the status.
        """
        try:
            answer = self._said(fact)
        except TransportError as error:
            self._record(fact, b"", status=UNREACHABLE, duration_ms=0, error=str(error))
            raise
        if answer is None:
            self._record(fact, b"", status=UNANSWERED, duration_ms=0)
            raise FactError(fact, f"{fact.name}: {self.name} did not answer in time", retryable=True)
        self._record(
            fact,
            answer.output,
            status=str(answer.status),
            duration_ms=answer.duration_ms,
            truncated=answer.truncated,
            error=answer.error,
            redactions=answer.redactions,
        )
        answer = replace(answer, error=SUDO_CHATTER.sub("", answer.error).strip())
        if f"{NEEDS_ROOT}: " in answer.error or SUDO_REFUSED.search(answer.error):
            raise NeedsRootError(fact, f"{fact.name}: only root may see this", PERMISSIONS_HINT)
        if answer.status == NOT_FOUND:
            said = f": {answer.error.splitlines()[-1]}" if answer.error else ""
            raise MissingProgramError(fact, f"{fact.name}: the program is not there{said}")
        if answer.status == TIMED_OUT:
            raise FactError(fact, f"{fact.name}: no answer within {fact.seconds} s", retryable=True)
        if answer.truncated:
            raise FactError(fact, f"{fact.name}: more than {fact.limit} bytes of output, cut off")
        return answer

    def explain(self, error: Exception) -> CollectionGap | None:
        match error:
            case FactError():
                return CollectionGap(str(error), error.hint, error.retryable)
            case TransportError():
                return CollectionGap(
                    f"{self.name} could not be reached: {error}", "see docs/sources/hosts.md", retryable=True
                )
        return None

    def _record(self, fact: Fact, output: bytes, *, status: str, duration_ms: int, **more: Any) -> None:
        record(
            *question(fact),
            output,
            status=status,
            at=self._asked_at,
            duration_ms=duration_ms,
            endpoint=self._endpoint,
            **more,
        )

    def _said(self, fact: Fact) -> Answer | None:
        """The answer to a fact, or `None` when the batch ended before it. Raises `TransportError`."""
        return self._ask().by_fact.get(fact.name)

    def _ask(self) -> Answers:
        with self._asking:
            if self._failure:
                raise self._failure
            if self._answers is None:
                nonce = secrets.token_hex(16)
                limit = sum(fact.limit for fact in self._facts) + 16_384 * (len(self._facts) + 1)
                self._asked_at = self._clock()
                try:
                    output = self._transport.run(
                        program(self._facts, nonce, sudo=self._sudo), seconds=BATCH_SECONDS, limit=limit
                    )
                except TransportError as error:
                    # Redacted like every answer: its words are recorded, and replay must find the same ones.
                    self._failure = TransportError(redact_text(str(error)))
                    raise self._failure from error
                self._answers = read(output, nonce, self._facts)
            return self._answers


def question(fact: Fact) -> tuple[str, dict[str, str]]:
    """Operation and parameters of the exchange in which a fact is asked."""
    return "sh", {"fact": fact.name, "command": fact.command}


def _why(fact: Fact, answer: Answer) -> str:
    last = answer.error.splitlines()[-1] if answer.error else "it said nothing"
    return f"{fact.name}: ended with status {answer.status}: {last:.300}"
