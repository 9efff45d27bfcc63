"""Attributes that collectors did without at first: each is asked in a search of its own, of those that need it alone,
so that what was recorded before can still be replayed."""

from __future__ import annotations

from collectors.active_directory.source import PERMISSIONS, Domain, Shown
from collectors.ldap.asking import DirectoryError, same


class AskedApart:
    """One attribute of some accounts of a domain."""

    def __init__(self, domain: Domain, base: str, condition: str, attribute: str) -> None:
        self._attribute = attribute
        self._found: dict[str, Shown] = {}
        self._hidden: DirectoryError | None = None
        try:
            reader = domain.reader((attribute,))
            for entry in domain.search(base, condition, (PERMISSIONS, attribute)):
                self._found[same(entry.dn)] = Shown(entry, reader)
        except DirectoryError as error:
            self._hidden = error

    def value(self, dn: str) -> str | None:
        """`None` where there is none. Raises `DirectoryError` when that is not shown."""
        found = self._found.get(same(dn))
        if found is None:
            raise self._hidden or DirectoryError(
                f"{self._attribute} of {dn} is not shown to us", "let the reader read it"
            )
        return found.value(self._attribute)
