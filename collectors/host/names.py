"""The name service switch: whether accounts, groups and rules of sudo also come from a directory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.host.facts import Fact
from collectors.host.source import Host
from core.plugins import collector
from core.resources.host.names import NameServices

# The first that is there counts; musl has none, and knows the files alone.
NAME_SERVICES = Fact(
    "name_services",
    "for f in /etc/nsswitch.conf /usr/etc/nsswitch.conf; do [ ! -e $f ] || { cat $f; exit; }; done",
)
OWN = ("files", "compat", "db", "systemd", "mymachines")
"""Sources that are files of the host, or accounts that systemd makes for services while they run."""


@collector(permissions=(NAME_SERVICES,))
def name_services(host: Host) -> Iterator[NameServices]:
    """Where the host looks up accounts, groups and rules of sudo besides its own files."""
    text = host.text(NAME_SERVICES)
    yield NameServices(
        id=host.name,
        accounts=parse_services(text, "passwd"),
        groups=parse_services(text, "group"),
        sudo_rules=parse_services(text, "sudoers"),
    )


def parse_services(text: str, database: str) -> tuple[str, ...]:
    """The sources of one database that are not the host's own. The last line about it counts."""
    lines = re.findall(rf"^\s*{database}\s*:([^#\n]*)", text, re.MULTILINE)
    words = re.sub(r"\[[^\]]*\]", " ", lines[-1]).split() if lines else []
    return tuple(word for word in words if word not in OWN)
