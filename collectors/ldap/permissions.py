"""What the reader needs in a directory, as rules that OpenLDAP takes."""

from __future__ import annotations

from collections.abc import Iterable

READER = "uid=annexa,ou=services,dc=example,dc=org"
ELSEWHERE = ("authTimestamp", "nsAccountLock", "pwdUseCheckModule")
"""Attributes that only some servers know: those with the overlay lastbind, 389 Directory Server, OpenLDAP 2.6. A
server refuses a rule with an attribute that it does not know."""
CONFIGURATION = "olc"
"""How attributes of the server's own configuration begin."""


def least_privilege(permissions: Iterable[str]) -> str:
    """The rules of OpenLDAP (`olcAccess`, slapd.access(5)) for what collectors read."""
    names = set(permissions)
    configuration = {name for name in names if name.startswith(CONFIGURATION)}
    return f"""\
# The reader of Annexa, with your own names: it may read these attributes and nothing else, and never asks for
# userPassword. On the database (such as olcDatabase={{1}}mdb,cn=config), before its other rules:
{_rule(names - configuration - set(ELSEWHERE))}
# Likewise, where the server knows them: {", ".join(sorted(names & set(ELSEWHERE)))}
# So that all entries can be paged through, on the same:
olcLimits: dn.exact="{READER}" size.pr=unlimited size.prtotal=unlimited
# So that the settings of TLS and the default password policy can be seen, on olcDatabase={{0}}config,cn=config:
{_rule(configuration)}
"""


def _rule(attributes: set[str]) -> str:
    named = ",".join(["entry", "objectClass", *sorted(attributes)])
    return f'olcAccess: to attrs={named}\n  by dn.exact="{READER}" read\n  by * break'
