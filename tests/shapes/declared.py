"""Where our servers and our code leave the published schemas of identity providers on purpose, and why.

Each entry has to be needed: `test_identity_providers.py` fails for one that says something which is not so any more.
"""

from __future__ import annotations

from collections.abc import Mapping

LEARN, GOOGLE, GITHUB = (
    "https://learn.microsoft.com/",
    "https://developers.google.com/workspace/",
    "https://docs.github.com/",
)
PLANTED = "a word that nobody knows: what is asked about it has to stay unknown"
PROBED = "a condition that is there is read in each way it might be written, or it would be taken for none"
BOTH_SCOPES = "scopes of every kind are read in one way"

UNPUBLISHED: Mapping[str, Mapping[str, str]] = {
    "okta": {
        "GET /api/v1/org/factors": "of the classic engine alone: its OpenAPI document has it no more "
        "(https://developer.okta.com/docs/reference/api/factor-admin/)",
    },
}
"""Questions of whose answers the schemas say nothing."""

ANSWERED: Mapping[str, Mapping[str, str]] = {
    "entra": {
        "azure:settings.DiagnosticSettingsResource.location: the schema has no such field": "shown, as null, by the example of "
        "the specification of microsoft.aadiam",
    }
    | {
        f"PrivilegedAccessGroup{kind}ScheduleInstance.memberType: is {word!r}": "the examples of the reference begin these "
        f"words with a capital ({LEARN}graph/api/privilegedaccessgroup-list-{kind.lower()}scheduleinstances)"
        for kind, word in (("Assignment", "Direct"), ("Eligibility", "Direct"), ("Eligibility", "Group"))
    },
    "okta": {
        "AccessPolicyRule.conditions: is null": "the rule that catches all others has none, which the package leaves out",
        "CustomRole.type: is 'DEMIGOD'": PLANTED,
        "UserFactor.factorType: is 'hologram'": PLANTED,
    },
}
"""What our servers answer otherwise than the schema says."""

READ: Mapping[str, Mapping[str, str]] = {
    "entra": {
        "AccessReviewQueryScope.principalScopes: read": BOTH_SCOPES,
        "AccessReviewQueryScope.resourceScopes: read": BOTH_SCOPES,
        "PrincipalResourceMembershipsScope.query: read": BOTH_SCOPES,
        "ConditionalAccessConditionSet.agentIdRiskLevels: read": "known from the beta alone, and narrows a policy",
        **{f"ConditionalAccessConditionSet.{each}RiskLevels: read as part": PROBED
           for each in ("servicePrincipal", "signIn", "user")},
    },
    "okta": {
        "AuthenticatorKeyWebauthn.settings: read": "other authenticators have settings",
        "OAuth2ClientJsonWebKeyRsaResponse.created: read as moment": "the description calls it a timestamp",
        "OktaSignOnPolicyRuleConditions.userType: read": "rules for applications have it",
    },
    "github": {
        "deploy-key.created_at: read as moment": "its example is a time",
        "GET /enterprises/{enterprise}/audit-log/streams: asks per_page=100": "a listing of one page, asked as all others are",
    },
}  # fmt: skip
"""What our collectors read otherwise than the schema says."""

SETTING = "value of setting of an entry of GET cloudidentity.googleapis.com/v1/policies"
SETTINGS = "https://cloud.google.com/identity/docs/concepts/supported-policy-api-settings"
WITHOUT_TYPE: Mapping[str, Mapping[str, str]] = {
    "okta": {f"an entry of GET /api/v1/org/factors: {each}": "see UNPUBLISHED" for each in ("id", "factorType", "status")},
    "google_workspace": {
        f"{SETTING}: {each}": f"the schema leaves settings free, the page lists them: {SETTINGS}"
        for each in (
            "allowEnrollment", "allowReuse", "allowTrustingDevice", "allowedSignInFactorSet", "allowedStrength",
            "backupCodeExceptionPeriod", "enforcedFrom", "enrollmentGracePeriod", "expirationDuration", "externalSharingMode",
            "minimumLength", "warnForExternalSharing", "webSessionDuration",
        )
    },
}  # fmt: skip
"""What is read of objects of which the schemas tell no type."""

TOKEN = "of the answer with a token, which is no evidence"
ELSEWHERE: Mapping[str, Mapping[str, str]] = {
    "okta": {
        **dict.fromkeys(("access_token", "expires_in"), TOKEN),
        "resourceType": "embedded in a policy of access, where the schema leaves names free",
    },
    "github": dict.fromkeys(("token", "expires_at"), TOKEN),
    "google_workspace": {"expires_in": TOKEN},
}  # fmt: skip
"""Names that are read, and that no type of the schema has."""

