"""What the configuration says about tenants of Entra ID."""

from __future__ import annotations

from pydantic import Field

from collectors.azure.settings import WayIn


class Settings(WayIn):
    """One tenant, and who to be there."""

    url: str = Field(default="", pattern=r"^(https://[\w.-]+(:\d+)?)?$")
    authority: str = ""
    services: list[str] = Field(default_factory=list[str])
    per_user_mfa: bool = True
    diagnostic_settings: bool = False
