"""How we reached a host: what was negotiated, and why we believe that it was the one we mean."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.resource import Resource, resource


@resource("host_connection")
class HostConnection(Resource):
    """An SSH connection to a host. The id is the host's name.

    Names of algorithms are those of SSH; `mac` is `implicit` where the cipher authenticates by itself. `fingerprint` is
    that of the host's key, in the form of ssh-keygen. `through` are the hosts on the way.
    """

    id: str
    through: tuple[str, ...]
    server: str
    """The version that the host announces."""
    key_exchange: str
    cipher: str
    mac: str
    host_key_algorithm: str
    fingerprint: str
    vouched_by: Literal["key", "certificate"]
    """Whether the key itself is among the known hosts, or an authority that has signed it."""
    authority: str
    """The fingerprint of that authority's key; empty without a certificate."""
    certificate_id: str
    certificate_expires: datetime | None
    """`None` without a certificate, and for one that never expires."""
    strict: bool
    """Both sides refuse messages that have no place in a key exchange, which the Terrapin attack needs."""
    old_algorithms: tuple[str, ...]
    """Those of the negotiated ones that are refused unless the configuration allows them to this host."""
    old_algorithms_allowed: bool
