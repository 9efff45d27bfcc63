"""What the configuration says about Azure."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from core.settings import Secret, StrictModel

SUBSCRIPTION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Credential = Literal["default", "cli", "environment", "managed_identity", "workload_identity", "certificate", "secret"]

OWN_TENANT = ("default", "environment", "managed_identity")
"""Credentials that know their tenant from elsewhere."""


class SubscriptionFilter(StrictModel):
    """Some subscriptions of a tenant: by id, or by a management group (its id, and all below it)."""

    ids: list[str] = Field(default_factory=list[str])
    management_groups: list[str] = Field(default_factory=list[str])

    @field_validator("ids")
    @classmethod
    def _ids(cls, ids: list[str]) -> list[str]:
        if not all(SUBSCRIPTION.fullmatch(each) for each in ids):
            raise ValueError("the id of a subscription looks like 00000000-0000-0000-0000-000000000000, in lower case")
        return ids

    @property
    def empty(self) -> bool:
        return not (self.ids or self.management_groups)


class WayIn(StrictModel):
    """Who to be for azure-identity, in which cloud and tenant: what Azure and Entra ID ask alike."""

    name: str = Field(default="default", pattern=r"^[\w.-]+$")
    cloud: Literal["public", "china", "us_government"] = "public"
    tenant: str = ""
    credential: Credential = "default"
    client_id: str = ""
    secret: Secret | None = None
    certificate: str = ""
    certificate_password: Secret | None = None

    @model_validator(mode="after")
    def _what_the_credential_needs(self) -> Self:
        needs = {"secret": ("tenant", "client_id", "secret"), "certificate": ("tenant", "client_id", "certificate")}
        if missing := [name for name in needs.get(self.credential, ()) if not getattr(self, name)]:
            raise ValueError(f"the credential {self.credential} needs {' and '.join(missing)}")
        if self.tenant and self.credential in OWN_TENANT:
            raise ValueError(f"the credential {self.credential} has a tenant of its own: leave tenant out")
        if self.secret and self.credential != "secret":
            raise ValueError("a secret is used by credential: secret alone")
        if (self.certificate or self.certificate_password) and self.credential != "certificate":
            raise ValueError("a certificate is used by credential: certificate alone")
        return self


class Settings(WayIn):
    """One way into Azure, and the subscriptions to look at from there."""

    include: SubscriptionFilter = SubscriptionFilter()
    exclude: SubscriptionFilter = SubscriptionFilter()
