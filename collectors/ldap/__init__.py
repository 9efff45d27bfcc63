"""Directories by LDAP, read-only, over TLS that is verified: OpenLDAP first, and what speaks as it does.

What is asked (`source.py`), how it gets there (`_connection.py`) and what the answers mean (the collectors) are apart.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from collectors.ldap.equivalent import equivalent
from collectors.ldap.permissions import least_privilege
from collectors.ldap.settings import Settings
from collectors.ldap.source import RecordedDirectory
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
    """The configured directories. Nothing is sent before the first question."""
    try:
        from collectors.ldap._connection import LiveDirectory  # noqa: PLC0415 - replay needs no ldap3
    except ImportError as error:
        raise PluginError(f"directories need a package: {error}", "pip install 'annexa[ldap]'") from error
    for entry in settings:
        yield LiveDirectory(entry, entry.extent, partial(entry.password.reveal, os.environ), clock)


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> RecordedDirectory:
    """The directory of a unit as it answered then (`core.replay.Replay`)."""
    return RecordedDirectory(unit, Recording(exchanges, bodies))
