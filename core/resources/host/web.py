"""What web servers of a host are configured to serve."""

from __future__ import annotations

from typing import Literal

from core.resource import Observed, Resource, part, resource


@part
class TlsKeyFile(Observed):
    """A private key that a site is configured with. It is never opened."""

    path: str
    owner: str
    group: str
    mode: int
    """Permission bits."""
    closed_folder: bool
    """Others may not enter one of the folders above it."""


@resource("host_web_site")
class WebSite(Resource):
    """One `server` block of nginx, or one virtual host of Apache, with what it inherits.

    The id is the program, the first name and the first address. `serves` is what is spoken, inside TLS or plainly.
    """

    id: str
    program: Literal["nginx", "apache"]
    version: str
    serves: Literal["http", "stream", "mail"]
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    """As they are written: `443`, `[::]:443`, `*:80`, `unix:/run/site.sock`."""
    local: bool
    """Every address is a loopback one or a Unix socket."""
    tls: bool
    """On some address TLS is spoken."""
    plain: bool
    """On some address, other than of loopback and Unix sockets, it is not."""
    redirects: bool
    """The site as a whole sends its visitors to an `https` address."""
    protocols: tuple[str, ...]
    """`SSLv3`, `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`: those that the configuration allows. Empty without TLS."""
    protocols_from: str
    """What sets them: a directive, or the default of a version."""
    ciphers: str
    """In the notation of OpenSSL, or `PROFILE=SYSTEM`; empty where OpenSSL's own default holds, and without TLS."""
    keys: tuple[TlsKeyFile, ...]
    logs_access: bool
    logs_errors: bool
    hides_version: bool
