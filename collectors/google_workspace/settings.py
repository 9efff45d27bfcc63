"""What the configuration says about Google Workspace."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from core.settings import Secret, StrictModel


class Settings(StrictModel):
    """One customer of Google Workspace, the service account that looks, and the administrator for whom it acts.

    The service account signs with its key, or Google signs for it, when whoever runs this machine may impersonate it.
    `endpoint` stands for all of Google's addresses, where a proxy of one's own does.
    """

    name: str = Field(pattern=r"^[\w.-]+$")
    key: Secret | None = None
    impersonate: str = Field(default="", pattern=r"^([\w.-]+@[\w.-]+\.gserviceaccount\.com)?$")
    subject: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    services: list[str] = Field(default_factory=list[str])
    endpoint: str = Field(default="", pattern=r"^(https://[\w.-]+(:\d+)?)?$")
    authority: str = ""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if bool(self.key) == bool(self.impersonate):
            raise ValueError("give either key, or impersonate")
        return self
