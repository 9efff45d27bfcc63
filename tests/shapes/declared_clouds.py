"""Where our servers and our code leave the published schemas of Azure and Google Cloud on purpose, and why.

Each entry has to be needed: `test_clouds.py` fails for one that says something which is not so any more.
"""

from __future__ import annotations

from collections.abc import Mapping

LEARN, CLOUD = "https://learn.microsoft.com/", "https://cloud.google.com/"
IN_CAPITALS = (
    "the inventory writes words of Cloud DNS in capitals (so read, too, by https://github.com/elastic/cloudbeat)"
)

UNPUBLISHED: Mapping[str, Mapping[str, str]] = {
    "azure": {"everything": "of everything Resource Graph says its id, its place and its tags, whatever it is"},
    "gcp": {
        "GET securitycentermanagement/v1/organizations/{organization}/locations/global/securityCenterServices":
        f"the package has no document of it ({CLOUD}security-command-center/docs/reference/security-center-management/rest)",
    },
}  # fmt: skip
"""Questions of whose answers the schemas say nothing."""

VERSIONS: Mapping[str, str] = {
    "sql": "no package has 2021-11-01 whole: an older version, whose fields it has as well",
    "new sql": "no package has 2023-08-01: the next one that one has",
    "events": "no package that we found has 2024-01-01: the next one that one has",
    "messages": "no package that we found has 2024-01-01: the next one that one has",
    "settings": f"of the directory as well, in the same shape ({LEARN}rest/api/azureaadiam/diagnostic-settings/list)",
}
"""Libraries of Azure of another version than the question names."""

ANSWERED: Mapping[str, Mapping[str, str]] = {
    "azure": {},
    "gcp": {
        "dns.v1.DnsKeySpec.algorithm: is 'RSASHA256'": IN_CAPITALS,
        "dns.v1.ManagedZone.visibility: is 'PUBLIC'": IN_CAPITALS,
        "dns.v1.ManagedZoneDnsSecConfig.state: is 'OFF'": IN_CAPITALS,
        "dns.v1.ManagedZoneDnsSecConfig.state: is 'ON'": IN_CAPITALS,
    },
}
"""What our servers answer otherwise than the schema says."""

