"""One host: asks its batch once, and answers collectors from it."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from collectors.host.answers import Answers, read
from collectors.host.batch import NEEDS_ROOT, program, request
from collectors.host.facts import Answer, Fact
from collectors.host.transport import Transport, TransportError
from core.model import ALARM, CollectionGap
from core.recording import Clock, record
from core.redaction import redact_text
from core.source import Source

BATCH_SECONDS = 100
"""The longest a batch may take: less than a unit may, so that the units still say what they got."""

UNASKED_HINT = "the account needs a POSIX shell; where its key is pinned to Annexa's program, set privilege: pinned"
OUTDATED_HINT = "install anew there what `annexa permissions host --format pinned` prints"
BATCH_BYTES = 16 * 2**20
"""The most that a host may say to all facts together; what it says beyond is not heard."""

PERMISSIONS_HINT = (
    "run as root, or give the user the lines that `annexa permissions host` prints and set privilege: sudo"
)
TIMED_OUT, NOT_FOUND = 124, 127
UNREACHABLE = "unreachable"
"""The recorded status of every fact of a host that the batch did not reach."""
UNANSWERED, UNASKED, LACKING, OUTDATED = "unanswered", "unasked", "lacking", "outdated"
"""The recorded statuses of a fact to which the batch brought no answer: the time was up, something else than our
questions ran, the host lacks programs to ask with, or the program that it pins asks something else."""

SUDO_REFUSED = re.compile(r"^sudo: |\bsudo: (?:command )?not found$", re.MULTILINE)
"""A complaint of sudo, or its absence. It counts whatever the exit status says: a pipeline has that of its last
program."""
SUDO_CHATTER = re.compile(r"^sudo: unable to resolve host .*\n?", re.MULTILINE)
"""What sudo says where the host does not know its own name, and then goes on."""


HOST_TIME = Fact("host_time", "date +%s.%N")
"""Answered before the first other question and after the last one. Its duration is that of the whole batch, the way
there and back included."""
BOTH_ENDS = 2


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


class UnansweredError(FactError):
    """The batch brought no answer to a fact. `status` says why, as it is recorded, and `said` in the host's words."""

    def __init__(self, fact: Fact, host: str, status: str, said: str = "") -> None:
        reason, hint = {
            UNANSWERED: (f"{host} did not answer in time", ""),
            UNASKED: (f"{host} ran something else than our questions; it said {said!a}", UNASKED_HINT),
            LACKING: (f"{host} has no {said}, without which nothing can be asked", "install it there"),
            OUTDATED: (f"the program that {host} pins does not ask this, or not as we do", OUTDATED_HINT),
        }[status]
        super().__init__(fact, f"{fact.name}: {reason}", hint, retryable=status == UNANSWERED)
        self.status = status
        self.said = said


class Host(Source):
    """A host, whatever transport reaches it. Nothing is asked before the first collector asks."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        facts: Sequence[Fact],
        *,
        clock: Clock,
        sudo: bool = False,
        pinned: bool = False,
    ) -> None:
        self.name = name
        self._transport = transport
        self._facts = tuple(facts)
        self._clock = clock
        self._sudo = sudo
        self._pinned = pinned
        self._asking = threading.Lock()
        self._answers: Answers | None = None
        self._failure: TransportError | None = None
        self._asked_at = clock()
        self._endpoint = transport.endpoint

    @property
    def id(self) -> str:
        return f"host/{self.name}"

    @property
    def asks(self) -> tuple[Fact, ...]:
        """The questions of its batch."""
        return self._facts

    @property
    def asked_at(self) -> datetime:
        """When the batch was sent."""
        return self._asked_at

    @property
    def endpoint(self) -> str:
        return self._endpoint

    @property
    def principal(self) -> str:
        return self._answers.principal if self._answers else ""

    def leave_out(self, permissions: Collection[object]) -> None:
        self._facts = tuple(fact for fact in self._facts if fact not in permissions)

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
            headers = {"hint": error.hint} if error.hint else None
            self._record(fact, b"", status=UNREACHABLE, duration_ms=0, error=str(error), headers=headers)
            raise
        except UnansweredError as error:
            self._record(fact, b"", status=error.status, duration_ms=0, error=error.said)
            raise
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
        return unreached(self.name, error)

    @property
    def asked(self) -> bool:
        """Whether its batch was asked, with whatever outcome."""
        return self._answers is not None or self._failure is not None

    def ask(self) -> str:
        """Ask the batch, if nobody has; who we were there. Raises `TransportError`."""
        return self._ask().principal

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

    def _said(self, fact: Fact) -> Answer:
        """The answer to a fact. Raises `TransportError`, and `UnansweredError` when the batch brought none."""
        answers = self._ask()
        if answer := answers.by_fact.get(fact.name):
            return answer
        if not answers.principal:
            raise UnansweredError(fact, self.name, UNASKED, answers.said)
        if answers.lacks:
            raise UnansweredError(fact, self.name, LACKING, answers.lacks)
        if fact.name in answers.outdated or answers.done:  # it went through all that it knows
            raise UnansweredError(fact, self.name, OUTDATED)
        raise UnansweredError(fact, self.name, UNANSWERED)

    def _ask(self) -> Answers:
        with self._asking:
            if self._failure:
                raise self._failure
            if self._answers is None:
                nonce = secrets.token_hex(16)
                asking = request(self._facts, nonce) if self._pinned else program(self._facts, nonce, sudo=self._sudo)
                self._asked_at = self._clock()
                try:
                    output = self._transport.run(asking, seconds=BATCH_SECONDS, limit=BATCH_BYTES)
                except TransportError as error:
                    # Redacted like every answer: its words are recorded, and replay must find the same ones.
                    self._failure = TransportError(redact_text(str(error)), redact_text(error.hint))
                    raise self._failure from error
                finally:
                    self._endpoint = self._transport.endpoint  # by now it knows more
                    self._asked_at += timedelta(seconds=self._transport.waited)
                self._answers = read(output, nonce, self._facts)
                self._tell_time(self._answers, self._clock() - self._asked_at)
            return self._answers

    def _tell_time(self, answers: Answers, took: timedelta) -> None:
        """What the host's clock said at both ends of the batch, and how long the whole way there and back took."""
        if HOST_TIME in self._facts and len(answers.clocks) == BOTH_ENDS:
            said = "".join(f"{moment}\n" for moment in answers.clocks).encode()
            answers.by_fact[HOST_TIME.name] = Answer(said, duration_ms=took // timedelta(milliseconds=1) + 1)


def unreached(name: str, error: Exception) -> CollectionGap | None:
    """The gap that a host leaves which could not be asked at all; `None` for any other error."""
    if not isinstance(error, TransportError):
        return None
    reason = str(error)
    alarm = ALARM if reason.startswith(ALARM) else ""
    return CollectionGap(
        f"{alarm}{name} could not be reached: {reason.removeprefix(ALARM)}",
        error.hint or "see docs/sources/hosts.md",
        retryable=not alarm,
    )


def question(fact: Fact) -> tuple[str, dict[str, str]]:
    """Operation and parameters of the exchange in which a fact is asked."""
    return "sh", {"fact": fact.name, "command": fact.command}


def _why(fact: Fact, answer: Answer) -> str:
    last = answer.error.splitlines()[-1] if answer.error else "it said nothing"
    return f"{fact.name}: ended with status {answer.status}: {last:.300}"
