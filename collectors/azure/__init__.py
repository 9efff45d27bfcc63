"""Azure, read-only: the subscriptions of a tenant that the configuration wants.

Resource Graph is asked in bulk, Resource Manager for the rest. What is asked (`operations.py`), how it gets there
(`_connection.py`, `_live.py`), how far one can see (`reach.py`, `survey.py`) and what an answer means (the
collectors, one file per subject) are apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from collectors.azure.equivalent import equivalent
from collectors.azure.operations import Query, Read
from collectors.azure.permissions import FORMATS, role
from collectors.azure.replayed import replay
from collectors.azure.settings import Settings
from core.plugins import Collector, PluginError
from core.recording import Clock
from core.source import Survey

__all__ = ["PERMISSION_FORMATS", "Settings", "equivalent", "least_privilege", "open_sources", "replay"]

PERMISSION_FORMATS = FORMATS
"""How `annexa permissions azure --format` can print, by name."""


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Survey]:
    """The tenants that the configuration names, before their subscriptions are known. Nothing is sent yet."""
    try:
        from collectors.azure._connection import Connection  # noqa: PLC0415 - replay needs no SDK
        from collectors.azure._live import LiveLine, LiveSurvey  # noqa: PLC0415 - the same
    except ImportError as error:
        raise PluginError(f"Azure needs a package: {error}", "pip install 'annexa[azure]'") from error
    declared = [each for collector in collectors for each in collector.permissions]
    for entry in settings:
        connection = Connection.of(entry)
        line = LiveLine(connection, declared, clock)
        yield LiveSurvey(f"azure/{entry.name}", line, entry, connection, clock)


def least_privilege(permissions: Iterable[Read | Query]) -> str:
    """The role that allows exactly these questions."""
    return role(permissions)
