"""A directory server as strangers meet it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collectors.ldap.policies import DEFAULT, SUFFIX, default_policies, enforced
from collectors.ldap.source import Directory
from core.plugins import collector
from core.resources.ldap import LdapServer


@collector(permissions=(SUFFIX, DEFAULT))
def server(directory: Directory) -> Iterator[LdapServer]:
    """What somebody sees who has not signed in, what the server takes without TLS, and the oldest TLS that it takes."""
    look = directory.look
    yield LdapServer(
        id=directory.id,
        anonymous_sees=look(lambda: _shown(directory)),
        cleartext_sign_in=look(lambda: _without_tls(directory)),
        tls_minimum=look(lambda: directory.probe("oldest TLS")),
        policies_enforced=look(lambda: enforced(directory)),
        default_policies=look(lambda: default_policies(directory)),
    )


def _shown(directory: Directory) -> tuple[str, ...]:
    return tuple(base for base in directory.bases() if directory.probe("anonymous", base) == "shown")


def _without_tls(directory: Directory) -> Literal["accepted", "refused", "not offered"]:
    """What the most careless of the databases does: each may have rules of its own."""
    said = {directory.probe("cleartext", base) for base in directory.bases()}
    return "accepted" if "accepted" in said else "refused" if "refused" in said else "not offered"
