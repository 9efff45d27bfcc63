"""What the configuration says about organizations at Okta."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from core.settings import Secret, StrictModel


class Settings(StrictModel):
    """One organization, and how we sign in: as an application with a private key, or with an API token."""

    name: str = Field(pattern=r"^[\w.-]+$")
    url: str = Field(pattern=r"^https://[\w.-]+(:\d+)?$")
    client_id: str = ""
    private_key: Secret | None = None
    token: Secret | None = None
    authority: str = ""
    services: list[str] = Field(default_factory=list[str])

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.client_id) != bool(self.private_key) or bool(self.private_key) == bool(self.token):
            raise ValueError("give either client_id and private_key, or token")
        return self
