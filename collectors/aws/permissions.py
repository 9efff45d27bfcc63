"""The permissions that collectors need, as one attaches them: a policy, or a role that other accounts can have too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from collectors.aws.operations import Read

POLICY_LIMIT = 6_000
"""Characters of a managed policy: AWS takes 6,144, without counting spaces."""


def policy(permissions: Iterable[Read]) -> str:
    """One policy document that allows exactly this, on everything: what is there is what we want to know."""
    return json.dumps(_document(_by_service(permissions)), indent=2) + "\n"


def cloudformation(permissions: Iterable[Read]) -> str:
    """A template, ready for a StackSet, with the role that a trusted identity may take with an external id."""
    policies = {
        f"Reading{number}": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Description": "What Annexa reads", "PolicyDocument": _document(part)},
        }
        for number, part in enumerate(_parts(permissions), 1)
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A role with which Annexa reads evidence. It can change nothing.",
        "Parameters": {
            "RoleName": {"Type": "String", "Default": "annexa-reader"},
            "TrustedPrincipal": {
                "Type": "String",
                "Description": "ARN of the user or role that Annexa runs as",
                "AllowedPattern": "arn:aws[a-z-]*:iam::[0-9]{12}:.+",
            },
            "ExternalId": {"Type": "String", "MinLength": 2, "Description": "external_id in Annexa's configuration"},
        },
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "RoleName"},
                    "MaxSessionDuration": 14400,
                    "AssumeRolePolicyDocument": _trust({"Ref": "TrustedPrincipal"}, {"Ref": "ExternalId"}),
                    "ManagedPolicyArns": [{"Ref": name} for name in policies],
                },
            },
            **policies,
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }
    return json.dumps(template, indent=2) + "\n"


def terraform(permissions: Iterable[Read]) -> str:
    """The same role for Terraform."""
    blocks = [_TERRAFORM_ROLE]
    for number, part in enumerate(_parts(permissions), 1):
        document = json.dumps(_document(part), indent=2).replace("${", "$${").replace("\n", "\n  ")
        blocks.append(
            f'resource "aws_iam_policy" "annexa_{number}" {{\n  name   = "${{var.annexa_role_name}}-{number}"\n'
            f"  policy = <<-POLICY\n  {document}\n  POLICY\n}}\n\n"
            f'resource "aws_iam_role_policy_attachment" "annexa_{number}" {{\n  role       = aws_iam_role.annexa.name\n'
            f"  policy_arn = aws_iam_policy.annexa_{number}.arn\n}}\n"
        )
    return "\n".join(blocks)


FORMATS: Mapping[str, Callable[[Iterable[Read]], str]] = {
    "policy": policy,
    "cloudformation": cloudformation,
    "terraform": terraform,
}


def _by_service(permissions: Iterable[Read]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for read in permissions:
        for action in read.needs:
            found.setdefault(action.partition(":")[0], set()).add(action)
    return {service: sorted(actions) for service, actions in sorted(found.items())}


def _document(actions: Mapping[str, list[str]]) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "".join(filter(str.isalnum, service)), "Effect": "Allow", "Action": these, "Resource": "*"}
            for service, these in actions.items()
        ],
    }


def _parts(permissions: Iterable[Read]) -> Iterator[dict[str, list[str]]]:
    """The actions in as few parts as fit into a managed policy each. A service may be in two."""
    part: dict[str, list[str]] = {}
    for service, actions in _by_service(permissions).items():
        for action in actions:
            grown = {**part, service: [*part.get(service, ()), action]}
            if len(json.dumps(_document(grown), separators=(",", ":"))) > POLICY_LIMIT:
                yield part
                grown = {service: [action]}
            part = grown
    yield part


def _trust(principal: object, external_id: object) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


_TERRAFORM_ROLE = """\
# A role with which Annexa reads evidence. It can change nothing.
variable "annexa_role_name" {
  type    = string
  default = "annexa-reader"
}

variable "annexa_trusted_principal" {
  type        = string
  description = "ARN of the user or role that Annexa runs as"
}

variable "annexa_external_id" {
  type        = string
  description = "external_id in Annexa's configuration"
}

resource "aws_iam_role" "annexa" {
  name                 = var.annexa_role_name
  max_session_duration = 14400
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.annexa_trusted_principal }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = var.annexa_external_id } }
    }]
  })
}
"""
