"""AppStream (WorkSpaces Applications): fleets that stream programs to people."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_appstream_fleet")
class Fleet(Resource):
    """A fleet. The id is its ARN."""

    id: str
    name: str
    internet: bool
    """AWS gives its machines a way to the internet, past our network."""
    refuses_old_metadata: bool
    """Its machines answer for their credentials only with a token (IMDSv2)."""
    longest: int
    """After how many seconds a session ends."""
    idle: int
    """After how many seconds without a sign of life a person is disconnected; 0 for never."""
