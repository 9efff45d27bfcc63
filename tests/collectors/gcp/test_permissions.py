"""What the reader may do: exactly what is called, and nothing but reading."""

from __future__ import annotations

import re

import pytest
import yaml

from collectors.gcp import PERMISSION_FORMATS, least_privilege
from collectors.gcp.asking import ALSO_NEEDED, NEEDS, Listing
from collectors.gcp.permissions import ROLES, needed
from collectors.rest import Read
from tests.collectors.gcp.world import COLLECTORS, DENIED, GROUPS, USED, inventory, look, surveyed
from tests.gcp_server import directory_served

PERMISSIONS = {each for collector in COLLECTORS.values() for each in collector.permissions}
LISTINGS = {each for each in PERMISSIONS if isinstance(each, Listing)}
READS = re.compile(r"[a-z]+(\.[a-zA-Z]+)*\.(list|get|use|query)[A-Za-z]*")
"""How permissions end that only read (https://cloud.google.com/iam/docs/permissions-reference); to `use` a service is to
have calls count for a project."""


PLACES = (
    (re.compile(r"/groups/\d+"), "/groups/{group}"),
    (re.compile(r"/policies/[^/]+/denypolicies/.+"), "/policies/{place}/denypolicies/{policy}"),
    (re.compile(r"/projects/\d+/"), "/projects/{project}/"),
    (re.compile(r"/organizations/\d+/"), "/organizations/{organization}/"),
)
"""What stands in paths for one thing, and its name."""


def path_of(asked: str) -> str:
    for one, name in PLACES:
        asked = one.sub(name, asked)
    return asked


def test_what_is_called_is_what_is_declared() -> None:
    with inventory() as (shown, address), directory_served(GROUPS, denied=DENIED, used=USED) as (directory, asked):
        look(surveyed(address, directory))
    contents = {1: "RESOURCE", 2: "IAM_POLICY"}
    called = {Listing(contents[each.content_type], tuple(each.asset_types)) for each in shown.asked}
    assert called == LISTINGS
    assert set(map(path_of, asked)) == {each.path for each in PERMISSIONS if isinstance(each, Read)}
    assert not any(each.posts for each in PERMISSIONS if isinstance(each, Read))


def test_the_role_allows_exactly_that_and_nothing_that_writes() -> None:
    role = yaml.safe_load(least_privilege(PERMISSIONS))
    more = {
        "iam.denypolicies.get",
        "policyanalyzer.serviceAccountKeyLastAuthenticationActivities.query",
        "policyanalyzer.serviceAccountLastAuthenticationActivities.query",
        "securitycentermanagement.securityCenterServices.list",
    }
    assert role["includedPermissions"] == sorted({*needed(LISTINGS), *more})
    assert needed(LISTINGS) == sorted({ALSO_NEEDED, *NEEDS.values()})
    assert all(READS.fullmatch(each) for each in role["includedPermissions"])


def test_who_looks_at_little_needs_little() -> None:
    assert needed([Listing("RESOURCE", ("compute.googleapis.com/Disk",))]) == [NEEDS["RESOURCE"], ALSO_NEEDED]


def test_other_formats_say_the_same() -> None:
    roles, terraform = PERMISSION_FORMATS["roles"](PERMISSIONS), PERMISSION_FORMATS["terraform"](PERMISSIONS)
    assert all(role in roles for role in ROLES.values())
    assert "admin" not in "".join(line.lower() for line in roles.splitlines() if not line.startswith("#"))
    assert "owner" not in roles
    assert all(f'"{each}"' in terraform for each in NEEDS.values())
    assert terraform.count("{") == terraform.count("}")
    assert "PERMISSIONS" not in terraform
    assert PERMISSION_FORMATS["role"](LISTINGS) == least_privilege(LISTINGS)


@pytest.mark.parametrize(
    ("content", "types"), [("ORG_POLICY", ()), ("RESOURCE", ("compute.googleapis.com/.*",)), ("RESOURCE", ("Disk",))]
)
def test_nothing_else_can_be_asked(content: str, types: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"no content|not all types"):
        Listing(content, types)
