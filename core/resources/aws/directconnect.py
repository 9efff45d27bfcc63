"""Direct Connect: lines of one's own to AWS."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_direct_connection")
class DirectConnection(Resource):
    """A line. The id is the one that AWS gave it."""

    id: str
    name: str
    state: str
    """`available`, `down`, `pending`, `ordering`, `requested`, `deleted`, …"""
    location: str


@resource("aws_direct_interface")
class DirectInterface(Resource):
    """A virtual interface: a network on a line. The id is the one that AWS gave it."""

    id: str
    name: str
    state: str
    type: str
    """`private`, `public`, `transit`."""
    connection: str
    """The line, or the bundle of lines."""
    gateway: str
    """The gateway of Direct Connect or of a network that it leads to; empty for public ones."""
