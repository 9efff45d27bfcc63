"""What the configuration says about LDAP directories."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from collectors.ldap.asking import Extent
from core.settings import Secret, StrictModel


class Access(StrictModel):
    """The way to a directory, with TLS only: `ldaps://`, or `ldap://` and StartTLS before anything else."""

    name: str = Field(pattern=r"^[\w.-]+$")
    url: str = Field(pattern=r"^ldaps?://[^/\s]+/?$")
    bind_dn: str = Field(min_length=1)
    password: Secret
    authority: str = ""
    services: list[str] = Field(default_factory=list[str])


class Settings(Access):
    """One directory."""

    bases: list[str] = Field(default_factory=list[str])
    people: str = "(|(objectClass=person)(objectClass=posixAccount)(objectClass=account))"

    @property
    def extent(self) -> Extent:
        """What of this decides what is asked."""
        return Extent(tuple(self.bases), self.people, tuple(self.services))

    @model_validator(mode="after")
    def _a_filter(self) -> Self:
        if not (self.people.startswith("(") and self.people.endswith(")")):
            raise ValueError("people is a filter in brackets, as in (objectClass=inetOrgPerson)")
        return self
