"""Google Cloud, read-only: one organization, folder or project, through Cloud Asset Inventory.

What is asked (`asking.py`), how it gets there (`_client.py`), which projects are looked at (`source.py`) and what an
asset says (the collectors) are apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from collectors.gcp.asking import Listing
from collectors.gcp.denials import LIMIT
from collectors.gcp.equivalent import equivalent
from collectors.gcp.hierarchy import containers
from collectors.gcp.permissions import FORMATS, role
from collectors.gcp.settings import Settings
from collectors.gcp.source import Estate, EstateSurvey, Place, RecordedLine, ReplayedSurvey
from collectors.rest import Read, live_line
from collectors.rest import RecordedLine as RecordedRest
from collectors.rest_pace import Rate
from core.model import Exchange, Unit
from core.plugins import Collector, PluginError
from core.recording import Clock
from core.replay import Recording
from core.source import Source

__all__ = ["PERMISSION_FORMATS", "Settings", "equivalent", "least_privilege", "open_sources", "replay"]

SERVICES = ("cloudidentity", "iam", "policyanalyzer", "securitycentermanagement")
"""What is asked of beside the inventory, by REST."""
ADDRESS = "https://{service}.googleapis.com"
RATES = {LIMIT: Rate(5, 60)}
PERMISSION_FORMATS = FORMATS
"""How `annexa permissions gcp --format` can print, by name."""


def open_sources(
    settings: Sequence[Settings],
    collectors: Sequence[Collector],
    clock: Clock,
) -> Iterator[Source]:
    """What must be asked first of each scope. Nothing is sent before the first question."""
    try:
        from collectors.gcp._client import LiveLine  # noqa: PLC0415 - it takes most of a second, and replay needs none
        from collectors.gcp._credentials import Signed  # noqa: PLC0415 - the same
    except ImportError as error:
        raise PluginError(f"Google Cloud needs a package: {error}", "pip install 'annexa[gcp]'") from error
    reads = {one for each in collectors for one in each.permissions if isinstance(one, Read)}
    for each in settings:
        sends = {"x-goog-user-project": each.quota_project} if each.quota_project else {}
        services = {service: ADDRESS.format(service=service) for service in SERVICES}
        directory = live_line("gcp")(services, Signed(each), reads, clock, sends=sends, rates=RATES)
        yield EstateSurvey(each, LiveLine(each, clock), clock, directory)


def least_privilege(permissions: Iterable[Listing | Read]) -> str:
    """The custom role that allows exactly these listings."""
    return role(permissions)


def replay(
    unit: Unit,
    exchanges: Sequence[Exchange],
    bodies: Mapping[str, bytes],
    clock: Clock,  # noqa: ARG001 - nothing that is asked depends on the time
) -> Place:
    """The place of a unit as it answered then (`core.replay.Replay`)."""
    recording = Recording(exchanges, bodies)
    line = RecordedLine(recording, unit.principal)
    parent = next((each.parameters["parent"] for each in exchanges if "parent" in each.parameters), unit.scope)
    if unit.collector == containers.id:
        return ReplayedSurvey(unit.source, parent, recording, line)
    return Estate(unit.source, parent, line, scope=unit.scope, directory=RecordedRest(unit, recording))
