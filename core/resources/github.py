"""What only GitHub has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from core.resource import Resource, missing_fields, resource


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


@resource("github_single_sign_on")
class GithubSingleSignOn(Resource):
    """Who signs people in to an organization. Whether everybody has to sign in there GitHub does not tell."""

    id: str
    """The organization's."""
    plan: str
    """In GitHub's words: `free`, `team`, `enterprise`."""
    set_up_by: Literal["organization", "enterprise", "nobody"]
    """Where an identity provider is set up."""
    provider: str
    """Its address; empty where there is none."""


@resource("github_credential")
class GithubCredential(Resource):
    """A token or SSH key that somebody released for an organization with single sign-on: without signing in it opens
    what they may see there."""

    id: str
    login: str
    """Whose it is."""
    form: str
    """In GitHub's words: `personal access token`, `SSH key`, `OAuth app token`."""
    released: datetime
    """When it was released; it may be older."""
    last_used: datetime | None
    """`None` when it never was."""
    ends: datetime | None
    """`None` when it does not."""
    scopes: tuple[str, ...]
    """What a token may do at most, in GitHub's words, sorted; empty for a key, which may do all with source code."""

    def persons(self) -> Iterator[str]:
        if "login" not in missing_fields(self):
            yield self.login


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
