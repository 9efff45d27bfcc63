"""What the reader needs at Okta."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.rest import Read

NEEDED_ROLE = "Read-only Administrator"


def scopes(permissions: Iterable[Read]) -> list[str]:
    """The scopes of OAuth for these questions."""
    return sorted({each.needs for each in permissions if each.needs})


def least_privilege(permissions: Iterable[Read]) -> str:
    """The scopes and the role that Annexa's application, or the owner of its token, needs."""
    permissions = list(permissions)
    asked = sorted({str(each): each for each in permissions}.items())
    lines = "".join(f"# {question:<48} {each.needs or 'nothing'}\n" for question, each in asked)
    return f"""\
# Make an application of the kind "API Services" with a public key, without DPoP. Grant it these scopes and no others,
# and give it the role "{NEEDED_ROLE}", which sees all and changes nothing. For roles, and for the access of Okta's
# support, Okta asks for a custom role that may view them as well; without it these are gaps.
# An API token (SSWS) has the rights of its owner instead: let that be an account with the same role and no other use.
{"".join(f"{scope}{chr(10)}" for scope in scopes(permissions))}
# What is asked, and nothing else:
{lines}"""
