"""AWS, read-only: every account and region that the configuration names, through the SDK's own clients.

What is asked (`operations.py`), how it gets there (`clients.py`, `credentials.py`, `asking.py`, `exchanges.py`) and
what an answer means (the collectors, one file per service) are apart. A new service needs none of the former.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from collectors.aws.asking import install_hooks
from collectors.aws.clients import Clients
from collectors.aws.credentials import ASSUME, WHO, Home
from collectors.aws.equivalent import equivalent
from collectors.aws.operations import Read
from collectors.aws.permissions import FORMATS, policy
from collectors.aws.replayed import replay
from collectors.aws.settings import ORGANIZATION, Settings
from collectors.aws.sharing import Shared
from collectors.aws.survey import Way
from core.plugins import Collector
from core.recording import Clock
from core.source import Survey

__all__ = ["PERMISSION_FORMATS", "Settings", "equivalent", "least_privilege", "open_sources", "replay"]

PERMISSION_FORMATS = FORMATS
"""How `annexa permissions aws --format` can print, by name."""


def open_sources(settings: Sequence[Settings], collectors: Sequence[Collector], clock: Clock) -> Iterator[Survey]:
    """What must be asked first of each way in. Clients are shared by all that have one profile."""
    declared = frozenset({WHO, *(read for collector in collectors for read in collector.permissions)})
    known = declared | {ASSUME}
    clients: dict[str, Clients] = {}
    told = Shared(collectors)
    for each in settings:
        shared = clients.setdefault(each.profile, Clients(each.profile, hooks=install_hooks, reads=known))
        way = Way(each, Home(shared, clock), declared, clock, shared=told)
        if each.accounts == ORGANIZATION:
            yield way.organization()
        elif isinstance(each.accounts, str):
            yield way.account(f"aws/{each.name}", "")
        else:
            for number in each.accounts:
                yield way.account(f"aws/{number}", number)


def least_privilege(permissions: Iterable[Read]) -> str:
    """The policy that allows exactly these operations."""
    return policy(permissions)
