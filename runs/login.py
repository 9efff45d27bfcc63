"""Who runs this, as the operating system says: not the same as a name that somebody claims."""

from __future__ import annotations

import getpass


def login() -> str:
    """The login, or nothing where the operating system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
