"""What policies come to: whom they let in, what they allow, and which conditions really confine them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from checks.cloud.addresses import FEWEST_BITS
from core.resources.aws.policy import Condition, Statement

EVERYBODY = "AWS:*"
EXTERNAL_ID = "sts:externalid"
PATTERNS = 4096
"""How many patterns are remembered: policies of many accounts hold their numbers, and so patterns without end."""

CONFINING = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
    "aws:sourcevpce", "aws:userid", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    "cognito-identity.amazonaws.com:aud",
    "elasticfilesystem:accesspointarn", "kms:calleraccount", "lambda:eventsourcetoken", "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn", EXTERNAL_ID,
})  # fmt: skip
"""Keys whose value says who asks, or from where: with fixed values they keep everybody else out."""

ENDS_AT = {"aws:principalorgpaths": "/", "aws:sourceorgpaths": "/", "aws:vpceorgpaths": "/", "aws:userid": ":"}
"""Where, in the values of some keys, the part ends that says whose something is."""

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

_MATCHING = frozenset({
    "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress",
})  # fmt: skip
"""Operators that hold only where the key is there and fits. With `…IfExists` or `ForAllValues:` a missing key fits."""

_DIFFERING = frozenset({
    "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress",
})  # fmt: skip
"""Operators that hold where the key does not fit, or is missing."""


def everybody_may(statements: Iterable[Statement]) -> list[Statement]:
    """The statements that let anybody in: for all principals, or for all but some, and neither a condition nor a denial
    keeps strangers out.

    That they must name an external id keeps nobody out: AWS does not treat it as a secret.
    """
    known = tuple(statements)
    return [
        each
        for each in known
        if each.effect == "Allow"
        and _for_everybody(each)
        and not any(_confines(test) for test in each.conditions if test.key != EXTERNAL_ID)
        and not any(_takes_back(other, each) for other in known)
    ]


def _for_everybody(statement: Statement) -> bool:
    return EVERYBODY in statement.principals or (
        bool(statement.not_principals) and EVERYBODY not in statement.not_principals
    )


def _takes_back(denial: Statement, allowed: Statement) -> bool:
    """Whether a denial leaves only certain ones of all those whom another statement lets in."""
    actions = allowed.actions or ("*",)
    resources = allowed.resources or (("*",) if allowed.not_resources else ())
    return (
        denial.effect == "Deny"
        and _for_everybody(denial)
        and all(any(fits(pattern, each) for pattern in _whole(denial.actions)) for each in actions)
        and all(any(fits(pattern, each) for pattern in denial.resources) for each in resources)
        and all(_keeps_strangers_out(each) for each in denial.conditions)
    )


def _whole(actions: Iterable[str]) -> list[str]:
    """Patterns of actions. The policy of a resource speaks of one service: there all of the service is all."""
    return ["*" if each.endswith(":*") else each for each in actions]


def _keeps_strangers_out(condition: Condition) -> bool:
    """Whether a denial with this condition meets everybody but certain accounts, networks or resources."""
    # A key that is missing differs, with `…IfExists` and without.
    operator = condition.operator.lower().removeprefix("forallvalues:").removesuffix("ifexists")
    if condition.key == "aws:principalisawsservice":
        return operator == "bool" and [each.lower() for each in condition.values] == ["false"]
    return operator in _DIFFERING and _names_some(condition)


def is_confined(statement: Statement) -> bool:
    """Whether a condition lets only certain accounts, networks or resources through."""
    return any(_confines(each) for each in statement.conditions)


def _confines(condition: Condition) -> bool:
    return condition.operator.lower().removeprefix("foranyvalue:") in _MATCHING and _names_some(condition)


def _names_some(condition: Condition) -> bool:
    """Whether a condition compares who asks, or from where, with values that somebody chose."""
    return (
        condition.key in CONFINING
        and bool(condition.values)
        and all(_is_fixed(condition.key, value) for value in condition.values)
    )


def _is_fixed(key: str, value: str) -> bool:
    """Whether a value fits only what somebody chose. A wildcard in the account of an ARN fits everybody's; one below an
    organization (`o-a1b2/*`) or behind the id of a role (`AROA…:*`) stays there."""
    if key == "aws:sourceip":
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            return False
        return network.prefixlen >= FEWEST_BITS[network.version]
    if value.startswith("arn:"):
        account = (value.split(":", 5) + [""] * 5)[4]
        return bool(re.fullmatch(r"\d{12}", account)) or not _has_wildcard(value)
    if key in ENDS_AT:
        value, found, _ = value.partition(ENDS_AT[key])
        return bool(found) and bool(value) and not _has_wildcard(value)
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
    return any(fits(each, "*") or _EVERY_ARN.fullmatch(each) for each in statement.resources)


def allows_everywhere(
    statements: Sequence[Statement], action: str, known: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Whether an identity may do this to every resource of its kind, at least when it comes the right way.

    Conditions on how somebody comes (a second factor, a network) take away nothing of what can be done; others do, but
    where the value of their key is `known`. A denial counts only where it holds without condition and everywhere.
    """
    allowed = any(
        each.effect == "Allow"
        and speaks_of_action(each, action)
        and (_reaches_all(each, action) or bool(each.not_resources))
        and all(_leaves_open(test, known) for test in each.conditions)
        for each in statements
    )
    return allowed and not _denied(statements, action)


def _leaves_open(condition: Condition, known: Mapping[str, str]) -> bool:
    if condition.key in CIRCUMSTANCES:
        return True
    value = known.get(condition.key, "")
    operator = condition.operator.lower().rpartition(":")[2].removesuffix("ifexists")
    fitting = any(fits(each.removesuffix(".cn"), value) for each in condition.values)
    return bool(value) and ((operator in _MATCHING and fitting) or (operator in _DIFFERING and not fitting))


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
    """Whether statements allow every action on every resource, who may do what included."""
    return allows_everywhere(statements, "*") and not _denied(statements, "iam:*")


def allows_whole_service(statements: Sequence[Statement], service: str) -> bool:
    """Whether statements allow all actions of one service on every resource."""
    return allows_everywhere(statements, f"{service}:*")


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
