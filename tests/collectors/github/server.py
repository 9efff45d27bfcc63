"""An organization at GitHub, as GitHub documents its answers: https://docs.github.com/en/rest (version 2022-11-28).

Each answer names the page of that reference its shape is of. Those of GraphQL, by the variable that a question has, are of
https://docs.github.com/en/graphql/reference/objects, and their errors of https://spec.graphql.org/October2021/#sec-Errors.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.https_server import Asked, Said

NOT_FOUND = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}


def account(number: int, login: str, kind: str = "User") -> dict[str, Any]:
    """orgs/members: a simple user."""
    return {"login": login, "id": number, "node_id": "MDQ6", "type": kind, "site_admin": False}


def repository(number: int, name: str, **more: Any) -> dict[str, Any]:
    """repos/repos: a minimal repository; what was analyzed is shown to administrators."""
    analyzed = ("secret_scanning", "secret_scanning_push_protection", "dependabot_security_updates")
    analysis = {each: {"status": "enabled"} for each in analyzed}
    return {
        "id": number, "name": name, "full_name": f"acme/{name}", "private": True, "visibility": "private",
        "archived": False, "default_branch": "main", "size": 7, "security_and_analysis": analysis, **more,
    }  # fmt: skip


def protection(
    reviews: int | None, *, forced: bool = False, deleted: bool = False, administrators: bool = True
) -> dict[str, Any]:
    """branches/branch-protection."""
    found: dict[str, Any] = {
        "allow_force_pushes": {"enabled": forced}, "allow_deletions": {"enabled": deleted},
        "enforce_admins": {"url": "https://api.github.com/repos/acme/api/branches/main/protection/enforce_admins",
                           "enabled": administrators},
    }  # fmt: skip
    if reviews is not None:
        found["required_pull_request_reviews"] = {"required_approving_review_count": reviews}
    return found


def rule(kind: str, **parameters: Any) -> dict[str, Any]:
    """repos/rules: a rule of a ruleset that is active."""
    told = {"parameters": parameters} if parameters else {}
    return {"type": kind, "ruleset_source_type": "Organization", "ruleset_source": "acme", "ruleset_id": 42, **told}


def released(login: str, form: str, at: str, used: str | None, **more: Any) -> dict[str, Any]:
    """orgs/orgs of Enterprise Cloud: a credential authorization; what only tokens have, and what only keys."""
    own: dict[str, Any] = {
        "token_last_eight": "12345678", "authorized_credential_note": "ci", "scopes": ["repo", "admin:org"],
        "authorized_credential_expires_at": None,
    }  # fmt: skip
    if form == "SSH key":
        own = {"fingerprint": "SHA256:o5eXX", "authorized_credential_title": "laptop"}
    return {
        "login": login, "credential_id": 161195, "credential_type": form, "credential_authorized_at": at,
        "credential_accessed_at": used, "authorized_credential_id": 12345678, **own, **more,
    }  # fmt: skip


def said(status: int, message: str) -> Said:
    return Said(
        {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}, status
    )


@dataclass
class Organization:
    """What the server answers, by path and filter; a path that is missing is 404. `most` is how many a page holds."""

    answers: dict[str, Any]
    most: int = 2
    refused: dict[str, Said] = field(default_factory=dict[str, Said])

    def answer(self, asked: Asked) -> Said:
        path = unquote(asked.path)
        if path.startswith("/app/installations/"):
            return Said({"token": "given-for-this-test", "expires_at": "2026-11-23T13:00:00Z"}, 201)
        chosen = next(
            (f"{path}?{name}={asked.query[name]}" for name in ("filter", "role") if name in asked.query), path
        )
        if path in self.refused:
            return self.refused[path]
        if path == "/graphql":
            question = json.loads(asked.body)
            assert asked.verb == "POST"
            assert question["query"].startswith("query(")
            chosen = f"{path} {next(iter(question['variables'].values()))}"
        found = self.answers.get(chosen)
        if found is None:
            return Said(NOT_FOUND, 404)
        items = found if isinstance(found, list) else found.get("installations")
        if items is None:
            return Said(found)
        start = int(asked.query.get("page", "1")) - 1
        page = items[start * self.most : (start + 1) * self.most]
        query = "&".join(f"{name}={value}" for name, value in asked.query.items() if name != "page")
        onward = f'<https://{asked.headers["host"]}{path}?{query}&page={start + 2}>; rel="next"'
        headers = {"Link": onward} if (start + 1) * self.most < len(items) else {}
        return Said(page if isinstance(found, list) else {**found, "installations": page}, headers=headers)


def ordinary() -> Organization:
    """An organization in which little is wrong."""
    return Organization(deepcopy(ANSWERS), refused=dict(REFUSED))


ANSWERS: dict[str, Any] = {
    "/orgs/acme": {
        "login": "acme", "id": 1, "two_factor_requirement_enabled": True, "default_repository_permission": "read",
        "members_can_create_public_repositories": False, "public_repos": 1, "total_private_repos": 4,
        "plan": {"name": "enterprise", "space": 976562499, "private_repos": 999999, "filled_seats": 4, "seats": 5},
    },
    "/graphql acme": {"data": {"organization": {"viewerCanAdminister": True, "samlIdentityProvider": None}}},
    "/graphql acme-inc": {"data": {"enterprise": {"ownerInfo": {
        "samlIdentityProvider": {"ssoUrl": "https://login.example.org/saml2/sso?idpid=C01"}, "oidcProvider": None,
    }}}},
    "/orgs/acme/members": [account(11, "ada"), account(12, "bob"), account(13, "eve"), account(14, "renovate", "Bot")],
    "/orgs/acme/members?filter=2fa_disabled": [account(13, "eve")],
    "/orgs/acme/members?role=admin": [account(11, "ada"), account(12, "bob")],
    "/orgs/acme/outside_collaborators": [account(21, "consultant")],
    "/orgs/acme/outside_collaborators?filter=2fa_disabled": [],
    "/orgs/acme/teams": [{"id": 31, "name": "Core", "slug": "core"}, {"id": 32, "name": "Empty", "slug": "empty"}],
    "/orgs/acme/teams/core/members": [account(11, "ada"), account(12, "bob"), account(13, "eve")],
    "/orgs/acme/teams/empty/members": [],
    "/orgs/acme/actions/permissions": {"enabled_repositories": "all", "allowed_actions": "selected"},
    "/orgs/acme/actions/permissions/workflow": {
        "default_workflow_permissions": "read", "can_approve_pull_request_reviews": False,
    },
    "/orgs/acme/installations": {"total_count": 3, "installations": [
        {"id": 51, "app_id": 5, "app_slug": "builder", "permissions": {"contents": "write", "metadata": "read"}, "suspended_at": None},
        {"id": 52, "app_id": 6, "app_slug": "old", "permissions": {"members": "write"}, "suspended_at": "2026-01-01T00:00:00Z"},
        {"id": 53, "app_id": 7, "app_slug": "reader", "permissions": {"metadata": "read"}},
    ]},
    "/orgs/acme/audit-log": [{"@timestamp": 1795434000123, "action": "org.update_member", "actor": "ada"}],
    "/enterprises/acme-inc/audit-log/streams": [
        {"id": 1, "stream_type": "Amazon S3", "enabled": True, "paused_at": None},
        {"id": 2, "stream_type": "Splunk", "enabled": False, "paused_at": None},
        {"id": 3, "stream_type": "Datadog", "enabled": True, "paused_at": "2026-11-01T00:00:00Z"},
    ],
    "/orgs/acme/credential-authorizations": [
        released("ada", "personal access token", "2026-01-01T00:00:00Z", None),
        released("ada", "SSH key", "2026-01-01T00:00:00Z", "2026-11-20T08:00:00Z"),
        released("bob", "personal access token", "2026-10-01T00:00:00Z", "2026-11-20T08:00:00Z",
                 authorized_credential_expires_at="2027-01-01T00:00:00Z"),
    ],
    "/orgs/acme/repos": [
        repository(61, "api"), repository(62, "web", private=False), repository(63, "attic", archived=True),
        repository(64, "empty"), repository(65, "loose"),
    ],
    "/repos/acme/api/rules/branches/main": [
        rule("pull_request", required_approving_review_count=2), rule("non_fast_forward"), rule("deletion"),
    ],
    "/repos/acme/api/branches/main/protection": protection(1),
    "/repos/acme/web/rules/branches/main": [rule("deletion")],
    "/repos/acme/web/branches/main/protection": protection(1, deleted=True),
    "/repos/acme/empty/rules/branches/main": [],
    "/repos/acme/loose/rules/branches/main": [rule("required_signatures")],
    "/repos/acme/api/keys": [
        {"id": 71, "title": "deploy", "read_only": True, "created_at": "2026-01-01T00:00:00Z", "last_used": "2026-11-20T00:00:00Z"},
        {"id": 72, "title": "writer", "read_only": False, "created_at": "2024-01-01T00:00:00Z", "last_used": None},
    ],
    **{f"/repos/acme/{name}/keys": [] for name in ("web", "attic", "empty", "loose")},
    "/orgs/acme/dependabot/alerts": [
        {"number": 1, "state": "open", "dependency": {"package": {"ecosystem": "pip", "name": "jinja2"}},
         "security_advisory": {"severity": "high"}, "created_at": "2026-11-20T00:00:00Z", "repository": {"name": "api"}},
        {"number": 1, "state": "open", "dependency": {"package": {"ecosystem": "npm", "name": "lodash"}},
         "security_advisory": {"severity": "critical"}, "created_at": "2026-01-01T00:00:00Z", "repository": {"name": "web"}},
    ],
    "/orgs/acme/secret-scanning/alerts": [
        {"number": 7, "state": "open", "secret_type": "slack_incoming_webhook_url", "secret": "never-to-be-seen-aa11bb22cc",
         "created_at": "2026-11-01T00:00:00Z", "repository": {"name": "api"}},
    ],
}  # fmt: skip
REFUSED = {
    "/repos/acme/empty/branches/main/protection": said(404, "Branch not found"),
    "/repos/acme/loose/branches/main/protection": said(404, "Branch not protected"),
}
