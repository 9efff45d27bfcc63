"""What the configuration says about AWS."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.settings import StrictModel

ACCOUNT = re.compile(r"\d{12}")
REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
UNIT = re.compile(r"(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})")
ORGANIZATION, ENABLED = "organization", "enabled"


class AccountFilter(StrictModel):
    """Some accounts of an organization: by number, by organizational unit (and all below it), by tag."""

    ids: list[str] = Field(default_factory=list[str])
    units: list[str] = Field(default_factory=list[str])
    tags: dict[str, str] = Field(default_factory=dict[str, str])

    @field_validator("ids")
    @classmethod
    def _numbers(cls, ids: list[str]) -> list[str]:
        return _all_match(ACCOUNT, ids, "the number of an account has twelve digits; write it in quotes")

    @field_validator("units")
    @classmethod
    def _units(cls, units: list[str]) -> list[str]:
        return _all_match(UNIT, units, "the id of an organizational unit looks like ou-ab12-cdef3456")

    @property
    def empty(self) -> bool:
        return not (self.ids or self.units or self.tags)


class Settings(StrictModel):
    """One way into AWS: a profile, and the accounts and regions to look at from there."""

    profile: str = ""
    accounts: Literal["own", "organization"] | list[str] = "own"
    include: AccountFilter = AccountFilter()
    exclude: AccountFilter = AccountFilter()
    role: str = Field(default="annexa-reader", pattern=r"^[\w+=,.@:/-]+$")
    external_id: str = Field(default="", pattern=r"^[\w+=,.@:/-]*$")
    session_name: str = Field(default="annexa", pattern=r"^[\w+=,.@-]{2,64}$")
    regions: Literal["enabled"] | list[str] = "enabled"

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: str | list[str]) -> str | list[str]:
        if isinstance(accounts, list):
            if not accounts or len(set(accounts)) < len(accounts):
                raise ValueError("expected own, organization, or a list of different accounts")
            _all_match(ACCOUNT, accounts, "the number of an account has twelve digits; write it in quotes")
        return accounts

    @field_validator("regions")
    @classmethod
    def _regions(cls, regions: str | list[str]) -> str | list[str]:
        if isinstance(regions, list):
            if not regions or len(set(regions)) < len(regions):
                raise ValueError("expected enabled, or a list of different regions")
            _all_match(REGION, regions, "a region looks like eu-central-1")
        return regions

    @model_validator(mode="after")
    def _filters_need_an_organization(self) -> Self:
        if self.accounts != ORGANIZATION and not (self.include.empty and self.exclude.empty):
            raise ValueError("include and exclude choose among the accounts of an organization: set accounts to it")
        return self

    @property
    def name(self) -> str:
        """What the way in is called in the evidence."""
        return self.profile or "default"


def _all_match(pattern: re.Pattern[str], values: list[str], problem: str) -> list[str]:
    if not all(pattern.fullmatch(value) for value in values):
        raise ValueError(problem)
    return values
