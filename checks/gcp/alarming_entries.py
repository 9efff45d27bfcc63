"""Log entries that matter to security, as Cloud Audit Logs writes them: what a filter must fit, and what it must not.

The names of methods are those of the services' pages on audit logging (https://cloud.google.com/logging/docs/audit/services);
where a service has several for the same change, an entry of each must be found. The members that changes of policies
carry are those of `google.iam.v1.PolicyDelta`.
"""

from __future__ import annotations

from collections.abc import Mapping

from checks.gcp.log_queries import Entry

Entries = Mapping[str, Entry]
"""Entries by the name under which they are missed."""
POLICY_DELTA = "type.googleapis.com/google.iam.v1.logging.AuditData"


def _entry(service: str, method: str, resource: str, **more: object) -> Entry:
    payload = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": service,
        "methodName": method,
        "authenticationInfo": {"principalEmail": "ada@example.org"},
        "resourceName": "projects/example",
        "status": {},
        **more,
    }
    return {
        "logName": "projects/example/logs/cloudaudit.googleapis.com%2Factivity",
        "severity": "NOTICE",
        "resource": {"type": resource, "labels": {"project_id": "example"}},
        "protoPayload": payload,
    }


def _compute(resource: str, service: str, *methods: str) -> Entries:
    return {method: _entry("compute.googleapis.com", f"v1.compute.{service}.{method}", resource) for method in methods}


def _bindings(action: str) -> Entry:
    delta = {"bindingDeltas": [{"action": action, "role": "roles/owner", "member": "user:eve@example.com"}]}
    return _entry(
        "cloudresourcemanager.googleapis.com", "SetIamPolicy", "project",
        serviceData={"@type": POLICY_DELTA, "policyDelta": delta},
    )  # fmt: skip


ORDINARY: tuple[Entry, ...] = (
    _entry("compute.googleapis.com", "v1.compute.instances.start", "gce_instance"),
    _entry("storage.googleapis.com", "storage.objects.create", "gcs_bucket"),
)
"""What happens all day. A filter that fits these has its alarm ring for ever."""

OWNERS: Entries = {"an owner added": _bindings("ADD"), "an owner removed": _bindings("REMOVE")}
AUDIT_CONFIGURATION: Entries = {
    "data access logging changed": _entry(
        "cloudresourcemanager.googleapis.com", "SetIamPolicy", "project",
        serviceData={"@type": POLICY_DELTA, "policyDelta": {"auditConfigDeltas": [
            {"action": "REMOVE", "service": "allServices", "logType": "DATA_READ"}]}},
    )
}  # fmt: skip
CUSTOM_ROLES: Entries = {
    method: _entry("iam.googleapis.com", f"google.iam.admin.v1.{method}", "iam_role")
    for method in ("CreateRole", "DeleteRole", "UpdateRole")
}
FIREWALLS = _compute("gce_firewall_rule", "firewalls", "insert", "patch", "delete")
NETWORKS = _compute("gce_network", "networks", "insert", "patch", "delete", "removePeering", "addPeering")
ROUTES = _compute("gce_route", "routes", "insert", "delete")
BUCKET_POLICIES: Entries = {
    "a bucket's policy changed": _entry("storage.googleapis.com", "storage.setIamPermissions", "gcs_bucket")
}
DATABASES: Entries = {
    "a database's settings changed": _entry("cloudsql.googleapis.com", "cloudsql.instances.update", "cloudsql_database")
}
