"""What GitHub found in the code of an organization and nobody has closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from collectors.github.source import Github, reading
from collectors.rest_answers import Fields, RestError
from collectors.rest_pages import next_link
from core.plugins import collector
from core.resources.github import GithubAlert

DEPENDABOT = reading("/orgs/{org}/dependabot/alerts", "Dependabot alerts: read")
SECRETS = reading("/orgs/{org}/secret-scanning/alerts", "Secret scanning alerts: read")
HIDDEN = {"hide_secret": "true"}
SEVERITIES = ("low", "medium", "high", "critical")


@collector(permissions=(DEPENDABOT, SECRETS))
def alerts(github: Github) -> Iterator[GithubAlert]:
    """Open alerts: dependencies with known vulnerabilities, and secrets in the code, which GitHub is asked to hide."""
    organization = github.extent().organization
    asked = {"org": organization, "state": "open", "per_page": "100"}
    failure: RestError | None = None
    try:
        for each in github.listing(DEPENDABOT, next_link, **asked):
            yield _vulnerable(github, Fields(each, "an alert of Dependabot"))
    except RestError as error:  # secrets are looked for all the same
        failure = error
    for each in github.listing(SECRETS, next_link, **asked, **HIDDEN):
        yield _leaked(github, Fields(each, "an alert of a secret"))
    if failure:
        raise failure


def _vulnerable(github: Github, entry: Fields) -> GithubAlert:
    repository = entry.part("repository").text("name")
    look = github.look
    return GithubAlert(
        id=f"dependabot/{repository}/{entry.number('number')}",
        found_by="dependabot",
        repository=repository,
        what=look(lambda: entry.part("dependency").part("package").text("name")),
        severity=look(lambda: cast("Any", _severity(entry.part("security_advisory").text("severity")))),
        created=look(lambda: entry.moment("created_at")),
    )


def _leaked(github: Github, entry: Fields) -> GithubAlert:
    repository = entry.part("repository").text("name")
    look = github.look
    return GithubAlert(
        id=f"secret/{repository}/{entry.number('number')}",
        found_by="secret scanning",
        repository=repository,
        what=look(lambda: entry.text("secret_type")),
        severity="critical",
        created=look(lambda: entry.moment("created_at")),
    )


def _severity(said: str) -> str:
    if said not in SEVERITIES:
        raise RestError(f"{said} is not known here as a severity")
    return said
