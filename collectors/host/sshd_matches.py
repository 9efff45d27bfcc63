"""`Match` blocks of sshd_config(5): for whom what is otherwise. Pure reading; sshd itself tells what holds for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise

INCLUDED = (
    "/etc/ssh/sshd_config.d/*.conf",
    "sshd_config.d/*.conf",
    "/etc/crypto-policies/back-ends/opensshserver.config",
)
"""The folder of drop-ins, which are read, and a file of the RHEL family that names algorithms only."""
OLD_NAMES = {
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
}


def parse_matches(text: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The criteria of each `Match` block of a file, and what it sets; of an option that is there twice, the first.

    Raises `ValueError` when a file is included that is not looked at.
    """
    changes: dict[str, list[str]] | None = None
    for line in text.splitlines():
        name, _, value = re.sub(r"^(\w+)\s*[\s=]\s*", r"\1 ", line.strip()).partition(" ")
        name, value = name.lower(), re.sub(r"\s+#.*$", "", value).replace('"', "").strip()
        if name == "include" and (changes is not None or not set(value.split()) <= {*INCLUDED}):
            where = (
                ", which is not looked at" if changes is None else " in a Match block, whose settings are not followed"
            )
            raise ValueError(f"it includes {value}{where}")
        if name == "match":
            changes = {}
            yield value, changes
        elif changes is not None:
            if name in ("allowusers", "allowgroups", "denyusers", "denygroups"):
                changes.setdefault(name, []).extend(value.split())
            else:
                changes.setdefault(OLD_NAMES.get(name, name), [_as_reported(name, value)])


def is_for_root(criteria: str) -> bool:
    """Whether root may be among those for whom a `Match` block is, as far as its patterns of names tell."""
    words = criteria.split()
    for attribute, patterns in pairwise(words):
        if attribute.lower() == "user":
            listed = patterns.split(",")
            taken = any(fnmatchcase("root", pattern) for pattern in listed if not pattern.startswith("!"))
            return taken and not any(fnmatchcase("root", pattern[1:]) for pattern in listed if pattern.startswith("!"))
    return True


def _as_reported(name: str, value: str) -> str:
    """A value as `sshd -T` writes it: levels of the log in capitals, words such as yes and no in lower case."""
    if name == "loglevel":
        return value.upper()
    return value.lower() if re.fullmatch(r"[A-Za-z-]+", value) else value
