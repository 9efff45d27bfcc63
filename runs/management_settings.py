"""What the configuration says about nonconformities, risk acceptances and whose signature they need."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from core.settings import Duration, StrictModel

SeverityName = Literal["info", "low", "medium", "high", "critical"]
GradeName = Literal["minor", "major"]
SignedAct = Literal["accept", "withdraw", "review", "close", "attest", "adopt", "audit", "decide"]
PRIVILEGED = (
    *("*:domain admins", "*:enterprise admins", "*:schema admins", "*:administrators", "*:administratoraccess"),
    *("host/*:sudo", "host/*:wheel", "host/*:docker"),
)
"""Rights that let their holders do everything, beside those of which a source says so itself."""


class RuleSettings(StrictModel):
    """Failures of at least this `severity` become a nonconformity when they have lasted for `age` and there are so many
    `resources`: those of some checks, controls and sources, or of all. What belongs `together` is one record."""

    name: str = Field(min_length=1, max_length=80)
    severity: SeverityName = "high"
    checks: list[str] = Field(default_factory=list[str])
    controls: list[str] = Field(default_factory=list[str])
    sources: list[str] = Field(default_factory=list[str])
    age: Duration = timedelta(0)
    resources: int = Field(default=1, ge=1)
    grade: GradeName = "minor"
    together: Literal["check", "source"] = "check"


class DueSettings(StrictModel):
    """How long a nonconformity may stay open, by the severity of what fails."""

    critical: Duration = timedelta(days=7)
    high: Duration = timedelta(days=30)
    medium: Duration = timedelta(days=90)
    low: Duration = timedelta(days=180)
    info: Duration = timedelta(days=365)


class EffectivenessSettings(StrictModel):
    """How many looks, over how much time in sight, must find nothing before an action can be judged effective."""

    looks: int = Field(default=3, ge=1)
    over: Duration = timedelta(days=14)


class SignatureSettings(StrictModel):
    """Which acts need a signature by SSH, and the file with the keys of those who may sign (see ssh-keygen(1), ALLOWED
    SIGNERS)."""

    required: list[SignedAct] = Field(default_factory=list[SignedAct])
    allowed_signers: str = ""


RightPattern = Annotated[str, Field(pattern=r"^[^:]*[^:\s][^:]*:.*\S")]
"""A source and a right, such as `ldap/corp:payments`, where `*` stands for anything."""


class AccessOwnerSettings(StrictModel):
    """Who answers for some rights: a login or an e-mail address in a list of people."""

    rights: list[RightPattern] = Field(min_length=1)
    owner: str = Field(min_length=1, pattern=r"\S")


class AccessReviewSettings(StrictModel):
    """Whose access is reviewed `every` so often by whom; how long they have to answer, and others to remove what they
    decided. Access not used for `unused_after` is proposed to be removed. The first of `owners` that fits counts."""

    every: Duration = timedelta(days=90)
    answered_within: Duration = timedelta(days=30)
    removed_within: Duration = timedelta(days=7)
    unused_after: Duration = timedelta(days=90)
    privileged: list[RightPattern] = Field(default_factory=lambda: list(PRIVILEGED))
    owners: list[AccessOwnerSettings] = Field(default_factory=list[AccessOwnerSettings])


class ManagementSettings(StrictModel):
    """What people answer for. `applicability` and `risks` are files; `remind` is how long before an attestation ends
    somebody is told."""

    rules: list[RuleSettings] = Field(default_factory=list[RuleSettings])
    due: DueSettings = DueSettings()
    effectiveness: EffectivenessSettings = EffectivenessSettings()
    longest_acceptance: Duration = timedelta(days=365)
    signatures: SignatureSettings = SignatureSettings()
    applicability: str = ""
    risks: str = ""
    remind: Duration = timedelta(days=30)
    access_reviews: AccessReviewSettings = AccessReviewSettings()

    @field_validator("rules")
    @classmethod
    def _one_name_each(cls, rules: list[RuleSettings]) -> list[RuleSettings]:
        if len({each.name for each in rules}) < len(rules):
            raise ValueError("two rules have the same name")
        return rules
