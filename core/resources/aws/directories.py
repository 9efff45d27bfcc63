"""Directory Service: the directories of one region."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("aws_directory")
class Directory(Resource):
    """A directory, or a connector to one. The id is AWS's own."""

    id: str
    name: str
    type: str
    """`MicrosoftAD`, `SharedMicrosoftAD`, `SimpleAD`, `ADConnector`."""
    log_group: str
    """The CloudWatch log group that gets its security events; empty when none does."""
    radius: str
    """Whether a RADIUS server asks for a second factor: `Completed`, `Creating`, `Failed`; empty when none is to."""
    radius_protocol: str
    """`PAP`, `CHAP`, `MS-CHAPv1`, `MS-CHAPv2`; empty when no server is set up."""
    ldaps: str
    """Whether clients can use LDAP over TLS: `Enabled`, `Disabled`, …; empty where the kind of directory has no say."""
    weak_protocols: tuple[str, ...]
    """Old versions of TLS and weak ciphers that the directory still takes, by the name of the setting."""
