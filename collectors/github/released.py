"""Tokens and keys that people released for an organization with single sign-on, which go around signing in.

https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from collectors.github.single_sign_on import is_on_plan_without
from collectors.github.source import PLAN, Github, reading
from collectors.rest_answers import Fields
from collectors.rest_pages import next_link
from core.plugins import collector
from core.resources.github import GithubCredential

RELEASED = reading("/orgs/{org}/credential-authorizations", "Organization administration: read")
KEY = "SSH key"


@collector(permissions=(PLAN, RELEASED))
def credentials(github: Github) -> Iterator[GithubCredential]:
    """Tokens and keys, with what they may do and when they were last used. Without single sign-on there are none."""
    organization = github.extent().organization
    if is_on_plan_without(github.one(PLAN, org=organization)):
        return
    alike = Counter[str]()
    for each in github.listing(RELEASED, next_link, org=organization, per_page="100"):
        entry = Fields(each, f"an entry of {RELEASED}")
        # GitHub's own number of a credential is masked, as is all that is called one: what never changes names it.
        name = f"{entry.text('login')}/{entry.text('credential_type')}/{entry.text('credential_authorized_at')}"
        alike[name] += 1
        yield _credential(github, entry, f"{name}/{alike[name]}" if alike[name] > 1 else name)


def _credential(github: Github, entry: Fields, name: str) -> GithubCredential:
    look, form = github.look, entry.text("credential_type")
    return GithubCredential(
        id=name,
        login=entry.text("login"),
        form=form,
        released=look(lambda: entry.moment("credential_authorized_at")),
        last_used=look(lambda: _moment(entry, "credential_accessed_at")),
        ends=look(lambda: None if form == KEY else _moment(entry, "authorized_credential_expires_at")),
        scopes=look(lambda: () if form == KEY else tuple(sorted(entry.texts("scopes")))),
    )


def _moment(entry: Fields, name: str) -> datetime | None:
    return None if entry.is_null(name) else entry.moment(name)
