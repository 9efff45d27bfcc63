"""What the configuration says about the organization, about who answers for what, and about its assets."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from core.errors import did_you_mean
from core.management.figures import FIGURES
from core.settings import StrictModel


class InterestedPartySettings(StrictModel):
    """Somebody with a stake in the security of information, and what they need."""

    name: str = Field(min_length=1)
    needs: str = Field(min_length=1)


class ObjectiveSettings(StrictModel):
    """An information security objective: bounds for a `measure` that Annexa computes, or a `target` in words."""

    id: str = Field(min_length=1, max_length=80)
    statement: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    measure: str = ""
    at_least: int | None = None
    at_most: int | None = None
    target: str = ""
    due: date | None = None

    @model_validator(mode="after")
    def _has_a_target(self) -> Self:
        bounded = self.at_least is not None or self.at_most is not None
        if bool(self.measure) != bounded:
            raise ValueError("a measure needs at_least or at_most, and these need a measure")
        if not bounded and not self.target:
            raise ValueError("an objective needs a target: a measure with a bound, or words")
        if self.measure and self.measure not in FIGURES:
            near = did_you_mean(self.measure, FIGURES)
            raise ValueError(f"there is no figure named {self.measure}{near} (docs/measures.md lists them)")
        return self


class OwnersSettings(StrictModel):
    """Who answers for controls (`A.8.5`, or `A.8` for all below) and for sources (`aws/123456789012`, or `host`)."""

    controls: dict[str, str] = Field(default_factory=dict[str, str])
    sources: dict[str, str] = Field(default_factory=dict[str, str])


class OrganizationSettings(StrictModel):
    """Who is managed here, and how far that reaches: at the head of every report."""

    name: str = ""
    scope: str = ""
    issues: list[str] = Field(default_factory=list[str])
    interested_parties: list[InterestedPartySettings] = Field(default_factory=list[InterestedPartySettings])
    objectives: list[ObjectiveSettings] = Field(default_factory=list[ObjectiveSettings])
    owners: OwnersSettings = OwnersSettings()

    @model_validator(mode="after")
    def _named(self) -> Self:
        said = (self.scope, self.issues, self.interested_parties, self.objectives)
        if not self.name and any((*said, self.owners.controls, self.owners.sources)):
            raise ValueError("name the organization, too")
        if len({each.id for each in self.objectives}) < len(self.objectives):
            raise ValueError("two objectives have the same id")
        return self


class AssetRuleSettings(StrictModel):
    """What holds for assets that a tag says nothing about: those of some kinds, sources, ids and groups, or of all."""

    kinds: list[str] = Field(default_factory=list[str])
    sources: list[str] = Field(default_factory=list[str])
    resources: list[str] = Field(default_factory=list[str])
    groups: list[str] = Field(default_factory=list[str])
    owner: str = ""
    classification: str = ""
    environment: str = ""


class AssetSettings(StrictModel):
    """Which tags say who owns an asset, how its information is classified, and what it is for; the first that is there
    counts, whatever its case. Then the first rule that says something; then the owner of the source."""

    owner_tags: list[str] = Field(default_factory=lambda: ["owner", "team"])
    classification_tags: list[str] = Field(default_factory=lambda: ["classification", "data-classification"])
    environment_tags: list[str] = Field(default_factory=lambda: ["environment", "env", "stage"])
    rules: list[AssetRuleSettings] = Field(default_factory=list[AssetRuleSettings])
