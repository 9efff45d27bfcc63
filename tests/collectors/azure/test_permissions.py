"""The role that Azure needs: exactly what is declared, and nothing but reading."""

from __future__ import annotations

import json

from collectors.azure import least_privilege
from collectors.azure.permissions import actions, narrow, terraform
from tests.collectors.azure.world import COLLECTORS

READS = [read for each in COLLECTORS.values() for read in each.permissions]


def test_the_role_allows_exactly_the_declared_actions() -> None:
    role = json.loads(least_privilege(READS))
    assert role["Actions"] == sorted({read.action for read in READS}, key=str.lower)
    assert all(each.endswith("/read") for each in role["Actions"])
    assert (role["NotActions"], role["DataActions"], role["NotDataActions"]) == ([], [], [])
    assert role["AssignableScopes"] == ["/providers/Microsoft.Management/managementGroups/YOUR-TENANT-ID"]


def test_the_narrow_role_lacks_the_right_to_read_everything_and_nothing_else() -> None:
    assert json.loads(narrow(READS))["Actions"] == [each for each in actions(READS) if each != "*/read"]


def test_terraform_has_the_same() -> None:
    text = terraform(READS)
    assert all(f'"{action}"' in text for action in actions(READS))
    assert text.count("{") == text.count("}")
    assert "azurerm_role_assignment" in text
