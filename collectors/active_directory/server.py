"""A domain controller as strangers meet it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from collectors.active_directory.source import ROOT, Domain
from core.plugins import collector
from core.resources.ldap import LdapServer


@collector(permissions=ROOT)
def server(domain: Domain) -> Iterator[LdapServer]:
    """What somebody sees who has not signed in, what is taken without TLS, and the oldest TLS that is spoken."""
    look = domain.look
    yield LdapServer(
        id=domain.id,
        anonymous_sees=look(lambda: _shown(domain)),
        cleartext_sign_in=look(lambda: _without_tls(domain)),
        tls_minimum=look(lambda: domain.probe("oldest TLS")),
        policies_enforced=True,  # every domain has one
        default_policies=(),
    )


def _shown(domain: Domain) -> tuple[str, ...]:
    base = domain.base
    return (base,) if domain.probe("anonymous", base) == "shown" else ()


def _without_tls(domain: Domain) -> Literal["accepted", "refused", "not offered"]:
    """`accepted` is never said: see `_connection.py`."""
    return "refused" if domain.probe("cleartext", domain.base) == "refused" else "not offered"
