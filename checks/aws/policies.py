"""What policies come to: whom they let in, what they allow, and which conditions really confine them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from core.resources.aws.policy import Condition, Statement

EVERYBODY = "AWS:*"
FEWEST_BITS = {4: 8, 6: 32}
"""Address ranges with fewer fixed bits than these confine nobody."""

CONFINING = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
    "aws:sourcevpce", "aws:userid", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    "cognito-identity.amazonaws.com:aud",
    "elasticfilesystem:accesspointarn", "kms:calleraccount", "lambda:eventsourcetoken", "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn", "sts:externalid",
})  # fmt: skip
"""Keys whose value says who asks, or from where: with fixed values they keep everybody else out."""

_MATCHING = frozenset({
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress",
})  # fmt: skip
"""Operators that hold only where the key is there and fits. With `…IfExists` or `ForAllValues:` a missing key fits."""


def everybody_may(statements: Iterable[Statement]) -> list[Statement]:
    """The statements that let anybody in: for all principals, or for all but some, and no condition confines them."""
    return [each for each in statements if each.effect == "Allow" and _for_everybody(each) and not is_confined(each)]


def _for_everybody(statement: Statement) -> bool:
    return bool(statement.not_principals) or EVERYBODY in statement.principals


def is_confined(statement: Statement) -> bool:
    """Whether a condition lets only certain accounts, networks or resources through."""
    return any(_confines(each) for each in statement.conditions)


def _confines(condition: Condition) -> bool:
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    if operator not in _MATCHING or condition.key not in CONFINING or not condition.values:
        return False
    return all(_is_fixed(condition.key, value) for value in condition.values)


def _is_fixed(key: str, value: str) -> bool:
    """Whether a value fits only what somebody chose. A wildcard in the account of an ARN fits everybody's."""
    if key == "aws:sourceip":
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
        return network.prefixlen >= FEWEST_BITS[network.version]
    if value.startswith("arn:"):
        account = (value.split(":", 5) + [""] * 5)[4]
        return bool(re.fullmatch(r"\d{12}", account)) or not _has_wildcard(value)
    return not _has_wildcard(value)


def _has_wildcard(value: str) -> bool:
    return any(mark in value for mark in ("*", "?", "${"))


def accounts_let_in(statements: Iterable[Statement]) -> set[str]:
    """The numbers of the accounts that statements name as principals, and let in."""
    found = set()
    for each in statements:
        if each.effect == "Allow":
            for principal in each.principals:
                if match := re.fullmatch(r"AWS:(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::.*)?", principal):
                    found.add(match[1])
    return found


def fits(pattern: str, value: str) -> bool:
    """Whether a pattern with `*` and `?` fits a value, which may hold wildcards itself: then all that it means."""
    return bool(_expression(pattern.lower()).fullmatch(value.lower()))


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern), re.DOTALL)


def speaks_of_action(statement: Statement, action: str) -> bool:
    """Whether a statement is about an action (`iam:PassRole`), or about all that a pattern means (`s3:*`)."""
    if statement.not_actions:
        return not any(fits(each, action) or fits(action, each) for each in statement.not_actions)
    return any(fits("*" if each == "*:*" else each, action) for each in statement.actions)


def speaks_of_everything(statement: Statement) -> bool:
    """Whether a statement is about all resources. One with exceptions is not, though nearly."""
    return any(fits(each, "*") for each in statement.resources)


def allows_everywhere(statements: Sequence[Statement], action: str) -> bool:
    """Whether an identity may do this to every resource, whatever the circumstances.

    A denial counts only where it holds without condition and everywhere: one that does not leaves a way.
    """
    allowed = any(
        each.effect == "Allow" and speaks_of_action(each, action) and _nearly_everything(each) and not each.conditions
        for each in statements
    )
    return allowed and not _denied(statements, action)


def _nearly_everything(statement: Statement) -> bool:
    return speaks_of_everything(statement) or bool(statement.not_resources)


