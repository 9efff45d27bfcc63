"""A tenant of Entra ID, as Microsoft Graph answers for it, and Azure Resource Manager; and the authority that gives tokens.

Each fixture names its page below https://learn.microsoft.com/graph/api/resources/. `$select`, `$expand`, `$top` and
`$filter` do what they do there as far as they are used; pages are smaller than asked for, as Graph makes them when it
likes. Members that nobody reads stand there where they might be mistaken for ones that somebody does.
"""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from tests.https_server import Asked, Said

TENANT_ID, APPLICATION_ID = "11111111-2222-3333-4444-555555555555", "aaaaaaaa-0000-4000-8000-000000000001"
TOKEN = "given-for-this-test"
ADA, BOB, EVE, GIL, SYNC = "u-ada", "u-bob", "u-eve", "u-gil", "u-sync"
ADMINS, HIDDEN_GROUP = "g-admins", "g-hidden"
GLOBAL_ADMINISTRATOR, READER = "62e90394-69f5-4237-9190-012177145e10", "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
GRAPH_SERVICE = "sp-graph"
ALWAYS = ("id", "@odata.type")
EVERYBODY = {"targetType": "group", "id": "all_users", "isRegistrationRequired": False}


def user(name: str, login: str, **more: Any) -> dict[str, Any]:
    """user, signInActivity."""
    return {
        "id": name, "userPrincipalName": f"{login}@example.org", "displayName": login.title(),
        "mail": f"{login}@example.org", "accountEnabled": True, "userType": "Member", "externalUserState": None,
        "externalUserStateChangeDateTime": None, "createdDateTime": "2024-06-24T16:39:18Z",
        "onPremisesSyncEnabled": None, "onPremisesDomainName": None,
        "lastPasswordChangeDateTime": "2026-01-02T03:04:05Z", "mobilePhone": "+49 30 1234",
        "signInActivity": {
            "lastSignInDateTime": "2026-11-21T09:00:00Z", "lastNonInteractiveSignInDateTime": None,
            "lastSuccessfulSignInDateTime": "2026-11-20T17:39:19Z", "lastSignInRequestId": "r1",
        }, **more,
    }  # fmt: skip


def registered(name: str, *methods: str, capable: bool = True) -> dict[str, Any]:
    """userRegistrationDetails."""
    return {
        "id": name, "userPrincipalName": f"{name}@example.org", "userDisplayName": name, "userType": "member",
        "isAdmin": False, "isMfaCapable": capable, "isMfaRegistered": bool(methods), "methodsRegistered": list(methods),
        "lastUpdatedDateTime": "2026-11-22T00:00:00Z",
    }  # fmt: skip


def conditional(name: str, *controls: str, **more: Any) -> dict[str, Any]:
    """conditionalAccessPolicy, for everybody and everything, demanding all of these."""
    return {
        "id": name, "displayName": name.replace("-", " "), "state": more.pop("state", "enabled"),
        "createdDateTime": "2025-01-01T00:00:00Z", "modifiedDateTime": None, "templateId": None,
        "conditions": {
            "userRiskLevels": [], "signInRiskLevels": [], "clientAppTypes": ["all"], "platforms": None,
            "locations": None, "devices": None, "clientApplications": None, "servicePrincipalRiskLevels": [],
            "applications": {"includeApplications": ["All"], "excludeApplications": [], "includeUserActions": [],
                             "includeAuthenticationContextClassReferences": [], "applicationFilter": None},
            "users": {"includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "excludeGroups": [],
                      "includeRoles": [], "excludeRoles": [], "includeGuestsOrExternalUsers": None,
                      "excludeGuestsOrExternalUsers": None},
            **more.pop("conditions", {}),
        },
        "grantControls": {"operator": "AND", "builtInControls": list(controls), "customAuthenticationFactors": [],
                          "termsOfUse": [], "authenticationStrength": None, **more.pop("grant", {})},
        "sessionControls": more.pop("session", None), **more,
    }  # fmt: skip


