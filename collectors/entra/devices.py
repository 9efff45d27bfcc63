"""Devices that Intune manages."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.entra.source import MOST, Entra, text_or_none
from collectors.rest import Read
from core.plugins import collector
from core.resources.entra import ManagedDevice

DEVICES = Read("/v1.0/deviceManagement/managedDevices", needs="DeviceManagementManagedDevices.Read.All")
SELECT = "id,deviceName,userPrincipalName,isEncrypted,complianceState,lastSyncDateTime"


@collector(permissions=(DEVICES,))
def devices(entra: Entra) -> Iterator[ManagedDevice]:
    """Devices, whether they are encrypted and as they should be, and when they were last heard of."""
    for entry in entra.entries(DEVICES, select=SELECT, top=MOST):
        yield ManagedDevice(
            id=entry.text("id"),
            name=entra.look(lambda: text_or_none(entry, "deviceName")),  # noqa: B023 - now
            owner=entra.look(lambda: text_or_none(entry, "userPrincipalName")),  # noqa: B023 - the same
            encrypted=entra.look(lambda: entry.flag("isEncrypted")),  # noqa: B023 - the same
            compliance=entra.look(lambda: entry.text("complianceState")),  # noqa: B023 - the same
            last_seen=entra.look(lambda: entry.moment("lastSyncDateTime")),  # noqa: B023 - the same
        )
