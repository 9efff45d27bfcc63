"""The command that shows a person what an exchange with a directory showed us."""

from __future__ import annotations

import shlex

from collectors.ldap.source import PROBE, SEARCH
from core.model import Exchange, Unit

PLAIN_PORT, TLS_PORT = 389, 636


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """`ldapsearch` of OpenLDAP with the reader's own name; the password is asked for (`core.provider.Equivalent`)."""
    words = ["ldapsearch", "-H", exchange.endpoint, "-LLL"]
    if exchange.endpoint.startswith("ldap://"):
        words.append("-ZZ")
    asked = exchange.parameters
    if exchange.operation == SEARCH:
        words += ["-x", "-W", "-D", unit.principal, "-E", "pr=500/noprompt", "-b", asked["base"]]
        words += ["-s", "base" if asked["scope"] == "base" else "sub", asked["filter"], *asked["attributes"].split()]
    elif exchange.operation == PROBE and asked["probe"] == "anonymous":
        words += ["-x", "-b", asked["base"], "-z", "1", "(objectClass=*)", "1.1"]
    elif exchange.operation == PROBE and asked["probe"] == "oldest TLS":
        scheme, _, address = exchange.endpoint.rstrip("/").partition("://")
        at_once = scheme == "ldaps"
        where = address if ":" in address else f"{address}:{TLS_PORT if at_once else PLAIN_PORT}"
        words = ["openssl", "s_client", "-tls1", "-cipher", "ALL:@SECLEVEL=0", "-connect", where]
        words += [] if at_once else ["-starttls", "ldap"]
    elif exchange.operation == PROBE:
        address = exchange.endpoint.replace("ldaps://", "ldap://").removesuffix(":636")
        words = ["ldapwhoami", "-H", address, "-x", "-D", "cn=nobody", "-w", "none"]
    else:
        return ""
    return shlex.join(words)
