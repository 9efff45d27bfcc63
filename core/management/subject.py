"""What a record that people answer for is about: verdicts, named widely or exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Judged(Protocol):
    """A verdict, wherever it is kept."""

    @property
    def check(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def scope(self) -> str: ...

    @property
    def resource(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The verdicts of one check: in one source or all, in one scope or all, on one resource or all (empty: all).

    A subject without a resource follows its resources: what comes to fail later is of it, too.
    """

    check: str
    source: str = ""
    scope: str = ""
    resource: str = ""

    def covers(self, verdict: Judged) -> bool:
        """Whether a verdict is of this subject."""
        return (
            self.check == verdict.check
            and self.source in ("", verdict.source)
            and self.scope in ("", verdict.scope)
            and self.resource in ("", verdict.resource)
        )

    def __str__(self) -> str:
        place = " in ".join(filter(None, (self.resource, self.scope, self.source)))
        return f"{self.check} on {place}" if self.resource else f"{self.check} in {place or 'all sources'}"
