"""The repositories of an organization at GitHub, and the keys that open single ones."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.github.source import ORGANIZATION, REPOSITORIES, Github, identity, reading, says
from collectors.rest import remembered, side_by_side
from collectors.rest_answers import Fields, RestError
from collectors.rest_pages import next_link
from core.plugins import collector
from core.resources.github import GithubDeployKey, GithubRepository

RULES = reading("/repos/{org}/{repo}/rules/branches/{branch}", "Repository metadata: read")
PROTECTION = reading("/repos/{org}/{repo}/branches/{branch}/protection", "Repository administration: read")
KEYS = reading("/repos/{org}/{repo}/keys", "Repository administration: read")
NO_BRANCH = ("Branch not found",)
UNPROTECTED = ("Branch not protected", "Upgrade to GitHub", *NO_BRANCH)
"""How GitHub says that there is nothing: no protection, no branch yet, a plan without protection. `Not Found` says that
there is none, or that we may not see it."""
NO_PLAN = ("Upgrade to GitHub",)


@collector(permissions=(REPOSITORIES, ORGANIZATION, RULES, PROTECTION), slow=True)
def repositories(github: Github) -> Iterator[GithubRepository]:
    """Repositories, and what their default branches demand, by two questions for each that is not archived."""
    organization = github.extent().organization
    yield from side_by_side(
        lambda entry: _repository(github, organization, entry), github.repositories(organization, 2)
    )


@collector(permissions=(REPOSITORIES, ORGANIZATION, KEYS), slow=True)
def deploy_keys(github: Github) -> Iterator[GithubDeployKey]:
    """Deploy keys, by one question for each repository."""
    organization = github.extent().organization

    def look(entry: Fields) -> list[GithubDeployKey]:
        name = entry.text("name")
        return [_key(github, name, each) for each in github.entries(KEYS, org=organization, repo=name)]

    for found in side_by_side(look, github.repositories(organization, 1)):
        yield from found


class Branch:
    """What the default branch of a repository demands."""

    def __init__(self, github: Github, organization: str, entry: Fields) -> None:
        self._github = github
        self._where = {"org": organization, "repo": entry.text("name"), "branch": entry.text("default_branch")}
        self._missing = False
        self._rules = remembered(self._asked_rules)
        self._protection = remembered(self._asked_protection)

    @property
    def name(self) -> str:
        """Empty when there is no such branch yet. Raises `RestError`."""
        self._protection()
        return "" if self._missing else self._where["branch"]

    @property
    def reviews(self) -> int:
        """How many have to approve. Where one of the two cannot be seen, it may demand more: raises `RestError`."""
        return max(self._ruled_reviews(), self._classic_reviews())

    @property
    def administrators_exempt(self) -> bool:
        """Whether approvals are demanded by classic protection alone, and of administrators not (`enforce_admins`)."""
        protection = self._protection()
        if protection is None or not self._classic_reviews() or protection.part("enforce_admins").flag("enabled"):
            return False
        return not self._ruled_reviews()

    @property
    def rewriting_stopped(self) -> bool:
        """Whether it can be neither deleted nor set back: by rules, by protection, or one by each."""
        types = {each.text("type") for each in self._rules()}
        if types >= {"non_fast_forward", "deletion"}:
            return True
        protection = self._protection()
        if protection is None:
            return False
        pushes = "non_fast_forward" in types or not protection.part("allow_force_pushes").flag("enabled")
        return pushes and ("deletion" in types or not protection.part("allow_deletions").flag("enabled"))

    def _ruled_reviews(self) -> int:
        rules = (each for each in self._rules() if each.text("type") == "pull_request")
        return max((each.part("parameters").number("required_approving_review_count") for each in rules), default=0)

    def _classic_reviews(self) -> int:
        protection, part = self._protection(), "required_pull_request_reviews"
        if protection is None or part not in protection:
            return 0
        return protection.part(part).number("required_approving_review_count")

    def _asked_rules(self) -> list[Fields]:
        """The rules of all rulesets that are active for the branch, the organization's too."""
        try:
            return [Fields(each, "a rule") for each in self._github.listing(RULES, next_link, **self._where)]
        except RestError as error:
            if says(error, *NO_PLAN):
                return []
            raise

    def _asked_protection(self) -> Fields | None:
        """Classic protection; `None` when there is none."""
        try:
            found = self._github.one(PROTECTION, **self._where)
        except RestError as error:
            if says(error, *UNPROTECTED):
                self._missing = says(error, *NO_BRANCH)
                return None
            raise
        found.part("allow_force_pushes")  # always there: what demands no reviews leaves out that part alone
        return found


def _repository(github: Github, organization: str, entry: Fields) -> GithubRepository:
    look = github.look
    branch = remembered(lambda: Branch(github, organization, entry))

    def analysis(name: str) -> bool:
        said = entry.part("security_and_analysis").part(name).text("status")
        if said not in ("enabled", "disabled"):
            raise RestError(f"{said} is not known here as a status of {name}")
        return said == "enabled"

    return GithubRepository(
        id=identity(entry),
        name=look(lambda: entry.text("name")),
        public=look(lambda: not entry.flag("private")),
        archived=look(lambda: entry.flag("archived")),
        branch=look(lambda: entry.text("default_branch") if entry.flag("archived") else branch().name),
        reviews=look(lambda: 0 if entry.flag("archived") else branch().reviews),
        rewriting_stopped=look(lambda: entry.flag("archived") or branch().rewriting_stopped),
        administrators_exempt=look(lambda: not entry.flag("archived") and branch().administrators_exempt),
        secrets_looked_for=look(lambda: analysis("secret_scanning")),
        secrets_stopped=look(lambda: analysis("secret_scanning_push_protection")),
        updates_proposed=look(lambda: analysis("dependabot_security_updates")),
    )


def _key(github: Github, repository: str, entry: Fields) -> GithubDeployKey:
    look = github.look
    return GithubDeployKey(
        id=identity(entry),
        repository=repository,
        name=look(lambda: entry.text("title")),
        read_only=look(lambda: entry.flag("read_only")),
        created=look(lambda: entry.moment("created_at")),
        last_used=look(lambda: None if entry.is_null("last_used") else entry.moment("last_used")),
    )
