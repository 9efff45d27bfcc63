"""The command that shows a person what an exchange with a domain showed us."""

from __future__ import annotations

import shlex

from collectors.ldap import equivalent as of_a_directory
from collectors.ldap.source import SEARCH
from core.model import Exchange, Unit

NO_REFERRALS, OWNER_AND_ACCESS = "!1.2.840.113556.1.4.1339", "!1.2.840.113556.1.4.801=::MAMCAQU="


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """`ldapsearch` of OpenLDAP with the controls that a domain wants; the password is asked for."""
    words = shlex.split(of_a_directory(unit, exchange))
    if exchange.operation == SEARCH and exchange.parameters["base"]:
        place = words.index("-E")
        more = ["-E", OWNER_AND_ACCESS] if "nTSecurityDescriptor" in exchange.parameters["attributes"].split() else []
        words[place:place] = ["-E", NO_REFERRALS, *more]
    return shlex.join(words)
