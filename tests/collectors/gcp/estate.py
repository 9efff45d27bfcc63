"""An organization in Google Cloud: of each kind of asset at least one as it should be, and one as it should not.

Shapes are those of the REST references that the collectors name, each type's beside it; how the inventory wraps them is
https://cloud.google.com/asset-inventory/docs/reference/rest/v1/Asset.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ORGANIZATION, FOLDER, SHOP, LAB, GONE = (
    "organizations/900",
    "folders/800",
    "projects/123",
    "projects/124",
    "projects/125",
)
ABOVE = [FOLDER, ORGANIZATION]
KEY = "projects/example-shop/locations/europe-west1/keyRings/ring/cryptoKeys/data"
OLD_KEY = "c6900a3fc1e3e1a59cb3bd8cd2e8c1f0a77b2d13"
SECRET = "correct-horse-battery"
"""What must be seen nowhere."""
MANAGER, COMPUTE = "cloudresourcemanager.googleapis.com", "compute.googleapis.com"
LINKS, LAB_LINKS = (f"https://www.googleapis.com/compute/v1/projects/example-{name}" for name in ("shop", "lab"))


def asset(
    kind: str, name: str, data: Mapping[str, Any], *, of: str = SHOP, location: str = "europe-west1", **more: Any
) -> dict[str, Any]:
    """An asset with its resource, of a project or of something above."""
    return {
        "name": f"//{kind.partition('/')[0]}/{name}",
        "assetType": kind,
        "ancestors": [of, *ABOVE] if of.startswith("projects/") else ABOVE[ABOVE.index(of) :],
        "updateTime": "2026-11-01T08:00:00Z",
        "resource": {"version": "v1", "location": location, "data": dict(data)},
        **more,
    }


def policy(kind: str, name: str, *bindings: Mapping[str, Any], of: str = SHOP, audits: Any = ()) -> dict[str, Any]:
    """The allow policy of something (https://cloud.google.com/iam/docs/reference/rest/v1/Policy)."""
    found = asset(kind, name, {}, of=of)
    del found["resource"]
    return {**found, "iamPolicy": {"bindings": list(bindings), "auditConfigs": list(audits)}}


def grant(role: str, *members: str, when: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"role": role, "members": list(members)}
    return {**found, "condition": {"title": "when", "expression": when}} if when else found


def deny_policy(place: str, name: str) -> str:
    return f"policies/{MANAGER}%2F{place.replace('/', '%2F')}/denypolicies/{name}"


AUDITED = [
    {
        "service": "allServices",
        "auditLogConfigs": [{"logType": each} for each in ("ADMIN_READ", "DATA_READ", "DATA_WRITE")],
    }
]

# https://cloud.google.com/resource-manager/reference/rest/v1/projects (and folders and organizations of v2 and v1)
HIERARCHY = [
    asset(
        f"{MANAGER}/Organization", ORGANIZATION,
        {"displayName": "example.org", "lifecycleState": "ACTIVE", "owner": {"directoryCustomerId": "C0example"}},
        of=ORGANIZATION,
    ),
    asset(f"{MANAGER}/Folder", FOLDER, {"displayName": "production", "lifecycleState": "ACTIVE"}, of=FOLDER),
    asset(
        f"{MANAGER}/Project", SHOP,
        {"projectId": "example-shop", "projectNumber": "123", "name": "Shop", "lifecycleState": "ACTIVE",
         "labels": {"stage": "production"}},
    ),
    asset(
        f"{MANAGER}/Project", LAB,
        {"projectId": "example-lab", "projectNumber": "124", "name": "Lab", "lifecycleState": "ACTIVE",
         "labels": {"stage": "experiment"}},
        of=LAB,
    ),
    asset(
        f"{MANAGER}/Project", GONE,
        {"projectId": "example-gone", "projectNumber": "125", "lifecycleState": "DELETE_REQUESTED"}, of=GONE,
    ),
]  # fmt: skip

POLICIES = [
    policy(
        f"{MANAGER}/Organization", ORGANIZATION,
        grant("roles/resourcemanager.organizationAdmin", "user:ada@example.org", "user:bob@example.org"),
        grant("roles/cloudkms.admin", "user:ada@example.org"),
        grant("roles/resourcemanager.folderAdmin", "group:admins@example.org"),
        of=ORGANIZATION, audits=AUDITED,
    ),
    policy(f"{MANAGER}/Folder", FOLDER, grant("roles/viewer", "group:auditors@example.org"), of=FOLDER),
    policy(
        f"{MANAGER}/Project", SHOP,
        grant("roles/viewer", "user:ada@example.org", "serviceAccount:shop@example-shop.iam.gserviceaccount.com"),
        grant("roles/compute.serviceAgent", "serviceAccount:service-123@compute-system.iam.gserviceaccount.com"),
        grant("roles/iam.serviceAccountAdmin", "user:ada@example.org"),
    ),
    policy(
        f"{MANAGER}/Project", LAB,
        grant("roles/owner", "user:eve@example.com"),
        grant("roles/editor", "serviceAccount:124-compute@developer.gserviceaccount.com",
              "serviceAccount:124@cloudservices.gserviceaccount.com"),
        grant("roles/storage.admin", "serviceAccount:build@example-lab.iam.gserviceaccount.com"),
        grant("roles/iam.serviceAccountUser", "user:ada@example.org", when="request.time.getHours() < 17"),
        grant("roles/iam.serviceAccountAdmin", "user:ada@example.org"),
        grant("roles/cloudkms.cryptoKeyDecrypter", "user:ada@example.org"),
        of=LAB, audits=[{"service": "storage.googleapis.com",
                         "auditLogConfigs": [{"logType": "DATA_READ", "exemptedMembers": ["user:eve@example.com"]}]}],
    ),
    policy("storage.googleapis.com/Bucket", "example-open", grant("roles/storage.objectViewer", "allUsers"), of=LAB),
    policy("cloudkms.googleapis.com/CryptoKey", KEY,
           grant("roles/cloudkms.cryptoKeyEncrypterDecrypter", "serviceAccount:shop@example-shop.iam.gserviceaccount.com")),
    policy(f"{MANAGER}/Project", GONE, grant("roles/owner", "allUsers"), of=GONE),
]  # fmt: skip

IDENTITIES = [
    # https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts
    asset("iam.googleapis.com/ServiceAccount", "projects/example-shop/serviceAccounts/1001",
          {"email": "shop@example-shop.iam.gserviceaccount.com", "uniqueId": "1001"}),
    asset("iam.googleapis.com/ServiceAccount", "projects/example-lab/serviceAccounts/1002",
          {"email": "build@example-lab.iam.gserviceaccount.com", "uniqueId": "1002"}, of=LAB),
    asset("iam.googleapis.com/ServiceAccountKey", "projects/example-shop/serviceAccounts/1001/keys/aa",
          {"keyType": "SYSTEM_MANAGED", "validAfterTime": "2026-11-20T00:00:00Z", "validBeforeTime": "2026-12-06T00:00:00Z"}),
    asset("iam.googleapis.com/ServiceAccountKey", f"projects/example-lab/serviceAccounts/1002/keys/{OLD_KEY}",
          {"keyType": "USER_MANAGED", "validAfterTime": "2024-01-31T08:00:00Z", "validBeforeTime": "9999-12-31T23:59:59Z"}, of=LAB),
    asset("iam.googleapis.com/ServiceAccountKey", "projects/example-lab/serviceAccounts/1002/keys/cc",
          {"keyType": "USER_MANAGED", "disabled": True, "validAfterTime": "2026-10-31T08:00:00Z", "validBeforeTime": "9999-12-31T23:59:59Z"}, of=LAB),
    asset("iam.googleapis.com/ServiceAccountKey", "projects/example-lab/serviceAccounts/1002/keys/dd",
          {"keyType": "USER_MANAGED", "validAfterTime": "2026-10-31T08:00:00Z", "validBeforeTime": "9999-12-31T23:59:59Z"}, of=LAB),
    # https://cloud.google.com/iam/docs/reference/rest/v1/organizations.roles
    asset("iam.googleapis.com/Role", f"{ORGANIZATION}/roles/reader",
          {"name": f"{ORGANIZATION}/roles/reader", "title": "Reader", "stage": "GA", "includedPermissions": ["storage.buckets.list"]}, of=ORGANIZATION),
    asset("iam.googleapis.com/Role", "projects/example-lab/roles/helper",
          {"title": "Helper", "stage": "GA", "includedPermissions": ["iam.serviceAccounts.actAs", "storage.buckets.setIamPolicy"]}, of=LAB),
    asset("iam.googleapis.com/Role", "projects/example-lab/roles/old", {"title": "Old", "deleted": True}, of=LAB),
    # https://cloud.google.com/iam/docs/reference/rest/v2/policies (the type: /asset-inventory/docs/asset-types)
    asset("iam.googleapis.com/PolicyV2", deny_policy(ORGANIZATION, "no-keys"), {"kind": "DenyPolicy", "rules": [{"denyRule": {
        "deniedPrincipals": ["principalSet://goog/public:all"], "exceptionPrincipals": ["principal://goog/subject/bob@example.org"],
        "deniedPermissions": ["iam.googleapis.com/serviceAccountKeys.*"], "exceptionPermissions": ["iam.googleapis.com/serviceAccountKeys.list"],
        "denialCondition": {"expression": "true"}}}]}, of=ORGANIZATION),
    asset("iam.googleapis.com/PolicyV2", deny_policy(ORGANIZATION, "silent"), {"kind": "DenyPolicy"}, of=ORGANIZATION),
    asset("iam.googleapis.com/PolicyV2", deny_policy(LAB, "silent"), {"kind": "DenyPolicy"}, of=LAB),
    asset("iam.googleapis.com/PolicyV2", f"policies/{MANAGER}%2Forganizations%2F900/accessboundarypolicies/x", {}, of=ORGANIZATION),
    # https://cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys
    asset("apikeys.googleapis.com/Key", "projects/123/locations/global/keys/1",
          {"displayName": "maps", "createTime": "2026-11-01T08:00:00.123456Z",
           "restrictions": {"apiTargets": [{"service": "maps-backend.googleapis.com"}],
                            "browserKeyRestrictions": {"allowedReferrers": ["https://example.org/*"]}}}),
    asset("apikeys.googleapis.com/Key", "projects/124/locations/global/keys/2",
          {"displayName": "forgotten", "createTime": "2023-11-01T08:00:00Z"}, of=LAB),
    # https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies
    *(asset("orgpolicy.googleapis.com/Policy", f"{of}/policies/{constraint}",
            {"name": f"{of}/policies/{constraint}", "spec": {"rules": rules}}, of=of)
      for of, constraint, rules in (
          (ORGANIZATION, "iam.disableServiceAccountKeyCreation", [{"enforce": True}]),
          (ORGANIZATION, "storage.publicAccessPrevention", [{"enforce": True}]),
          (LAB, "storage.publicAccessPrevention", [{"enforce": False}]),
          (LAB, "iam.disableServiceAccountKeyCreation", [{"enforce": False}]),
          (ORGANIZATION, "iam.allowedPolicyMemberDomains", [{"values": {"allowedValues": ["C0example"]}}]),
          (LAB, "iam.allowedPolicyMemberDomains", [{"allowAll": True}]),
      )),
    asset("orgpolicy.googleapis.com/Policy", f"{FOLDER}/policies/compute.requireOsLogin",
          {"name": f"{FOLDER}/policies/compute.requireOsLogin", "dryRunSpec": {"rules": [{"enforce": True}]}}, of=FOLDER),
    # https://cloud.google.com/assured-workloads/access-approval/docs/reference/rest/v1/AccessApprovalSettings
    asset("accessapproval.googleapis.com/AccessApprovalSettings", f"{SHOP}/accessApprovalSettings",
          {"name": f"{SHOP}/accessApprovalSettings", "enrolledServices": [{"cloudProduct": "all", "enrollmentLevel": "BLOCK_ALL"}]}),
    # https://cloud.google.com/resource-manager/docs/reference/essentialcontacts/rest/v1/organizations.contacts
    asset("essentialcontacts.googleapis.com/Contact", f"{ORGANIZATION}/contacts/1",
          {"email": "security@example.org", "notificationCategorySubscriptions": ["SECURITY", "TECHNICAL_INCIDENTS"],
           "validationState": "VALID"}, of=ORGANIZATION),
]  # fmt: skip

# https://cloud.google.com/compute/docs/reference/rest/v1
MACHINES = [
    asset(f"{COMPUTE}/Project", "projects/example-shop",
          {"name": "example-shop", "commonInstanceMetadata": {"items": [{"key": "enable-oslogin", "value": "TRUE"}]}}),
    asset(f"{COMPUTE}/Project", "projects/example-lab",
          {"name": "example-lab", "commonInstanceMetadata": {"items": [{"key": "db-password", "value": SECRET}]}}, of=LAB),
    asset(f"{COMPUTE}/Instance", "projects/example-shop/zones/europe-west1-b/instances/web",
          {"name": "web", "status": "RUNNING", "canIpForward": False, "labels": {"owner": "ada"}, "metadata": {"fingerprint": "x="},
           "networkInterfaces": [{"networkIP": "10.0.0.2"}],
           "serviceAccounts": [{"email": "shop@example-shop.iam.gserviceaccount.com", "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}],
           "shieldedInstanceConfig": {"enableVtpm": True, "enableIntegrityMonitoring": True, "enableSecureBoot": False}},
          location="europe-west1-b"),
    asset(f"{COMPUTE}/Instance", "projects/example-lab/zones/europe-west1-b/instances/toy",
          {"name": "toy", "status": "RUNNING", "canIpForward": True,
           "metadata": {"items": [{"key": "serial-port-enable", "value": "1"}, {"key": "startup-script", "value": f"mysql -p{SECRET}"}]},
           "networkInterfaces": [{"networkIP": "10.0.0.3", "accessConfigs": [{"natIP": "203.0.113.9", "type": "ONE_TO_ONE_NAT"}]}],
           "serviceAccounts": [{"email": "124-compute@developer.gserviceaccount.com", "scopes": ["https://www.googleapis.com/auth/cloud-platform"]}],
           "shieldedInstanceConfig": {"enableVtpm": False, "enableIntegrityMonitoring": False}}, of=LAB, location="europe-west1-b"),
    asset(f"{COMPUTE}/Disk", "projects/example-shop/zones/europe-west1-b/disks/web",
          {"name": "web", "diskEncryptionKey": {"kmsKeyName": f"{KEY}/cryptoKeyVersions/1"}}),
    asset(f"{COMPUTE}/Disk", "projects/example-lab/zones/europe-west1-b/disks/toy", {"name": "toy"}, of=LAB),
    asset(f"{COMPUTE}/RegionDisk", "projects/example-lab/regions/europe-west1/disks/own",
          {"name": "own", "diskEncryptionKey": {"sha256": "abc="}}, of=LAB),
]  # fmt: skip

NETWORKS = [
    asset(f"{COMPUTE}/Network", "projects/example-shop/global/networks/shop",
          {"name": "shop", "selfLink": f"{LINKS}/global/networks/shop", "autoCreateSubnetworks": False}),
    asset(f"{COMPUTE}/Network", "projects/example-lab/global/networks/default", {"name": "default"}, of=LAB),
    asset(f"{COMPUTE}/Network", "projects/example-lab/global/networks/old", {"name": "old", "IPv4Range": "10.240.0.0/16", "networkFirewallPolicyEnforcementOrder": "BEFORE_CLASSIC_FIREWALL",
           "firewallPolicy": f"{LAB_LINKS}/global/firewallPolicies/remote"}, of=LAB),
    asset(f"{COMPUTE}/Subnetwork", "projects/example-shop/regions/europe-west1/subnetworks/shop",
          {"name": "shop", "network": f"{LINKS}/global/networks/shop", "purpose": "PRIVATE", "logConfig": {"enable": True}}),
    asset(f"{COMPUTE}/Subnetwork", "projects/example-lab/regions/europe-west1/subnetworks/default",
          {"name": "default", "network": f"{LAB_LINKS}/global/networks/default", "purpose": "PRIVATE", "enableFlowLogs": False}, of=LAB),
    asset(f"{COMPUTE}/Firewall", "projects/example-shop/global/firewalls/web",
          {"name": "web", "network": f"{LINKS}/global/networks/shop", "direction": "INGRESS", "disabled": False, "priority": 1000,
           "sourceRanges": ["0.0.0.0/0"], "allowed": [{"IPProtocol": "tcp", "ports": ["443"]}]}),
    asset(f"{COMPUTE}/Firewall", "projects/example-lab/global/firewalls/anything",
          {"name": "anything", "network": f"{LAB_LINKS}/global/networks/default", "direction": "INGRESS", "disabled": False,
           "allowed": [{"IPProtocol": "TCP", "ports": ["20-30"]}]}, of=LAB),
    asset(f"{COMPUTE}/FirewallPolicy", "locations/global/firewallPolicies/555",
          {"shortName": "base", "associations": [{"name": "production", "attachmentTarget": FOLDER}], "rules": [
              {"priority": 10, "direction": "INGRESS", "action": "allow",
               "match": {"srcIpRanges": ["35.235.240.0/20"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}]}},
              {"priority": 2147483644, "direction": "INGRESS", "action": "goto_next",
               "match": {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "all"}]}}]}, of=FOLDER),
    # https://cloud.google.com/compute/docs/reference/rest/v1/networkFirewallPolicies (and regionNetworkFirewallPolicies)
    asset(f"{COMPUTE}/FirewallPolicy", "projects/example-lab/global/firewallPolicies/remote",
          {"name": "remote", "associations": [{"name": "old", "attachmentTarget": f"{LAB_LINKS}/global/networks/old"}], "rules": [
              {"priority": 5, "direction": "INGRESS", "action": "deny", "targetSecureTags": [{"name": "tagValues/1"}],
               "match": {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "tcp"}]}},
              {"priority": 10, "direction": "INGRESS", "action": "allow",
               "match": {"srcNetworkType": "INTERNET", "layer4Configs": [{"ipProtocol": "tcp", "ports": ["3389"]}]}}]}, of=LAB),
    asset(f"{COMPUTE}/FirewallPolicy", "projects/example-lab/regions/europe-west1/firewallPolicies/near",
          {"name": "near", "rules": [
              {"priority": 10, "direction": "INGRESS", "action": "allow", "targetResources": [f"{LAB_LINKS}/global/networks/old"],
               "match": {"srcIpRanges": ["0.0.0.0/0"], "layer4Configs": [{"ipProtocol": "tcp", "ports": ["22"]}]}}]}, of=LAB),
    asset(f"{COMPUTE}/SslPolicy", "projects/example-shop/global/sslPolicies/strong",
          {"name": "strong", "selfLink": f"{LINKS}/global/sslPolicies/strong", "minTlsVersion": "TLS_1_2", "profile": "MODERN",
           "enabledFeatures": ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]}),
    asset(f"{COMPUTE}/TargetHttpsProxy", "projects/example-shop/global/targetHttpsProxies/shop",
          {"name": "shop", "sslPolicy": f"{LINKS}/global/sslPolicies/strong"}),
    asset(f"{COMPUTE}/TargetSslProxy", "projects/example-lab/global/targetSslProxies/lab", {"name": "lab"}, of=LAB),
    asset(f"{COMPUTE}/SslCertificate", "projects/example-shop/global/sslCertificates/shop",
          {"name": "shop", "type": "MANAGED", "managed": {"status": "ACTIVE"}, "expireTime": "2027-02-01T00:00:00.000-08:00"}),
    asset("certificatemanager.googleapis.com/Certificate", "projects/example-lab/locations/global/certificates/lab",
          {"expireTime": "2026-11-30T00:00:00Z", "selfManaged": {}}, of=LAB),
    asset(f"{COMPUTE}/BackendService", "projects/example-shop/global/backendServices/shop",
          {"name": "shop", "loadBalancingScheme": "EXTERNAL_MANAGED", "protocol": "HTTPS", "logConfig": {"enable": True, "sampleRate": 0.5}}),
    asset(f"{COMPUTE}/RegionBackendService", "projects/example-lab/regions/europe-west1/backendServices/lab",
          {"name": "lab", "loadBalancingScheme": "INTERNAL_MANAGED", "protocol": "HTTP"}, of=LAB),
    # https://cloud.google.com/dns/docs/reference/rest/v1 (words in capitals, as the inventory has them)
    asset("dns.googleapis.com/ManagedZone", "projects/123/managedZones/1",
          {"name": "example-org", "visibility": "PUBLIC", "dnssecConfig": {"state": "ON", "defaultKeySpecs": [{"algorithm": "RSASHA256"}]}}),
    asset("dns.googleapis.com/ManagedZone", "projects/124/managedZones/2",
          {"name": "lab", "visibility": "PUBLIC", "dnssecConfig": {"state": "OFF"}}, of=LAB),
    asset("dns.googleapis.com/Policy", "projects/123/policies/3",
          {"name": "logged", "enableLogging": True, "networks": [{"networkUrl": f"{LINKS}/global/networks/shop"}]}),
]  # fmt: skip

