"""Derive `gcp.json` from the discovery documents of Google's APIs.

    pip download --no-deps --dest FOLDER google-api-python-client
    python -m tests.shapes.derive_gcp FOLDER

What the inventory says of an asset is what its service's API says
(https://cloud.google.com/asset-inventory/docs/supported-asset-types names the API of each type of asset). Whoever asks
for another type of asset adds it to `ASSETS`; whoever asks another service adds the question to `ANSWERS`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.shapes import gcp
from tests.shapes.growing import Growing
from tests.shapes.schema import LIST, NAMED, TYPE, Shapes, Variants, write

DOCUMENTS = "googleapiclient/discovery_cache/documents"
ASSETS = {
    "accessapproval.googleapis.com/AccessApprovalSettings": ("accessapproval.v1.AccessApprovalSettings"),
    "apikeys.googleapis.com/Key": "apikeys.v2.V2Key",
    "artifactregistry.googleapis.com/Repository": "artifactregistry.v1.Repository",
    "bigquery.googleapis.com/Dataset": "bigquery.v2.Dataset",
    "certificatemanager.googleapis.com/Certificate": "certificatemanager.v1.Certificate",
    "cloudfunctions.googleapis.com/Function": "cloudfunctions.v2.Function",
    "cloudkms.googleapis.com/CryptoKey": "cloudkms.v1.CryptoKey",
    "cloudresourcemanager.googleapis.com/Folder": "cloudresourcemanager.v2.Folder",
    "cloudresourcemanager.googleapis.com/Organization": "cloudresourcemanager.v1.Organization",
    "cloudresourcemanager.googleapis.com/Project": "cloudresourcemanager.v1.Project",
    "compute.googleapis.com/BackendService": "compute.v1.BackendService",
    "compute.googleapis.com/Disk": "compute.v1.Disk",
    "compute.googleapis.com/Firewall": "compute.v1.Firewall",
    "compute.googleapis.com/FirewallPolicy": "compute.v1.FirewallPolicy",
    "compute.googleapis.com/Instance": "compute.v1.Instance",
    "compute.googleapis.com/Network": "compute.v1.Network",
    "compute.googleapis.com/Project": "compute.v1.Project",
    "compute.googleapis.com/RegionBackendService": "compute.v1.BackendService",
    "compute.googleapis.com/RegionDisk": "compute.v1.Disk",
    "compute.googleapis.com/SslCertificate": "compute.v1.SslCertificate",
    "compute.googleapis.com/SslPolicy": "compute.v1.SslPolicy",
    "compute.googleapis.com/Subnetwork": "compute.v1.Subnetwork",
    "compute.googleapis.com/TargetHttpsProxy": "compute.v1.TargetHttpsProxy",
    "compute.googleapis.com/TargetSslProxy": "compute.v1.TargetSslProxy",
    "container.googleapis.com/Cluster": "container.v1.Cluster",
    "dataproc.googleapis.com/Cluster": "dataproc.v1.Cluster",
    "dns.googleapis.com/ManagedZone": "dns.v1.ManagedZone",
    "dns.googleapis.com/Policy": "dns.v1.Policy",
    "essentialcontacts.googleapis.com/Contact": "essentialcontacts.v1.GoogleCloudEssentialcontactsV1Contact",
    "iam.googleapis.com/PolicyV2": "iam.v2.GoogleIamV2Policy",
    "iam.googleapis.com/Role": "iam.v1.Role",
    "iam.googleapis.com/ServiceAccount": "iam.v1.ServiceAccount",
    "iam.googleapis.com/ServiceAccountKey": "iam.v1.ServiceAccountKey",
    "logging.googleapis.com/LogBucket": "logging.v2.LogBucket",
    "logging.googleapis.com/LogMetric": "logging.v2.LogMetric",
    "logging.googleapis.com/LogSink": "logging.v2.LogSink",
    "monitoring.googleapis.com/AlertPolicy": "monitoring.v3.AlertPolicy",
    "orgpolicy.googleapis.com/Policy": "orgpolicy.v2.GoogleCloudOrgpolicyV2Policy",
    "pubsub.googleapis.com/Topic": "pubsub.v1.Topic",
    "redis.googleapis.com/Instance": "redis.v1.Instance",
    "run.googleapis.com/Service": "run.v1.Service",
    "secretmanager.googleapis.com/Secret": "secretmanager.v1.Secret",
    "sqladmin.googleapis.com/Instance": "sqladmin.v1.DatabaseInstance",
    "storage.googleapis.com/Bucket": "storage.v1.Bucket",
}
"""The document and the schema of what the inventory says of an asset, by the asset's type."""
ALSO = {
    "cloudresourcemanager.googleapis.com/Folder": "cloudresourcemanager.v3.Folder",
    "cloudresourcemanager.googleapis.com/Organization": "cloudresourcemanager.v3.Organization",
    "cloudresourcemanager.googleapis.com/Project": "cloudresourcemanager.v3.Project",
    "run.googleapis.com/Service": "run.v2.GoogleCloudRunV2Service",
}
"""Types of which the inventory may say it in another version of the API as well."""
ANSWERS = {
    "asset": "cloudasset.v1.Asset",
    "GET cloudidentity/v1/groups:lookup": "cloudidentity.v1.LookupGroupNameResponse",
    "GET cloudidentity/v1/groups/{group}/memberships": "cloudidentity.v1.ListMembershipsResponse",
    "GET iam/v2/policies/{place}/denypolicies/{policy}": "iam.v2.GoogleIamV2Policy",
    **{
        f"GET policyanalyzer/v1/projects/{{project}}/locations/global/activityTypes/{each}/activities:query":
        "policyanalyzer.v1.GoogleCloudPolicyanalyzerV1QueryActivityResponse"
        for each in ("serviceAccountKeyLastAuthentication", "serviceAccountLastAuthentication")
    },
}  # fmt: skip
"""What stands around an asset, and what is answered to questions of other services, by the question."""
WRITTEN = {
    "date-time": "datetime", "google-datetime": "datetime", "date": "date", "google-duration": "duration", "int64": "int64",
    "uint64": "int64",
}  # fmt: skip
"""Kinds of texts, by what the documents call their format."""


