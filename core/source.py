"""Sources: the places we may look. One AWS account, one host, one identity provider."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import TypeVar

from core.model import CollectionGap
from core.resource import unobserved

T = TypeVar("T")
S = TypeVar("S", bound="Source")


class Source(ABC):
    """A read-only way to one place, and to one scope (region, subscription) of it.

    A provider implements this once; its collectors then never handle errors: whatever they raise reaches `explain`,
    the one place that knows what the provider's errors mean. Making a source must not touch the world: the first
    question a collector asks does.
    """

    scope: str = ""
    """Which part of the source this object looks at; empty when the source has no parts."""

    concurrency: int = 8
    """How many units may look at this source at once."""

    @property
    @abstractmethod
    def id(self) -> str:
        """Stable and readable: `aws/111122223333`, `host/web-1`, `okta/acme`."""

    @property
    @abstractmethod
    def principal(self) -> str:
        """Who we are there, as the place itself says; read after collecting, empty when it never answered."""

    @abstractmethod
    def explain(self, error: Exception) -> CollectionGap | None:
        """Say what `error` means and what to do about it, or `None` for "no idea"."""

    def targets(self, kind: type[S]) -> Iterator[S]:
        """The parts of this source that a collector of `kind` looks at: itself, its regions, its subscriptions."""
        if isinstance(self, kind):
            yield self

    def close(self) -> None:  # noqa: B027 - most sources hold nothing open
        """Let go of connections. Called once, after the last unit."""

    def look(self, read: Callable[[], T]) -> T:
        """What `read` returns, or "unobserved" if we could not look at this one thing."""
        try:
            return read()
        except Exception as error:
            gap = self.explain(error)
            if gap is None:
                raise
            unseen: T = unobserved(gap.reason)
            return unseen
