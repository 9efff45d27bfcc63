"""What the configuration says about lists of people."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from core.settings import Duration, StrictModel


class Columns(StrictModel):
    """What the columns of a list are called. Case does not matter."""

    id: str = Field(default="id", min_length=1)
    name: str = Field(default="name", min_length=1)
    email: str = Field(default="email", min_length=1)
    logins: str = Field(default="logins", min_length=1)
    start: str = Field(default="start", min_length=1)
    end: str = Field(default="end", min_length=1)
    manager: str = Field(default="manager", min_length=1)
    department: str = Field(default="department", min_length=1)

    @model_validator(mode="after")
    def _one_field_each(self) -> Self:
        said = [str(name).casefold() for name in self.model_dump().values()]
        if len(set(said)) < len(said):
            raise ValueError("two fields are read from the same column")
        return self


class Settings(StrictModel):
    """One list of people, in a file that somebody renews."""

    name: str = Field(pattern=r"^[\w.-]+$")
    file: str = Field(min_length=1)
    columns: Columns = Columns()
    separator: str = Field(default=",", pattern=r"^[,;|\t]$")
    max_age: Duration = timedelta(days=7)
