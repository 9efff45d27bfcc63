"""What policies allow those who have them: which actions, on what, and whether that is everything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from core.resources.aws.policy import Condition, Statement

PATTERNS = 4096
"""How many patterns are remembered: policies of many accounts hold their numbers, and so patterns without end."""

CIRCUMSTANCES = frozenset({
    "aws:multifactorauthage", "aws:multifactorauthpresent", "aws:principalaccount", "aws:principalorgid", "aws:referer",
    "aws:securetransport", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:useragent", "aws:vpcsourceip",
})  # fmt: skip
"""Keys that say how an identity comes. Whoever comes like that may do all that is allowed."""

ACTS_ON = {"sts": ("iam",), "ssm": ("ssm", "ec2")}
"""The services in whose names the resources of some services' actions are written."""

_ALL_OF_A_KIND = re.compile(
    r"arn:[^:]*:(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<kind>[a-z0-9-]+[/:]?)?\*+(?:/\*+)?",
    re.IGNORECASE,
)
_EVERY_ARN = re.compile(r"arn:(\*|[a-z-]+:\*|[a-z*-]+:\*:\*:\*:\*)", re.IGNORECASE)

MATCHING = frozenset({
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress",
})  # fmt: skip
"""Operators that hold only where the key is there and fits. With `…IfExists` or `ForAllValues:` a missing key fits."""

DIFFERING = frozenset({
    "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress",
})  # fmt: skip
"""Operators that hold where the key does not fit, or is missing."""


def fits(pattern: str, value: str) -> bool:
    """Whether a pattern with `*` and `?` fits a value, which may hold wildcards itself: then all that it means."""
    return bool(_expression(pattern.lower()).fullmatch(value.lower()))


@lru_cache(PATTERNS)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern), re.DOTALL)


def speaks_of_action(statement: Statement, action: str) -> bool:
    """Whether a statement is about an action (`iam:PassRole`), or about all that a pattern means (`s3:*`)."""
    if statement.not_actions:
        return not any(fits(each, action) or fits(action, each) for each in statement.not_actions)
    return any(fits("*" if each == "*:*" else each, action) for each in statement.actions)


def speaks_of_everything(statement: Statement) -> bool:
    """Whether a statement is about all resources. One with exceptions is not, though nearly."""
    return _are_everything(statement.resources)


def _are_everything(resources: Iterable[str]) -> bool:
    return any(fits(each, "*") or _EVERY_ARN.fullmatch(each) for each in resources)


def allows_everywhere(
    statements: Sequence[Statement], action: str, known: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Whether an identity may do this to every resource of its kind, at least when it comes the right way.

    Conditions on how somebody comes (a second factor, a network) take away nothing of what can be done; others do, but
    where the value of their key is `known`. A denial counts only where it holds without condition and everywhere.
    """
    allowed = any(speaks_of_action(each, action) and _allows_everywhere(each, action, known) for each in statements)
    return allowed and not _denied(statements, action)


def _allows_everywhere(statement: Statement, action: str, known: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether a statement about an action allows it on all resources, or on all but some."""
    return (
        statement.effect == "Allow"
        and (_reaches_all(statement, action) or _spares_some(statement))
        and all(_leaves_open(test, known) for test in statement.conditions)
    )


def _spares_some(statement: Statement) -> bool:
    return bool(statement.not_resources) and not _are_everything(statement.not_resources)


def _leaves_open(condition: Condition, known: Mapping[str, str]) -> bool:
    if condition.key in CIRCUMSTANCES:
        return True
    value = known.get(condition.key, "")
    operator = condition.operator.lower().rpartition(":")[2].removesuffix("ifexists")
    fitting = any(fits(each.removesuffix(".cn"), value) for each in condition.values)
    return bool(value) and ((operator in MATCHING and fitting) or (operator in DIFFERING and not fitting))


def _denied(statements: Iterable[Statement], action: str) -> bool:
    return any(
        each.effect == "Deny"
        and speaks_of_action(each, action)
        and _reaches_all(each, action, regions=("", "*"))
        and not each.conditions
        for each in statements
    )


def _reaches_all(statement: Statement, action: str, *, regions: Sequence[str] = ()) -> bool:
    """Whether a statement is about all resources, or all of the one kind that an action is about, in any region or one
    of these: `arn:aws:iam::*:role/*`.

    The account may be written out, for identities act on their own; not so for roles to be taken, which are others'.
    """
    if speaks_of_everything(statement):
        return True
    service = action.partition(":")[0].lower()
    return any(
        each["service"] in (*ACTS_ON.get(service, (service,)), "*")
        and not (action.endswith("*") and each["kind"])
        and (not regions or each["region"] in regions)
        and (service != "sts" or not each["account"].isdecimal())
        for each in filter(None, map(_ALL_OF_A_KIND.fullmatch, map(str.lower, statement.resources)))
    )


def is_administrator(statements: Sequence[Statement]) -> bool:
    """Whether statements allow every action on every resource, or every one but some, as long as who may do what is
    in their hands."""
    most = any(_speaks_of_most(each) and _allows_everywhere(each, "*") for each in statements)
    return most and allows_everywhere(statements, "iam:*")


def _speaks_of_most(statement: Statement) -> bool:
    if statement.not_actions:
        return not {"*", "*:*"} & set(statement.not_actions)
    return speaks_of_action(statement, "*")


def allows_whole_service(statements: Sequence[Statement], service: str) -> bool:
    """Whether statements allow all actions of one service on every resource."""
    return allows_everywhere(statements, f"{service}:*")