def strength(name: str, *combinations: str, satisfies: str = "mfa") -> dict[str, Any]:
    """authenticationStrengthPolicy."""
    return {
        "id": name, "displayName": name, "policyType": "builtIn", "requirementsSatisfied": satisfies,
        "allowedCombinations": list(combinations),
    }  # fmt: skip


def role(name: str, title: str, *actions: str, template: str = "") -> dict[str, Any]:
    """unifiedRoleDefinition."""
    return {
        "id": name, "templateId": template or name, "displayName": title, "isBuiltIn": True, "isEnabled": True,
        "rolePermissions": [{"allowedResourceActions": list(actions), "condition": None}],
    }  # fmt: skip


def held(name: str, principal: str, kind: str = "user", of: str = GLOBAL_ADMINISTRATOR, **more: Any) -> dict[str, Any]:
    """unifiedRoleAssignment, and what its schedule instances have beside that."""
    return {
        "id": name, "principalId": principal, "roleDefinitionId": of, "directoryScopeId": "/", "appScopeId": None,
        "principal": {"@odata.type": f"#microsoft.graph.{kind}", "id": principal}, **more,
    }  # fmt: skip


def instance(name: str, origin: str, principal: str, **more: Any) -> dict[str, Any]:
    """unifiedRoleAssignmentScheduleInstance."""
    return held(name, principal, **{
        "roleAssignmentOriginId": origin, "memberType": "Direct", "assignmentType": "Assigned",
        "startDateTime": "2025-02-06T16:17:40Z", "endDateTime": more.pop("ends", None), **more,
    })  # fmt: skip


def place(name: str, principal: str, kind: str = "user", **more: Any) -> dict[str, Any]:
    """privilegedAccessGroupEligibilityScheduleInstance, and what privilegedAccessGroupAssignmentScheduleInstance has."""
    return {
        "id": name, "principalId": principal, "groupId": ADMINS, "accessId": "member", "memberType": "Direct",
        "startDateTime": "2025-02-06T16:17:40Z", "endDateTime": more.pop("ends", None),
        "principal": {"@odata.type": f"#microsoft.graph.{kind}", "id": principal}, **more,
    }  # fmt: skip


def exported(name: str, *categories: str, **more: Any) -> dict[str, Any]:
    """https://github.com/Azure/azure-rest-api-specs, azureactivedirectory.json of 2017-04-01: DiagnosticSettingsResource."""
    logs = [
        {"category": each, "categoryGroup": None, "enabled": True, "retentionPolicy": {"enabled": False, "days": 0}}
        for each in categories
    ]
    ends = {"storageAccountId": None, "workspaceId": None, "eventHubAuthorizationRuleId": None, "eventHubName": None}
    return {"id": f"/providers/microsoft.aadiam/diagnosticSettings/{name}", "type": None, "name": name,
            "location": None, "properties": {**ends, "logs": logs, "metrics": [], **more}}  # fmt: skip


def secret(name: str, ends: str | None = "2027-03-01T00:00:00Z", **more: Any) -> dict[str, Any]:
    """passwordCredential: of the secret itself Graph shows the first characters, and null."""
    return {
        "keyId": name, "startDateTime": "2026-06-01T00:00:00Z", "endDateTime": ends, "secretText": None,
        "hint": "k7~", "displayName": "deploy", "customKeyIdentifier": None, **more,
    }  # fmt: skip


def key(name: str, usage: str = "Verify", **more: Any) -> dict[str, Any]:
    """keyCredential."""
    return {
        "keyId": name, "startDateTime": "2026-06-01T00:00:00Z", "endDateTime": "2029-06-01T00:00:00Z", "key": None,
        "type": "AsymmetricX509Cert", "usage": usage, "customKeyIdentifier": None, **more,
    }  # fmt: skip


