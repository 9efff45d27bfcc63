"""The permissions that collectors need, as one attaches them: a custom role, as JSON or for Terraform."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from collectors.azure.operations import Query, Read

NAME = "Annexa Reader"
DESCRIPTION = "What Annexa reads to collect evidence. It can change nothing."
EVERYTHING = "*/read"
EVERYWHERE = "/providers/Microsoft.Management/managementGroups/YOUR-TENANT-ID"


def role(permissions: Iterable[Read | Query]) -> str:
    """The definition of a custom role, as `az role definition create --role-definition` takes it."""
    document = {
        "Name": NAME,
        "IsCustom": True,
        "Description": DESCRIPTION,
        "Actions": actions(permissions),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": [EVERYWHERE],
    }
    return json.dumps(document, indent=2) + "\n"


def narrow(permissions: Iterable[Read | Query]) -> str:
    """The same without the right to read everything, which the inventory of everything alone needs."""
    return role(each for each in permissions if EVERYTHING not in each.needs)


def terraform(permissions: Iterable[Read | Query]) -> str:
    """The same role for Terraform, with its assignment."""
    listed = "\n".join(f'      "{each}",' for each in actions(permissions))
    return f"""\
# {DESCRIPTION}
variable "annexa_scope" {{
  type        = string
  description = "The management group to look at, such as the root: /providers/Microsoft.Management/managementGroups/…"
}}

variable "annexa_principal_id" {{
  type        = string
  description = "The object id of the identity that Annexa runs as"
}}

resource "azurerm_role_definition" "annexa" {{
  name        = "{NAME}"
  description = "{DESCRIPTION}"
  scope       = var.annexa_scope

  permissions {{
    actions = [
{listed}
    ]
    not_actions = []
  }}
}}

resource "azurerm_role_assignment" "annexa" {{
  scope              = var.annexa_scope
  role_definition_id = azurerm_role_definition.annexa.role_definition_resource_id
  principal_id       = var.annexa_principal_id
}}
"""


FORMATS: Mapping[str, Callable[[Iterable[Read | Query]], str]] = {
    "role": role,
    "narrow": narrow,
    "terraform": terraform,
}


def actions(permissions: Iterable[Read | Query]) -> list[str]:
    """The actions, each once, in order."""
    return sorted({action for each in permissions for action in each.needs}, key=str.lower)
