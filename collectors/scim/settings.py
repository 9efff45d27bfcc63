"""What the configuration says about services that speak SCIM."""

from __future__ import annotations

from pydantic import Field

from core.settings import Secret, StrictModel


class Settings(StrictModel):
    """One service. `url` is where its paths begin, such as https://example.org/scim/v2."""

    name: str = Field(pattern=r"^[\w.-]+$")
    url: str = Field(pattern=r"^https://[^\s?#@]+$")
    token: Secret
    authority: str = ""
    services: list[str] = Field(default_factory=list[str])