def service(name: str, title: str, **more: Any) -> dict[str, Any]:
    """servicePrincipal."""
    return {
        "id": name, "appId": f"app-{name}", "displayName": title, "accountEnabled": True,
        "servicePrincipalType": "Application", "appOwnerOrganizationId": TENANT_ID, "appRoles": [],
        "passwordCredentials": [], "keyCredentials": [], **more,
    }  # fmt: skip


def review(name: str, *queries: str, status: str = "InProgress", **more: Any) -> dict[str, Any]:
    """accessReviewScheduleDefinition."""
    kind = "#microsoft.graph.accessReviewQueryScope"
    whose, what = ({"@odata.type": kind, "query": each, "queryType": "MicrosoftGraph"} for each in (*queries, "")[:2])
    scope: dict[str, Any] = whose
    if what["query"]:
        both = "#microsoft.graph.principalResourceMembershipsScope"
        scope = {"@odata.type": both, "principalScopes": [whose], "resourceScopes": [what]}
    recurrence = {"pattern": {"type": "absoluteMonthly", "interval": 3}, "range": {"type": "noEnd"}}
    return {"id": name, "displayName": name, "status": status, "scope": scope,
            "settings": {"recurrence": recurrence, "instanceDurationInDays": 25}, **more}  # fmt: skip


@dataclass
class Tenant:
    """What the server answers, by path behind /v1.0; a path that is missing is 404. `most` is how many a page holds.

    `beta` is the same behind /beta, `states` per-user MFA of accounts by id, `exports` what Azure Resource Manager says.
    """

    answers: dict[str, Any]
    most: int = 2
    beta: dict[str, Any] = field(default_factory=dict[str, Any])
    states: dict[str, str] = field(default_factory=dict[str, str])
    exports: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    refused: dict[str, Said] = field(default_factory=dict[str, Said])

    def answer(self, asked: Asked) -> Said:
        path = unquote(asked.path)
        if "/oauth2/v2.0/token" in path or "openid-configuration" in path:
            return authority(asked)
        beta, path = path.startswith("/beta/"), path.removeprefix("/v1.0").removeprefix("/beta")
        if path in self.refused:
            return self.refused[path]
        if asked.headers.get("authorization") != f"Bearer {TOKEN}" and "." not in asked.headers.get(
            "authorization", ""
        ):
            return error(401, "InvalidAuthenticationToken", "Access token is empty.")
        if path == EXPORTS and asked.query == {"api-version": "2017-04-01"}:
            return Said({"value": self.exports})
        found = self._of_the_beta(path) if beta else self.answers.get(path)
        if found is None:
            return error(404, "Request_ResourceNotFound", f"Resource '{path}' does not exist")
        return Said(found) if isinstance(found, dict) else self._page(asked, found)

    def _of_the_beta(self, path: str) -> Any:
        """strongAuthenticationRequirements of an account; else what there is."""
        user = path.removeprefix("/users/").removesuffix("/authentication/requirements")
        if not path.endswith("/authentication/requirements"):
            return self.beta.get(path)
        known = user in {each["id"] for each in self.answers["/users"]}
        return {"@odata.context": "x", "perUserMfaState": self.states.get(user, "disabled")} if known else None

    def _page(self, asked: Asked, items: list[dict[str, Any]]) -> Said:
        query = dict(asked.query)
        start = int(query.pop("$skiptoken", "0"))
        wanted = [part.split(" eq ") for part in query.get("$filter", "").split(" or ") if part]
        items = [each for each in items if not wanted or any(each[name] == word.strip("'") for name, word in wanted)]
        onward = start + min(self.most, int(query.get("$top", "100")))
        kept = set(query["$select"].split(",")) if "$select" in query else None
        expanded = query.get("$expand", "").partition("(")[0]
        page = [
            {name: value for name, value in each.items() if _is_shown(name, kept, expanded)}
            for each in items[start:onward]
        ]
        said: dict[str, Any] = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x", "value": page}
        if onward < len(items):
            rest = "&".join(
                f"{quote(name)}={quote(value)}" for name, value in {**query, "$skiptoken": str(onward)}.items()
            )
            said["@odata.nextLink"] = f"https://{asked.headers['host']}{asked.path}?{rest}"
        return Said(said)


