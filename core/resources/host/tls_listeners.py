"""What listens on a host and speaks TLS, as it answers a handshake."""

from __future__ import annotations

from datetime import datetime

from core.resource import Observed, Resource, part, resource


@part
class ServedCertificate(Observed):
    """The certificate that a service showed, which a renewed file may not be."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime


@resource("host_tls_listener")
class TlsListener(Resource):
    """A listening TCP socket on a port that is meant for TLS. The id is that of the `host_listener`."""

    id: str
    port: int
    protocols: tuple[str, ...]
    """`TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`: those that were agreed on; empty for one that speaks no TLS."""
    certificate: ServedCertificate | None
    """`None` where none was shown."""
