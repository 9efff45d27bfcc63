"""What the SDK does to questions and answers beside sending and parsing them, as far as our clients need it.

Every client gets a copy of all of it. Most is about other services, about operations that write, and about pages of
documentation: over a thousand clients it was the largest part of their memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import copy
from functools import cache
from typing import Any, cast

from botocore import hooks
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.hooks import EventAliaser, HierarchicalEmitter

FOR_PEOPLE = frozenset({"docs", "getattr"})
"""Events about documentation and about former names of methods."""
_Trie: Any = cast("Any", hooks)._PrefixTrie  # noqa: SLF001 - the SDK has no other way in


class Emitter(EventAliaser):
    """Tells handlers what happens in a client. Its copies, one for each client, share the names of events."""

    _emitter: Any
    _event_aliases: Any
    _alias_name_cache: dict[str, str]

    def __init__(self, emitter: Any = None, aliases: Any = None) -> None:
        super().__init__(emitter or _Handlers(), aliases)

    def __copy__(self) -> Emitter:
        other = Emitter(copy(self._emitter), self._event_aliases)
        other._alias_name_cache = self._alias_name_cache
        return other

    def now_called(self, event: str) -> str:
        """The name of an event that may be told by a former one."""
        own: Any = super()
        return str(own._alias_event_name(event))  # noqa: SLF001 - its own


class _Handlers(HierarchicalEmitter):
    """Handlers by event."""

    def __init__(self) -> None:
        super().__init__()
        self._handlers = _Found()


class _Found(_Trie):  # type: ignore[misc] # the stubs do not have it
    """Finds the handlers of an event, and keeps them in a tenth of the room."""

    def prefix_search(self, key: str) -> tuple[Any, ...]:
        return tuple(super().prefix_search(key))


def customized(service: str, operations: Collection[str]) -> Emitter:
    """What the SDK does around these operations of a service, by the service's id; around any, where none is given."""
    emitter = copy(_everywhere())
    _register(emitter, lambda place: place[:1] == [service] and _concerns(place[1:], operations))
    return emitter


@cache
def _everywhere() -> Emitter:
    """What the SDK does in all services. To register it costs more than to copy it."""
    emitter = Emitter()
    _register(emitter, lambda place: not place)
    return emitter


def _register(emitter: Emitter, wanted: Callable[[list[str]], bool]) -> None:
    """Register those handlers whose place is wanted: nothing, a service, or a service and an operation."""
    in_turn: Any = {REGISTER_FIRST: emitter.register_first, REGISTER_LAST: emitter.register_last}
    for event, handler, *turn in cast("Any", BUILTIN_HANDLERS):
        kind, *place = emitter.now_called(event).split(".")
        if kind not in FOR_PEOPLE and wanted(place):
            register = in_turn[turn[0]] if turn else emitter.register
            register(event, handler)


def _concerns(place: list[str], operations: Collection[str]) -> bool:
    return not place or not operations or place[0] in ("*", *operations)
