"""What the reader needs at Google Workspace."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.rest import Read

READ_ONLY = ".readonly"


def scopes(permissions: Iterable[Read]) -> list[str]:
    """The scopes of OAuth for these questions."""
    return sorted({each.needs for each in permissions})


def least_privilege(permissions: Iterable[Read]) -> str:
    """The scopes to delegate to Annexa's service account, and the role of the administrator for whom it acts."""
    permissions = list(permissions)
    reading = [each for each in scopes(permissions) if each.endswith(READ_ONLY)]
    writing = [each for each in scopes(permissions) if not each.endswith(READ_ONLY)]
    asked = sorted({f"# {each}\n#     {each.needs}\n" for each in permissions})
    return f"""\
# Security, API controls, Domain-wide delegation: delegate these scopes to the client id of Annexa's service account,
# which needs no role in any project of Google Cloud. All of them read only.
{",".join(reading)}
# Google has no scope that only reads for what these let us see. Annexa sends GET and nothing else, but its key could do
# more. Each may be left out, and what it is for is then a gap: settings of groups, applications that people let in,
# alerts.
{",".join(writing)}
# Let the subject be an administrator for no other use, with a role of its own. Of the Admin API it needs the privileges
# to read organizational units, users and groups, to manage domains and the security of users; of the Admin console
# Reports, Mobile Device Management, Groups, and to view the Alert Center. Roles, and the settings that are asked of
# Cloud Identity, are shown to a super administrator alone: without one these are gaps.
# What is asked, and nothing else:
{"".join(asked)}"""
