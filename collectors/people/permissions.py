"""What is needed to read a list of people."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from core.model import Exchange, Unit

ACCOUNT, FILE = "annexa", "/srv/people/people.csv"


def least_privilege(permissions: Iterable[str]) -> str:  # noqa: ARG001 - whatever is asked, the file answers it
    """The command that lets the account of Annexa read the file, and nothing else (setfacl(1))."""
    return f"""\
# Annexa reads one file, with your own names. Let who exports it write it, and nobody else:
setfacl --modify user:{ACCOUNT}:r {FILE}
"""


def equivalent(unit: Unit, exchange: Exchange) -> str:  # noqa: ARG001 - the file is named where it was read
    """The digest of the file, to be compared with the recorded one: the list itself holds more than Annexa keeps."""
    return shlex.join(["sha256sum", "--", exchange.endpoint])
