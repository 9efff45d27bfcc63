"""What only GitHub has."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.resource import Resource, resource


@resource("github_organization")
class GithubOrganization(Resource):
    """Settings of an organization that hold wherever a repository has no stricter ones."""

    id: str
    everybody_may: Literal["none", "read", "write", "admin"]
    """What each member may do in each repository, without being given it."""
    members_publish: bool
    """Members may make repositories that everybody can read."""
    actions_allowed: Literal["all", "local_only", "selected", "none"]
    """Whose actions workflows may run: anybody's, our own, those that were chosen; `none` where no workflow runs."""
    workflows_write: bool
    """The token that each workflow gets may change the repository, unless the workflow asks for less."""
    workflows_approve: bool
    """Workflows may approve changes."""


@resource("github_repository")
class GithubRepository(Resource):
    """A repository, and what its default branch demands: by rulesets and by classic protection together."""

    id: str
    name: str
    public: bool
    archived: bool
    """Nothing in it can change."""
    branch: str
    """The default branch; empty where there is none yet."""
    reviews: int
    """How many others have to approve a change; 0 when nobody has."""
    rewriting_stopped: bool
    """The branch can be neither deleted nor set back."""
    administrators_exempt: bool
    """Approvals are demanded by classic protection alone, which lets administrators go around it."""
    secrets_looked_for: bool
    """What is there is searched for secrets."""
    secrets_stopped: bool
    """A secret is refused when somebody sends one (push protection)."""
    updates_proposed: bool
    """Dependabot proposes versions without known vulnerabilities."""


@resource("github_deploy_key")
class GithubDeployKey(Resource):
    """An SSH key that opens one repository, to whoever has it."""

    id: str
    repository: str
    name: str
    read_only: bool
    created: datetime
    last_used: datetime | None
    """`None` when it never was."""


@resource("github_alert")
class GithubAlert(Resource):
    """Something open that GitHub found: a dependency with a known vulnerability, or a secret in the code."""

    id: str
    found_by: Literal["dependabot", "secret scanning"]
    repository: str
    what: str
    """The dependency, or the type of the secret; never the secret."""
    severity: Literal["low", "medium", "high", "critical"]
    """As the advisory says; a secret is critical."""
    created: datetime
