"""What the configuration says about Google Cloud."""

from __future__ import annotations

import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from core.settings import StrictModel

PROJECT = re.compile(r"projects/(\d+|[a-z][a-z0-9-]{4,28}[a-z0-9]|[a-z0-9.-]+:[a-z][a-z0-9-]{4,28}[a-z0-9])")
"""By number or by id; ids of old projects may begin with a domain."""
FOLDER = re.compile(r"folders/\d+")


class ProjectFilter(StrictModel):
    """Some projects: by number or id, by folder (and all below it), by label."""

    projects: list[str] = Field(default_factory=list[str])
    folders: list[str] = Field(default_factory=list[str])
    labels: dict[str, str] = Field(default_factory=dict[str, str])

    @field_validator("projects")
    @classmethod
    def _projects(cls, projects: list[str]) -> list[str]:
        if not all(PROJECT.fullmatch(each) for each in projects):
            raise ValueError("a project looks like projects/my-project or projects/123456789012")
        return projects

    @field_validator("folders")
    @classmethod
    def _folders(cls, folders: list[str]) -> list[str]:
        if not all(FOLDER.fullmatch(each) for each in folders):
            raise ValueError("a folder looks like folders/123456789012")
        return folders

    @property
    def empty(self) -> bool:
        return not (self.projects or self.folders or self.labels)


class Settings(StrictModel):
    """One organization, folder or project, and who looks at it."""

    scope: str
    name: str = Field(default="", pattern=r"^[\w.-]*$")
    include: ProjectFilter = ProjectFilter()
    exclude: ProjectFilter = ProjectFilter()
    credentials: str = ""
    impersonate: str = Field(default="", pattern=r"^([\w.-]+@[\w.-]+\.gserviceaccount\.com)?$")
    quota_project: str = ""
    endpoint: str = Field(default="", pattern=r"^[\w.:-]*$")

    @field_validator("scope")
    @classmethod
    def _scope(cls, scope: str) -> str:
        if not (re.fullmatch(r"organizations/\d+", scope) or FOLDER.fullmatch(scope) or PROJECT.fullmatch(scope)):
            raise ValueError("expected organizations/NUMBER, folders/NUMBER or projects/ID")
        return scope

    @model_validator(mode="after")
    def _filters_need_several(self) -> Self:
        if self.scope.startswith("projects/") and not (self.include.empty and self.exclude.empty):
            raise ValueError("include and exclude choose among the projects of an organization or folder")
        return self

    @property
    def source(self) -> str:
        """What the place is called in the evidence."""
        return f"gcp/{self.name or self.scope.replace(':', '.').replace('/', '-')}"
