"""Security Command Center: what looks for attacks."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("gcp_detection_service")
class DetectionService(Resource):
    """A service of Security Command Center."""

    id: str
    container: str
    """The organization that it is asked about."""
    name: str
    """`event-threat-detection`, `vm-threat-detection`, …"""
    on: bool
