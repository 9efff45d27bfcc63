"""A customer of Google Workspace, as Google documents its interfaces.

Shapes, each by its reference below https://developers.google.com/: users, groups, members, roles, roleassignments, domains,
orgunits, tokens and mobile devices of workspace/admin/directory/reference/rest; activities and usage of users of
workspace/admin/reports/reference/rest; settings for 2-Step Verification of cloud.google.com/identity/docs/concepts/supported-policy-api-settings;
settings of workspace/admin/groups-settings; alerts of workspace/admin/alertcenter; policies of
https://cloud.google.com/identity/docs/reference/rest/v1/policies; errors of workspace/admin/directory/v1/limits; tokens of
identity/protocols/oauth2/service-account. As Google does, it leaves out lists that are empty, gives a token only when each
scope that is asked for was delegated, answers a question only with a token for its scope, and tells only the fields that
were asked for.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.https_server import Asked, Said

AUTH = "https://www.googleapis.com/auth/"
DIRECTORY = "/admin/directory/v1"
CUSTOMER = f"{DIRECTORY}/customer/my_customer"
ADA, BOB, EVE, SERVICE = "101", "102", "103", "104"
STAFF, ADMINS = "g1staff", "g2admins"
SUPER_ROLE, GROUPS_ROLE = "13801188331880449", "13801188331880451"
ROOT_UNIT, SALES_UNIT = "03ph8a2z221pcso", "03ph8a2z1xdnme9"
REQUIRED = {
    rf"{DIRECTORY}/users": "admin.directory.user.readonly",
    rf"{DIRECTORY}/users/\w+/tokens": "admin.directory.user.security",
    rf"{DIRECTORY}/groups": "admin.directory.group.readonly",
    rf"{DIRECTORY}/groups/\w+/members": "admin.directory.group.member.readonly",
    rf"{CUSTOMER}/role(s|assignments)": "admin.directory.rolemanagement.readonly",
    rf"{CUSTOMER}/domains": "admin.directory.domain.readonly",
    rf"{CUSTOMER}/orgunits": "admin.directory.orgunit.readonly",
    rf"{CUSTOMER}/devices/mobile": "admin.directory.device.mobile.readonly",
    r"/admin/reports/v1/activity/users/all/applications/\w+": "admin.reports.audit.readonly",
    r"/admin/reports/v1/usage/users/\w+/dates/[\d-]+": "admin.reports.usage.readonly",
    r"/groups/v1/groups/.+": "apps.groups.settings",
    r"/v1beta1/alerts": "apps.alerts",
    r"/v1/policies": "cloud-identity.policies.readonly",
}
"""The scope that each path needs."""
WHOLE = ("admin#directory#domains", "admin#directory#orgUnits", "admin#directory#tokenList")
"""Listings that have one page."""
PARTS = re.compile(r"(\w+)(?:\(((?:[^()]|\([^()]*\))*)\)|/([^,]+))?(?:,|$)")
"""One field of a mask: `a`, `a(b,c/d)` or `a/b`."""


def user(name: str, login: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "admin#directory#user", "id": name, "etag": '"x"', "primaryEmail": f"{login}@example.org",
        "name": {"givenName": login.title(), "familyName": "Example", "fullName": f"{login.title()} Example"},
        "isAdmin": False, "isDelegatedAdmin": False, "lastLoginTime": "2026-11-20T08:00:00.000Z",
        "creationTime": "2024-02-01T09:30:00.000Z", "agreedToTerms": True, "suspended": False, "archived": False,
        "phones": [{"value": "never-to-be-seen"}], "orgUnitPath": "/", "isMailboxSetup": True,
        "isEnrolledIn2Sv": True, "isEnforcedIn2Sv": True, "includeInGlobalAddressList": True, **more,
    }  # fmt: skip


def assignment(name: str, role: str, to: str, kind: str = "user", **more: Any) -> dict[str, Any]:
    return {
        "kind": "admin#directory#roleAssignment", "roleAssignmentId": name, "roleId": role, "assignedTo": to,
        "assigneeType": kind, "scopeType": "CUSTOMER", **more,
    }  # fmt: skip


def device(name: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "admin#directory#mobiledevice", "resourceId": name, "deviceId": "33ab1f067ccf2ce4", "model": f"Phone {name}",
        "name": ["Ada Example"], "email": ["ada@example.org"], "os": "Android 15", "type": "ANDROID", "status": "APPROVED",
        "serialNumber": "never-to-be-seen", "encryptionStatus": "Encrypted", "devicePasswordStatus": "On",
        "deviceCompromisedStatus": "No compromise detected", **more,
    }  # fmt: skip


def alert(name: str, status: str, created: str) -> dict[str, Any]:
    return {
        "customerId": "C012345", "alertId": name, "createTime": created, "type": "Suspicious login",
        "source": "Google identity", "data": {"email": "never-to-be-seen@example.org"},
        "metadata": {"customerId": "C012345", "alertId": name, "status": status, "severity": "LOW"},
    }  # fmt: skip


def policy(name: str, setting: str, value: Mapping[str, Any], unit: str = ROOT_UNIT, **query: Any) -> dict[str, Any]:
    return {
        "name": f"policies/{name}", "customer": "customers/C012345", "type": "ADMIN",
        "setting": {"type": f"settings/{setting}", "value": value},
        "policyQuery": {
            "orgUnit": f"orgUnits/{unit}", "sortOrder": 1,
            "query": f"entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('{unit}'))", **query,
        },
    }  # fmt: skip


PASSWORDS = {
    "allowedStrength": "STRONG", "minimumLength": 12, "maximumLength": 100, "enforceRequirementsAtLogin": True,
    "allowReuse": False, "expirationDuration": "0s",
}  # fmt: skip
SHARING = {"externalSharingMode": "ALLOWED", "warnForExternalSharing": True, "allowPublishingFiles": False}


TWO_STEP = "security.two_step_verification_"


def usage(name: str, day: str, **numbers: int) -> dict[str, Any]:
    """A usage report of one user, with numbers by the names of parameters."""
    return {
        "kind": "admin#reports#usageReport", "date": day, "etag": '"x"',
        "entity": {"type": "USER", "customerId": "C012345", "userEmail": "never-to-be-seen@example.org", "profileId": name},
        "parameters": [{"name": f"accounts:{each}", "intValue": str(number)} for each, number in numbers.items()],
    }  # fmt: skip


@dataclass
class Customer:
    """What the server answers, by path: the kind of the answer, the member with its items, and these; or one object.

    `most` is how many a page holds, `delegated` what the service account may ask tokens for, `reported` the last day of
    which there are usage reports.
    """

    answers: dict[str, Any]
    most: int = 2
    delegated: set[str] = field(default_factory=lambda: set(REQUIRED.values()))
    refused: dict[str, Said] = field(default_factory=dict[str, Said])
    reported: str = "2026-11-21"

    def answer(self, asked: Asked) -> Said:
        path = unquote(asked.path)
        if path == "/token":
            return self._token(asked)
        if path.endswith(":signJwt"):
            return self._signed(asked)
        if path in self.refused:
            return self.refused[path]
        scope = next((scope for pattern, scope in REQUIRED.items() if re.fullmatch(pattern, path)), "")
        if asked.headers.get("authorization") != f"Bearer given-for-{scope}":
            return error(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if "/usage/users/" in path and path[-10:] > self.reported:
            words = f"Data for dates later than {self.reported} is not yet available. Please check back later"
            return error(400, "invalid", words)
        if asked.query.get("includeDerivedMembership") == "true":
            path = f"{path}?derived"
        if path not in self.answers:
            return error(404, "notFound", "Resource Not Found")
        kind, items, found = self.answers[path]
        if said := re.fullmatch(r"(isAdmin|isDelegatedAdmin)=true", asked.query.get("query", "")):
            found = [each for each in found if each[said[1]]]
        whole = {items: found} if kind in WHOLE and found else self._page(asked, items, found) if items else dict(found)
        if kind:
            whole = {"kind": kind, "etag": '"x"', **whole}
        return Said(masked(whole, asked.query["fields"]) if "fields" in asked.query else whole)

    def _page(self, asked: Asked, items: str, found: list[Any]) -> dict[str, Any]:
        if said := asked.query.get("filter"):
            pattern = re.fullmatch(
                r"setting\.type\.matches\('([^'\\]+)'\)", said
            )  # a backslash begins an escape in CEL
            assert pattern, said
            found = [each for each in found if re.search(pattern[1], each["setting"]["type"])]
        start = int(asked.query.get("pageToken", "0"))
        most = min(self.most, int(asked.query.get("maxResults") or asked.query.get("pageSize") or self.most))
        page, onward = found[start : start + most], start + most
        return ({items: page} if page else {}) | ({"nextPageToken": str(onward)} if onward < len(found) else {})

    def _signed(self, asked: Asked) -> Said:
        """projects.serviceAccounts.signJwt of https://cloud.google.com/iam/docs/reference/credentials/rest/v1"""
        if asked.headers.get("authorization") != "Bearer given-for-iam":
            return error(403, "forbidden", "Permission iam.serviceAccounts.signJwt denied")
        payload = base64.urlsafe_b64encode(json.loads(asked.body)["payload"].encode()).decode().rstrip("=")
        return Said({"keyId": "k1", "signedJwt": f"e30.{payload}.c2lnbmVk"})

    def _token(self, asked: Asked) -> Said:
        form = {name: value for name, (value,) in parse_qs(asked.body.decode()).items()}
        claims = claimed(form["assertion"])
        wanted = [each.removeprefix(AUTH) for each in str(claims["scope"]).split()]
        if form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" or not self.delegated.issuperset(wanted):
            return Said({"error": "unauthorized_client", "error_description": "Client is unauthorized"}, 401)
        return Said({"access_token": f"given-for-{' '.join(wanted)}", "expires_in": 3599, "token_type": "Bearer"})