DATA = [
    # https://cloud.google.com/storage/docs/json_api/v1/buckets
    asset("storage.googleapis.com/Bucket", "example-archive",
          {"name": "example-archive", "iamConfiguration": {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": True}},
           "encryption": {"defaultKmsKeyName": KEY}, "versioning": {"enabled": True},
           "retentionPolicy": {"retentionPeriod": "34560000", "isLocked": True}, "labels": {"class": "secret"}}),
    asset("storage.googleapis.com/Bucket", "example-open",
          {"name": "example-open", "iamConfiguration": {"publicAccessPrevention": "inherited", "uniformBucketLevelAccess": {"enabled": False}}}, of=LAB),
    # https://cloud.google.com/sql/docs/mysql/admin-api/rest/v1/instances
    asset("sqladmin.googleapis.com/Instance", "projects/example-shop/instances/orders",
          {"name": "orders", "databaseVersion": "POSTGRES_16", "diskEncryptionConfiguration": {"kmsKeyName": KEY},
           "settings": {"userLabels": {"owner": "ada"}, "backupConfiguration": {"enabled": True},
                        "databaseFlags": [{"name": "log_connections", "value": "on"}, {"name": "log_disconnections", "value": "on"},
                                          {"name": "log_statement", "value": "ddl"}],
                        "ipConfiguration": {"ipv4Enabled": False, "sslMode": "ENCRYPTED_ONLY"}}}),
    asset("sqladmin.googleapis.com/Instance", "projects/example-lab/instances/toy",
          {"name": "toy", "databaseVersion": "POSTGRES_15",
           "settings": {"backupConfiguration": {"enabled": False},
                        "ipConfiguration": {"ipv4Enabled": True, "authorizedNetworks": [{"value": "0.0.0.0/0"}], "requireSsl": False}}}, of=LAB),
    asset("sqladmin.googleapis.com/Instance", "projects/example-lab/instances/old", {"name": "old", "databaseVersion": "MYSQL_5_7",
          "settings": {"ipConfiguration": {"ipv4Enabled": False}}}, of=LAB),
    # https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets
    asset("bigquery.googleapis.com/Dataset", "projects/example-shop/datasets/sales", {"defaultEncryptionConfiguration": {"kmsKeyName": KEY}, "id": "sales"}),
    asset("bigquery.googleapis.com/Dataset", "projects/example-lab/datasets/play", {"id": "play"}, of=LAB),
    # https://cloud.google.com/dataproc/docs/reference/rest/v1/projects.regions.clusters
    asset("dataproc.googleapis.com/Cluster", "projects/example-shop/regions/europe-west1/clusters/etl",
          {"clusterName": "etl", "config": {"encryptionConfig": {"gcePdKmsKeyName": KEY}}}),
    asset("dataproc.googleapis.com/Cluster", "projects/example-lab/regions/europe-west1/clusters/play", {"clusterName": "play", "config": {"configBucket": "b"}}, of=LAB),
    # https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
    asset("container.googleapis.com/Cluster", "projects/example-shop/locations/europe-west1/clusters/shop",
          {"name": "shop", "networkConfig": {"defaultEnablePrivateNodes": True}, "masterAuthorizedNetworksConfig": {"enabled": True, "gcpPublicCidrsAccessEnabled": False},
           "legacyAbac": {}, "masterAuth": {"clientCertificateConfig": {}, "clusterCaCertificate": "LS0="},
           "workloadIdentityConfig": {"workloadPool": "example-shop.svc.id.goog"}, "databaseEncryption": {"state": "ENCRYPTED", "keyName": KEY},
           "loggingConfig": {"componentConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}},
           "shieldedNodes": {"enabled": True}, "networkPolicy": {"enabled": True, "provider": "CALICO"},
           "nodePools": [{"config": {"serviceAccount": "shop@example-shop.iam.gserviceaccount.com"}, "management": {"autoUpgrade": True}}]}),
    asset("container.googleapis.com/Cluster", "projects/example-lab/locations/europe-west1/clusters/toy",
          {"name": "toy", "privateClusterConfig": {}, "masterAuthorizedNetworksConfig": {}, "legacyAbac": {"enabled": True},
           "masterAuth": {"clientCertificate": "LS0=", "clientKey": SECRET}, "databaseEncryption": {"state": "DECRYPTED"}, "loggingService": "none",
           "shieldedNodes": {}, "networkPolicy": {}, "nodePools": [{"config": {"serviceAccount": "default"}, "management": {}}]}, of=LAB),
    # https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys
    asset("cloudkms.googleapis.com/CryptoKey", KEY,
          {"name": KEY, "purpose": "ENCRYPT_DECRYPT", "versionTemplate": {"protectionLevel": "HSM"}, "rotationPeriod": "7776000s",
           "nextRotationTime": "2027-01-15T00:00:00Z", "destroyScheduledDuration": "2592000s"}),
    asset("cloudkms.googleapis.com/CryptoKey", "projects/example-lab/locations/global/keyRings/r/cryptoKeys/old",
          {"purpose": "ENCRYPT_DECRYPT", "versionTemplate": {"protectionLevel": "SOFTWARE"}, "destroyScheduledDuration": "3600s"}, of=LAB),
    # https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets
    asset("secretmanager.googleapis.com/Secret", "projects/123/secrets/database",
          {"name": "projects/123/secrets/database", "rotation": {"rotationPeriod": "7776000s", "nextRotationTime": "2027-01-01T00:00:00Z"}}),
    asset("secretmanager.googleapis.com/Secret", "projects/124/secrets/old", {"name": "projects/124/secrets/old"}, of=LAB),
]  # fmt: skip

FILTERS = {
    "owners": 'protoPayload.methodName="SetIamPolicy" AND protoPayload.serviceData.policyDelta.bindingDeltas.role="roles/owner"',
    "audit": 'protoPayload.methodName="SetIamPolicy" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:*',
    "roles": 'resource.type="iam_role" AND protoPayload.methodName:("CreateRole" OR "DeleteRole" OR "UpdateRole")',
    "firewalls": 'resource.type="gce_firewall_rule" AND protoPayload.methodName=~"compute[.]firewalls[.](insert|patch|delete)$"',
    "networks": 'resource.type="gce_network" (protoPayload.methodName:"networks.insert" OR protoPayload.methodName:"networks.patch"'
                ' OR protoPayload.methodName:"networks.delete" OR protoPayload.methodName:"Peering")',
    "routes": 'resource.type=gce_route AND NOT protoPayload.methodName:"routes.list"',
    "buckets": 'resource.type=gcs_bucket AND protoPayload.methodName="storage.setIamPermissions" -- grants',
    "databases": 'protoPayload.methodName="cloudsql.instances.update"',
}  # fmt: skip

APPLICATIONS = [
    # https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services (and v2/projects.locations.services)
    asset("run.googleapis.com/Service", "projects/example-shop/locations/europe-west1/services/web",
          {"apiVersion": "serving.knative.dev/v1", "metadata": {"name": "web", "annotations": {
              "run.googleapis.com/ingress": "internal-and-cloud-load-balancing", "run.googleapis.com/ingress-status": "internal-and-cloud-load-balancing"}},
           "spec": {"template": {"spec": {"containers": [{"env": [{"name": "DATABASE", "value": SECRET}]}]}}}}),
    asset("run.googleapis.com/Service", "projects/example-lab/locations/europe-west1/services/toy",
          {"name": "projects/example-lab/locations/europe-west1/services/toy", "ingress": "INGRESS_TRAFFIC_ALL", "invokerIamDisabled": True}, of=LAB),
    # https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions
    asset("cloudfunctions.googleapis.com/Function", "projects/example-lab/locations/europe-west1/functions/play",
          {"environment": "GEN_2", "serviceConfig": {"ingressSettings": "ALLOW_ALL"}}, of=LAB),
    # https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics
    asset("pubsub.googleapis.com/Topic", "projects/example-shop/topics/orders", {"name": "projects/example-shop/topics/orders", "kmsKeyName": KEY}),
    asset("pubsub.googleapis.com/Topic", "projects/example-lab/topics/play", {"name": "projects/example-lab/topics/play"}, of=LAB),
    # https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories
    asset("artifactregistry.googleapis.com/Repository", "projects/example-shop/locations/europe-west1/repositories/images",
          {"format": "DOCKER", "vulnerabilityScanningConfig": {"enablementConfig": "INHERITED", "enablementState": "SCANNING_ACTIVE"}}),
    asset("artifactregistry.googleapis.com/Repository", "projects/example-lab/locations/europe-west1/repositories/play",
          {"format": "DOCKER", "vulnerabilityScanningConfig": {"enablementConfig": "DISABLED", "enablementState": "SCANNING_DISABLED"}}, of=LAB),
    # https://cloud.google.com/memorystore/docs/redis/reference/rest/v1/projects.locations.instances
    asset("redis.googleapis.com/Instance", "projects/example-shop/locations/europe-west1/instances/sessions",
          {"authEnabled": True, "transitEncryptionMode": "SERVER_AUTHENTICATION", "customerManagedKey": KEY}),
    asset("redis.googleapis.com/Instance", "projects/example-lab/locations/europe-west1/instances/play", {"tier": "BASIC"}, of=LAB),
]  # fmt: skip

LOGS = [
    # https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks
    asset("logging.googleapis.com/LogSink", "projects/example-shop/sinks/everything",
          {"name": "everything", "destination": "storage.googleapis.com/example-archive"}),
    asset("logging.googleapis.com/LogSink", "projects/example-lab/sinks/_Default",
          {"name": "_Default", "destination": "logging.googleapis.com/projects/example-lab/locations/global/buckets/_Default",
           "filter": 'NOT LOG_ID("cloudaudit.googleapis.com/activity")'}, of=LAB),
    asset("logging.googleapis.com/LogSink", "projects/example-lab/sinks/errors",
          {"name": "errors", "destination": "logging.googleapis.com/projects/example-lab/locations/global/buckets/errors",
           "filter": "severity>=ERROR"}, of=LAB),
    # https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics
    *(asset("logging.googleapis.com/LogMetric", f"projects/example-shop/metrics/{name}", {"name": name, "filter": query})
      for name, query in FILTERS.items()),
    # https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies
    asset("monitoring.googleapis.com/AlertPolicy", "projects/example-shop/alertPolicies/1",
          {"displayName": "security", "enabled": True, "notificationChannels": ["projects/example-shop/notificationChannels/1"],
           "conditions": [{"conditionThreshold": {"filter": f'resource.type="global" AND metric.type="logging.googleapis.com/user/{name}"'}}
                          for name in FILTERS]}),
    asset("logging.googleapis.com/LogBucket", "projects/example-lab/locations/global/buckets/errors",
          {"name": "projects/example-lab/locations/global/buckets/errors", "retentionDays": 30, "lifecycleState": "ACTIVE"}, of=LAB),
]  # fmt: skip

EVERYTHING = [*HIERARCHY, *POLICIES, *IDENTITIES, *MACHINES, *NETWORKS, *DATA, *APPLICATIONS, *LOGS]
