"""When accounts end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from collectors.host.facts import Fact
from collectors.host.source import FactError, Host
from core.plugins import collector
from core.resources.host.accounts import AccountEnd

_LOGINS = "/usr/bin/lslogins --export --output=USER,PWD-EXPIR --time-format=iso"
# The day on which an account ends, under a name that says something else. Without root's rights it is empty for all.
ACCOUNT_EXPIRY = Fact(
    "account_expiry",
    f"[ -e /usr/bin/lslogins ] || exit 127\nTZ=UTC0 $SUDO {_LOGINS}",
    (_LOGINS,),
    limit=1_048_576,
)


@collector(permissions=(ACCOUNT_EXPIRY,))
def account_ends(host: Host) -> Iterator[AccountEnd]:
    """The day from which nobody can sign in to an account, for each local account."""
    for name, day in parse_expiry(host.text(ACCOUNT_EXPIRY)).items():
        yield AccountEnd(id=name, ends=day)


def parse_expiry(text: str) -> dict[str, date | None]:
    """The day on which each account ends, as lslogins(1) tells it; what it tells in other words is left out.

    Raises `FactError` where root is not among the accounts.
    """
    found: dict[str, date | None] = {}
    for name, day in re.findall(r'^USER="([^"\n]*)" PWD[-_]EXPIR="([^"\n]*)"$', text, re.MULTILINE):
        if not day or re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
            found[name] = date.fromisoformat(day) if day else None
    if "root" not in found:
        raise FactError(ACCOUNT_EXPIRY, f"{ACCOUNT_EXPIRY.name}: {text.strip()!r:.80} is no list of accounts")
    return found