def claimed(assertion: str) -> dict[str, object]:
    """What a signed assertion claims."""
    text = assertion.split(".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def masked(value: Any, mask: str) -> Any:
    """The fields of a mask, of an object or of each in a list."""
    if isinstance(value, list):
        return [masked(each, mask) for each in value]
    found = {}
    for name, inner, further in PARTS.findall(mask):
        if name in value:
            found[name] = masked(value[name], inner or further) if inner or further else value[name]
    return found


def error(status: int, reason: str, message: str) -> Said:
    return Said({"error": {"code": status, "message": message, "errors": [{"reason": reason, "domain": "x"}]}}, status)


def ordinary() -> Customer:
    """A customer of whom little is wrong."""
    return Customer(deepcopy(ANSWERS))


ANSWERS: dict[str, Any] = {
    f"{DIRECTORY}/users": ("admin#directory#users", "users", [
        user(ADA, "ada", isAdmin=True),
        user(BOB, "bob", suspended=True, lastLoginTime="1970-01-01T00:00:00.000Z", isEnrolledIn2Sv=False, isEnforcedIn2Sv=False),
        user(EVE, "eve", isDelegatedAdmin=True, isEnrolledIn2Sv=False, isEnforcedIn2Sv=False, lastLoginTime="2026-01-01T00:00:00.000Z",
             orgUnitPath="/Sales"),
        user(SERVICE, "svc-backup", isEnrolledIn2Sv=False, isEnforcedIn2Sv=False),
    ]),
    f"{DIRECTORY}/users/{ADA}/tokens": ("admin#directory#tokenList", "items", [
        {"kind": "admin#directory#token", "clientId": "1.apps.googleusercontent.com", "displayText": "Mail Sorter", "anonymous": False,
         "nativeApp": False, "userKey": ADA, "scopes": ["https://mail.google.com/", "openid"]},
    ]),
    f"{DIRECTORY}/users/{EVE}/tokens": ("admin#directory#tokenList", "items", []),
    f"{DIRECTORY}/users/{SERVICE}/tokens": ("admin#directory#tokenList", "items", []),
    f"{DIRECTORY}/groups": ("admin#directory#groups", "groups", [
        {"kind": "admin#directory#group", "id": STAFF, "email": "staff@example.org", "name": "Staff", "directMembersCount": "4"},
        {"kind": "admin#directory#group", "id": ADMINS, "email": "admins@example.org", "name": "Admins", "directMembersCount": "1"},
        {"kind": "admin#directory#group", "id": "g3none", "email": "none@example.org", "name": "None", "directMembersCount": "0"},
    ]),
    f"{DIRECTORY}/groups/{STAFF}/members": ("admin#directory#members", "members", [
        {"id": ADA, "email": "ada@example.org", "role": "OWNER", "type": "USER"},
        {"id": EVE, "email": "Eve@Alias.Example.org", "role": "MEMBER", "type": "USER"},
        {"id": "999", "email": "max@partner.example", "role": "MEMBER", "type": "USER"},
        {"id": "C012345", "role": "MEMBER", "type": "CUSTOMER"},
    ]),
    f"{DIRECTORY}/groups/{ADMINS}/members": ("admin#directory#members", "members", [
        {"id": ADA, "email": "ada@example.org", "role": "MEMBER", "type": "USER"},
    ]),
    f"{DIRECTORY}/groups/g3none/members": ("admin#directory#members", "members", []),
    f"{DIRECTORY}/groups/{ADMINS}/members?derived": ("admin#directory#members", "members", [
        {"id": "g4board", "email": "board@example.org", "role": "MEMBER", "type": "GROUP"},
        {"id": ADA, "email": "ada@example.org", "role": "MEMBER", "type": "USER"},
    ]),
    "/groups/v1/groups/staff@example.org": ("groupsSettings#groups", "", {
        "email": "staff@example.org", "whoCanJoin": "ANYONE_CAN_JOIN", "whoCanViewGroup": "ALL_IN_DOMAIN_CAN_VIEW", "allowExternalMembers": "true",
    }),
    "/groups/v1/groups/admins@example.org": ("groupsSettings#groups", "", {
        "email": "admins@example.org", "whoCanJoin": "INVITED_CAN_JOIN", "whoCanViewGroup": "ALL_MEMBERS_CAN_VIEW", "allowExternalMembers": "false",
    }),
    "/groups/v1/groups/none@example.org": ("groupsSettings#groups", "", {
        "email": "none@example.org", "whoCanJoin": "CAN_REQUEST_TO_JOIN", "whoCanViewGroup": "ANYONE_CAN_VIEW", "allowExternalMembers": "perhaps",
    }),
    f"{CUSTOMER}/roles": ("admin#directory#roles", "items", [
        {"roleId": SUPER_ROLE, "roleName": "_SEED_ADMIN_ROLE", "rolePrivileges": [], "isSystemRole": True, "isSuperAdminRole": True},
        {"roleId": GROUPS_ROLE, "roleName": "_GROUPS_ADMIN_ROLE", "rolePrivileges": [], "isSystemRole": True},
    ]),
    f"{CUSTOMER}/roleassignments": ("admin#directory#roleAssignments", "items", [
        assignment("1", SUPER_ROLE, ADA), assignment("2", GROUPS_ROLE, EVE, scopeType="ORG_UNIT", orgUnitId=SALES_UNIT),
        assignment("3", GROUPS_ROLE, ADMINS, "group"),
    ]),
    f"{CUSTOMER}/domains": ("admin#directory#domains", "domains", [
        {"domainName": "example.org", "isPrimary": True, "verified": True, "creationTime": "1700000000000",
         "domainAliases": [{"domainAliasName": "alias.example.org", "parentDomainName": "example.org", "verified": True}]},
        {"domainName": "old.example", "isPrimary": False, "verified": False, "creationTime": "1700000000000"},
    ]),
    f"{CUSTOMER}/orgunits": ("admin#directory#orgUnits", "organizationUnits", [
        {"name": "Example", "orgUnitPath": "/", "orgUnitId": f"id:{ROOT_UNIT}"},
        {"name": "Sales", "orgUnitPath": "/Sales", "orgUnitId": f"id:{SALES_UNIT}", "parentOrgUnitId": f"id:{ROOT_UNIT}"},
    ]),
    f"{CUSTOMER}/devices/mobile": ("admin#directory#mobiledevices", "mobiledevices", [
        device("d1"), device("d2", encryptionStatus="Not encrypted", devicePasswordStatus="Off", deviceCompromisedStatus="Compromised"),
        device("d3", status="WIPED"),
    ]),
    "/admin/reports/v1/activity/users/all/applications/login": ("admin#reports#activities", "items", [
        {"id": {"time": "2026-11-23T11:00:00.000Z", "applicationName": "login"}, "actor": {"email": "never-to-be-seen@example.org"}},
        {"id": {"time": "2026-11-22T11:00:00.000Z", "applicationName": "login"}, "actor": {"email": "never-to-be-seen@example.org"}},
    ]),
    "/admin/reports/v1/activity/users/all/applications/admin": ("admin#reports#activities", "items", [
        {"id": {"time": "2026-11-01T11:00:00.000Z", "applicationName": "admin"}, "actor": {"email": "never-to-be-seen@example.org"}},
    ]),
    f"/admin/reports/v1/usage/users/{ADA}/dates/2026-11-21": ("admin#reports#usageReports", "", {
        "warnings": [{"code": "200", "message": 'Data for date 2026-11-21 for application "accounts" is not available right now'}],
        "usageReports": [usage(ADA, "2026-11-21", num_security_keys=2)],
    }),
    f"/admin/reports/v1/usage/users/{ADA}/dates/2026-11-20": ("admin#reports#usageReports", "", {
        "usageReports": [usage(ADA, "2026-11-20", num_security_keys=1, num_passkeys_enrolled=0)],
    }),
    f"/admin/reports/v1/usage/users/{EVE}/dates/2026-11-21": ("admin#reports#usageReports", "", {
        "usageReports": [usage(EVE, "2026-11-21", num_security_keys=0, num_passkeys_enrolled=0)],
    }),
    "/v1beta1/alerts": ("", "alerts", [
        alert("a1", "CLOSED", "2026-10-01T00:00:00Z"), alert("a2", "NOT_STARTED", "2026-11-01T00:00:00Z"),
        alert("a3", "IN_PROGRESS", "2026-11-22T00:00:00.123456Z"),
    ]),
    "/v1/policies": ("", "policies", [
        policy("p1", "security.password", {**PASSWORDS, "minimumLength": 8}, sortOrder=0.5) | {"type": "SYSTEM"},
        policy("p2", "security.password", PASSWORDS),
        policy("p3", "security.password", {**PASSWORDS, "minimumLength": 6, "allowReuse": True, "allowedStrength": "WEAK",
                                           "expirationDuration": "7776000s"}, SALES_UNIT, sortOrder=2),
        policy("s1", "security.session_controls", {"webSessionDuration": "43200s"}),
        policy("d1", "drive_and_docs.external_sharing", SHARING),
        policy("d2", "drive_and_docs.external_sharing", {"externalSharingMode": "DISALLOWED"}, SALES_UNIT),
        policy("d3", "drive_and_docs.external_sharing", SHARING | {"warnForExternalSharing": False}, group="groups/01x0gk37"),
        policy("t1", f"{TWO_STEP}enrollment", {"allowEnrollment": True}),
        policy("t2", f"{TWO_STEP}enforcement", {"enforcedFrom": "2024-02-16T23:22:21.732Z"}),
        policy("t3", f"{TWO_STEP}enforcement_factor", {"allowedSignInFactorSet": "ALL"}),
        policy("t4", f"{TWO_STEP}grace_period", {"enrollmentGracePeriod": "604800s"}),
        policy("t5", f"{TWO_STEP}device_trust", {"allowTrustingDevice": True}),
        policy("t6", f"{TWO_STEP}sign_in_code", {"backupCodeExceptionPeriod": "86400s"}),
        policy("t7", f"{TWO_STEP}enforcement", {"enforcedFrom": "1970-01-01T00:00:00Z"}, SALES_UNIT, sortOrder=2),
        policy("t8", f"{TWO_STEP}enforcement_factor", {"allowedSignInFactorSet": "PASSKEY_ONLY"}, group=f"groups/{ADMINS}",
               sortOrder=1.00109),
    ]),
}  # fmt: skip
