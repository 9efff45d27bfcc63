"""How a host starts."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_boot")
class Boot(Resource):
    """What the firmware demands of what it starts."""

    id: str
    container: str
    uefi: bool
    """The machine starts through UEFI; else it has no Secure Boot."""
    secure_boot: bool
    """Only what is signed by a known key is started. False where the firmware does not know Secure Boot."""
    setup_mode: bool
    """Keys can be put in without a signature, so that everything may become known."""
