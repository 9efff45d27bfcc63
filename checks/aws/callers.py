"""Whom the policy of a resource lets in: everybody, other accounts, services in the name of anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.aws.policies import accounts_let_in, everybody_may, is_confined
from core.model import Verdict, failed, passed
from core.resources.aws.policy import Statement


def closed_to_everybody(name: str, statements: Iterable[Statement]) -> Verdict:
    """A pass when not everybody is let in."""
    if everybody_may(statements):
        return failed(f"the policy of {name} lets everybody in")
    return passed(f"the policy of {name} lets only certain principals in")


def lets_in_approved(name: str, arn: str, statements: Iterable[Statement], approved: Sequence[str]) -> Verdict:
    """A pass when no account is let in beside the one in the ARN and those that were approved."""
    others = sorted(accounts_let_in(statements) - {arn.split(":")[4]} - set(approved))
    if others:
        return failed(f"the policy of {name} lets in {', '.join(others)}, which nobody approved")
    return passed(f"the policy of {name} lets in no account that was not approved")


def serves_ours(name: str, statements: Iterable[Statement]) -> Verdict:
    """A pass when services of AWS are let in only on behalf of certain accounts or resources."""
    anybody = sorted(
        {
            principal.removeprefix("Service:")
            for each in statements
            if each.effect == "Allow" and not is_confined(each)
            for principal in each.principals
            if principal.startswith("Service:")
        }
    )
    if anybody:
        return failed(f"the policy of {name} lets {', '.join(anybody)} in, whoever it acts for")
    return passed(f"the policy of {name} lets no service in on behalf of anybody")
