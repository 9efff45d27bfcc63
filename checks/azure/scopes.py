"""How far a scope of Azure Resource Manager reaches."""

from __future__ import annotations

GROUPS = "/providers/microsoft.management/managementgroups/"
DEPTH = 3
"""How many parts the path of a subscription has."""


def is_whole_subscription(scope: str) -> bool:
    """Whether a scope is a whole subscription or more: a management group, or the root of the tenant."""
    return scope.startswith(GROUPS) or len(scope.split("/")) <= DEPTH