OWN = "our own: settings, names of headers and of addresses, parts of sentences"
WORDS: Mapping[str, Mapping[str, str]] = {
    "entra": {
        OWN: "all_users china us_government keys licens management.azure.com",
        "OData's option": "top",
        f"in the logins of whoever was invited ({LEARN}entra/external-id/user-properties)": "#ext#",
        f"codes of errors ({LEARN}graph/errors)": "AadPremiumLicenseRequired Request_ResourceNotFound "
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        f"{LEARN}graph/api/resources/userregistrationdetails": "alternateMobilePhone fido2SecurityKey "
        "hardwareOneTimePasscode macOsSecureEnclaveKey microsoftAuthenticatorPasswordless officePhone "
        "passKeyDeviceBoundAuthenticator passKeyDeviceBoundWindowsHello passKeySynced securityQuestion "
        "softwareOneTimePasscode temporaryAccessPass",
        f"{LEARN}graph/api/resources/authenticationmethodspolicies-overview": "Email Fido2 HardwareOath "
        "MicrosoftAuthenticator Sms SoftwareOath TemporaryAccessPass Voice X509Certificate",
        f"settings of passwords ({LEARN}graph/group-directory-settings)": "BannedPasswordList EnableBannedPasswordCheck "
        "LockoutDurationInSeconds LockoutThreshold",
        f"in small letters, for they are written in two ways ({LEARN}graph/api/resources/defaultuserrolepermissions)":
        "managepermissiongrantsforownedresource managepermissiongrantsforself",
        f"parts of the addresses in the scope of a review ({LEARN}graph/accessreviews-scope-concept)":
        "roleAssignmentScheduleInstances roleDefinitions",
        "states of a review whose decisions are carried out, which the descriptions leave out": "Applied Applying",
        "a condition of the beta": "agentIdRiskLevels",
        f"categories of logs ({LEARN}entra/identity/monitoring-health/concept-diagnostic-settings-logs-options)":
        "AuditLogs ManagedIdentitySignInLogs NonInteractiveUserSignInLogs ServicePrincipalSignInLogs SignInLogs allLogs",
    },
    "okta": {
        "a role and a factor of older organizations": "API_ADMIN hotp",
        "embedded in a policy of access (see ELSEWHERE)": "APP resourceType",
        "https://registry.terraform.io/providers/okta/okta/latest/docs/resources/policy_rule_signon": "CHALLENGE",
        "a condition on behaviors (https://developer.okta.com/docs/reference/api/policy/)": "behaviors risk",
        "names that Okta gives to its own group and its own applications": "Everyone okta_browser_plugin okta_enduser saasure",
    },
    "github": {
        OWN: "Accept core",
        f"a type of accounts, in the examples alone ({GITHUB}rest/orgs/members)": "Bot",
        f"a plan ({GITHUB}get-started/learning-about-github/githubs-plans)": "free",
        f"types of errors of GraphQL ({GITHUB}graphql/overview/rate-limits-and-query-limits-for-the-graphql-api)":
        "RATE_LIMITED SERVICE_UNAVAILABLE",
    },
    "google_workspace": {
        OWN: ".readonly admin.googleapis.com alertcenter.googleapis.com cloudidentity.googleapis.com www.googleapis.com "
        "credentials google_workspace admits_outsiders device_trust enforcement enforcement_factor enrollment grace_period "
        "sign_in_code",
        f"{GOOGLE}admin/groups-settings/v1/reference/groups": "ALL_OWNERS_CAN_VIEW",
        f"{GOOGLE}admin/directory/reference/rest/v1/members": "CUSTOMER EXTERNAL",
        f"{GOOGLE}admin/directory/reference/rest/v1/roleAssignments": "ORG_UNIT",
        SETTINGS: "STRONG WEAK",
        f"{GOOGLE}admin/reports/v1/appendix/usage/user/accounts": "accounts:num_passkeys_enrolled accounts:num_security_keys",
        "the kinds of answers, which the schema calls texts": "admin#reports#activities",
        "states of devices, in small letters (https://support.google.com/a/answer/7549103)": "approved blocked encrypted off "
        "pending undetected unencrypted unprovisioned wiped wiping",
    },
}  # fmt: skip
"""Words that our code knows, and that neither an enumeration nor a description of the schema has: where they are from."""
