"""What the token needs at a service that speaks SCIM."""

from __future__ import annotations

from collections.abc import Iterable

from collectors.rest import Read


def least_privilege(permissions: Iterable[Read]) -> str:
    """The questions that are asked. SCIM has no rights of its own: each service calls them differently."""
    asked = sorted({str(each): each for each in permissions}.items())
    lines = "".join(f"{question:<28}{each.needs}\n" for question, each in asked)
    return f"""\
# Give the token of Annexa the right to read, and none to write (often called scim:read, or a read-only token).
# It asks these questions and no others, below the address of the service:
{lines}"""