def _denied(statements: Iterable[Statement], action: str) -> bool:
    return any(
        each.effect == "Deny" and speaks_of_action(each, action) and speaks_of_everything(each) and not each.conditions
        for each in statements
    )


def is_administrator(statements: Sequence[Statement]) -> bool:
    """Whether statements allow every action on every resource."""
    return allows_everywhere(statements, "*")


def allows_whole_service(statements: Sequence[Statement], service: str) -> bool:
    """Whether statements allow all actions of one service on every resource."""
    return allows_everywhere(statements, f"{service}:*")


ESCALATIONS: dict[str, tuple[str, ...]] = {
    "writes a policy that it has": ("iam:CreatePolicyVersion",),
    "makes an older version of a policy count": ("iam:SetDefaultPolicyVersion",),
    "attaches any policy to users": ("iam:AttachUserPolicy",),
    "attaches any policy to groups": ("iam:AttachGroupPolicy",),
    "attaches any policy to roles": ("iam:AttachRolePolicy",),
    "writes policies into users": ("iam:PutUserPolicy",),
    "writes policies into groups": ("iam:PutGroupPolicy",),
    "writes policies into roles": ("iam:PutRolePolicy",),
    "puts users into any group": ("iam:AddUserToGroup",),
    "makes access keys for others": ("iam:CreateAccessKey",),
    "sets the console password of others": ("iam:CreateLoginProfile",),
    "changes the console password of others": ("iam:UpdateLoginProfile",),
    "lets itself into any role": ("iam:UpdateAssumeRolePolicy", "sts:AssumeRole"),
    "takes any role that trusts the account": ("sts:AssumeRole",),
    "starts an instance with any role": ("iam:PassRole", "ec2:RunInstances"),
    "runs a function with any role": ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"),
    "has a table run a function with any role": (
        "iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping",
    ),
    "replaces the code of functions": ("lambda:UpdateFunctionCode",),
    "runs a task with any role": ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    "makes a stack with any role": ("iam:PassRole", "cloudformation:CreateStack"),
    "runs a development endpoint with any role": ("iam:PassRole", "glue:CreateDevEndpoint"),
    "runs a job with any role": ("iam:PassRole", "glue:CreateJob", "glue:StartJobRun"),
    "runs a notebook with any role": (
        "iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl",
    ),
    "runs a pipeline with any role": (
        "iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition",
    ),
    "runs a build with any role": ("iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"),
    "runs commands on any instance": ("ssm:SendCommand",),
    "opens a session on any instance": ("ssm:StartSession",),
}  # fmt: skip
"""How somebody with these actions on everything comes to more than was given: in words, and the actions it takes."""


def escalations(statements: Sequence[Statement]) -> Iterator[str]:
    """The ways in which an identity with these statements can become more. Nothing for an administrator."""
    if not is_administrator(statements):
        for words, actions in ESCALATIONS.items():
            if all(allows_everywhere(statements, action) for action in actions):
                yield words


def denies_plain_text(
    statements: Iterable[Statement], service: str, resources: Sequence[str], *, action: str = "*"
) -> bool:
    """Whether everybody is denied an action, or all, of a service on all these resources unless they use TLS."""
    denying = [
        each
        for each in statements
        if each.effect == "Deny"
        and EVERYBODY in each.principals
        and speaks_of_action(each, f"{service}:{action}")
        and len(each.conditions) == 1
        and _is_plain_text(each.conditions[0])
    ]
    return all(any(fits(pattern, each) for one in denying for pattern in one.resources) for each in resources)


def _is_plain_text(condition: Condition) -> bool:
    operator = condition.operator.lower().removesuffix("ifexists")
    return (
        operator in ("bool", "stringequals", "stringequalsignorecase")
        and condition.key == "aws:securetransport"
        and tuple(value.lower() for value in condition.values) == ("false",)
    )
