"""Telephones and tablets on which people use their accounts."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.google_workspace.source import DIRECTORY, SCOPES, Workspace
from collectors.rest import Read
from collectors.rest_answers import Fields, RestError
from core.plugins import collector
from core.resources.google_workspace import WorkspaceDevice

DEVICES = Read(
    "/admin/directory/v1/customer/my_customer/devices/mobile",
    needs=f"{SCOPES}admin.directory.device.mobile.readonly", service=DIRECTORY, limit=DIRECTORY,
)  # fmt: skip
FIELDS = (
    "kind,nextPageToken,mobiledevices(resourceId,model,email,status,encryptionStatus,devicePasswordStatus,"
    "deviceCompromisedStatus)"
)
"""Serial numbers, and lists of what people have installed, are not asked for."""
STATUSES = {
    "approved": True, "blocked": False, "pending": False, "unprovisioned": False, "wiping": False, "wiped": False,
}  # fmt: skip
"""https://support.google.com/a/answer/7549103: the states that devices can be searched by."""
ENCRYPTED = {"encrypted": True, "not encrypted": False, "unencrypted": False}
LOCKED = {"on": True, "off": False}
COMPROMISED = {"no compromise detected": False, "undetected": False, "compromised": True, "compromise detected": True}


@collector(permissions=(DEVICES,))
def devices(workspace: Workspace) -> Iterator[WorkspaceDevice]:
    """Devices, as far as Google manages them. What it cannot tell of a device it leaves out."""
    listed = workspace.entries(
        DEVICES, "mobiledevices", "admin#directory#mobiledevices", projection="FULL", maxResults="100", fields=FIELDS
    )
    for entry in listed:
        yield _device(workspace, entry)


def _device(workspace: Workspace, entry: Fields) -> WorkspaceDevice:
    look = workspace.look
    return WorkspaceDevice(
        id=entry.text("resourceId"),
        model=look(lambda: entry.text("model")),
        owners=look(lambda: tuple(sorted(entry.texts("email")))),
        approved=look(lambda: _meant(entry, "status", STATUSES)),
        encrypted=look(lambda: _meant(entry, "encryptionStatus", ENCRYPTED)),
        locked=look(lambda: _meant(entry, "devicePasswordStatus", LOCKED)),
        compromised=look(lambda: _meant(entry, "deviceCompromisedStatus", COMPROMISED)),
    )


def _meant(entry: Fields, name: str, words: dict[str, bool]) -> bool:
    """What Google's word means: its reference lists none. Raises `RestError` for one that is not known here."""
    said = entry.text(name)
    if (found := words.get(said.lower())) is None:
        raise RestError(f"{said!r} is not known here as {name} of a device")
    return found
