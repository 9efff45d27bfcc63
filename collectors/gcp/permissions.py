"""The permissions that collectors need, as one gives them: predefined roles, a custom role, or Terraform."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import yaml

from collectors.gcp.asking import ALSO_NEEDED, Listing
from collectors.rest import Read

ROLES = {
    "cloudasset.assets.listResource": "roles/cloudasset.viewer",
    "cloudasset.assets.listIamPolicy": "roles/cloudasset.viewer",
    "iam.denypolicies.get": "roles/iam.denyReviewer",
    "policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query": "roles/policyanalyzer.activityAnalysisViewer",
    "policyanalyzer.serviceAccountLastAuthenticationActivities.query": "roles/policyanalyzer.activityAnalysisViewer",
    "securitycentermanagement.securityCenterServices.list": "roles/securitycentermanagement.settingsViewer",
    ALSO_NEEDED: "roles/serviceusage.serviceUsageConsumer",
}
"""The least predefined role that has a permission (https://cloud.google.com/iam/docs/roles-permissions)."""
SERVICES = (
    "cloudasset.googleapis.com", "iam.googleapis.com", "policyanalyzer.googleapis.com",
    "securitycentermanagement.googleapis.com",
)  # fmt: skip
"""What must be switched on in the project that calls count for."""
GROUPS = """\
# Who is in groups says the directory alone: give the reader the role Groups Reader there (Admin console, Account, Admin
# roles, Assign service accounts), and let its project have the API: gcloud services enable cloudidentity.googleapis.com
"""
MEMBER = "serviceAccount:annexa@PROJECT.iam.gserviceaccount.com"


def role(permissions: Iterable[Listing | Read]) -> str:
    """The custom role that allows exactly this: `gcloud iam roles create annexa_reader --organization … --file …`."""
    return GROUPS + yaml.safe_dump(
        {
            "title": "Annexa reader",
            "description": "What Annexa reads. It can change nothing.",
            "stage": "GA",
            "includedPermissions": needed(permissions),
        },
        sort_keys=False,
    )


def roles(permissions: Iterable[Listing | Read]) -> str:
    """The commands that give predefined roles. They allow more than the custom role: all of the inventory."""
    wanted = needed(permissions)
    below = sorted({ROLES[each] for each in wanted if each != ALSO_NEEDED})
    quota = ROLES[ALSO_NEEDED]
    lines = [
        "# On the organization (or: gcloud resource-manager folders, gcloud projects):",
        *(
            f"gcloud organizations add-iam-policy-binding ORGANIZATION --condition=None --member={MEMBER} --role={each}"
            for each in below
        ),
        "# On the project that the reader's calls count for:",
        f"gcloud projects add-iam-policy-binding PROJECT --condition=None --member={MEMBER} --role={quota}",
        GROUPS.rstrip(),
        f"gcloud services enable {' '.join(SERVICES)} --project=PROJECT",
    ]
    return "\n".join(lines) + "\n"


def terraform(permissions: Iterable[Listing | Read]) -> str:
    """The custom role for Terraform, with a service account that has it."""
    names = "".join(f'    "{each}",\n' for each in needed(permissions) if each != ALSO_NEEDED)
    return GROUPS + _TERRAFORM.replace("PERMISSIONS\n", names).replace(
        "SERVICES", ", ".join(f'"{each}"' for each in SERVICES)
    )


FORMATS: Mapping[str, Callable[[Iterable[Listing | Read]], str]] = {
    "role": role,
    "roles": roles,
    "terraform": terraform,
}


def needed(permissions: Iterable[Listing | Read]) -> list[str]:
    """The names of the permissions, those included that naming a quota project takes."""
    return sorted({ALSO_NEEDED, *(each.needs for each in permissions if each.needs)})


_TERRAFORM = """\
# A service account with which Annexa reads evidence. It can change nothing.
variable "annexa_organization" {
  type        = string
  description = "The number of the organization"
}

variable "annexa_project" {
  type        = string
  description = "The project of the service account, for which its calls count"
}

resource "google_project_service" "annexa" {
  for_each           = toset([SERVICES])
  project            = var.annexa_project
  service            = each.value
  disable_on_destroy = false
}

resource "google_service_account" "annexa" {
  project      = var.annexa_project
  account_id   = "annexa"
  display_name = "Annexa"
}

resource "google_organization_iam_custom_role" "annexa" {
  org_id  = var.annexa_organization
  role_id = "annexa_reader"
  title   = "Annexa reader"
  permissions = [
PERMISSIONS
  ]
}

resource "google_organization_iam_member" "annexa" {
  org_id = var.annexa_organization
  role   = google_organization_iam_custom_role.annexa.id
  member = google_service_account.annexa.member
}

resource "google_project_iam_member" "annexa_quota" {
  project = var.annexa_project
  role    = "roles/serviceusage.serviceUsageConsumer"
  member  = google_service_account.annexa.member
}
"""
