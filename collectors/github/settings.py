"""What the configuration says about organizations at GitHub."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from core.settings import Secret, StrictModel


class Settings(StrictModel):
    """One organization, and how we sign in: as an app with a private key, or with a token."""

    name: str = Field(pattern=r"^[\w.-]+$")
    url: str = Field(default="https://api.github.com", pattern=r"^https://[\w.-]+(:\d+)?(/[\w./-]*)?$")
    app_id: str = ""
    installation_id: str = ""
    private_key: Secret | None = None
    token: Secret | None = None
    enterprise: str = Field(default="", pattern=r"^[\w-]*$")
    managed_users: bool = False
    authority: str = ""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        app = [bool(self.app_id), bool(self.installation_id), bool(self.private_key)]
        if any(app) != all(app) or all(app) == bool(self.token):
            raise ValueError("give either app_id, installation_id and private_key, or token")
        return self