class Published:
    """All documents as one schema. A type is `service.version.Schema`, and `.field` behind that for an object within."""

    def __init__(self, folder: Path) -> None:
        (found,) = folder.glob("google_api_python_client-*.whl")
        self.version = found.name.split("-")[1]
        self.revisions: dict[str, str] = {}
        self._wheel = ZipFile(found)
        self._document = cache(self._read)

    def fields(self, name: str) -> Mapping[str, str] | None:
        document, said = self._schema(name)
        properties = said.get("properties", {})
        return {field: self._kind(document, f"{name}.{field}", each) for field, each in properties.items()} or None

    def variants(self, name: str) -> Variants | None:
        """Only some assets are told of in one of two versions."""
        if name not in ALSO:
            return None
        return Variants("", {each.split(".")[1]: each for each in (ASSETS[name], ALSO[name])})

    def _read(self, document: str) -> Mapping[str, Any]:
        path = f"{DOCUMENTS}/{document}.json"
        if path not in self._wheel.namelist():
            raise FileNotFoundError(f"the package has no {path}")
        said: dict[str, Any] = json.loads(self._wheel.read(path))
        self.revisions[document] = f"revision {said['revision']}"
        schemas: Mapping[str, Any] = said["schemas"]
        return schemas

    def _schema(self, name: str) -> tuple[str, Mapping[str, Any]]:
        """The document of a type, and what that says of it."""
        named = re.fullmatch(r"(\w+\.v\w+)\.([^./]+)(?:\.(.+))?", name)
        if not named:
            return "", {}
        said = self._document(named[1]).get(named[2], {})
        for field in filter(None, (named[3] or "").split(".")):
            said = said["properties"][field]
            said = said.get("items") or said.get("additionalProperties") or said
        return named[1], said

    def _kind(self, document: str, name: str, said: Mapping[str, Any]) -> str:
        if "$ref" in said:
            return f"{TYPE}{document}.{said['$ref']}"
        if said["type"] == "array":
            return LIST + self._kind(document, name, said["items"])
        if "properties" in said:
            return TYPE + name
        if "additionalProperties" in said:
            return NAMED + self._kind(document, name, said["additionalProperties"])
        if "enum" in said:
            return f"enum:{'|'.join(said['enum'])}"
        return "map" if said["type"] == "object" else WRITTEN.get(said.get("format", ""), said["type"])


def main(folder: Path) -> None:
    published = Published(folder)
    operations = {
        name: TYPE + (name if name in ALSO else each)
        for name, each in {**ANSWERS, **ASSETS}.items()
        if name in {gcp.ASSET, *gcp.questions(), *gcp.types()}
    }
    types, variants = Growing(published.fields), Growing(published.variants)
    shapes = Shapes({"nulls": "nowhere"}, types, variants, operations)
    gcp.shown(shapes)
    gcp.read(shapes)
    source = {
        "nulls": "nowhere",
        "google-api-python-client": published.version,
        **dict(sorted(published.revisions.items())),
    }
    write("gcp", source, types, variants=variants, operations=operations)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
