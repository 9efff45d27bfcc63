"""Where a host looks up names."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_name_services")
class NameServices(Resource):
    """The sources of nsswitch.conf(5) beyond the host's own files: `sss`, `ldap`, `winbind` … Empty when there is none.

    Who comes from them can sign in like anybody, and is in none of the files that are read here.
    """

    id: str
    accounts: tuple[str, ...]
    groups: tuple[str, ...]
    sudo_rules: tuple[str, ...]
