"""Active Directory by LDAP, read-only, over TLS that is verified.

What any directory needs is in `collectors.ldap`: here is what a domain has beyond it. No attribute that holds a
password or a key is ever asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.active_directory.equivalent import equivalent
from collectors.active_directory.permissions import least_privilege
from collectors.active_directory.settings import Settings
from collectors.active_directory.source import RecordedDomain
from core.model import Exchange, Unit
from core.plugins import Collector, PluginError
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["Settings", "equivalent", "least_privilege", "open_sources", "replay"]


def open_sources(
    settings: Sequence[Settings],
    collectors: Sequence[Collector],  # noqa: ARG001 - each search asks for what its collector needs
    clock: Clock,
) -> Iterator[Source]:
    """The configured domains. Nothing is sent before the first question."""
    try:
        from collectors.active_directory._connection import LiveDomain  # noqa: PLC0415 - replay needs no ldap3
    except ImportError as error:
        raise PluginError(f"directories need a package: {error}", "pip install 'annexa[ldap]'") from error
    for entry in settings:
        yield LiveDomain(entry, entry.extent, partial(entry.password.reveal, os.environ), clock)


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> RecordedDomain:
    """The domain of a unit as it answered then (`core.replay.Replay`)."""
    return RecordedDomain(unit, Recording(exchanges, bodies))