def _is_shown(name: str, kept: set[str] | None, expanded: str) -> bool:
    if name in ("principal", "owners"):
        return name == expanded
    return kept is None or name in kept or name in ALWAYS


def error(status: int, code: str, message: str, **headers: str) -> Said:
    """https://learn.microsoft.com/graph/errors"""
    inner = {"date": "2026-11-23T12:00:00", "request-id": "5c8bd1a1-3a0f-4f4c-9b7e-0d1c0a1d2e3f"}
    return Said({"error": {"code": code, "message": message, "innerError": inner}}, status, headers)


def no_licence() -> Said:
    return error(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                 "Neither tenant is B2C or tenant doesn't have premium license")  # fmt: skip


def authority(asked: Asked) -> Said:
    """https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"""
    base = f"https://{asked.headers['host']}/{TENANT_ID}"
    if "openid-configuration" in asked.path:
        return Said({
            "issuer": f"{base}/v2.0", "token_endpoint": f"{base}/oauth2/v2.0/token",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        })  # fmt: skip
    return Said({"token_type": "Bearer", "expires_in": 3599, "access_token": token(tid=TENANT_ID, oid="o-annexa")})


def token(**claims: str) -> str:
    """What looks like a token of Entra; its signature is none."""

    def part(said: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.{part({'s': 'never-to-be-seen'})}"


def ordinary() -> Tenant:
    """A tenant with Entra ID P2 in which little is wrong."""
    marks = [{"id": GLOBAL_ADMINISTRATOR, "isPrivileged": True}, {"id": READER, "isPrivileged": False},
             {"id": "r-new", "isPrivileged": True}]  # fmt: skip
    sent = exported("central", "AuditLogs", "SignInLogs", "NonInteractiveUserSignInLogs", workspaceId=WORKSPACE)
    return Tenant(
        deepcopy(ANSWERS), beta={f"{SCHEDULED}roleDefinitions": marks}, states={EVE: "enforced"}, exports=[sent]
    )


SCHEDULED, ACCESS = "/roleManagement/directory/", "/identityGovernance/privilegedAccess/group/"
EXPORTS = "/providers/microsoft.aadiam/diagnosticSettings"
WORKSPACE = "/subscriptions/s1/resourceGroups/Logs/providers/Microsoft.OperationalInsights/workspaces/Central"
ANSWERS: dict[str, Any] = {
    "/organization": [{
        "id": TENANT_ID, "displayName": "Example", "assignedPlans": [
            {"servicePlanId": "eec0eb4f-6444-4f95-aba0-50c24d67f998", "service": "AADPremiumService", "capabilityStatus": "Enabled"},
        ],
    }],
    "/users": [
        user(ADA, "ada"), user(BOB, "bob", accountEnabled=False, signInActivity=None),
        user(EVE, "eve", onPremisesSyncEnabled=True, onPremisesDomainName="corp.example.org"),
        user(GIL, "gil", userType="Guest", externalUserState="PendingAcceptance", signInActivity=None,
             externalUserStateChangeDateTime="2026-11-01T00:00:00Z"),
        user(SYNC, "svc-sync"),
    ],
    "/reports/authenticationMethods/userRegistrationDetails": [
        registered(ADA, "fido2", "microsoftAuthenticatorPush"), registered(EVE, "mobilePhone"),
        registered(GIL, capable=False), registered(SYNC, "hologram"),
    ],
    "/groups": [
        {"id": ADMINS, "displayName": "Admins", "visibility": None},
        {"id": HIDDEN_GROUP, "displayName": "Works council", "visibility": "HiddenMembership"},
        {"id": "g-nested", "displayName": "Nested", "visibility": "Private"},
    ],
    f"/groups/{ADMINS}/members": [
        {"@odata.type": "#microsoft.graph.user", "id": EVE}, {"@odata.type": "#microsoft.graph.group", "id": "g-nested"},
        {"@odata.type": "#microsoft.graph.user", "id": ADA},
    ],
    "/groups/g-nested/members": [],
    f"{SCHEDULED}roleDefinitions": [
        role(GLOBAL_ADMINISTRATOR, "Global Administrator", "microsoft.directory/allEntities/allTasks"),
        role(READER, "Directory Readers", "microsoft.directory/roleAssignments/standard/read"),
        role("r-new", "Role Giver", "microsoft.directory/roleAssignments/allProperties/allTasks"),
    ],
    f"{SCHEDULED}roleAssignments": [
        held("a1", ADA), held("a2", ADMINS, "group", "r-new"), held("a3", "sp-graph", "servicePrincipal", READER),
    ],
    f"{SCHEDULED}roleAssignmentScheduleInstances": [
        instance("i1", "a1", ADA, ends="2026-11-23T20:00:00Z"), instance("i2", "a2", ADMINS),
        instance("i2-eve", "a2", EVE, memberType="Group"), instance("i3", "a3", "sp-graph"),
    ],
    f"{SCHEDULED}roleEligibilityScheduleInstances": [
        held("e1", EVE, memberType="Direct", startDateTime="2025-02-06T16:17:40Z", endDateTime="2027-02-06T00:00:00Z"),
        held("e2", ADA, memberType="Group", startDateTime="2025-02-06T16:17:40Z", endDateTime=None),
    ],
    f"{ACCESS}eligibilityScheduleInstances": [
        place("p1", GIL, ends="2027-02-06T00:00:00Z"), place("p2", "g-nested", "group", memberType="Group"),
    ],
    f"{ACCESS}assignmentScheduleInstances": [
        place("p3", EVE, ends="2026-11-23T20:00:00Z"), place("p4", ADA, accessId="owner"),
    ],
    "/policies/identitySecurityDefaultsEnforcementPolicy": {"id": "0", "displayName": "Security Defaults", "isEnabled": False},
    "/identity/conditionalAccess/policies": [
        conditional("mfa-for-everybody", "mfa", conditions={"users": {
            "includeUsers": ["All"], "excludeUsers": [BOB], "excludeGroups": [], "excludeRoles": [],
            "includeGroups": [], "includeRoles": [], "excludeGuestsOrExternalUsers": None}}),
        conditional("no-legacy", "block", conditions={"clientAppTypes": ["exchangeActiveSync", "other"]}),
        conditional("devices-soon", "compliantDevice", state="enabledForReportingButNotEnforced"),
        conditional("keys-but-in-the-office", conditions={"locations": {"includeLocations": ["All"], "excludeLocations": ["l-office"]}},
                    grant={"authenticationStrength": {"id": "s-resistant", "displayName": "Phishing-resistant MFA"}}),
        conditional("short-sessions", session={
            "signInFrequency": {"isEnabled": True, "type": "hours", "value": 12, "frequencyInterval": "timeBased",
                                "authenticationType": "primaryAndSecondaryAuthentication"},
            "persistentBrowser": {"isEnabled": True, "mode": "never"}, "cloudAppSecurity": None}),
    ],
    "/identity/conditionalAccess/namedLocations": [
        {"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "l-office", "displayName": "Office", "isTrusted": True,
         "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24"}]},
        {"@odata.type": "#microsoft.graph.countryNamedLocation", "id": "l-home", "displayName": "Home",
         "countriesAndRegions": ["DE"], "includeUnknownCountriesAndRegions": False},
    ],
    "/policies/authenticationStrengthPolicies": [strength("s-resistant", "windowsHelloForBusiness", "fido2")],
    "/policies/authenticationMethodsPolicy": {
        "id": "authenticationMethodsPolicy", "policyMigrationState": "migrationComplete",
        "authenticationMethodConfigurations": [
            {"@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "id": "Fido2", "state": "enabled",
             "isAttestationEnforced": False, "isSelfServiceRegistrationAllowed": True,
             "includeTargets": [EVERYBODY], "excludeTargets": []},
            {"@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration", "id": "Sms", "state": "disabled",
             "includeTargets": [EVERYBODY], "excludeTargets": []},
            {"@odata.type": "#microsoft.graph.voiceAuthenticationMethodConfiguration", "id": "Voice", "state": "enabled",
             "includeTargets": [EVERYBODY], "excludeTargets": [{"targetType": "group", "id": ADMINS}]},
            {"@odata.type": "#microsoft.graph.x509CertificateAuthenticationMethodConfiguration", "id": "X509Certificate",
             "state": "disabled", "includeTargets": [EVERYBODY], "excludeTargets": [], "authenticationModeConfiguration": {
                 "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor", "rules": []}},
            {"id": "Hologram", "state": "enabled"},
        ],
    },
    "/policies/authorizationPolicy": {
        "id": "authorizationPolicy", "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3", "allowInvitesFrom": "everyone",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": True, "allowedToCreateSecurityGroups": True,
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-low",
                                                "ManagePermissionGrantsForOwnedResource.x"]},
    },
    "/policies/adminConsentRequestPolicy": {"isEnabled": True, "reviewers": [{"query": "/users/u-ada"}], "requestDurationInDays": 30},
    "/groupSettings": [
        {"id": "gs0", "displayName": "Group.Unified", "templateId": "62375ab9-6b52-47ed-826b-58e47e0e304b", "values": []},
        {"id": "gs1", "displayName": "Password Rule Settings", "templateId": "5cf42378-d67d-4f36-ba46-e8b86229381d", "values": [
            {"name": "LockoutDurationInSeconds", "value": "900"}, {"name": "LockoutThreshold", "value": "10"},
            {"name": "EnableBannedPasswordCheck", "value": "True"}, {"name": "BannedPasswordList", "value": "never-to-be-seen1\texample"},
        ]},
    ],
    "/domains": [
        {"id": "example.org", "isVerified": True, "isDefault": True, "authenticationType": "Managed", "passwordValidityPeriodInDays": 2147483647},
        {"id": "corp.example.org", "isVerified": True, "isDefault": False, "authenticationType": "Federated", "passwordValidityPeriodInDays": None},
    ],
    "/domains/corp.example.org/federationConfiguration": [
        {"@odata.type": "#microsoft.graph.internalDomainFederation", "id": "f1", "issuerUri": "http://adfs.example.org/trust",
         "signingCertificate": None, "nextSigningCertificate": None, "federatedIdpMfaBehavior": None},
    ],
    "/applications": [
        {"id": "ao1", "appId": "app-sp-payroll", "displayName": "Payroll", "passwordCredentials": [secret("k1"), secret("k2", None)],
         "keyCredentials": [key("k3")], "owners": [{"@odata.type": "#microsoft.graph.user", "id": ADA}]},
        {"id": "ao2", "appId": "app-nowhere", "displayName": "Elsewhere", "passwordCredentials": [], "keyCredentials": [], "owners": []},
    ],
    "/servicePrincipals": [
        service("sp-payroll", "Payroll", passwordCredentials=[secret("k4")]),
        service(GRAPH_SERVICE, "Microsoft Graph", appOwnerOrganizationId="f8cdef31-a31e-4b4a-93e4-5f571e91255a", appRoles=[
            {"id": "role-mail", "value": "Mail.ReadWrite", "allowedMemberTypes": ["Application"], "isEnabled": True},
            {"id": "role-user", "value": "User", "allowedMemberTypes": ["User"], "isEnabled": True}]),
        service("sp-foreign", "Their tool", appOwnerOrganizationId="99999999-0000-4000-8000-000000000000", passwordCredentials=[secret("k5")]),
        service("sp-saml", "Wiki", appOwnerOrganizationId="99999999-0000-4000-8000-000000000000",
                passwordCredentials=[secret("k6", customKeyIdentifier="AAAA")],
                keyCredentials=[key("k7", "Sign", customKeyIdentifier="AAAA"), key("k8", customKeyIdentifier="AAAA")]),
        service("sp-left", "Left over", passwordCredentials=[secret("k10")]),
        service("sp-machine", "vm-1", servicePrincipalType="ManagedIdentity", keyCredentials=[key("k9")]),
    ],
    f"/servicePrincipals/{GRAPH_SERVICE}/appRoleAssignedTo": [
        {"id": "ra1", "appRoleId": "role-mail", "principalId": "sp-payroll", "principalType": "ServicePrincipal", "resourceId": GRAPH_SERVICE},
        {"id": "ra2", "appRoleId": "role-gone", "principalId": "sp-payroll", "principalType": "ServicePrincipal", "resourceId": GRAPH_SERVICE},
        {"id": "ra3", "appRoleId": "role-user", "principalId": ADA, "principalType": "User", "resourceId": GRAPH_SERVICE},
    ],
    "/oauth2PermissionGrants": [
        {"id": "c1", "clientId": "sp-foreign", "consentType": "Principal", "principalId": EVE, "resourceId": GRAPH_SERVICE, "scope": " Mail.Read User.Read"},
        {"id": "c2", "clientId": "sp-wiki-gone", "consentType": "AllPrincipals", "principalId": None, "resourceId": GRAPH_SERVICE, "scope": "openid"},
    ],
    "/auditLogs/directoryAudits": [{"id": "d1", "activityDateTime": "2026-11-23T11:00:00Z", "initiatedBy": {}}],
    "/auditLogs/signIns": [{"id": "s1", "createdDateTime": "2026-11-23T11:59:00.1234567Z", "status": {}}],
    "/identityGovernance/accessReviews/definitions": [
        review("guests", "./members/microsoft.graph.user/?$count=true&$filter=(userType eq 'Guest')"),
        review("administrators", "/users", "/roleManagement/directory/roleDefinitions/62e90394"),
        review("old", "/groups/g-admins/transitiveMembers", status="Completed"),
    ],
    "/identityGovernance/accessReviews/definitions/guests/instances": [
        {"id": "n1", "status": "Applied", "startDateTime": "2026-08-01T00:00:00Z", "endDateTime": "2026-08-26T00:00:00Z"},
        {"id": "n2", "status": "InProgress", "startDateTime": "2026-11-01T00:00:00Z", "endDateTime": "2026-11-26T00:00:00Z"},
    ],
    "/identityGovernance/accessReviews/definitions/administrators/instances": [],
    "/identityGovernance/accessReviews/definitions/old/instances": [],
    "/identityProtection/riskyUsers": [
        {"id": EVE, "isDeleted": False, "userPrincipalName": "eve@example.org", "riskLevel": "high", "riskState": "atRisk", "riskLastUpdatedDateTime": "2026-11-01T00:00:00Z"},
        {"id": "u-old", "isDeleted": True, "userPrincipalName": "old@example.org", "riskLevel": "high", "riskState": "atRisk", "riskLastUpdatedDateTime": "2025-11-01T00:00:00Z"},
        {"id": BOB, "isDeleted": False, "userPrincipalName": "bob@example.org", "riskLevel": "high", "riskState": "remediated", "riskLastUpdatedDateTime": "2026-11-01T00:00:00Z"},
    ],
    "/deviceManagement/managedDevices": [
        {"id": "md1", "deviceName": "ADA-LAPTOP", "userPrincipalName": "ada@example.org", "isEncrypted": True, "complianceState": "compliant", "lastSyncDateTime": "2026-11-22T00:00:00Z"},
        {"id": "md2", "deviceName": "KIOSK", "userPrincipalName": "", "isEncrypted": False, "complianceState": "noncompliant", "lastSyncDateTime": "2026-07-22T00:00:00Z"},
    ],
}  # fmt: skip
