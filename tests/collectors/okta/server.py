"""An organization at Okta, as Okta documents its answers: https://developer.okta.com/docs/api/openapi/okta-management/

Each listing names the tag of that reference its shape is of. Members that nobody reads stand there where they might be
mistaken for ones that somebody does.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.https_server import Asked, Said

CLIENT_SECRET = "never-to-be-seen-7722-ccdd"
EVERYONE, ADMINS = "00g1everyone", "00g2admins"
ADA, BOB, EVE, NEW, SERVICE = "00u1ada", "00u2bob", "00u3eve", "00u4new", "00u5svc"
CONSOLE_POLICY, DEFAULT_POLICY, SESSION_POLICY = "rst1console", "rst2default", "00p1session"


def user(name: str, login: str, **more: Any) -> dict[str, Any]:
    """User."""
    return {
        "id": name, "status": "ACTIVE", "created": "2024-06-24T16:39:18.000Z", "activated": "2024-06-24T16:39:19.000Z",
        "statusChanged": "2024-06-24T16:39:19.000Z", "lastLogin": "2026-11-20T17:39:19.000Z",
        "lastUpdated": "2026-10-02T14:06:25.000Z", "passwordChanged": "2026-01-02T03:04:05.000Z",
        "type": {"id": "otyzhh29g7Lseonct0h7"},
        "profile": {"firstName": login.title(), "lastName": "Example", "email": f"{login}@example.org",
                    "login": f"{login}@example.org", "mobilePhone": None},
        "credentials": {"password": {}, "provider": {"type": "OKTA", "name": "OKTA"}}, **more,
    }  # fmt: skip


def factor(name: str, kind: str, status: str = "ACTIVE") -> dict[str, Any]:
    """UserFactor."""
    return {"id": name, "factorType": kind, "provider": "OKTA", "status": status, "created": "2026-01-01T00:00:00.000Z"}


def role(name: str, kind: str, assigned: str = "USER", **more: Any) -> dict[str, Any]:
    """RoleAssignmentAUser, RoleAssignmentBGroup."""
    return {
        "id": name, "label": kind.replace("_", " ").title(), "type": kind, "status": "ACTIVE",
        "created": "2025-02-06T16:17:40.000Z", "lastUpdated": "2025-02-06T16:17:40.000Z", "assignmentType": assigned,
        **more,
    }  # fmt: skip


def session_rule(name: str, **signon: Any) -> dict[str, Any]:
    """Policy: OktaSignOnPolicyRule."""
    session = {"usePersistentCookie": False, "maxSessionIdleMinutes": 120, "maxSessionLifetimeMinutes": 720}
    return {
        "id": name, "name": name.title(), "status": "ACTIVE", "priority": 1, "system": True, "type": "SIGN_ON",
        "conditions": {"people": {"users": {"exclude": []}}, "network": {"connection": "ANYWHERE"}},
        "actions": {"signon": {"access": "ALLOW", "requireFactor": False, "session": session, **signon}},
    }  # fmt: skip


def access_rule(
    name: str, constraints: list[Any] | None = None, *, mode: str = "2FA", access: str = "ALLOW"
) -> dict[str, Any]:
    """Policy: AccessPolicyRule. The catch-all rule has conditions that are null."""
    method = {"factorMode": mode, "type": "ASSURANCE", "reauthenticateIn": "PT2H", "constraints": constraints or []}
    return {
        "id": name, "name": name.title(), "status": "ACTIVE", "priority": 99, "system": True, "type": "ACCESS_POLICY",
        "conditions": None, "actions": {"appSignOn": {"access": access, "verificationMethod": method}},
    }  # fmt: skip


RESISTANT = [
    {"possession": {"phishingResistant": "REQUIRED", "deviceBound": "REQUIRED"}, "knowledge": {"types": ["password"]}},
    {"possession": {"phishingResistant": "REQUIRED", "userVerification": "REQUIRED"}},
]


def policy(name: str, kind: str, *, system: bool = True, **more: Any) -> dict[str, Any]:
    """Policy."""
    return {
        "id": name,
        "name": f"Policy {name}",
        "type": kind,
        "status": "ACTIVE",
        "system": system,
        "priority": 1,
        **more,
    }


PASSWORDS = {
    "complexity": {
        "minLength": 14,
        "minLowerCase": 0,
        "dictionary": {"common": {"exclude": True}},
        "excludeUsername": True,
    },
    "age": {"maxAgeDays": 0, "expireWarnDays": 0, "minAgeMinutes": 0, "historyCount": 6},
    "lockout": {"maxAttempts": 5, "autoUnlockMinutes": 15, "showLockoutFailures": False},
}


def app(identity: str, label: str, mode: str, policy_id: str = DEFAULT_POLICY, **more: Any) -> dict[str, Any]:
    """Application."""
    links = {"accessPolicy": {"href": f"https://example.okta.com/api/v1/policies/{policy_id}"}}
    return {
        "id": identity, "name": f"example_{identity}_1", "label": label, "status": "ACTIVE", "signOnMode": mode,
        "_links": links, **more,
    }  # fmt: skip


def client(
    identity: str, label: str, way: str, kind: str = "web", *, settings: Any = None, **more: Any
) -> dict[str, Any]:
    """Application: OpenIdConnectApplication."""
    return app(
        identity, label, "OPENID_CONNECT",
        **{
            "name": "oidc_client",
            "credentials": {"oauthClient": {"client_id": f"client-{identity}", "token_endpoint_auth_method": way}},
            "settings": {"oauthClient": {"application_type": kind, **(settings or {})}}, **more,
        },
    )  # fmt: skip


def key(name: str, **more: Any) -> dict[str, Any]:
    """Application SSO Public Keys."""
    return {
        "id": name, "kid": f"kid-{name}", "kty": "RSA", "alg": "RS256", "use": "sig", "e": "AQAB", "n": "AQAB",
        "status": "ACTIVE", "created": "2026-03-01T00:00:00.000Z", "lastUpdated": "2026-03-01T00:00:00.000Z", **more,
    }  # fmt: skip


def encrypting(name: str) -> dict[str, Any]:
    """The same: a key with which something is encrypted for the application has no algorithm."""
    return {member: said for member, said in key(name, use="enc").items() if member != "alg"}


@dataclass
class Organization:
    """What the server answers, by path; a path that is missing is 404. `most` is how many a page holds."""

    answers: dict[str, Any]
    most: int = 2
    refused: dict[str, Said] = field(default_factory=dict[str, Said])

    def answer(self, asked: Asked) -> Said:
        path = unquote(asked.path)
        if path in self.refused:
            return self.refused[path]
        if path == "/oauth2/v1/token":
            return Said(
                {"token_type": "Bearer", "expires_in": 3600, "access_token": "given-for-this-test", "scope": "x"}
            )
        wanted = f"{path}?type={asked.query['type']}" if "type" in asked.query else path
        if "filter" in asked.query:
            wanted = f"{path}?filter={asked.query['filter']}"
        found = self.answers.get(wanted)
        if found is None:
            return Said({"errorCode": "E0000007", "errorSummary": f"Not found: {path}", "errorId": "oae1"}, 404)
        return Said(found) if isinstance(found, dict) and "value" not in found else self._page(asked, found)

    def _page(self, asked: Asked, found: Any) -> Said:
        start = int(asked.query.get("after", "0"))
        items = found["value"] if isinstance(found, dict) else found
        page, onward = items[start : start + self.most], start + self.most
        query = "&".join(f"{name}={value}" for name, value in asked.query.items() if name != "after").replace(
            " ", "%20"
        )
        address = f"https://{asked.headers['host']}{asked.path}?{f'{query}&' if query else ''}after={onward}"
        more = onward < len(items)
        if isinstance(found, dict):
            return Said({"value": page, "_links": {"next": {"href": address}} if more else {}})
        here = f'<https://{asked.headers["host"]}{asked.path}>; rel="self"'
        return Said(page, headers={"Link": f'{here}, <{address}>; rel="next"' if more else here})


def ordinary() -> Organization:
    """An organization on the Identity Engine in which little is wrong."""
    return Organization(deepcopy(ANSWERS))


ANSWERS: dict[str, Any] = {
    "/.well-known/okta-organization": {"id": "00o1", "pipeline": "idx"},
    "/api/v1/users": [
        user(ADA, "ada"),
        user(BOB, "bob", status="SUSPENDED", lastLogin=None, passwordChanged=None,
             credentials={"provider": {"type": "ACTIVE_DIRECTORY", "name": "ad.example.org"}}),
        user(EVE, "eve", status="LOCKED_OUT"),
        user(NEW, "new", status="PROVISIONED", lastLogin=None, statusChanged="2026-11-21T00:00:00.000Z"),
        user(SERVICE, "svc-backup"),
    ],
    f"/api/v1/users/{ADA}/factors": [factor("f1", "webauthn"), factor("f2", "push"), factor("f3", "sms", "PENDING_ACTIVATION")],
    f"/api/v1/users/{EVE}/factors": [factor("f4", "token:software:totp")],
    f"/api/v1/users/{NEW}/factors": [],
    f"/api/v1/users/{SERVICE}/factors": [factor("f5", "hologram")],
    "/api/v1/groups": [
        {"id": EVERYONE, "type": "BUILT_IN", "profile": {"name": "Everyone", "description": "All users in your organization"}},
        {"id": ADMINS, "type": "OKTA_GROUP", "profile": {"name": "Admins", "description": "Ours"}},
    ],
    '/api/v1/groups?filter=type eq "BUILT_IN"': [
        {"id": "00g0okta", "type": "BUILT_IN", "profile": {"name": "Okta Administrators", "description": "Okta's"}},
        {"id": EVERYONE, "type": "BUILT_IN", "profile": {"name": "Everyone", "description": "All users in your organization"}},
    ],
    f"/api/v1/groups/{EVERYONE}/users": [user(each, each) for each in (ADA, BOB, EVE, NEW, SERVICE)],
    f"/api/v1/groups/{ADMINS}/users": [user(ADA, "ada")],
    "/api/v1/iam/assignees/users": {"value": [{"id": ADA}, {"id": EVE}, {"id": BOB}]},
    f"/api/v1/users/{ADA}/roles": [role("ra1", "SUPER_ADMIN", "GROUP"), role("ra2", "READ_ONLY_ADMIN")],
    f"/api/v1/users/{EVE}/roles": [role("ra1", "SUPER_ADMIN"), role("ra9", "SUPER_ADMIN", status="INACTIVE")],
    f"/api/v1/users/{BOB}/roles": [role("ra3", "APP_ADMIN"), role("ra4", "CUSTOM", label="Help at night"), role("ra5", "DEMIGOD")],
    f"/api/v1/groups/{EVERYONE}/roles": [],
    f"/api/v1/groups/{ADMINS}/roles": [role("gra1", "SUPER_ADMIN", "GROUP")],
    "/api/v1/policies?type=PASSWORD": [
        policy("00p7password", "PASSWORD", settings={"password": PASSWORDS}), policy("00p8old", "PASSWORD", status="INACTIVE"),
    ],
    "/api/v1/policies?type=OKTA_SIGN_ON": [policy(SESSION_POLICY, "OKTA_SIGN_ON")],
    f"/api/v1/policies/{SESSION_POLICY}/rules": [session_rule("rul1"), session_rule("rul0", access="DENY")],
    "/api/v1/policies?type=ACCESS_POLICY": [
        policy(CONSOLE_POLICY, "ACCESS_POLICY", system=False), policy(DEFAULT_POLICY, "ACCESS_POLICY"),
    ],
    f"/api/v1/policies/{CONSOLE_POLICY}/rules": [access_rule("rul2", RESISTANT)],
    f"/api/v1/policies/{DEFAULT_POLICY}/rules": [
        access_rule("rul3", mode="1FA", access="DENY"), access_rule("rul4", [{"knowledge": {"types": ["password"]}}]),
    ],
    "/api/v1/first-party-app-settings/admin-console": {"sessionIdleTimeoutMinutes": 15, "sessionMaxLifetimeMinutes": 720},
    "/api/v1/apps": [
        client("saasure", "Okta Admin Console", "none", name="saasure"), app("0oa2", "Wiki", "SAML_2_0"),
        client("0oa3", "Provisioner", "private_key_jwt", "service"),
        client("0oa4", "Portal", "client_secret_basic", status="INACTIVE",
               credentials={"oauthClient": {"client_id": "p", "client_secret": CLIENT_SECRET,
                                            "token_endpoint_auth_method": "client_secret_basic"}}),
    ],
    "/api/v1/apps/0oa3/credentials/jwks": [
        key("pks2"), key("pks1", created="2024-03-01T00:00:00.000Z"), key("pks3", status="INACTIVE"), encrypting("pks4"),
    ],
    "/oauth2/v1/clients/client-0oa3/roles": [role("JBC1", "SUPER_ADMIN", "CLIENT")],
    "/api/v1/apps/0oa4/grants": [],
    '/api/v1/apps?filter=name eq "saasure"': [app("saasure", "Okta Admin Console", "OPENID_CONNECT", CONSOLE_POLICY)],
    "/api/v1/apps/saasure/grants": [],
    "/api/v1/apps/0oa3/grants": [
        {"id": "oag1", "status": "ACTIVE", "scopeId": "okta.users.manage", "issuer": "https://example.okta.com", "clientId": "0oa3"},
        {"id": "oag2", "status": "ACTIVE", "scopeId": "okta.groups.read", "issuer": "https://example.okta.com", "clientId": "0oa3"},
        {"id": "oag3", "status": "REVOKED", "scopeId": "okta.apps.manage", "issuer": "https://example.okta.com", "clientId": "0oa3"},
    ],
    "/api/v1/api-tokens": [
        {"id": "00T1", "name": "ci", "userId": SERVICE, "tokenWindow": "P30D", "created": "2026-09-01T00:00:00.000Z",
         "expiresAt": "2026-12-20T00:00:00.000Z", "lastUpdated": "2026-09-01T00:00:00.000Z",
         "network": {"connection": "ZONE", "include": ["nzo1"], "exclude": []}},
        {"id": "00T2", "name": "old", "userId": ADA, "tokenWindow": "P30D", "created": "2025-09-01T00:00:00.000Z",
         "expiresAt": "2026-12-20T00:00:00.000Z", "network": {"connection": "ANYWHERE"}},
    ],
    "/api/v1/logs": [{"uuid": "1", "published": "2026-11-23T11:59:00.000Z", "eventType": "user.session.start"}],
    "/api/v1/logStreams": [
        {"id": "0oa7", "name": "SIEM", "type": "aws_eventbridge", "status": "ACTIVE"},
        {"id": "0oa8", "name": "Old", "type": "splunk_cloud_logstreaming", "status": "INACTIVE",
         "settings": {"host": "x.splunkcloud.com", "token": "never-to-be-seen-4411-aabb"}},
    ],
    "/api/v1/threats/configuration": {"action": "block", "excludeZones": [], "created": "2020-08-05T22:18:30.629Z"},
    "/api/v1/zones": [
        {"id": "nzo1", "name": "Offices", "type": "IP", "usage": "POLICY", "status": "ACTIVE",
         "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}], "proxies": None},
        {"id": "nzo2", "name": "BlockedIpZone", "type": "IP", "usage": "BLOCKLIST", "status": "ACTIVE", "system": True,
         "gateways": [{"type": "RANGE", "value": "198.51.100.1-198.51.100.9"}], "proxies": None},
        {"id": "nzo3", "name": "Tor", "type": "DYNAMIC", "usage": "BLOCKLIST", "status": "INACTIVE"},
    ],
    "/api/v1/org/privacy/oktaSupport": {"support": "DISABLED", "expiration": None},
    "/api/v1/authenticators": [
        {"id": "aut1", "key": "okta_password", "name": "Password", "type": "password", "status": "ACTIVE"},
        {"id": "aut2", "key": "webauthn", "name": "FIDO2", "type": "security_key", "status": "ACTIVE"},
        {"id": "aut3", "key": "phone_number", "name": "Phone", "type": "phone", "status": "INACTIVE", "settings": {"allowedFor": "any"}},
        {"id": "aut4", "key": "okta_email", "name": "Email", "type": "email", "status": "ACTIVE", "settings": {"allowedFor": "recovery"}},
    ],
    "/api/v1/authenticators/aut2/methods": [{"type": "webauthn", "status": "ACTIVE"}],
    "/api/v1/authenticators/aut3/methods": [{"type": "sms", "status": "ACTIVE"}, {"type": "voice", "status": "INACTIVE"}],
    "/api/v1/authenticators/aut4/methods": [{"type": "email", "status": "ACTIVE"}],
    "/api/v1/org/factors": [
        {"id": "okta_sms", "factorType": "sms", "provider": "OKTA", "status": "ACTIVE"},
        {"id": "okta_otp", "factorType": "token:software:totp", "provider": "OKTA", "status": "NOT_SETUP"},
        {"id": "other", "factorType": "hologram", "provider": "OKTA", "status": "ACTIVE"},
    ],
}  # fmt: skip
