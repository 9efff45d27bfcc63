"""What is needed to read a list of people."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from collectors.people.source import READ
from collectors.rest_equivalent import equivalent as of_rest
from core.model import Exchange, Unit

ACCOUNT, FILE = "annexa", "/srv/people/people.csv"


def least_privilege(permissions: Iterable[str]) -> str:  # noqa: ARG001 - whatever is asked, the file answers it
    """The command that lets the account of Annexa read the file, and nothing else (setfacl(1))."""
    return f"""\
# Annexa reads one file, with your own names. Let who exports it write it, and nobody else:
setfacl --modify user:{ACCOUNT}:r {FILE}

# A list that a service gives over SCIM: what it asks there, `annexa permissions scim` prints.
"""


def equivalent(unit: Unit, exchange: Exchange) -> str:
    """The digest of the file, to be compared with the recorded one: the list itself holds more than Annexa keeps.

    Of a service it is the question that was asked.
    """
    if exchange.operation != READ:
        return of_rest(unit, exchange)
    return shlex.join(["sha256sum", "--", exchange.endpoint])
