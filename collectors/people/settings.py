"""What the configuration says about lists of people."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from collectors.people.dates import PLAIN, Form
from core.settings import Duration, Secret, StrictModel


class Columns(StrictModel):
    """What the columns of a list are called. Case does not matter. Without a word about a field, the names that systems
    for personnel give to it are tried as well (`headings.py`)."""

    id: str = Field(default="id", min_length=1)
    name: str = Field(default="name", min_length=1)
    email: str = Field(default="email", min_length=1)
    logins: str = Field(default="logins", min_length=1)
    start: str = Field(default="start", min_length=1)
    end: str = Field(default="end", min_length=1)
    manager: str = Field(default="manager", min_length=1)
    department: str = Field(default="department", min_length=1)
    department_since: str = Field(default="department_since", min_length=1)
    role: str = Field(default="role", min_length=1)
    role_since: str = Field(default="role_since", min_length=1)

    @model_validator(mode="after")
    def _one_field_each(self) -> Self:
        said = [str(name).casefold() for name in self.model_dump().values()]
        if len(set(said)) < len(said):
            raise ValueError("two fields are read from the same column")
        return self


class Service(StrictModel):
    """A service that speaks SCIM 2.0. The accounts below `services` belong to programs, which are no people."""

    url: str = Field(pattern=r"^https://[^\s?#@]+$")
    token: Secret
    authority: str = ""
    services: list[str] = Field(default_factory=list[str])


class Settings(StrictModel):
    """One list of people: a file that somebody renews, or the users of a service."""

    name: str = Field(pattern=r"^[\w.-]+$")
    file: str = ""
    scim: Service | None = None
    columns: Columns = Columns()
    separator: str = Field(default=",", pattern=r"^[,;|\t]$")
    dates: list[Form] = Field(default_factory=lambda: [PLAIN], min_length=1)
    max_age: Duration = timedelta(days=7)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.file) == bool(self.scim):
            raise ValueError("a list is in a file or in a service: name one of file and scim")
        return self