READ: Mapping[str, Mapping[str, str]] = {
    "azure": {
        "contacts.SecurityContact/properties.notificationsSources: read by azure.defender.contacts":
        f"the later 2023-12-01-preview says it so, and no package has that ({LEARN}rest/api/defenderforcloud/security-contacts/list)",
    },
    "gcp": {
        "compute.v1.FirewallPolicyRuleMatcher.srcNetworkScope: read by gcp.networks.firewall_rules":
        "an older name that the beta still has, and which narrows a rule",
    },
}  # fmt: skip
"""What our collectors read otherwise than the schema says."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "azure": {
        "our own": "no_keys api",
        f"how old versions of a protocol begin ({LEARN}azure/storage/files/files-smb-protocol)": "SMB2",
        f"states of policies ({LEARN}azure/governance/policy/concepts/compliance-states)": "compliant noncompliant exempt",
        f"{LEARN}rest/api/appservice/web-apps/list-basic-publishing-credentials-policies": "ftp scm",
        f"of the activity log ({LEARN}azure/azure-monitor/platform/activity-log-schema)":
        "information informational properties.incidenttype servicehealth security started",
        f"states of what is backed up ({LEARN}azure/backup/query-backups-using-azure-resource-graph)":
        "ConfiguringProtection ConfiguringProtectionFailed ProtectionConfigured SoftDeleted SoftDeleting protectionconfigured",
        f"{LEARN}azure/cost-management-billing/manage/subscription-states": "Expired",
        f"{LEARN}azure/virtual-machines/states-billing": "Migrating",
        f"categories of logs ({LEARN}azure/azure-monitor/reference/supported-logs)":
        "Administrative Alert AuditLogs Policy SQLSecurityAuditEvents Security SignInLogs incident",
        f"plans of Defender for Cloud, in small letters ({LEARN}rest/api/defenderforcloud/pricings/list)":
        "api appservices arm containers cosmosdbs keyvaults opensourcerelationaldatabases sqlservers "
        "sqlservervirtualmachines storageaccounts",
        f"parameters of PostgreSQL and MySQL, and their values ({LEARN}azure/postgresql, {LEARN}azure/mysql)":
        "audit_log_enabled audit_log_events log_checkpoints log_connections log_disconnections require_secure_transport "
        "ssl_min_protocol_version tls_version connection connection_v2 receipt authentication authorization setup_durations "
        "yes no",
        f"{LEARN}azure/virtual-machines/extensions/azure-disk-enc-linux":
        "azurediskencryption azurediskencryptionforlinux microsoft.azure.security",
        f"tags of services ({LEARN}azure/virtual-network/service-tags-overview)": "azurecloud",
        f"kinds of apps ({LEARN}azure/azure-functions/functions-infrastructure-as-code)": "functionapp",
        f"names that Azure gives ({LEARN}azure/virtual-network/virtual-network-vnet-plan-design-arm)":
        "azurefirewallmanagementsubnet azurefirewallsubnet gatewaysubnet routeserversubnet master",
    },
    "gcp": {
        "our own": "cloudresourcemanager.googleapis.com organizations supplied iam.v2 controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig",
        f"who is meant ({CLOUD}iam/docs/principal-identifiers)":
        "allAuthenticatedUsers allUsers domain domain: group: principalSet: projectEditor projectOwner projectViewer",
        f"permissions ({CLOUD}iam/docs/permissions-reference)":
        ".setIamPolicy cloudbuild.builds.create deploymentmanager.deployments.create iam.denypolicies.delete "
        "iam.denypolicies.update iam.roles.create iam.roles.update iam.serviceAccountKeys.create iam.serviceAccounts.actAs "
        "iam.serviceAccounts.getAccessToken iam.serviceAccounts.getOpenIdToken iam.serviceAccounts.implicitDelegation "
        "iam.serviceAccounts.signBlob iam.serviceAccounts.signJwt orgpolicy.policies.delete orgpolicy.policies.update "
        "orgpolicy.policy.set serviceusage.apiKeys.create",
        f"constraints ({CLOUD}resource-manager/docs/organization-policy/org-policy-constraints)":
        "compute.requireVpcFlowLogs iam.allowedPolicyMemberDomains iam.disableServiceAccountKeyCreation "
        "iam.managed.allowedPolicyMembers iam.managed.disableServiceAccountKeyCreation storage.publicAccessPrevention",
        f"of all services at once ({CLOUD}iam/docs/reference/rest/v1/Policy#AuditConfig)": "allServices",
        f"all that a key may open ({CLOUD}api-keys/docs/add-restrictions-api-keys)": "cloudapis.googleapis.com",
        f"parameters of PostgreSQL, and their values ({CLOUD}sql/docs/postgres/flags)":
        "log_connections log_disconnections log_min_duration_statement log_min_error_statement log_min_messages log_statement",
        f"switches in metadata ({CLOUD}compute/docs/metadata/predefined-metadata-keys)": "false no true yes",
        f"sinks and buckets that are always there ({CLOUD}logging/docs/routing/overview)": "_Default _Required",
        "older words for what nodes show": "EXPOSE SECURE",
        f"an older word ({CLOUD}storage/docs/public-access-prevention)": "unspecified",
        f"{CLOUD}security-command-center/docs/reference/security-center-management/rest/v1/EnablementState": "INGEST_ONLY",
        "how suites of ciphers begin that keep nothing secret later on": "TLS_RSA_",
        IN_CAPITALS: "PUBLIC",
        f"values of annotations ({CLOUD}run/docs/securing/ingress)": "internal",
    },
}  # fmt: skip
"""Words that our code knows, and that no enumeration of the schema has: where they are from."""
