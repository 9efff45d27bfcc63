"""What the reader needs in Entra ID."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.rest import Read


def application_permissions(permissions: Iterable[Read]) -> list[str]:
    """The application permissions of Microsoft Graph for these questions."""
    return sorted({each.needs for each in permissions if each.needs and not each.service})


def least_privilege(permissions: Iterable[Read]) -> str:
    """The application permissions that Annexa's application needs, and what it asks with them."""
    asked = list(permissions)
    questions = sorted({(str(each), each.needs) for each in asked})
    lines = "".join(f"# {question:<82} {needs}\n" for question, needs in questions)
    return f"""\
# Register an application in Entra ID, add these permissions of Microsoft Graph as application permissions (not
# delegated ones), and let an administrator consent. Remove User.Read, which every new application has.
# All of them read; none can change anything.
{"".join(f"{each}{chr(10)}" for each in application_permissions(asked))}
# With `diagnostic_settings: true`, beside these a role of Azure, for the object of the enterprise application:
# az role assignment create --role Reader --scope /providers/microsoft.aadiam \\
#   --assignee-principal-type ServicePrincipal --assignee-object-id OBJECT

# What is asked, and nothing else:
{lines}"""
