"""Which services of Security Command Center look for attacks.

https://cloud.google.com/security-command-center/docs/reference/security-center-management/rest/v1/organizations.locations.securityCenterServices
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from collectors.gcp.reading import Data, last
from collectors.gcp.source import Estate
from collectors.rest import Read
from collectors.rest_answers import Fields
from collectors.rest_pages import page_token
from core.plugins import collector
from core.resources.gcp.threats import DetectionService

SERVICES = Read(
    "/v1/organizations/{organization}/locations/global/securityCenterServices",
    needs="securitycentermanagement.securityCenterServices.list",
    service="securitycentermanagement",
)
STATES = {"ENABLED": True, "DISABLED": False, "INGEST_ONLY": False}
"""The last keeps what another place found, and looks itself for nothing."""


@collector(permissions=(SERVICES,))
def services(estate: Estate) -> Iterator[DetectionService]:
    """Every service of the organization, with whether it is on after all that decides about it. Of folders and projects
    alone nothing is asked."""
    kind, _, number = estate.parent.partition("/")
    if kind != "organizations":
        return
    for found in estate.directory.listing(SERVICES, page_token, items="securityCenterServices", organization=number):
        name = Fields(found, str(SERVICES)).text("name")
        state: Any = Data(found).choice("effectiveEnablementState", STATES)
        yield DetectionService(
            id=name, container=estate.parent, name=last(name), on=STATES[state] if isinstance(state, str) else state
        )
