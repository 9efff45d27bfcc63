"""One list of people: what collectors ask it, live or as it was recorded."""

from __future__ import annotations

import os
import stat
from abc import abstractmethod
from datetime import UTC, datetime

from collectors.people.reading import Layout, ListError, PeopleList, read
from collectors.people.settings import Settings
from core.codec import decode, encode
from core.model import CollectionGap
from core.recording import Clock, record
from core.redaction import redact, redact_text
from core.replay import RecordedSource
from core.source import Source

READ = "people.read"
LARGEST_FILE = 256 * 2**20
"""Bytes: more is no list of people."""


class People(Source):
    """A list of people that the organization keeps itself."""

    @abstractmethod
    def listing(self) -> tuple[PeopleList, datetime]:
        """The list as it is now, and when that is. Raises `ListError`."""

    def explain(self, error: Exception) -> CollectionGap | None:
        if isinstance(error, ListError):
            return CollectionGap(reason=str(error), hint=error.hint, retryable=error.retryable)
        return None


class PeopleFile(People):
    """A list in a file, which is read once for each question."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @property
    def id(self) -> str:
        return f"people/{self._settings.name}"

    @property
    def principal(self) -> str:
        return f"uid {os.geteuid()}"

    def listing(self) -> tuple[PeopleList, datetime]:
        began = self._clock()
        try:
            return decode(PeopleList, self._recorded(began, encode(self._read()))), began
        except OSError as error:
            failure = ListError(
                f"the file cannot be read: {error.strerror}", "let the account that Annexa runs as read the file"
            )
        except ListError as error:
            failure = error
        self._recorded(began, b"", failure)
        raise failure

    def _read(self) -> PeopleList:
        # Without O_NONBLOCK, opening a pipe would wait for somebody who writes.
        descriptor = os.open(self._settings.file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode) or before.st_size > LARGEST_FILE:
                raise ListError("the file is no list of people", "name a file of CSV that is smaller than 256 MiB")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(LARGEST_FILE + 1)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, len(data)):
            raise ListError(
                "the file changed while it was read", "write the export beside it, then rename it", retryable=True
            )
        modified = datetime.fromtimestamp(int(before.st_mtime), UTC)
        layout = Layout(
            columns=self._settings.columns.model_dump(),
            separator=self._settings.separator,
            dates=tuple(self._settings.dates),
        )
        return read(data, layout, modified, modified + self._settings.max_age)

    def _recorded(self, began: datetime, body: bytes, failure: ListError | None = None) -> bytes:
        redacted, counts = redact(body)
        record(
            READ,
            {},
            redacted,
            status="failed" if failure else "read",
            at=began,
            duration_ms=int((self._clock() - began).total_seconds() * 1000),
            error=redact_text(str(failure)) if failure else "",
            headers={"hint": failure.hint, "retryable": str(failure.retryable)} if failure else {},
            redactions=counts,
            endpoint=self._settings.file,
        )
        return redacted


class RecordedPeople(RecordedSource, People):
    """A list as it once was."""

    def listing(self) -> tuple[PeopleList, datetime]:
        exchange, body = self._recording.answer(READ, {})
        if exchange.status != "read":
            raise ListError(
                exchange.error, exchange.headers["hint"], retryable=exchange.headers["retryable"] == str(True)
            )
        return decode(PeopleList, body), exchange.at
