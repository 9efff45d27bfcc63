"""Sources: the places we may look. One AWS account, one host, one identity provider."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from core.model import CollectionGap, Evidence
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

    def may_start(self, tell: Callable[[], None]) -> bool:  # noqa: ARG002 - most sources are ready when they are made
        """Whether a unit may start now. A source that says no makes ready by itself, and calls `tell` when it has, once
        and from any thread: no worker waits for it meanwhile."""
        return True

    def leave_out(self, permissions: Collection[object]) -> None:  # noqa: B027 - most sources ask one thing at a time
        """Hear which of the declared permissions no unit will use this time, here or at a source that this leads to.

        Called before the first unit. A source that asks all its questions at once leaves these out.
        """

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


class Survey(Source):
    """A source that must be asked first which other sources, or scopes of itself, there are.

    What its collectors see is sealed like any evidence, so that a reader can see why each place was looked at or left
    out; the plan follows from that alone. It is asked in every scan, also in one that wants few checks.
    """

    wants: tuple[str, ...] = ()
    """Kinds of resource of other sources that it has to know before it is asked."""

    def tell(self, evidence: Sequence[Evidence]) -> None:
        """Hear what earlier scans saw of the kinds it wants. Called once, before its first unit."""

    @abstractmethod
    def unfold(self, evidence: Sequence[Evidence], known: Collection[tuple[str, str]]) -> Iterator[Source]:
        """The sources that one unit of this survey has shown. Touches nothing.

        Where the evidence has gaps nobody knows what is missing: then the places in `known` (source and scope, of
        earlier scans) are asked as well, so that each says for itself that it could not be looked at.
        """
