"""Whether passwords open accounts, and their age. No hash is ever read."""

from __future__ import annotations

import re
from datetime import date

from collectors.host.facts import Fact, root_fact
from collectors.host.source import FactError, Host, MissingProgramError, NeedsRootError
from core.resource import unobserved
from core.resources.host.accounts import PasswordState

PASSWORD_STATUS = root_fact("password_status", "/usr/bin/passwd -S -a", limit=1_048_576)
_LOGINS = "/usr/bin/lslogins --export --output=USER,PWD-LOCK,PWD-EMPTY,PWD-DENY,PWD-CHANGE,PWD-MAX --time-format=iso"
# The passwd of the RHEL family up to version 9, and of Amazon Linux, shows one account at a time.
PASSWORD_LOGINS = Fact(
    "password_logins",
    f"[ -e /usr/bin/lslogins ] || exit 127\nTZ=UTC0 $SUDO {_LOGINS}",
    (_LOGINS,),
    limit=1_048_576,
)
NEVER = 99_999


def password_states(host: Host) -> dict[str, PasswordState]:
    """What passwd says of all accounts, or, where it shows only one at a time, what lslogins says."""
    try:
        return parse_password_status(host.text(PASSWORD_STATUS))
    except (NeedsRootError, MissingProgramError):
        raise
    except FactError as refused:
        try:
            return parse_logins(host.text(PASSWORD_LOGINS))
        except FactError:
            raise refused from None


def parse_logins(text: str) -> dict[str, PasswordState]:
    """What lslogins(1) printed, by account. It has one word for "no password" and "none that fits": that is left out.

    Raises `FactError` where root is not among the accounts.
    """
    columns = ("LOCK", "[01]"), ("EMPTY", "[01]"), ("DENY", "[01]"), ("CHANGE", r'[^"\n]*'), ("MAX", r"\d*")
    pattern = r'^USER="([^"\n]+)"' + "".join(f' PWD.{name}="({value})"' for name, value in columns) + "$"
    found = re.findall(pattern, text, re.MULTILINE)
    if not any(name == "root" for name, *_ in found):
        raise FactError(PASSWORD_LOGINS, f"{PASSWORD_LOGINS.name}: root is not among the accounts")
    return {
        name: PasswordState(
            status="locked" if "1" in (locked, denied) else "usable",
            changed=None if changed < "1970" else _day(changed),
            maximum_days=_maximum(maximum or "-1"),
        )
        for name, locked, empty, denied, changed, maximum in found
        if "1" in (locked, denied) or empty == "0"
    }


def parse_password_status(text: str) -> dict[str, PasswordState]:
    """What `passwd -S -a` printed, by account. A status we do not know is left out, which makes it unobserved."""
    states = {}
    for line in text.splitlines():
        name, status, changed, _, maximum = (*line.split(), *("",) * 5)[:5]
        known = {"P": "usable", "PS": "usable", "L": "locked", "LK": "locked", "NP": "none"}
        if status in known:
            states[name] = PasswordState(
                status=known[status],  # type: ignore[arg-type] # one of the three
                changed=_day(changed),
                maximum_days=_maximum(maximum),
            )
    return states


def _day(text: str) -> date | None:
    """`2026-01-31`, or `01/31/2026` before shadow 4.9; `never` when no day is recorded."""
    if text == "never":
        return None
    american = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    try:
        return date.fromisoformat(f"{american[3]}-{american[1]}-{american[2]}" if american else text)
    except ValueError:
        unknown: date = unobserved("passwd -S gives no day of the last change")
        return unknown


def _maximum(text: str) -> int | None:
    """Days; -1 and 99999 are the two ways to say "never"."""
    if not re.fullmatch(r"-?\d{1,9}", text):
        unknown: int = unobserved("passwd -S gives no highest age")
        return unknown
    return None if int(text) in (-1, NEVER) else int(text)
