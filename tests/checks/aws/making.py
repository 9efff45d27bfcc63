"""Resources of AWS with every field filled in, for tests that change the fields they are about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from collectors.aws.policy_documents import statements
from core.model import Verdict
from core.population import Population
from core.resources.aws.guardrails import Membership
from core.resources.aws.policy import AttachedPolicy, Statement
from core.resources.aws.survey import Region
from tests.twins import population

ACCOUNT, OTHER = "123456789012", "999999999999"
AS_OF = datetime(2026, 11, 22, 17, tzinfo=UTC)


def policy(*found: dict[str, Any]) -> tuple[Statement, ...]:
    """The statements of a policy document."""
    return statements({"Version": "2012-10-17", "Statement": list(found)})


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    return {**allow(*actions, **more), "Effect": "Deny"}


def everybody(*actions: str, **more: Any) -> dict[str, Any]:
    return allow(*actions, Principal="*", **more)


def account(number: str, *actions: str, **more: Any) -> dict[str, Any]:
    return allow(*actions, Principal={"AWS": f"arn:aws:iam::{number}:root"}, **more)


def attached(name: str, *found: dict[str, Any], arn: str = "") -> AttachedPolicy:
    return AttachedPolicy(name=name, arn=arn, statements=policy(*found))


def membership(**changes: Any) -> Membership:
    given: dict[str, Any] = {
        "id": ACCOUNT,
        "organization": "o-abcdefghij",
        "is_management_account": False,
        "all_features": True,
        "ai_use": "optOut",
        "ai_use_allowed": (),
        "tag_keys": ("Owner",),
    }
    return Membership(**{**given, **changes})


def looked_at(*, left_out: str = "") -> Population[Region]:
    """Two regions of which one can be used, and is looked at unless it is `left_out` for some reason."""
    one = Region(id="eu-west-1", opt_in="opt-in-not-required", looked_at=not left_out, left_out=left_out)
    return population(one, Region(id="af-south-1", opt_in="not-opted-in", looked_at=False, left_out="not opted in"))


def status(verdict: Verdict) -> str:
    return verdict.status.value
