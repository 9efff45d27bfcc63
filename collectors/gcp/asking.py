"""What is asked of Cloud Asset Inventory, and what it answers, apart from how it gets there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIST = "cloudasset.ListAssets"
CONFIGURED = "configuration"
RESOURCE, IAM_POLICY = "RESOURCE", "IAM_POLICY"
NEEDS = {RESOURCE: "cloudasset.assets.listResource", IAM_POLICY: "cloudasset.assets.listIamPolicy"}
"""The permission that each content takes (https://cloud.google.com/asset-inventory/docs/access-control)."""
ALSO_NEEDED = "serviceusage.services.use"
"""What whoever names a quota project needs there (https://cloud.google.com/docs/quotas/set-quota-project)."""
ASSET_TYPE = re.compile(r"[a-z0-9]+\.googleapis\.com/[A-Za-z0-9]+")

PERMISSION_DENIED, UNAUTHENTICATED, CREDENTIALS, NO_ANSWER, MALFORMED = (
    "PERMISSION_DENIED", "UNAUTHENTICATED", "CREDENTIALS", "NO_ANSWER", "MALFORMED",
)  # fmt: skip
HINTS = {
    PERMISSION_DENIED: "give the reader the role that `annexa permissions gcp` prints, on the scope that is looked at",
    UNAUTHENTICATED: "renew the credentials: gcloud auth application-default login, or the file that they stand in",
    CREDENTIALS: "see that application default credentials lead somewhere, or name their file in `credentials:`",
    NO_ANSWER: "see that cloudasset.googleapis.com:443 can be reached, and whether https_proxy is needed",
    "INVALID_ARGUMENT": "see that the scope is written right and that the inventory knows the asset types",
    "NOT_FOUND": "see that the scope is written right: a place that is not there and one not shown get the same answer",
    "RESOURCE_EXHAUSTED": "scan again later, or let `quota_project:` be a project of your own",
    "SERVICE_DISABLED": "gcloud services enable cloudasset.googleapis.com --project QUOTA_PROJECT",
    "USER_PROJECT_DENIED": "give the reader roles/serviceusage.serviceUsageConsumer on the quota project",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "let the credentials have the scope cloud-platform: a machine may give fewer",
    "SECURITY_POLICY_VIOLATED": "let the reader into the perimeter of VPC Service Controls by an access level",
}
"""What to do about an answer, by its status (https://cloud.google.com/apis/design/errors) or the reason it gives."""
RETRYABLE = frozenset(
    {"RESOURCE_EXHAUSTED", "UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", NO_ANSWER, MALFORMED}
)


class InventoryError(Exception):
    """The inventory could not be asked, or did not tell all. `code` is its status, or why there is none."""

    def __init__(self, reason: str, code: str, hint: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.hint = hint or HINTS.get(code, "")
        self.retryable = code in RETRYABLE


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing of assets: of some types, or of all that have such content. It reads, and nothing else can be asked."""

    content: str
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.content not in NEEDS:
            raise ValueError(f"{self.content} is no content that a collector asks for")
        if not all(ASSET_TYPE.fullmatch(each) for each in self.types):
            raise ValueError(f"{self.types} are not all types of assets")

    @property
    def needs(self) -> str:
        return NEEDS[self.content]

    @property
    def parameters(self) -> dict[str, str]:
        """How it stands in the record, beside the place."""
        return {"contentType": self.content, "assetTypes": " ".join(self.types)}

    def __str__(self) -> str:
        return f"{LIST} {self.content} {' '.join(self.types)}".strip()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing, as plain data in the form of the REST API."""

    assets: tuple[Mapping[str, Any], ...]
    read_time: str
    """The moment that the inventory says it is a picture of; pages of one listing have the same."""
    more: bool
    unplaced: int = 0
    """How many assets were dropped because nobody knows whether their project is looked at."""
