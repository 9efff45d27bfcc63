"""TLS towards directories, as Python's own library does it."""

from __future__ import annotations

import ssl
from contextlib import suppress

from ldap3 import NONE, SAFE_SYNC, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException

OLD_VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1}
CURRENT = "1.2"
NOT_SPOKEN_HERE = ("no protocols available", "no ciphers available")
"""What OpenSSL says when it is ourselves who do not know a version."""
SECONDS = 10


class PythonTls(Tls):
    """TLS as Python's own library verifies it: ldap3 compares the certificate's names by code of its own."""

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context
        self._host = host

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:
        connection.socket = self._context.wrap_socket(
            connection.socket, server_hostname=self._host, do_handshake_on_connect=do_handshake
        )


def oldest_version(host: str, port: int, *, at_once: bool) -> str:
    """The oldest version of TLS with which a handshake succeeds, `1.2` where that is none of the old ones.

    What a server is told to take need not be what it takes: slapd that was built with GnuTLS, as Debian's, passes over
    olcTLSProtocolMin (slapd-config(5)). `at_once` where TLS begins with the connection, and not with StartTLS. Raises
    what ldap3 raises when the server gives no answer, or when our own library knows no such version.
    """
    for name, version in OLD_VERSIONS.items():
        if _speaks(host, port, version, at_once=at_once):
            return name
    return CURRENT


def _speaks(host: str, port: int, version: ssl.TLSVersion, *, at_once: bool) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is sent: who signed the certificate is looked at elsewhere
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    server = Server(
        host, port, use_ssl=at_once, tls=PythonTls(context, host), get_info=NONE, connect_timeout=SECONDS
    )  # fmt: skip
    stranger = Connection(server, client_strategy=SAFE_SYNC, receive_timeout=SECONDS, raise_exceptions=True)
    try:
        stranger.open()
        if not at_once:
            stranger.start_tls()
    except (LDAPException, OSError) as error:
        said = str(error).lower().replace("_", " ")
        if any(words in said for words in NOT_SPOKEN_HERE) or not ("ssl" in said or "tls" in said):
            raise
        return False
    finally:
        with suppress(LDAPException, OSError):  # after a handshake that failed nobody is there to take leave of
            stranger.unbind()
    return True
