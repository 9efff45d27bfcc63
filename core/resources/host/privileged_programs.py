"""Programs that lend the rights of another account to whoever runs them."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_privileged_program")
class PrivilegedProgram(Resource):
    """A file with the setuid or setgid bit, in a folder that programs are run from or that everybody may write.

    The id is the path.
    """

    id: str
    mode: int
    """Permission bits with those above them."""
    owner: str
    group: str
    package: str
    """The package that brought the file; empty for none."""
