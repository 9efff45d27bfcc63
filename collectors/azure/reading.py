"""Reading what Azure answered: what is missing, null or of another shape is never taken for a value.

Azure leaves out what has its default, or says null. So whoever reads says what the documentation says of that, by
`absent`; without it, a value that is not there is unobserved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from collectors.azure.errors import MalformedAnswerError
from core.resource import Unobserved, unobserved

T = TypeVar("T")
_UNSAID: Any = object()
PROPERTIES = "properties"
"""What every resource has of its own (learn.microsoft.com/azure/azure-resource-manager/management/overview): where it
is missing, something is wrong, and no default holds."""
ON, OFF = frozenset({"enabled", "on", "true"}), frozenset({"disabled", "off", "false"})
"""How the services of Azure spell that something is switched on or off, in lower case."""


class Answer:
    """An answer of Azure, or a part of one. Places in it are names with dots between: `properties.state`."""

    __slots__ = ("_found",)

    def __init__(self, found: object) -> None:
        if not isinstance(found, Mapping):
            raise MalformedAnswerError("a part of the answer is of another shape than is documented")
        self._found: Mapping[str, Any] = found

    def value(self, place: str) -> Any:
        """Whatever is there; `None` where nothing is. Raises `MalformedAnswerError` on a way that leads nowhere."""
        found: Any = self._found
        for name in place.split("."):
            if found is None:
                return None
            if not isinstance(found, Mapping):
                raise MalformedAnswerError(f"{place}: the answer is of another shape than is documented")
            found = found.get(name)
            if found is None and name == PROPERTIES != place:
                raise MalformedAnswerError(f"{place}: the answer has no {PROPERTIES}, which are documented to be there")
        return found

    def must(self, place: str) -> str:
        """A text without which nothing can be said. Raises `MalformedAnswerError` where it is not there."""
        found = self.value(place)
        if not isinstance(found, str) or not found:
            raise MalformedAnswerError(f"the answer has no {place}, which is documented to be there")
        return found

    def text(self, place: str, absent: Any = _UNSAID) -> Any:
        return self._of(str, place, absent)

    def word(self, place: str, known: Collection[str], absent: Any = _UNSAID) -> Any:
        """One of the words that are known, as they are spelled there; nobody here knows what another one means."""
        found = self.text(place, absent)
        if not isinstance(found, str) or found == absent:
            return found
        spelled = {each.lower(): each for each in known}
        return spelled.get(found.lower(), unobserved(f"Azure says {found!r:.50} of {place}, which nobody here knows"))

    def number(self, place: str, absent: Any = _UNSAID) -> Any:
        """A whole number, also where it is written as text: Resource Graph does so with some."""
        found = self.value(place)
        if isinstance(found, str) and found.isascii() and found.isdigit():
            return int(found)
        return self._of(int, place, absent)

    def flag(self, place: str, absent: Any = _UNSAID) -> Any:
        """Yes or no, also where it is written as text: Resource Graph does so with some."""
        found = self.value(place)
        if isinstance(found, str) and found.lower() in ("true", "false"):
            return found.lower() == "true"
        return self._of(bool, place, absent)

    def switch(self, place: str, absent: Any = _UNSAID) -> Any:
        """Whether something is on, however that is spelled."""
        found = self.value(place)
        if found is None:
            return _unsaid(place) if absent is _UNSAID else absent
        if isinstance(found, Unobserved):
            return found
        word = str(found).lower()
        if word in ON or word in OFF:
            return word in ON
        return unobserved(f"Azure says {found!r:.50} of {place}, which is neither on nor off")

    def moment(self, place: str, absent: Any = _UNSAID) -> Any:
        """A time: ISO 8601, or seconds since 1970."""
        found = self.value(place)
        if found is None:
            return _unsaid(place) if absent is _UNSAID else absent
        try:
            if isinstance(found, int):
                return datetime.fromtimestamp(found, UTC)
            read = datetime.fromisoformat(found)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
        except (TypeError, ValueError, OverflowError):
            return unobserved(f"Azure says something else than a time of {place}")

    def texts(self, place: str) -> tuple[str, ...]:
        """A list of texts, empty where there is none, unobserved where that is. Raises `MalformedAnswerError` for
        anything else."""
        found = self.value(place)
        if found is None:
            return ()
        if isinstance(found, Unobserved):
            return found  # type: ignore[return-value] # a whole field
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise MalformedAnswerError(f"{place}: the answer is of another shape than is documented")
        return tuple(found)

    def parts(self, place: str) -> Iterator[Answer]:
        """A list of parts, empty where there is none. Raises `MalformedAnswerError` for anything else."""
        found = self.value(place)
        if found is None:
            return
        if not isinstance(found, list):
            raise MalformedAnswerError(f"{place}: the answer is of another shape than is documented")
        for each in found:
            yield Answer(each)

    def each(self, place: str, read: Callable[[Answer], T]) -> tuple[T, ...]:
        """What `read` finds in each part of a list; unobserved where the list is. Raises like `parts`."""
        found = self.value(place)
        if isinstance(found, Unobserved):
            return found  # type: ignore[return-value] # a whole field
        return tuple(map(read, self.parts(place)))

    def has(self, place: str) -> bool:
        """Whether something is there."""
        return self.value(place) is not None

    def id(self, place: str = "id") -> str:
        """The id of a resource, as we spell it. Raises `MalformedAnswerError` where there is none."""
        return arm_id(self.must(place))

    def link(self, place: str) -> str:
        """The id of another resource, as we spell it; empty where there is none, unobserved where that is."""
        found = self.value(place)
        if isinstance(found, Unobserved):
            return found  # type: ignore[return-value] # a whole field
        return self.id(place) if found else ""

    def _of(self, kind: type, place: str, absent: Any) -> Any:
        found = self.value(place)
        if found is None:
            return _unsaid(place) if absent is _UNSAID else absent
        if isinstance(found, Unobserved):
            return found
        if found.__class__ is not kind:
            return unobserved(f"Azure says something else than was expected of {place}")
        return found


def arm_id(text: str) -> str:
    """An id of Azure Resource Manager, which takes no notice of case, in lower case."""
    return "/" + text.strip("/").lower() if text.strip("/") else ""


def last(path: str) -> str:
    """The last part of an id, in lower case."""
    return arm_id(path).rpartition("/")[2]


def subscription_of(path: str) -> str:
    """The subscription in an id; empty where there is none."""
    parts = arm_id(path).split("/")
    return parts[2] if parts[1:2] == ["subscriptions"] and len(parts) > 2 else ""  # noqa: PLR2004 - "", the word, the id


def _unsaid(place: str) -> Any:
    return unobserved(f"Azure does not say {place}")
