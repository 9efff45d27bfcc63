"""Providers: what the package of one offers. A module is a provider, without inheriting or registering anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from core.plugins import Collector
from core.recording import Clock
from core.source import Source


class Provider(Protocol):
    """What the package of a provider offers (`collectors/host/__init__.py`): a module is one."""

    Settings: type[Any]
    """The pydantic model of one entry below `sources.<provider>` in the configuration."""

    def open_sources(self, settings: Sequence[Any], collectors: Sequence[Collector], clock: Clock) -> Iterable[Source]:
        """The sources these settings describe, ready for these collectors."""

    def least_privilege(self, permissions: Iterable[Any]) -> str:
        """The permissions of collectors in the form one attaches: a policy, a role, sudoers lines."""
