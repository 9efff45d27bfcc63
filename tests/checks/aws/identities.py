"""Identities with every field filled in, for tests of the checks of IAM."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.resources.aws.iam import IamAccount, IamGroup, IamPolicy, IamRole, IamUser, Key, PasswordPolicy
from tests.checks.aws.making import ACCOUNT, OTHER, allow, policy

LATELY, LONG_AGO = datetime(2026, 11, 20, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
ADMIN = policy(allow("*"))
CLIMBS = policy(allow("iam:PassRole", "ec2:RunInstances"))
OLD_KEY = Key(number=1, active=True, created=LONG_AGO, last_used=LONG_AGO)
NEW_KEY = Key(number=2, active=True, created=LATELY, last_used=LATELY)
IDLE = Key(number=1, active=False, created=LONG_AGO, last_used=None)


def rules(**changes: Any) -> PasswordPolicy:
    given: dict[str, Any] = {
        "minimum_length": 14,
        "needs_upper_case": True,
        "needs_lower_case": True,
        "needs_number": True,
        "needs_symbol": True,
        "maximum_days": 90,
        "remembered": 24,
        "users_may_change": True,
    }
    return PasswordPolicy(**{**given, **changes})


def an_account(**changes: Any) -> IamAccount:
    given: dict[str, Any] = {
        "id": ACCOUNT,
        "root_has_password": True,
        "root_has_mfa": True,
        "root_mfa_is_virtual": False,
        "root_has_keys": False,
        "root_signing_certificates": 0,
        "root_last_used": None,
        "password_policy": rules(),
        "users": 3,
    }
    return IamAccount(**{**given, **changes})


def user(**changes: Any) -> IamUser:
    given: dict[str, Any] = {
        "id": "AIDA1",
        "name": "ada",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/ada",
        "created": LONG_AGO,
        "groups": (),
        "policies": (),
        "statements": (),
        "boundary": None,
        "console": True,
        "password_last_used": LATELY,
        "password_changed": LONG_AGO,
        "mfa": True,
        "mfa_is_virtual": False,
        "keys": (),
        "signing_certificates": 0,
    }
    return IamUser(**{**given, **changes})


def role(**changes: Any) -> IamRole:
    given: dict[str, Any] = {
        "id": "AROA1",
        "name": "server",
        "arn": f"arn:aws:iam::{ACCOUNT}:role/server",
        "path": "/",
        "created": LONG_AGO,
        "last_used": LATELY,
        "trust": (),
        "policies": (),
        "boundary": None,
        "is_service_linked": False,
    }
    return IamRole(**{**given, **changes})


def group(**changes: Any) -> IamGroup:
    given: dict[str, Any] = {"id": "AGPA1", "name": "operators", "arn": "arn", "policies": (), "members": 1}
    return IamGroup(**{**given, **changes})


def a_policy(**changes: Any) -> IamPolicy:
    given: dict[str, Any] = {
        "id": "ANPA1",
        "name": "reads",
        "arn": f"arn:aws:iam::{ACCOUNT}:policy/reads",
        "is_of_aws": False,
        "attachments": 1,
        "bounds": 0,
        "statements": (),
    }
    return IamPolicy(**{**given, **changes})


HERE = an_account()
ELSEWHERE = an_account(id=OTHER)
