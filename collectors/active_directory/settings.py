"""What the configuration says about domains of Active Directory."""

from __future__ import annotations

from collectors.ldap.asking import Extent
from collectors.ldap.settings import Access


class Settings(Access):
    """One domain, asked at one of its controllers or at the name of the domain itself."""

    @property
    def extent(self) -> Extent:
        return Extent((), "", tuple(self.services))
