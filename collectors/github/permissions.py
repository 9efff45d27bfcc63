"""What the reader needs at GitHub."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.rest import Read


def least_privilege(permissions: Iterable[Read]) -> str:
    """The permissions of an app, all of them read-only."""
    asked = sorted({(str(each), each.needs) for each in permissions})
    needed = sorted({needs for _, needs in asked})
    lines = "".join(f"# {question:<58} {needs}\n" for question, needs in asked)
    return f"""\
# Make a GitHub App of the organization without webhook, give it these permissions and no others, and install it for
# all repositories: what it is not installed for, GitHub does not show. A fine-grained token of an owner, with the same
# permissions, does as well. Permissions that begin with "Enterprise" are asked only where `enterprise` is set, and
# are answered to a classic token of its administrator alone.
{"".join(f"{each}{chr(10)}" for each in needed)}
# What is asked, and nothing else; the one POST is a query of GraphQL, which changes nothing:
{lines}"""
