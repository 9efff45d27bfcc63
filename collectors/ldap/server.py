"""A directory server as strangers meet it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collectors.ldap.asking import BASE_OBJECT, DirectoryError
from collectors.ldap.policies import CONFIG, offered
from collectors.ldap.source import Directory
from core.plugins import collector
from core.resources.ldap import LdapServer

TLS_MINIMUM = "olcTLSProtocolMin"
VERSIONS = {"3.0": "SSL 3.0", "3.1": "1.0", "3.2": "1.1", "3.3": "1.2", "3.4": "1.3"}
"""How slapd-config(5) counts, and what the versions are called."""


@collector(permissions=(TLS_MINIMUM,))
def server(directory: Directory) -> Iterator[LdapServer]:
    """What somebody sees who has not signed in, and what the server takes without TLS."""
    look = directory.look
    yield LdapServer(
        id=directory.id,
        anonymous_sees=look(lambda: _shown(directory)),
        cleartext_sign_in=look(lambda: _without_tls(directory)),
        tls_minimum=look(lambda: _tls_minimum(directory)),
        policies_enforced=look(lambda: offered(directory)),
    )


def _shown(directory: Directory) -> tuple[str, ...]:
    return tuple(base for base in directory.bases() if directory.probe("anonymous", base) == "shown")


def _without_tls(directory: Directory) -> Literal["accepted", "refused", "not offered"]:
    """What the most careless of the databases does: each may have rules of its own."""
    said = {directory.probe("cleartext", base) for base in directory.bases()}
    return "accepted" if "accepted" in said else "refused" if "refused" in said else "not offered"


def _tls_minimum(directory: Directory) -> str:
    """What cn=config says. Raises `DirectoryError` where it is not shown, as on servers that have none."""
    said = directory.entry(CONFIG, (TLS_MINIMUM,)).first(TLS_MINIMUM)
    if said is not None:
        return VERSIONS.get(said, said)
    for _ in directory.search(CONFIG, f"(!({TLS_MINIMUM}=*))", ("1.1",), scope=BASE_OBJECT):
        return ""  # known not to be set
    raise DirectoryError(f"{TLS_MINIMUM} is not shown to us", f"let the reader read it in {CONFIG}")
